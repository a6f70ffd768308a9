import { chmod, chown, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Supervised, supervise } from '../sandbox/supervised.ts';
import type { Rendered } from './helm.ts';
import type { Image } from './helm-image.ts';

/** The part of a Deployment that a kubelet would look at. */
export interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly [Container];
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly resources: unknown;
  readonly securityContext: Readonly<Record<string, unknown>>;
}

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

/** What the chart's Deployment makes of a pod. */
export function podSpecOf(deployment: Rendered): PodSpec {
  // A rendered document is untyped; the test that follows looks at each of these fields.
  const { template } = deployment.spec as { readonly template: { readonly spec: PodSpec } };
  return template.spec;
}

/** The container's environment as the kubelet would make it, and nothing else. */
export function environmentOf(container: Container, pod: { readonly name: string; readonly namespace: string }) {
  const fields: Readonly<Record<string, string>> = { 'metadata.name': pod.name, 'metadata.namespace': pod.namespace };
  const entries = container.env.map(({ name, value, valueFrom }): [string, string] => {
    const resolved = valueFrom === undefined ? value : fields[valueFrom.fieldRef.fieldPath];
    if (resolved === undefined) throw new Error(`${name} has neither a value nor a field that is known here`);
    return [name, resolved];
  });
  return Object.fromEntries(entries);
}

export interface PodOptions {
  readonly image: Image;
  readonly deployment: Rendered;
  readonly name: string;
  readonly namespace: string;
  /** In place of the token that the kubelet mounts. */
  readonly kubeconfig: string;
  readonly logFile: string;
  /** Arguments of node itself, which the image gives none. */
  readonly nodeOptions?: readonly string[];
}

/** A running pod of the Deployment. */
export interface Pod {
  readonly process: Supervised;
  /** What the kubelet's probe of this path is answered. */
  probe(which: 'livenessProbe' | 'readinessProbe'): Promise<number>;
  /** Where Prometheus would read its metrics. */
  readonly metricsAddress: string;
  metrics(): Promise<string>;
  /** As the kubelet does it: SIGTERM, and SIGKILL after the grace period. Resolves with the exit code. */
  stop(): Promise<number>;
}

/**
 * Plays the kubelet: runs the image's entrypoint with exactly the container's arguments and environment, as its user and in a directory
 * that cannot be written to. Only KUBECONFIG is ours, in the place of the mounted token.
 */
export async function startPod({ image, deployment, kubeconfig, nodeOptions = [], ...pod }: PodOptions): Promise<Pod> {
  const spec = podSpecOf(deployment);
  const [container] = spec.containers;
  const inImage = (word: string): string => (word.startsWith('/') ? join(image.root, word) : word);
  const [command = '', ...before] = image.entrypoint.map(inImage);
  const privileged = process.getuid?.() === 0;
  if (privileged) await chown(kubeconfig, image.uid, image.gid);
  const child = await supervise({
    command,
    args: [...nodeOptions, ...before, ...container.args],
    env: { ...image.env, ...environmentOf(container, pod), KUBECONFIG: kubeconfig },
    cwd: join(image.root, 'app'),
    logFile: pod.logFile,
    ...(privileged ? { uid: image.uid, gid: image.gid } : {}),
  });
  const portOf = (name: string): number => container.ports.find((port) => port.name === name)?.containerPort ?? 0;
  const get = (path: string, port: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${portOf(port)}${path}`, { signal: AbortSignal.timeout(5_000) });
  return {
    process: child,
    async probe(which) {
      const { path, port } = container[which].httpGet;
      // Refused connections are the kubelet's failures too.
      const response = await get(path, port).catch(() => undefined);
      await response?.body?.cancel();
      return response?.status ?? 0;
    },
    metricsAddress: `127.0.0.1:${portOf('metrics')}`,
    async metrics() {
      return (await get('/metrics', 'metrics')).text();
    },
    stop: () => child.stop(spec.terminationGracePeriodSeconds * 1_000),
  };
}

/** Takes the right to write from everything below `directory`, and gives everyone the right to read. */
export async function makeReadOnly(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await makeReadOnly(path);
  }
  await chmod(directory, 0o555);
}
