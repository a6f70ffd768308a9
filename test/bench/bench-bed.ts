import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { bundle } from '../../src/build/bundle.ts';
import { systemClock } from '../../src/clock.ts';
import type { CommonStatus } from '../../src/engine/kind.ts';
import { kinds } from '../../src/kinds/index.ts';
import { pathOf } from '../../src/kube/paths.ts';
import { KubeError, Transport } from '../../src/kube/transport.ts';
import { apiVersionOf, type KubeObject, type ResourceNames } from '../../src/kube/types.ts';
import { type ControlPlane, startControlPlane } from '../sandbox/control-plane/index.ts';
import { allowOperator } from '../sandbox/operator-access.ts';
import { type RateSetting, type Region, startRegion } from '../sandbox/region/index.ts';
import { type Supervised, supervise } from '../sandbox/supervised.ts';

const repository = resolve(import.meta.dirname, '../..');

/** V8's flags as `npm start` gives them: a small young generation and early collections, for a small resident set. */
async function nodeFlags(): Promise<readonly string[]> {
  const text = await readFile(join(repository, 'package.json'), 'utf8');
  const manifest: { readonly scripts: { readonly start: string } } = JSON.parse(text);
  return manifest.scripts.start.split(' ').filter((word) => /^--(max-semi|heap)/.test(word));
}

/** A running operator of its own: the bundle, as the image holds it, in a process of its own. */
export interface Bench {
  readonly controlPlane: ControlPlane;
  readonly admin: Transport;
  /** How the operator is started. */
  readonly command: { readonly command: string; readonly args: readonly string[] };
  /** Of the logs. */
  readonly directory: string;
  /** A fresh region and operator for each scenario, so that none pays for another's objects. */
  scenario(name: string, env?: Readonly<Record<string, string>>, rates?: RateSetting): Promise<Scenario>;
  /** After a failure the operators' logs stay, and the path is returned. */
  stop(failed: boolean): Promise<string>;
}

export interface Scenario {
  readonly namespace: string;
  readonly region: Region;
  readonly operator: Supervised;
  readonly admin: Transport;
  stop(): Promise<void>;
}

export async function startBench(): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'ecs-operator-bench-'));
  const bundled = await bundle(join(directory, 'ecs-operator.mjs'));
  const flags = await nodeFlags();
  const controlPlane = await startControlPlane();
  await controlPlane.installCrds(join(repository, 'crds'));
  await allowOperator(controlPlane);
  const credentials = new KubeConfig();
  credentials.loadFromFile(controlPlane.kubeconfig('admin'));
  const admin = new Transport({ credentials, clock: systemClock });
  await served(admin);
  const command = { command: process.execPath, args: [...flags, bundled] };
  return {
    controlPlane,
    admin,
    command,
    directory,
    async scenario(name, env = {}, rates = 'unlimited') {
      const namespace = `bench-${name}`;
      await controlPlane.createNamespace(namespace);
      const region = await startRegion({ timings: 'instant', rates });
      const operator = await supervise({
        ...command,
        logFile: join(directory, `${name}.log`),
        env: {
          ...process.env,
          ...region.env,
          KUBECONFIG: controlPlane.kubeconfig('operator'),
          ECS_OPERATOR_NAMESPACE: namespace,
          ECS_OPERATOR_LOG_LEVEL: 'warn',
          ECS_OPERATOR_LEADER_ELECT: 'false',
          ECS_OPERATOR_AWS_QUOTA_SCALE: '1000',
          ...env,
        },
      });
      return {
        namespace,
        region,
        operator,
        admin,
        async stop() {
          await operator.stop(15_000);
          await region.stop();
        },
      };
    },
    async stop(failed) {
      await admin.close();
      await controlPlane.stop();
      if (!failed) await rm(directory, { recursive: true, force: true });
      return directory;
    },
  };
}

export interface Manifest {
  readonly names: ResourceNames;
  readonly name: string;
  readonly spec: object;
}

/** Where a scenario's objects are. */
export type Objects = Pick<Scenario, 'namespace' | 'admin'>;

/** What `kubectl apply` sends for an object that does not exist yet. */
export async function apply(scenario: Objects, manifest: Manifest): Promise<void> {
  const { names, name, spec } = manifest;
  const { namespace } = scenario;
  const object = { apiVersion: apiVersionOf(names), kind: names.kind, metadata: { name, namespace }, spec };
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(object)}\n` };
  await scenario.admin.request({
    method: 'POST',
    path: pathOf(names, namespace),
    query: { fieldManager: 'kubectl-client-side-apply' },
    body: { ...object, metadata: { ...object.metadata, annotations } },
    signal: AbortSignal.timeout(30_000),
    deadlineMs: 30_000,
  });
}

export async function applyAll(scenario: Objects, manifests: readonly Manifest[], parallel = 16): Promise<void> {
  const waiting = [...manifests];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await apply(scenario, next);
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

type Listed = KubeObject<unknown, CommonStatus>;

export async function list(scenario: Objects, names: ResourceNames): Promise<readonly Listed[]> {
  const path = pathOf(names, scenario.namespace);
  const answer = await scenario.admin.request<{ items: readonly Listed[] }>({
    method: 'GET',
    path,
    signal: AbortSignal.timeout(30_000),
    deadlineMs: 30_000,
  });
  return answer.items;
}

export async function deleteAll(scenario: Objects, names: ResourceNames): Promise<void> {
  await scenario.admin.request({
    method: 'DELETE',
    path: pathOf(names, scenario.namespace),
    signal: AbortSignal.timeout(60_000),
    deadlineMs: 60_000,
  });
}

export function isReady(object: Listed): boolean {
  const ready = object.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === object.metadata.generation;
}

/** A CRD that has just been installed answers watches with 429 until its storage is ready. */
async function served(admin: Transport): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  for (const { names } of kinds) {
    for (;;) {
      try {
        const watch = await admin.stream({ path: pathOf(names), query: { watch: true, timeoutSeconds: 1 }, signal });
        for await (const _ of watch) break;
        break;
      } catch (error) {
        if (!(error instanceof KubeError) || error.status !== 429) throw error;
      }
    }
  }
}
