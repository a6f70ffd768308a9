/** `namespace/name`: how the store, the queue and the barrier call an object of one kind. `/name` of one that is in no namespace. */
export type ObjectKey = `${string}/${string}`;

/** How the API server calls a kind. */
export interface ResourceNames {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  /** Left out: in namespaces. */
  readonly scope?: 'Cluster';
}

export interface ObjectMeta {
  readonly name: string;
  /** Empty for what is in none, where the API server leaves it out: `received` fills it in. */
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An object as the API server returns it, without `managedFields`. Frozen once it is in a store. */
export interface KubeObject<Spec = unknown, Status = unknown> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec: Spec;
  readonly status?: Status;
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
}

export function keyOf(object: { readonly metadata: { readonly namespace: string; readonly name: string } }): ObjectKey {
  return `${object.metadata.namespace}/${object.metadata.name}`;
}

export function apiVersionOf(names: ResourceNames): string {
  return names.group === '' ? names.version : `${names.group}/${names.version}`;
}
