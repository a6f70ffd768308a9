import { contentHash } from '../canonical.ts';
import type { Clock } from '../clock.ts';
import type { OperatorError } from '../errors.ts';
import type { KubeObject, ObjectKey } from '../kube/types.ts';
import type { CallStep, CommonSpec, CommonStatus } from './kind.ts';

/** ECS answers may be this much older than our last change (reliability row 24 injects 10 s). */
const STALE_READ_GRACE_MS = 15_000;
/** A refusal may be about something that has only just been made (a subnet, a name): it is believed after this long, or after this many tries. */
const REJECTED_BELIEVED_AFTER_MS = 10 * 60_000;
const REJECTED_BELIEVED_AFTER_TRIES = 5;
/** One that usually heals by itself (a new role, a load balancer in the making) is believed after that many tries and this long. */
const HEALING_BELIEVED_AFTER_MS = 5 * 60_000;

/** How long a new object may wait for the others of the same apply before its status says so. */
const NEW_FOR_MS = 1_000;

interface KeyMemory {
  uid: string;
  readonly firstSeenAt: number;
  sentFor: string | undefined;
  /** When each step was last carried out for that, by its fingerprint. */
  readonly sentAt: Map<string, number>;
  unseenSince: number | undefined;
  polls: number;
  rechecks: number;
  rejectedFor: string | undefined;
  rejections: number;
  rejectedSince: number;
  resyncGroup: string;
}

/** What has to be remembered of an object between two passes and may be lost with the process. */
export class PassMemory {
  readonly #keys = new Map<ObjectKey, KeyMemory>();
  readonly #orphans = new Map<ObjectKey, KubeObject<CommonSpec, CommonStatus>>();
  readonly #clock: Pick<Clock, 'monotonicMs'>;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#keys.size + this.#orphans.size;
  }

  /** The object is gone and what was made for it is not: nothing but this knows of it. */
  orphaned(key: ObjectKey, object: KubeObject<CommonSpec, CommonStatus>): void {
    this.#orphans.set(key, object);
  }

  orphan(key: ObjectKey): KubeObject<CommonSpec, CommonStatus> | undefined {
    return this.#orphans.get(key);
  }

  orphanRemoved(key: ObjectKey): void {
    this.#orphans.delete(key);
  }

  forget(key: ObjectKey): void {
    this.#keys.delete(key);
  }

  /** Another process goes on with these, save for those of which it does not know. */
  forgetAll(of: (key: ObjectKey) => boolean): void {
    for (const key of this.#keys.keys()) if (of(key) && !this.#orphans.has(key)) this.#keys.delete(key);
  }

  orphans(of: (key: ObjectKey) => boolean): readonly ObjectKey[] {
    return [...this.#orphans.keys()].filter(of);
  }

  /**
   * Leaves out what was carried out a moment ago: AWS's answer is then older than our change, and doing it again would register a second
   * revision or fight our own update. Answers need not get newer one by one, so it was perhaps seen in the meantime.
   */
  notJustSent(key: ObjectKey, uid: string, steps: readonly CallStep[]): readonly CallStep[] {
    const { sentAt } = this.#of(key, uid);
    const now = this.#clock.monotonicMs();
    return steps.filter(
      (step) => now - (sentAt.get(fingerprint(step)) ?? Number.NEGATIVE_INFINITY) >= STALE_READ_GRACE_MS,
    );
  }

  /** `hash` is that of the desired state for which the step was carried out. What was done for another is over. */
  sent(key: ObjectKey, uid: string, hash: string, step: CallStep): void {
    const memory = this.#of(key, uid);
    const now = this.#clock.monotonicMs();
    if (memory.sentFor !== hash) memory.sentAt.clear();
    for (const [print, at] of memory.sentAt) if (now - at >= STALE_READ_GRACE_MS) memory.sentAt.delete(print);
    memory.sentFor = hash;
    memory.sentAt.set(fingerprint(step), now);
    memory.polls = 0;
  }

  /** Something was made or changed in AWS for this object, or at least asked for. */
  changed(key: ObjectKey, uid: string): void {
    this.#of(key, uid).unseenSince = this.#clock.monotonicMs();
  }

  /** True while AWS, asked what there is to delete, may answer from before our last change: "nothing" would then leave an orphan. */
  mayBeUnseen(key: ObjectKey, uid: string): boolean {
    const { unseenSince } = this.#of(key, uid);
    return unseenSince !== undefined && this.#clock.monotonicMs() - unseenSince < STALE_READ_GRACE_MS;
  }

  /** What is to be deleted has been seen, so from now on "nothing" means nothing. */
  seen(key: ObjectKey, uid: string): void {
    this.#of(key, uid).unseenSince = undefined;
  }

  /**
   * AWS shows what `hash` stands for. If something else was sent before, that is over: a user who goes back to it asks for
   * the same plan anew. After the same hash the record stays, because a later answer may still be an older one.
   */
  agreed(key: ObjectKey, uid: string, hash: string): void {
    const memory = this.#of(key, uid);
    if (memory.sentFor !== hash) memory.sentAt.clear();
  }

  /** How often we have looked since something last changed. */
  nextPoll(key: ObjectKey, uid: string): number {
    const memory = this.#of(key, uid);
    const polls = memory.polls;
    memory.polls += 1;
    return polls;
  }

  resetPolls(key: ObjectKey, uid: string): void {
    this.#of(key, uid).polls = 0;
  }

  /** How often in a row the store was found to be older than our own last write. */
  nextRecheck(key: ObjectKey, uid: string): number {
    const memory = this.#of(key, uid);
    const rechecks = memory.rechecks;
    memory.rechecks += 1;
    return rechecks;
  }

  /** True from when the store was found to be older than our own last write until it was found not to be. */
  awaitsStore(key: ObjectKey): boolean {
    return (this.#keys.get(key)?.rechecks ?? 0) > 0;
  }

  storeIsCurrent(key: ObjectKey): void {
    const known = this.#keys.get(key);
    if (known !== undefined) known.rechecks = 0;
  }

  /** Records a refusal; true when it has to be believed. Another reason, or a new spec, is another refusal. */
  rejected(
    key: ObjectKey,
    uid: string,
    generation: number,
    { reason, heals }: Pick<OperatorError, 'reason' | 'heals'>,
  ): boolean {
    const memory = this.#of(key, uid);
    const now = this.#clock.monotonicMs();
    const rejectedFor = `${generation} ${reason}`;
    if (memory.rejectedFor !== rejectedFor) {
      memory.rejectedFor = rejectedFor;
      memory.rejections = 0;
      memory.rejectedSince = now;
    }
    memory.rejections += 1;
    const isRepeated = memory.rejections >= REJECTED_BELIEVED_AFTER_TRIES;
    const lastedMs = now - memory.rejectedSince;
    return heals
      ? isRepeated && lastedMs >= HEALING_BELIEVED_AFTER_MS
      : isRepeated || lastedMs >= REJECTED_BELIEVED_AFTER_MS;
  }

  accepted(key: ObjectKey, uid: string): void {
    this.#of(key, uid).rejectedFor = undefined;
  }

  isNew(key: ObjectKey, uid: string): boolean {
    return this.#clock.monotonicMs() - this.#of(key, uid).firstSeenAt < NEW_FOR_MS;
  }

  setResyncGroup(key: ObjectKey, uid: string, group: string): void {
    this.#of(key, uid).resyncGroup = group;
  }

  resyncGroup(key: ObjectKey): string {
    return this.#keys.get(key)?.resyncGroup ?? key;
  }

  #of(key: ObjectKey, uid: string): KeyMemory {
    const known = this.#keys.get(key);
    if (known?.uid === uid) return known;
    const fresh: KeyMemory = {
      uid,
      firstSeenAt: this.#clock.monotonicMs(),
      sentFor: undefined,
      sentAt: new Map(),
      unseenSince: undefined,
      polls: 0,
      rechecks: 0,
      rejectedFor: undefined,
      rejections: 0,
      rejectedSince: 0,
      resyncGroup: key,
    };
    this.#keys.set(key, fresh);
    return fresh;
  }
}

/** Without the idempotency token: it may tell apart what AWS, once it shows the first, would not be asked for. */
function fingerprint({ service, operation, command }: CallStep): string {
  const { clientToken: _, ClientToken: __, ...input }: { clientToken?: unknown; ClientToken?: unknown } = command.input;
  return contentHash([service, operation, input]);
}
