import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureGoTools } from '../go-tools.ts';

export interface Binaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubectl: string;
  /** `undefined` only when `KUBEBUILDER_ASSETS` is used and has none: envtest's archives come without Helm. */
  readonly helm: string | undefined;
}

const moduleDir = import.meta.dirname;
/** What `go install` calls each tool, and what we call it. */
const tools = new Map([
  ['server', 'etcd'],
  ['helm', 'helm'],
  ['kube-apiserver', 'kube-apiserver'],
  ['kubectl', 'kubectl'],
]);
const remedies =
  'Install Go 1.24 or newer (https://go.dev/dl), or set KUBEBUILDER_ASSETS to a directory with etcd, kube-apiserver and kubectl ' +
  '(for example the one that `setup-envtest use -p path` prints).';

/**
 * Paths of the control plane's programs: from `KUBEBUILDER_ASSETS` if set, else from the user's cache, where they are built from
 * source the first time (about eight minutes on two cores, reported on stderr).
 */
export async function ensureBinaries(env: NodeJS.ProcessEnv = process.env, signal?: AbortSignal): Promise<Binaries> {
  const assets = env.KUBEBUILDER_ASSETS;
  if (assets !== undefined && assets !== '') return fromAssets(assets);
  const controlPlane = {
    moduleDir,
    cache: 'control-plane',
    what: "the sandbox's control plane",
    tools,
    ldflags: await linkerFlags(),
    announcement:
      'Building etcd, kube-apiserver, kubectl and helm from source. This happens once and takes about eight minutes on two cores.',
    remedies,
  };
  return binariesIn(await ensureGoTools(controlPlane, env, signal));
}

function binariesIn(directory: string): Binaries {
  const helm = join(directory, 'helm');
  return {
    etcd: join(directory, 'etcd'),
    kubeApiserver: join(directory, 'kube-apiserver'),
    kubectl: join(directory, 'kubectl'),
    helm: existsSync(helm) ? helm : undefined,
  };
}

function fromAssets(directory: string): Binaries {
  const missing = ['etcd', 'kube-apiserver', 'kubectl'].filter((name) => !existsSync(join(directory, name)));
  if (missing.length > 0) {
    throw new Error(
      `KUBEBUILDER_ASSETS is ${directory}, which has no ${missing.join(', ')}. Unset it to build them from source, or correct it.`,
    );
  }
  return binariesIn(directory);
}

/** Without these the server says it is v0.0.0-master, and kubectl refuses to talk of skew. go.mod is the one place with the version. */
async function linkerFlags(): Promise<string> {
  const goMod = await readFile(join(moduleDir, 'go.mod'), 'utf8');
  const version = /^\s*k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/m.exec(goMod);
  if (version === null) throw new Error(`${join(moduleDir, 'go.mod')} requires no k8s.io/kubernetes`);
  const [, full, major, minor] = version;
  const variable = 'k8s.io/component-base/version';
  return `-s -w -X ${variable}.gitVersion=${full} -X ${variable}.gitMajor=${major} -X ${variable}.gitMinor=${minor}`;
}
