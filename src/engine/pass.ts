import type { Logger } from 'pino';
import { type Clock, rfc3339 } from '../clock.ts';
import { fromUnknown, type OperatorError } from '../errors.ts';
import type { KubeObject, ObjectKey } from '../kube/types.ts';
import { type Accounts, isPlaced } from './accounts.ts';
import type { Backoff } from './backoff.ts';
import type { WriteBarrier } from './barrier.ts';
import { converge } from './converge.ts';
import { desiredOf } from './desired.ts';
import { outcomeOfError } from './failure.ts';
import { hasFinalizer, withFinalizer, withoutFinalizer } from './finalizer.ts';
import type { CommonSpec, CommonStatus } from './kind.ts';
import { type Located, locate } from './locate.ts';
import type { Outcome, PassResult } from './outcome.ts';
import type { Priority } from './queue.ts';
import type { Directory } from './references.ts';
import { remove } from './remove.ts';
import { isUnseen, nextStatus } from './status.ts';
import { type Findings, Work, type WorkDependencies } from './work.ts';

/** Writes to the API server, as `kube/objects.ts` offers them. Each checks the leader gate immediately before it is sent. */
export interface Writer {
  /** The object as the API server itself has it at this moment. */
  get(object: KubeObject, signal: AbortSignal): Promise<KubeObject>;
  patchFinalizers(
    object: KubeObject,
    finalizers: readonly string[],
    signal: AbortSignal,
    cause: PassIdentity,
  ): Promise<KubeObject>;
  applyStatus(object: KubeObject, status: object, signal: AbortSignal, cause: PassIdentity): Promise<KubeObject>;
}

export interface PassDependencies<Reads> extends WorkDependencies<Reads> {
  readonly get: (key: ObjectKey) => KubeObject<CommonSpec, CommonStatus> | undefined;
  readonly writer: Writer;
  readonly barrier: WriteBarrier;
  readonly backoff: Backoff;
  readonly clock: Clock;
  /** Throws when this process may not write for this object now. */
  readonly gate: (key: ObjectKey) => void;
  /** `undefined` where AWSAccount objects are not read. */
  readonly accounts?: Accounts | undefined;
  readonly defaultRegion: string;
}

/** Which pass it is. What is sent to AWS or to the API server during the pass carries it, so that logs and traces tell for whom. */
export interface PassIdentity {
  readonly kind: string;
  readonly key: ObjectKey;
  readonly priority: Priority;
  /** Counts the passes of this kind in this process. */
  readonly reconcileId: number;
  /** Of the object that the pass found; undefined before, and when there is none. */
  generation: number | undefined;
  readonly startedAtMs: number;
}

/** True for what a pass gives as the cause of its calls. */
export function isPassIdentity(cause: object | undefined): cause is PassIdentity {
  return cause !== undefined && 'reconcileId' in cause;
}

export interface PassScope {
  readonly identity: PassIdentity;
  readonly log: Logger;
  readonly priority: Priority;
  /** Ends the work in AWS: the pass has taken too long, or the process stops. */
  readonly signal: AbortSignal;
  /** Ends the writes to the API server, which have a deadline of their own: the process stops. */
  readonly writeSignal: AbortSignal;
}

type Managed = KubeObject<CommonSpec, CommonStatus>;

/**
 * One pass over one object: finalizer, references, observe, plan, act, conclude, status. It is level-triggered: it gets a
 * key, never an event, and whatever it did before is found out from AWS and the status, not remembered.
 */
export class Pass<Reads> {
  readonly #deps: PassDependencies<Reads>;
  readonly #scope: PassScope;

  constructor(deps: PassDependencies<Reads>, scope: PassScope) {
    this.#deps = deps;
    this.#scope = scope;
  }

  async run(key: ObjectKey): Promise<PassResult> {
    const { get, barrier, memory } = this.#deps;
    const orphan = memory.orphan(key);
    if (orphan !== undefined) {
      const unfinished = await this.#takeBack(key, orphan);
      if (unfinished !== undefined) return unfinished;
    }
    const stored = get(key);
    if (stored === undefined) return { kind: 'gone' };
    this.#scope.identity.generation = stored.metadata.generation;
    if (!barrier.isCurrent(key)) return { kind: 'stale' };
    memory.storeIsCurrent(key);
    const deleting = stored.metadata.deletionTimestamp !== undefined;
    if (deleting && !hasFinalizer(stored)) return { kind: 'gone' };
    try {
      if (deleting) return await this.#reconcile(key, stored);
      const held = hasFinalizer(stored) ? stored : await this.#addFinalizer(key, stored);
      return isUnseen(held.status) ? await this.#begin(key, held) : await this.#reconcile(key, held);
    } catch (error) {
      const refused = fromUnknown(error);
      return (await this.#isGone(stored, refused)) ? { kind: 'gone' } : this.#writeFailed(stored, refused);
    }
  }

  /**
   * A pass over an object of which no status tells. A DELETE that is under way while the finalizer is stored removes the object all the
   * same, and the API server says yes to both (kubernetes#77988, open): we notice when there is nothing left to write a status on, which
   * is not in the pass that stored the finalizer if that one had nothing to tell yet.
   */
  async #begin(key: ObjectKey, object: Managed): Promise<PassResult> {
    try {
      return await this.#reconcile(key, object);
    } catch (error) {
      const refused = fromUnknown(error);
      if (!(await this.#isGone(object, refused))) return this.#writeFailed(object, refused);
      const { clock, memory } = this.#deps;
      const deletionTimestamp = new Date(clock.wallMs()).toISOString();
      const orphan = { ...object, metadata: { ...object.metadata, deletionTimestamp } };
      this.#scope.log.warn('the object was deleted while its finalizer was being stored; taking back what was made');
      memory.orphaned(key, orphan);
      return (await this.#takeBack(key, orphan)) ?? { kind: 'gone' };
    }
  }

  /** Removes what was made for an object that is gone; undefined once it is. Nobody can have begun to use it: no status ever named it. */
  async #takeBack(key: ObjectKey, orphan: Managed): Promise<Outcome | undefined> {
    const { directory, memory } = this.#deps;
    try {
      const findings = await this.#findOut(key, orphan, { ...directory, referrers: () => [] });
      if (findings !== 'released') return findings.outcome;
      memory.orphanRemoved(key);
      return undefined;
    } catch (error) {
      return this.#outcomeOfError(key, orphan, fromUnknown(error));
    }
  }

  async #reconcile(key: ObjectKey, object: Managed): Promise<PassResult> {
    let findings: Findings | 'released';
    try {
      findings = await this.#findOut(key, object);
    } catch (error) {
      findings = { outcome: this.#outcomeOfError(key, object, fromUnknown(error)) };
    }
    const { writeSignal, identity } = this.#scope;
    // What a pass was doing when the process stopped is nothing that is wrong with the object.
    writeSignal.throwIfAborted();
    if (findings === 'released') {
      const released = await this.#deps.writer.patchFinalizers(object, withoutFinalizer(object), writeSignal, identity);
      this.#deps.barrier.wrote(key, released.metadata.resourceVersion);
      return { kind: 'gone' };
    }
    if (this.#isEarly(key, object, findings.outcome)) return { kind: 'early' };
    await this.#writeStatus(key, object, findings);
    return findings.outcome;
  }

  #isEarly(key: ObjectKey, object: Managed, outcome: Outcome): boolean {
    return outcome.kind === 'blocked' && isUnseen(object.status) && this.#deps.memory.isNew(key, object.metadata.uid);
  }

  async #findOut(
    key: ObjectKey,
    object: Managed,
    directory: Directory = this.#deps.directory,
  ): Promise<Findings | 'released'> {
    const deleting = object.metadata.deletionTimestamp !== undefined;
    if (deleting && object.spec.deletionPolicy === 'Retain') {
      return this.#release(object, 'Retained', 'Left in AWS as it is, because spec.deletionPolicy is Retain.');
    }
    const located = await locate(object, { ...this.#deps, directory }, this.#scope.signal);
    if (located.kind === 'located') return this.#carryOut(key, object, located, directory);
    const { memory } = this.#deps;
    // An object that never found its account must not wait for it to go away.
    const isNowhere = located.kind === 'blocked' && !isPlaced(object) && !memory.mayBeUnseen(key, object.metadata.uid);
    if (deleting && isNowhere) return this.#release(object, 'Deleted', 'Nothing of this object has been made in AWS.');
    return { outcome: located };
  }

  #release(object: Managed, reason: string, note: string): 'released' {
    this.#deps.events.record(object, 'Normal', reason, note);
    return 'released';
  }

  async #carryOut(
    key: ObjectKey,
    object: Managed,
    { account, region, references }: Located,
    directory: Directory,
  ): Promise<Findings | 'released'> {
    const { kind, cloud, gate, memory, clock } = this.#deps;
    const { signal, priority, log, identity } = this.#scope;
    const { accountId } = account;
    const desired = desiredOf(object, references, { accountId, region, now: clock.wallMs() });
    memory.setResyncGroup(key, object.metadata.uid, kind.batchGroup(desired));
    const bound = cloud.bind({ account, region, priority, signal, gate: () => gate(key), cause: identity });
    const work = new Work({ ...this.#deps, directory }, desired, { cloud: bound, signal, log });
    let findings: Findings | 'released';
    try {
      findings = await (desired.deleting ? remove(work) : converge(work));
    } catch (error) {
      findings = { outcome: this.#outcomeOfError(key, object, fromUnknown(error)) };
    }
    return findings === 'released' ? findings : { ...findings, ...work.placeAfter(findings) };
  }

  async #addFinalizer(key: ObjectKey, object: Managed): Promise<Managed> {
    const { writeSignal, identity } = this.#scope;
    const patched = await this.#deps.writer.patchFinalizers(object, withFinalizer(object), writeSignal, identity);
    this.#deps.barrier.wrote(key, patched.metadata.resourceVersion);
    // Only metadata was patched, under a precondition on the version we read: spec and status are the ones we hold.
    return { ...object, metadata: patched.metadata };
  }

  async #writeStatus(key: ObjectKey, object: Managed, findings: Findings): Promise<void> {
    const { backoff, clock, writer, barrier } = this.#deps;
    const { outcome } = findings;
    const status = nextStatus({
      object,
      outcome,
      own: findings.own,
      conditions: findings.conditions,
      conditionTypes: this.#deps.kind.conditionTypes ?? [],
      settlement: findings.settlement,
      place: findings.place,
      failures: outcome.kind === 'failed' ? backoff.failures(key) + 1 : 0,
      now: rfc3339(new Date(clock.wallMs())),
    });
    this.#recordOutcome(object, outcome);
    if (status === undefined) return;
    const written = await writer.applyStatus(object, status, this.#scope.writeSignal, this.#scope.identity);
    barrier.wrote(key, written.metadata.resourceVersion);
  }

  #recordOutcome(object: Managed, outcome: Outcome): void {
    const ready = object.status?.conditions?.find((condition) => condition.type === 'Ready');
    switch (outcome.kind) {
      case 'failed':
        this.#deps.events.record(object, 'Warning', outcome.reason, outcome.message);
        return;
      case 'terminal':
        if (ready?.reason !== outcome.reason || ready.message !== outcome.message) {
          this.#deps.events.record(object, 'Warning', outcome.reason, outcome.message);
        }
        return;
      case 'settled':
      case 'progressing':
      case 'blocked':
      case 'throttled':
        return;
      default:
        outcome satisfies never;
    }
  }

  #outcomeOfError(key: ObjectKey, object: Managed, error: OperatorError): Outcome {
    const { memory } = this.#deps;
    const { uid, generation } = object.metadata;
    const believed = error.disposition === 'rejected' && memory.rejected(key, uid, generation, error);
    const outcome = outcomeOfError(error, believed);
    const details = {
      reason: error.reason,
      operation: error.operation,
      awsRequestId: error.requestId,
      disposition: error.disposition,
    };
    if (outcome.kind === 'failed') this.#scope.log.warn({ ...details, err: error.cause ?? error }, 'pass failed');
    else this.#scope.log.info({ ...details, message: error.message }, 'pass stopped');
    return outcome;
  }

  /**
   * Whether that is why a write failed. A 404 alone may be any gateway's, for a moment in which it knows no API server: on its word nothing is
   * forgotten, let alone taken back.
   */
  async #isGone(object: Managed, { disposition }: OperatorError): Promise<boolean> {
    if (disposition !== 'absent') return false;
    try {
      const { metadata } = await this.#deps.writer.get(object, this.#scope.writeSignal);
      return metadata.uid !== object.metadata.uid;
    } catch (error) {
      const answer = fromUnknown(error);
      return answer.disposition === 'absent' && answer.reason === 'NotFound';
    }
  }

  /**
   * The API server did not take a write; nothing can be told in the status. A conflict only means that we read too early: the
   * change that we missed is on its way, and the backoff is for a watch that is dead. Nor is it told when the process stops.
   */
  #writeFailed(object: Managed, error: OperatorError): PassResult {
    const failed = { kind: 'failed', reason: error.reason, message: error.message } as const;
    if (error.reason === 'Conflict' || this.#scope.writeSignal.aborted) return failed;
    this.#scope.log.warn(
      { reason: error.reason, operation: error.operation, err: error },
      'writing to the API server failed',
    );
    this.#deps.events.record(object, 'Warning', error.reason, error.message);
    const outcome = outcomeOfError(error, false);
    return outcome.kind === 'throttled' ? outcome : failed;
  }
}
