import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { CommonSpec, CommonStatus } from '../../src/engine/kind.ts';
import { kinds } from '../../src/kinds/index.ts';
import { pathOf } from '../../src/kube/paths.ts';
import { KubeError, type Transport } from '../../src/kube/transport.ts';
import { apiVersionOf, type Condition, type KubeObject, type ResourceNames } from '../../src/kube/types.ts';
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

/** A namespace as its users see it and work with it. */
export interface NamespaceBed {
  readonly namespace: string;
  /** The API server as its admin. */
  readonly admin: Transport;
  /** Server-side apply as the user `kubectl`: what a manifest leaves out is taken out of the spec. */
  apply(...manifests: readonly Manifest[]): Promise<void>;
  /** Documents of example files, as they are. */
  example(path: string): Promise<readonly Manifest[]>;
  get(kind: string, name: string): Promise<Managed | undefined>;
  delete(kind: string, name: string): Promise<void>;
  /** The real kubectl in this namespace. */
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
}

const signal = (): AbortSignal => AbortSignal.timeout(10_000);

export function namespaceBed(admin: Transport, kubectl: Kubectl, namespace: string): NamespaceBed {
  const pathTo = (kind: string, name: string): string => pathOf(namesOf(kind), namespace, name);
  const bed: NamespaceBed = {
    namespace,
    admin,
    async apply(...manifests) {
      for (const manifest of manifests) await apply(admin, namespace, manifest);
    },
    async example(path) {
      const documents = parseAllDocuments(await readFile(new URL(`../../examples/${path}`, import.meta.url), 'utf8'));
      return documents.map((document): Manifest => document.toJS());
    },
    async get(kind, name) {
      const path = pathTo(kind, name);
      return admin.request<Managed>({ method: 'GET', path, signal: signal() }).catch((error: unknown) => {
        if (error instanceof KubeError && error.status === 404) return undefined;
        throw error;
      });
    },
    async delete(kind, name) {
      await admin.request({ method: 'DELETE', path: pathTo(kind, name), signal: signal() });
    },
    kubectl: (...args) => must(kubectl, ['--namespace', namespace, ...args]),
    async events(name) {
      const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
      const list = await admin.request<{ items: readonly KubeEvent[] }>({ method: 'GET', path, signal: signal() });
      return list.items.filter((event) => name === undefined || event.regarding.name === name);
    },
    async told(kind, name, reason) {
      return eventually(`an event ${reason} about ${kind} ${name}`, async () => {
        const events = await bed.events(name);
        const event = events.find((one) => one.regarding.kind === kind && one.reason === reason);
        return { value: event?.note ?? events.map(({ note }) => note).join('\n'), done: event !== undefined };
      });
    },
    async eventually(kind, name, what, predicate) {
      const found = await eventually(`${kind} ${namespace}/${name}: ${what}`, async () => {
        const object = await bed.get(kind, name);
        return { value: object, done: object !== undefined && predicate(object) };
      });
      if (found === undefined) throw new Error(`${kind} ${name} is gone`);
      return found;
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
      await eventually(`${kind} ${namespace}/${name}: is gone`, async () => {
        const object = await bed.get(kind, name);
        return { value: object, done: object === undefined };
      });
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
