import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ECSClient } from '@aws-sdk/client-ecs';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { pino } from 'pino';
import { parseAllDocuments } from 'yaml';
import { type Clock, systemClock } from '../../src/clock.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { ObservedPass } from '../../src/engine/controller.ts';
import type { CommonSpec, CommonStatus } from '../../src/engine/kind.ts';
import type { PassResult } from '../../src/engine/outcome.ts';
import { kinds } from '../../src/kinds/index.ts';
import { pathOf } from '../../src/kube/paths.ts';
import { KubeError, Transport } from '../../src/kube/transport.ts';
import {
  apiVersionOf,
  type Condition,
  type KubeObject,
  keyOf,
  type ObjectKey,
  type ResourceNames,
} from '../../src/kube/types.ts';
import { Operator } from '../../src/operator.ts';
import { client } from '../sandbox/region/index.ts';
import { type TestCluster, testCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { type Kubectl, must } from './kubectl.ts';

export type Managed = KubeObject<CommonSpec, CommonStatus & Readonly<Record<string, unknown>>>;

/** An object as a user writes it, by default in the bed's own namespace. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Record<string, string>;
    readonly labels?: Record<string, string>;
  };
  readonly spec?: object;
}

export interface KubeEvent {
  readonly type: string;
  readonly reason: string;
  readonly note: string;
  readonly regarding: { readonly kind: string; readonly name: string };
  readonly series?: { readonly count: number };
}

/** What plays AWS: the simulated region, or something that nobody here wrote. */
export interface AwsEndpoint {
  readonly endpoint: string;
  /** Endpoint and keys, as the SDK finds them in production: in the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** One namespace of the shared API server, one AWS and one operator that sees only these two. */
export interface OperatorBed {
  readonly namespace: string;
  /** A client of that AWS, to change things behind the operator's back. */
  readonly aws: ECSClient;
  readonly operator: Operator;
  readonly passes: readonly (ObservedPass & { readonly kind: string })[];
  readonly config: Config;
  readonly credentials: KubeConfig;
  /** The API server as its admin. */
  readonly admin: Transport;
  /** Server-side apply as the user `kubectl`: what a manifest leaves out is taken out of the spec. */
  apply(...manifests: readonly Manifest[]): Promise<void>;
  /** Documents of example files, as they are. */
  example(path: string): Promise<readonly Manifest[]>;
  get(kind: string, name: string): Promise<Managed | undefined>;
  delete(kind: string, name: string): Promise<void>;
  /** The real kubectl in the bed's namespace. */
  kubectl(...args: readonly string[]): Promise<string>;
  events(name?: string): Promise<readonly KubeEvent[]>;
  /** Waits for an Event about this object with this reason, and returns its note. */
  told(kind: string, name: string, reason: string): Promise<string>;
  /** Resolves with the object once the predicate holds. Fails after the deadline with the object as it then is. */
  eventually(kind: string, name: string, what: string, predicate: (object: Managed) => boolean): Promise<Managed>;
  ready(kind: string, name: string): Promise<Managed>;
  /** Resolves once Ready is not True for this reason and generation. */
  notReady(kind: string, name: string, reason: string): Promise<Managed>;
  gone(kind: string, name: string): Promise<void>;
  /** Runs one background pass over this object, as a resync does, and returns what it came to. */
  pass(kind: string, name: string): Promise<PassResult>;
  /** Such a pass over every object that the operator sees. */
  passOverAll(): Promise<void>;
  /** Lets the operator's clock jump: what it holds back for a while is due then. */
  later(ms: number): void;
  /** No passes wait or work, apart from resyncs. */
  settled(): Promise<void>;
  restartOperator(): Promise<void>;
  stop(): Promise<void>;
}

export interface OperatorBedOptions {
  readonly config?: Partial<Config>;
  /** Starts without an operator; `restartOperator` starts one. */
  readonly withoutOperator?: boolean;
  /** Another API server than the one that the test files share. */
  readonly cluster?: Pick<TestCluster, 'kubeconfig' | 'kubectl'>;
}

const signal = (): AbortSignal => AbortSignal.timeout(10_000);

/** Starts an operator in a namespace of its own, against this AWS. One at a time in a process: the environment is the process's. */
export async function operatorBed(endpoint: AwsEndpoint, options: OperatorBedOptions = {}): Promise<OperatorBed> {
  const cluster = options.cluster ?? testCluster();
  const namespace = await freshNamespace(cluster.kubectl, 'bed');
  setAwsEnvironment(endpoint);
  const admin = new Transport({ credentials: kubeConfig(cluster.kubeconfig('admin')), clock: systemClock });
  const credentials = kubeConfig(cluster.kubeconfig('operator'));
  const config: Config = { ...bedConfig(), namespace, ...options.config };
  const passes: (ObservedPass & { readonly kind: string })[] = [];
  const log = pino({ level: process.env.TEST_LOG_LEVEL ?? config.logLevel });
  let jumped = 0;
  const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + jumped };
  const newOperator = (): Operator =>
    new Operator({ config, credentials, clock, log, watchers: [{ onPass: (pass) => passes.push(pass) }] });
  const aws = client(endpoint, { region: config.region });
  let operator = newOperator();
  if (options.withoutOperator !== true) await operator.start();

  const bed: OperatorBed = {
    namespace,
    aws,
    get operator() {
      return operator;
    },
    passes,
    config,
    credentials,
    admin,
    async apply(...manifests) {
      for (const manifest of manifests) await apply(admin, namespace, manifest);
    },
    async example(path) {
      const documents = parseAllDocuments(await readFile(new URL(`../../examples/${path}`, import.meta.url), 'utf8'));
      return documents.map((document): Manifest => document.toJS());
    },
    async get(kind, name) {
      const path = pathOf(namesOf(kind), namespace, name);
      return admin.request<Managed>({ method: 'GET', path, signal: signal() }).catch((error: unknown) => {
        if (error instanceof KubeError && error.status === 404) return undefined;
        throw error;
      });
    },
    async delete(kind, name) {
      await admin.request({ method: 'DELETE', path: pathOf(namesOf(kind), namespace, name), signal: signal() });
    },
    kubectl: (...args) => must(cluster.kubectl, ['--namespace', namespace, ...args]),
    async events(name) {
      const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
      const list = await admin.request<{ items: readonly KubeEvent[] }>({ method: 'GET', path, signal: signal() });
      return list.items.filter((event) => name === undefined || event.regarding.name === name);
    },
    async told(kind, name, reason) {
      const found = await eventually(`an event ${reason} about ${kind} ${name}`, async () => {
        const events = await bed.events(name);
        const event = events.find((one) => one.regarding.kind === kind && one.reason === reason);
        return { value: event?.note ?? events.map(({ note }) => note).join('\n'), done: event !== undefined };
      });
      return found;
    },
    eventually(kind, name, what, predicate) {
      return eventually(`${kind} ${name}: ${what}`, async () => {
        const object = await bed.get(kind, name);
        return { value: object, done: object !== undefined && predicate(object) };
      }).then((object) => {
        if (object === undefined) throw new Error(`${kind} ${name} is gone`);
        return object;
      });
    },
    ready: (kind, name) => bed.eventually(kind, name, 'is Ready', isReady),
    notReady(kind, name, reason) {
      return bed.eventually(kind, name, `is not Ready because of ${reason}`, (object) => {
        const ready = condition(object, 'Ready');
        const current = ready?.observedGeneration === object.metadata.generation;
        return current && ready?.status === 'False' && ready.reason === reason;
      });
    },
    async gone(kind, name) {
      await eventually(`${kind} ${name}: is gone`, async () => {
        const object = await bed.get(kind, name);
        return { value: object, done: object === undefined };
      });
    },
    pass: (kind, name) => forcedPass(operator, passes, kind, `${namespace}/${name}`),
    async passOverAll() {
      const keys = kinds.flatMap(({ names: { kind } }) =>
        (operator.manager.store(kind)?.list() ?? []).map((object) => ({ kind, key: keyOf(object) })),
      );
      await Promise.all(keys.map(({ kind, key }) => forcedPass(operator, passes, kind, key)));
    },
    later(ms) {
      jumped += ms;
    },
    async settled() {
      await eventually('every controller is idle', async () => {
        const working = kinds.map(({ names }) => operator.manager.controller(names.kind)?.working ?? 0);
        const last = kinds.flatMap(({ names }) => lastResults(passes, names.kind));
        return { value: { working, last }, done: working.every((n) => n === 0) && last.every(isAtRest) };
      });
    },
    async restartOperator() {
      await operator.stop();
      operator = newOperator();
      await operator.start();
    },
    async stop() {
      await operator.stop();
      aws.destroy();
      await admin.close();
    },
  };
  return bed;
}

export function isReady(object: Managed): boolean {
  const ready = condition(object, 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === object.metadata.generation;
}

export function condition(object: Managed | undefined, type: string): Condition | undefined {
  return object?.status?.conditions?.find((candidate) => candidate.type === type);
}

export function namesOf(kind: string): ResourceNames {
  const found = kinds.find(({ names }) => names.kind === kind);
  if (found === undefined) throw new Error(`no kind ${kind}`);
  return found.names;
}

export function kubeConfig(path: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(path);
  return config;
}

/**
 * What an installation has that sets nothing, but for what tests are not about: waiting for rate limits, and for a Lease. AWSAccount objects
 * are in no namespace, so that the operators of all tests would look after the same ones.
 */
function bedConfig(): Config {
  const loaded = loadConfig(
    [
      '--region=us-east-1',
      '--leader-elect=false',
      '--aws-accounts=false',
      '--log-level=silent',
      '--aws-quota-scale=1000',
    ],
    { POD_NAME: 'test' },
  );
  if (loaded === 'help') throw new Error('no configuration');
  return loaded;
}

async function apply(admin: Transport, bedNamespace: string, manifest: Manifest): Promise<void> {
  const names = namesOf(manifest.kind);
  const namespace = manifest.metadata.namespace ?? bedNamespace;
  await admin.request({
    method: 'PATCH',
    path: pathOf(names, namespace, manifest.metadata.name),
    query: { fieldManager: 'kubectl', force: true },
    contentType: 'application/apply-patch+yaml',
    body: {
      ...manifest,
      apiVersion: apiVersionOf(names),
      metadata: { ...manifest.metadata, ...(names.scope === 'Cluster' ? {} : { namespace }) },
    },
    signal: signal(),
  });
}

async function freshNamespace(kubectl: Kubectl, prefix: string): Promise<string> {
  const name = `${prefix}-${randomBytes(4).toString('hex')}`;
  await must(kubectl, ['create', 'namespace', name]);
  return name;
}

type Passes = OperatorBed['passes'];

/** Passes that AWS throttles wait for their budget. */
const IDLE_DEADLINE_MS = 60_000;

/** A pass that is at work already has read AWS before now, so one that begins later is waited for. */
async function forcedPass(operator: Operator, passes: Passes, kind: string, key: ObjectKey): Promise<PassResult> {
  const controller = operator.manager.controller(kind);
  if (controller === undefined) throw new Error(`no controller for ${kind}`);
  const isIdle = (): boolean => controller.working === 0;
  const idle = async () => ({ value: controller.working, done: isIdle() });
  await eventually(`${kind} is idle`, idle, IDLE_DEADLINE_MS);
  const before = passes.length;
  controller.enqueue(key, 'background');
  const ran = await eventually(`a pass over ${kind} ${key}`, async () => {
    // A stale pass has not looked at AWS; it comes again by itself.
    const found = passes
      .slice(before)
      .find((pass) => pass.kind === kind && pass.key === key && pass.result.kind !== 'stale');
    return { value: found, done: found !== undefined };
  });
  if (ran === undefined) throw new Error(`no pass over ${kind} ${key}`);
  return ran.result;
}

/** The SDK finds its endpoint and keys as in production: in the environment. Each test file is a process of its own. */
function setAwsEnvironment(endpoint: AwsEndpoint): void {
  for (const [name, value] of Object.entries(endpoint.env)) process.env[name] = value;
}

function lastResults(passes: Passes, kind: string): readonly string[] {
  const last = new Map<string, string>();
  for (const pass of passes) if (pass.kind === kind) last.set(pass.key, pass.result.kind);
  return [...last.values()];
}

function isAtRest(result: string): boolean {
  return result === 'settled' || result === 'terminal' || result === 'blocked' || result === 'gone';
}
