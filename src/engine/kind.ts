import type { Condition, KubeObject, ObjectKey, ResourceNames } from '../kube/types.ts';
import type { AccountAccess } from './cloud.ts';

/** A reference from a spec to one of our own objects. `namespace` defaults to the referrer's. */
export interface ObjectReference {
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** Names an AWSAccount, which is in no namespace. */
export interface AccountReference {
  readonly name: string;
}

export type DeletionPolicy = 'Delete' | 'Retain';
export type AdoptionPolicy = 'Never' | 'Adopt';
export type DriftPolicy = 'Correct' | 'Report';

/** Which namespaces may refer to this object from outside its own; `*` means all. */
export type AllowedNamespaces = readonly string[];

/** The operator's own fields, beside AWS's, in every spec. */
export interface CommonSpec {
  readonly deletionPolicy?: DeletionPolicy | undefined;
  readonly adoptionPolicy?: AdoptionPolicy | undefined;
  readonly driftPolicy?: DriftPolicy | undefined;
  readonly region?: string | undefined;
  readonly accountRef?: AccountReference | undefined;
  readonly allowedNamespaces?: AllowedNamespaces | undefined;
}

/** What the engine itself keeps in every status. Kinds add their own fields and never write these. */
export interface CommonStatus {
  readonly observedGeneration?: number | undefined;
  readonly conditions?: readonly Condition[] | undefined;
  /** Hash of the spec and its resolved references that AWS last agreed with; tells drift (same hash) from a user's change (another). */
  readonly settledHash?: string | undefined;
  /** AWS fields that the last settled spec set, so that a field taken out of the spec is reset in AWS and one never set is left alone. */
  readonly settledFields?: readonly string[] | undefined;
  /** AWS account in which something of this object was last made or seen. */
  readonly accountId?: string | undefined;
  /** Likewise. */
  readonly region?: string | undefined;
}

/** A field of the spec that points at an object of `kind`. `field` is the path a user would look for, such as `spec.clusterRef`. */
export interface Reference {
  readonly field: string;
  readonly kind: string;
  readonly to: ObjectReference;
  /**
   * What this object waits for before anything is done for it: that the other can be referred to (`identity`, the default); as long as
   * this one has never settled, that the other is Ready (`ready`); or nothing (`later`): `plan` waits where it comes to need it, which is
   * how objects that refer to one another in a circle get started.
   */
  readonly need?: 'identity' | 'ready' | 'later' | undefined;
}

/** What a referenced object is to AWS. */
export interface Identity {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  /** What else of it those that refer to it build on, such as a launch template's version. A change of it wakes them. */
  readonly details?: Readonly<Record<string, string>> | undefined;
}

/** An object whose spec points at another one. */
export interface Referrer {
  readonly kind: string;
  readonly key: ObjectKey;
}

/** Why a reference could not be resolved. */
export interface Unresolved {
  readonly reason: string;
  readonly message: string;
}

/** What a pure function sees of the Kubernetes side: one frozen snapshot. */
export interface Desired<Spec extends CommonSpec, Status extends CommonStatus> {
  readonly object: KubeObject<Spec, Status>;
  readonly key: ObjectKey;
  readonly spec: Spec;
  /** The status as last written; `undefined` before the first pass. */
  readonly status: Status | undefined;
  readonly region: string;
  /** The account that the object is in, or would be. */
  readonly accountId: string;
  /** Resolved references by `Reference.field`. While the object is being deleted a reference that is gone has no entry. */
  readonly references: ReadonlyMap<string, Identity>;
  /** References with `need: 'later'` that do not resolve yet, by `Reference.field`. Empty while the object is being deleted. */
  readonly unresolved: ReadonlyMap<string, Unresolved>;
  /** Hash of the spec, the resolved references and the operator's own annotations. */
  readonly hash: string;
  readonly deleting: boolean;
  /** The time of this pass, in milliseconds since 1970: pure functions have no clock. */
  readonly now: number;
}

/** One thing to do: an SDK command as data, and why. The reason is what the user reads in the Event. */
export interface CallStep {
  readonly kind: 'call';
  /** Which client sends it, such as `ecs`. */
  readonly service: string;
  /** AWS's name of it, such as `UpdateService`. */
  readonly operation: string;
  readonly command: AwsCommand;
  readonly reason: string;
  /** True for what the spec itself asks for as time goes by, such as a newer image: that AWS agreed with it before does not make it drift. */
  readonly scheduled?: boolean;
}

/** Nothing can be done until AWS or another object moves; the steps after it are not reached. */
export interface WaitStep {
  readonly kind: 'wait';
  readonly reason: string;
  readonly message: string;
}

export type Step = CallStep | WaitStep;

/** The part of an SDK command that the engine needs. */
export interface AwsCommand {
  readonly input: object;
}

/** How far AWS is with what the spec says. */
export type Progress =
  | { readonly kind: 'live' }
  | { readonly kind: 'progressing'; readonly reason: string; readonly message: string }
  | { readonly kind: 'stalled'; readonly reason: string; readonly message: string };

/** A condition of the kind's own, beside Ready, Reconciling and Stalled. It is there only while it is True (kstatus: abnormal-true). */
export interface KindCondition {
  /** One of the kind's `conditionTypes`. */
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

export interface Conclusion<Status> {
  /** The kind's own status fields, whole: what is not here is removed. */
  readonly status: Omit<Status, keyof CommonStatus>;
  readonly progress: Progress;
  readonly conditions?: readonly KindCondition[] | undefined;
}

export const absent = Symbol('absent');
export type Absent = typeof absent;

/** What `observe` may use. `Reads` is the AWS layer's batched, budgeted read interface. */
export interface ObserveContext<Reads> {
  readonly reads: Reads;
  readonly signal: AbortSignal;
  /** True when this pass has just changed something: what answers whether the thing can exist at all need not be asked again. */
  readonly afterChange: boolean;
}

/**
 * Everything the engine has to be told about a kind. `observe` is the only function with I/O, and it only reads.
 * `plan`, `retire` and `conclude` are pure; they may throw an `OperatorError` to refuse (`terminal`) or to wait (`blocked`).
 */
export interface Kind<Spec extends CommonSpec, Status extends CommonStatus, Observed, Reads> {
  readonly names: ResourceNames;
  /** Types that `conclude` may give conditions of, beside the engine's own. */
  readonly conditionTypes?: readonly string[];
  /** The objects this spec points at. The engine resolves them, waits for them and is woken by them. */
  references(spec: Spec): readonly Reference[];
  /**
   * False once the object has let go of what it refers to, so that the other may be deleted before it. Without this function an object
   * holds on to the end.
   */
  holds?(object: KubeObject<Spec, Status>, reference: Reference): boolean;
  /** For the kind whose objects stand for AWS accounts: how this one is reached. Other objects are in one of them, or in the operator's own. */
  account?(object: KubeObject<Spec, Status>): AccountAccess;
  /** What this object is to AWS, once it can be referred to; `undefined` while it cannot. */
  identity(object: KubeObject<Spec, Status>): Identity | undefined;
  observe(context: ObserveContext<Reads>, desired: Desired<Spec, Status>): Promise<Observed | Absent>;
  /** Ordered steps that bring AWS to the spec. Empty means in agreement. */
  plan(desired: Desired<Spec, Status>, observed: Observed | Absent): readonly Step[];
  /** Ordered steps that remove it. Empty means gone. Not called when nothing was found. */
  retire(desired: Desired<Spec, Status>, observed: Observed): readonly Step[];
  /**
   * Steps with which an object that is being deleted lets go of what it refers to, while `users` still refer to it: without them a circle
   * of references (cluster, provider, group, template, cluster) could never be deleted. `retire` follows when there are no users.
   */
  release?(desired: Desired<Spec, Status>, observed: Observed, users: readonly Referrer[]): readonly Step[];
  conclude(desired: Desired<Spec, Status>, observed: Observed): Conclusion<Status>;
  /** AWS fields set by this spec, recorded as `status.settledFields`. */
  fields(spec: Spec): readonly string[];
  /** How often to look at a settled object whose status shows numbers that move by themselves, if more often than the operator's resync. */
  readonly resyncMs?: number;
  /** Objects with the same group are resynced together, so that their reads share a batch. */
  batchGroup(desired: Desired<Spec, Status>): string;
}
