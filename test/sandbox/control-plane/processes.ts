import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../ports.ts';
import { type Supervised, supervise } from '../supervised.ts';
import { auditArgs } from './audit.ts';
import type { Binaries } from './binaries.ts';
import type { Identity } from './identity.ts';

/** envtest allows 20 s; a laptop that compiles something else at the same time needs more. */
const readyDeadlineMs = 60_000;

/** A process that ended, or did not become ready, with where to read why. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** The port was free when it was chosen and taken when it was used. */
  readonly portTaken: boolean;

  constructor(program: string, problem: string, logFile: string, log: string) {
    const tail = log.trimEnd().split('\n').slice(-8).join('\n');
    super(`${program} ${problem}. Its log is ${logFile} and ends with:\n${tail}`);
    this.portTaken = /address already in use/i.test(log);
  }
}

/** Runs `start` with a free port, again when somebody else takes that port first. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (attempt === 3 || !(error instanceof StartError && error.portTaken)) throw error;
    }
  }
}

export async function startEtcd(
  binaries: Binaries,
  directory: string,
  port: number,
  signal: AbortSignal | undefined,
): Promise<Supervised> {
  const url = `http://127.0.0.1:${port}`;
  const etcd = await supervise({
    command: binaries.etcd,
    args: [
      `--data-dir=${join(directory, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      '--listen-peer-urls=http://127.0.0.1:0',
      // Nothing here has to survive a power failure.
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
    logFile: join(directory, `etcd-${port}.log`),
    removeOnOrphan: directory,
  });
  await ready('etcd', etcd, async (timeout) => (await fetch(`${url}/health`, { signal: timeout })).ok, signal);
  return etcd;
}

export interface ApiServerOptions {
  readonly binaries: Binaries;
  readonly identity: Identity;
  readonly directory: string;
  readonly etcdPort: number;
  readonly port: number;
  /** What service accounts ask for is written here, one JSON object a line. */
  readonly auditLog: string | undefined;
  readonly signal: AbortSignal | undefined;
}

export async function startApiServer(options: ApiServerOptions): Promise<Supervised> {
  const { directory, port, identity } = options;
  const file = (name: string): string => join(directory, name);
  const server = await supervise({
    command: options.binaries.kubeApiserver,
    args: [
      `--etcd-servers=http://127.0.0.1:${options.etcdPort}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${directory}`,
      `--tls-cert-file=${file('serving.crt')}`,
      `--tls-private-key-file=${file('serving.key')}`,
      `--client-ca-file=${file('ca.crt')}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.0.0.0/24',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-signing-key-file=${file('service-account.key')}`,
      `--service-account-key-file=${file('service-account.pub')}`,
      // Nobody runs here that would create default service accounts, and without them this plugin refuses every pod.
      '--disable-admission-plugins=ServiceAccount',
      // The `kubernetes` Service would get an endpoint on loopback, which the API server then refuses, once every ten seconds.
      '--endpoint-reconciler-type=none',
      '--profiling=false',
      ...(await auditArgs(directory, options.auditLog)),
    ],
    logFile: file(`kube-apiserver-${port}.log`),
  });
  await ready('kube-apiserver', server, (timeout) => probe(port, identity, timeout), options.signal);
  return server;
}

async function ready(
  program: string,
  child: Supervised,
  isReady: (timeout: AbortSignal) => Promise<boolean>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = performance.now() + readyDeadlineMs;
  while (child.exitCode() === undefined && performance.now() < deadline && signal?.aborted !== true) {
    // Refused, reset or too slow all mean: not yet.
    if (await isReady(AbortSignal.timeout(2_000)).catch(() => false)) return;
    await delay(25);
  }
  const code = child.exitCode();
  await child.stop(0);
  signal?.throwIfAborted();
  const problem = code === undefined ? `was not ready after ${readyDeadlineMs / 1000} s` : `exited with ${code}`;
  throw new StartError(program, problem, child.logFile, await readFile(child.logFile, 'utf8'));
}

function probe(port: number, identity: Identity, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: '/readyz',
      ca: identity.caPem,
      cert: identity.admin.certificatePem,
      key: identity.admin.keyPem,
      agent: false,
      signal,
    };
    request(options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('error', reject)
      .end();
  });
}
