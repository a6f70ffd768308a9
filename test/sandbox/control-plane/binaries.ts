import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { run } from '../../support/kubectl.ts';
import { withLock } from './build-lock.ts';
import { startProgress } from './progress.ts';

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
const minimumGoMinor = 24;
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
  const ldflags = await linkerFlags();
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ecs-operator', 'control-plane');
  const directory = join(cache, await cacheKey(ldflags));
  if (!existsSync(directory)) {
    const onWait = (): void =>
      console.error(`waiting for another process that builds the control plane (${directory}.lock)`);
    await withLock(`${directory}.lock`, onWait, () => build(directory, ldflags, env, signal), signal);
  }
  return binariesIn(directory);
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

async function cacheKey(ldflags: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['go.sum', 'go.mod']) hash.update(await readFile(join(moduleDir, name)));
  return hash.update(`${ldflags}\n${process.platform} ${process.arch}`).digest('hex').slice(0, 16);
}

async function build(
  directory: string,
  ldflags: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (existsSync(directory)) return;
  await checkGo(env);
  await removeUnfinished(directory);
  // Built beside its place and renamed when whole, so that an interrupted build is never taken for a good one.
  const unfinished = await mkdtemp(`${directory}.building-`);
  const progress = startProgress(unfinished, tools);
  try {
    await goInstall(unfinished, ldflags, env, signal);
    for (const [built, name] of tools) await rename(join(unfinished, built), join(unfinished, name));
    await rename(unfinished, directory).catch((error: unknown) => {
      if (!existsSync(directory)) throw error;
    });
    progress.finish(`built into ${directory}`);
  } finally {
    progress.stop();
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function removeUnfinished(directory: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  for (const name of await readdir(dirname(directory))) {
    if (name.startsWith(`${basename(directory)}.building-`))
      await rm(join(dirname(directory), name), { recursive: true, force: true });
  }
}

async function checkGo(env: NodeJS.ProcessEnv): Promise<void> {
  // Outside the module and with the local toolchain: how old is the go command itself?
  const found = await run('go', ['version'], { env: { ...env, GOTOOLCHAIN: 'local' }, cwd: tmpdir() }).catch(
    (error: unknown) => {
      throw new Error(
        `Go is needed to build the sandbox's control plane, and there is no \`go\` on the PATH. ${remedies}`,
        { cause: error },
      );
    },
  );
  const minor = /go1\.(\d+)/.exec(found.stdout)?.[1];
  if (minor === undefined || Number(minor) < minimumGoMinor) {
    throw new Error(
      `The go on the PATH is too old to build the sandbox's control plane (${found.stdout.trim() || found.stderr.trim()}). ${remedies}`,
    );
  }
}

async function goInstall(
  binDir: string,
  ldflags: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { GOOS: _os, GOARCH: _arch, ...host } = env;
  const child = spawn('go', ['install', '-trimpath', '-ldflags', ldflags, 'tool'], {
    cwd: moduleDir,
    // GOTOOLCHAIN=auto: go.mod asks for a newer Go than the oldest we accept, which then fetches it from the module proxy.
    env: { ...host, GOBIN: binDir, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOTOOLCHAIN: 'auto', GOWORK: 'off' },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  let tail = '';
  child.stderr.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString()).slice(-4_000);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`\`go install tool\` in ${moduleDir} failed:\n${tail.trim()}\n${remedies}`);
}
