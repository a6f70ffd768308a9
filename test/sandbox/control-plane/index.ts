import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createKubectl, type Kubectl, must } from '../../support/kubectl.ts';
import type { Supervised } from '../supervised.ts';
import { type Binaries, ensureBinaries } from './binaries.ts';
import { type Identity, type User, writeIdentity } from './identity.ts';
import { onFreePort, startApiServer, startEtcd } from './processes.ts';

export type { Binaries } from './binaries.ts';
export type { User } from './identity.ts';

export interface ControlPlaneOptions {
  /** Keep a log of what service accounts ask for, at `auditLog`; `test/support/audit-log.ts` reads it. */
  readonly auditLog?: boolean;
  /** Gives up the start; a running control plane is ended by `stop`. */
  readonly signal?: AbortSignal;
}

/**
 * A real etcd and kube-apiserver. There is no controller manager: a deleted namespace stays Terminating and nothing is garbage
 * collected, so tests take a fresh namespace each.
 */
export interface ControlPlane {
  /** `https://127.0.0.1:<port>` */
  readonly server: string;
  readonly binaries: Binaries;
  /** Logs and the discovery cache; removed by `stop`. */
  readonly directory: string;
  /** Where the audit log is, when it was asked for. */
  readonly auditLog: string;
  /**
   * Path of a kubeconfig; `admin` (the default) may do everything. `operator` is the operator's service account with what the chart
   * allows it, once `allowOperator` has made it.
   */
  kubeconfig(user?: User): string;
  /** The real kubectl as admin. */
  readonly kubectl: Kubectl;
  /** Applies every CRD in `directory` and waits until their resources are served. */
  installCrds(directory: string): Promise<void>;
  createNamespace(name: string): Promise<void>;
  /** SIGKILL, `downMs` of silence, and the same server again on the same port and data. */
  restartApiServer(options?: { readonly downMs?: number }): Promise<void>;
  /** SIGSTOP, and SIGCONT after `forMs`: meanwhile the API server keeps its connections and can neither read nor write. */
  stallEtcd(options: { readonly forMs: number }): Promise<void>;
  /** Ends both processes and removes their data. */
  stop(): Promise<void>;
}

/** Starts etcd and kube-apiserver and resolves when they serve. Builds them first if need be, with progress on stderr. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await ensureBinaries(process.env, options.signal);
  options.signal?.throwIfAborted();
  const directory = await mkdtemp(join(tmpdir(), 'ecs-operator-control-plane-'));
  const auditLog = join(directory, 'audit.log');
  const running: Running = {};
  try {
    let etcdPort = 0;
    running.etcd = await onFreePort((port) => {
      etcdPort = port;
      return startEtcd(binaries, directory, port, options.signal);
    });
    const startServer = async (port: number, identity: Identity): Promise<void> => {
      running.apiServer = await startApiServer({
        ...{ binaries, identity, directory, etcdPort, port },
        auditLog: options.auditLog === true ? auditLog : undefined,
        signal: options.signal,
      });
    };
    const { port, identity } = await onFreePort(async (candidate) => {
      const written = await writeIdentity(directory, `https://127.0.0.1:${candidate}`);
      await startServer(candidate, written);
      return { port: candidate, identity: written };
    });
    const server = `https://127.0.0.1:${port}`;
    const startAgain = (): Promise<void> => startServer(port, identity);
    return controlPlane({ binaries, directory, auditLog, running, identity, server, startAgain });
  } catch (error) {
    await killAll(running);
    // After a failure the logs stay, and the error names them; the data would only fill the disk.
    const rubbish = options.signal?.aborted === true ? directory : join(directory, 'etcd');
    await rm(rubbish, { recursive: true, force: true });
    throw error;
  }
}

interface Running {
  etcd?: Supervised;
  apiServer?: Supervised;
}

interface Parts {
  readonly binaries: Binaries;
  readonly directory: string;
  readonly auditLog: string;
  readonly server: string;
  readonly identity: Identity;
  readonly running: Running;
  startAgain(): Promise<void>;
}

function controlPlane(parts: Parts): ControlPlane {
  const { identity, directory } = parts;
  const kubectl = createKubectl(parts.binaries.kubectl, identity.kubeconfigs.admin, join(directory, 'kubectl-cache'));
  return {
    server: parts.server,
    binaries: parts.binaries,
    directory,
    auditLog: parts.auditLog,
    kubeconfig: (user = 'admin') => identity.kubeconfigs[user],
    kubectl,
    installCrds: (crds) => installCrds(kubectl, crds),
    async createNamespace(name) {
      await must(kubectl, ['create', 'namespace', name]);
    },
    async restartApiServer({ downMs = 0 } = {}) {
      await parts.running.apiServer?.stop(0);
      await delay(downMs);
      await parts.startAgain();
    },
    async stallEtcd({ forMs }) {
      parts.running.etcd?.kill('STOP');
      try {
        await delay(forMs);
      } finally {
        parts.running.etcd?.kill('CONT');
      }
    },
    async stop() {
      await killAll(parts.running);
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Nothing is worth a graceful end: the data goes with the processes, and a SIGTERM waits for every open watch. */
async function killAll({ etcd, apiServer }: Running): Promise<void> {
  await Promise.all([apiServer?.stop(0), etcd?.stop(0)]);
}

const crdDeadlineMs = 30_000;

async function installCrds(kubectl: Kubectl, directory: string): Promise<void> {
  await must(kubectl, ['apply', '--server-side', '--force-conflicts', '-f', directory]);
  await must(kubectl, ['wait', '--for=condition=Established', `--timeout=${crdDeadlineMs / 1000}s`, '-f', directory]);
  const names = await must(kubectl, [
    'get',
    '-f',
    directory,
    '-o',
    'jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}{.metadata.name}',
  ]);
  const expected = names.split('\n').filter((name) => name !== '');
  // Established comes a moment before discovery lists the resources, and kubectl goes by discovery.
  const deadline = performance.now() + crdDeadlineMs;
  for (;;) {
    const served = new Set((await must(kubectl, ['api-resources', '-o', 'name', '--cached=false'])).split('\n'));
    const missing = expected.filter((name) => !served.has(name));
    if (missing.length === 0) return;
    if (performance.now() > deadline)
      throw new Error(
        `the API server does not serve ${missing.join(', ')} ${crdDeadlineMs / 1000} s after their CRDs were applied`,
      );
    await delay(50);
  }
}
