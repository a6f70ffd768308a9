import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { fromUnknown, type OperatorError } from '../errors.ts';
import type { KubeObject, ObjectKey } from '../kube/types.ts';
import type { Backoff } from './backoff.ts';
import type { WriteBarrier } from './barrier.ts';
import type { BoundCloud, Cloud } from './cloud.ts';
import { desiredOf } from './desired.ts';
import { agreementLost, isDrift, isReportedDrift } from './drift.ts';
import { outcomeOfError } from './failure.ts';
import { hasFinalizer, withFinalizer, withoutFinalizer } from './finalizer.ts';
import {
  type Absent,
  absent,
  type CallStep,
  type CommonSpec,
  type CommonStatus,
  type Desired,
  type Kind,
  type Progress,
  type Step,
} from './kind.ts';
import type { PassMemory } from './memory.ts';
import type { Outcome, PassResult } from './outcome.ts';
import type { Priority } from './queue.ts';
import { type Directory, mayRefer, resolveReferences } from './references.ts';
import { nextStatus, type Settlement } from './status.ts';

/** Writes to the API server, as `kube/objects.ts` offers them. Each checks the leader gate immediately before it is sent. */
export interface Writer {
  patchFinalizers(object: KubeObject, finalizers: readonly string[], signal: AbortSignal): Promise<KubeObject>;
  applyStatus(object: KubeObject, status: object, signal: AbortSignal): Promise<KubeObject>;
}

export interface Recorder {
  record(object: KubeObject, type: 'Normal' | 'Warning', reason: string, note: string): void;
}

export interface PassDependencies<Reads> {
  readonly kind: Kind<CommonSpec, CommonStatus, unknown, Reads>;
  readonly get: (key: ObjectKey) => KubeObject<CommonSpec, CommonStatus> | undefined;
  readonly writer: Writer;
  readonly events: Recorder;
  readonly cloud: Cloud<Reads>;
  readonly directory: Directory;
  readonly barrier: WriteBarrier;
  readonly backoff: Backoff;
  readonly memory: PassMemory;
  readonly clock: Clock;
  readonly gate: () => void;
  readonly defaultRegion: string;
}

type Managed = KubeObject<CommonSpec, CommonStatus>;
type AnyDesired = Desired<CommonSpec, CommonStatus>;

/** What a pass has learned, apart from how it ended. */
interface Findings {
  readonly outcome: Outcome;
  readonly own?: object;
  readonly settlement?: Settlement;
}

/**
 * One pass over one object: finalizer, references, observe, plan, act, conclude, status. It is level-triggered: it gets a
 * key, never an event, and whatever it did before is found out from AWS and the status, not remembered.
 */
export class Pass<Reads> {
  readonly #deps: PassDependencies<Reads>;
  readonly #log: Logger;
  readonly #signal: AbortSignal;
  readonly #priority: Priority;

  constructor(deps: PassDependencies<Reads>, scope: { log: Logger; signal: AbortSignal; priority: Priority }) {
    this.#deps = deps;
    this.#log = scope.log;
    this.#signal = scope.signal;
    this.#priority = scope.priority;
  }

  async run(key: ObjectKey): Promise<PassResult> {
    const { get, barrier } = this.#deps;
    const stored = get(key);
    if (stored === undefined) return { kind: 'gone' };
    if (!barrier.isCurrent(key)) return { kind: 'stale' };
    const deleting = stored.metadata.deletionTimestamp !== undefined;
    if (deleting && !hasFinalizer(stored)) return { kind: 'gone' };
    try {
      const object = deleting || hasFinalizer(stored) ? stored : await this.#addFinalizer(key, stored);
      return await this.#reconcile(key, object);
    } catch (error) {
      return this.#writeFailed(stored, fromUnknown(error));
    }
  }

  async #reconcile(key: ObjectKey, object: Managed): Promise<PassResult> {
    let findings: Findings | 'released';
    try {
      findings = await this.#findOut(key, object);
    } catch (error) {
      findings = { outcome: this.#outcomeOfError(key, object, fromUnknown(error)) };
    }
    if (findings === 'released') {
      const released = await this.#deps.writer.patchFinalizers(object, withoutFinalizer(object), this.#signal);
      this.#deps.barrier.wrote(key, released.metadata.resourceVersion);
      return { kind: 'gone' };
    }
    if (this.#isEarly(key, object, findings.outcome)) return { kind: 'early' };
    await this.#writeStatus(key, object, findings);
    return findings.outcome;
  }

  #isEarly(key: ObjectKey, object: Managed, outcome: Outcome): boolean {
    return (
      outcome.kind === 'blocked' && object.status === undefined && this.#deps.memory.isNew(key, object.metadata.uid)
    );
  }

  async #findOut(key: ObjectKey, object: Managed): Promise<Findings | 'released'> {
    const { kind, directory, cloud, gate, defaultRegion, memory } = this.#deps;
    const resolution = resolveReferences(object, kind.references(object.spec), directory);
    if (resolution.kind === 'blocked') return { outcome: resolution };
    const desired = desiredOf(object, resolution.identities, defaultRegion);
    memory.setResyncGroup(key, object.metadata.uid, kind.batchGroup(desired));
    const bound = cloud.bind({ region: desired.region, priority: this.#priority, signal: this.#signal, gate });
    return desired.deleting ? this.#remove(desired, bound) : this.#converge(desired, bound);
  }

  /** Brings AWS to the spec. */
  async #converge(desired: AnyDesired, cloud: BoundCloud<Reads>): Promise<Findings> {
    const { kind, memory } = this.#deps;
    const { uid } = desired.object.metadata;
    const observed = await this.#observe(desired, cloud, false);
    const steps = kind.plan(desired, observed);
    const calls = leadingCalls(steps);
    if (steps.length === 0) memory.agreed(desired.key, uid, desired.hash);
    if (calls.length === 0) return this.#conclude(desired, observed, steps);

    if (isReportedDrift(desired, observed !== absent)) return this.#reportDrift(desired, observed, calls);
    if (memory.wasJustSent(desired.key, uid, calls)) return this.#awaitingConsistency(desired, observed, calls);
    await this.#act(desired, calls, cloud);
    this.#recordChange(desired, observed, calls);

    // Agreement is only ever declared by an observation made after the change. Much is done by the time AWS answers, so look at once.
    const after = await this.#observe(desired, cloud, true);
    const remaining = kind.plan(desired, after);
    const lost = agreementLost(desired);
    if (leadingCalls(remaining).length > 0) return { ...lost, ...this.#awaitingConsistency(desired, after, calls) };
    return { ...lost, ...this.#conclude(desired, after, remaining) };
  }

  /** Removes from AWS what is ours; 'released' once nothing of ours is left. */
  async #remove(desired: AnyDesired, cloud: BoundCloud<Reads>): Promise<Findings | 'released'> {
    const { kind, directory, events, memory } = this.#deps;
    const { key, object } = desired;
    const { uid } = object.metadata;
    if (desired.spec.deletionPolicy === 'Retain') {
      events.record(object, 'Normal', 'Retained', 'Left in AWS as it is, because spec.deletionPolicy is Retain.');
      return 'released';
    }
    // A reference that is not allowed resolves to nothing; it must not be able to hold an object of another namespace either.
    const users = directory
      .referrers(kind.names.kind, desired.key)
      .filter((user) => mayRefer(user.key.slice(0, user.key.indexOf('/')), object));
    if (users.length > 0) return { outcome: inUse(users.map((user) => `${user.kind} ${user.key}`)) };

    let acted = false;
    for (;;) {
      const steps = await this.#retirement(desired, cloud, acted);
      if (steps === 'gone') {
        if (!acted && memory.mayBeUnseen(key, uid)) return { outcome: notShownYet };
        events.record(object, 'Normal', 'Deleted', 'Nothing of this object is left in AWS.');
        return 'released';
      }
      memory.seen(key, uid);
      const calls = leadingCalls(steps.steps);
      if (calls.length === 0 || acted) return this.#waitForRemoval(desired, steps.observed, steps.steps);
      await this.#act(desired, calls, cloud);
      events.record(object, 'Normal', 'Deleting', reasons(calls));
      acted = true;
    }
  }

  async #retirement(
    desired: AnyDesired,
    cloud: BoundCloud<Reads>,
    afterChange: boolean,
  ): Promise<'gone' | { observed: unknown; steps: readonly Step[] }> {
    const observed = await this.#observe(desired, cloud, afterChange);
    if (observed === absent) return 'gone';
    try {
      const steps = this.#deps.kind.retire(desired, observed);
      return steps.length === 0 ? 'gone' : { observed, steps };
    } catch (error) {
      const refused = fromUnknown(error);
      // Somebody else's thing under our name: there is nothing of ours to delete.
      if (refused.reason === 'NotOwned') return 'gone';
      throw refused;
    }
  }

  #waitForRemoval(desired: AnyDesired, observed: unknown, steps: readonly Step[]): Findings {
    const wait = steps.find((step) => step.kind === 'wait');
    const outcome: Outcome =
      wait === undefined
        ? { kind: 'progressing', reason: 'Deleting', message: 'AWS is removing it.' }
        : { kind: 'progressing', reason: wait.reason, message: wait.message };
    return { outcome, own: this.#deps.kind.conclude(desired, observed).status };
  }

  #observe(desired: AnyDesired, cloud: BoundCloud<Reads>, afterChange: boolean): Promise<unknown> {
    return this.#deps.kind.observe({ reads: cloud.reads, signal: this.#signal, afterChange }, desired);
  }

  async #act(desired: AnyDesired, calls: readonly CallStep[], cloud: BoundCloud<Reads>): Promise<void> {
    const { key, object, hash } = desired;
    for (const step of calls) {
      this.#log.info({ operation: step.operation, why: step.reason }, 'calling AWS');
      await this.#send(desired, step, cloud);
    }
    this.#deps.memory.sent(key, object.metadata.uid, hash, calls);
    this.#deps.memory.accepted(key, object.metadata.uid);
  }

  async #send(desired: AnyDesired, step: CallStep, cloud: BoundCloud<Reads>): Promise<void> {
    let refused = false;
    try {
      await cloud.send(step.service, step.command);
    } catch (error) {
      // What was not refused may have taken effect, whatever became of the answer.
      refused = fromUnknown(error).disposition !== 'failed';
      throw error;
    } finally {
      if (!refused && !desired.deleting) this.#deps.memory.changed(desired.key, desired.object.metadata.uid);
    }
  }

  #recordChange(desired: AnyDesired, observed: unknown | Absent, calls: readonly CallStep[]): void {
    // Drift first: something that AWS agreed with and that is gone was deleted by somebody else.
    const reason = isDrift(desired) ? 'DriftCorrected' : observed === absent ? 'Created' : 'Updated';
    this.#deps.events.record(desired.object, 'Normal', reason, reasons(calls));
  }

  #reportDrift(desired: AnyDesired, observed: unknown | Absent, calls: readonly CallStep[]): Findings {
    const difference = observed === absent ? 'it does not exist any more' : reasons(calls);
    const message = `AWS differs from the spec and spec.driftPolicy is Report: ${difference}. Set spec.driftPolicy to Correct or change the spec.`;
    const outcome: Outcome = { kind: 'terminal', reason: 'Drifted', message };
    return observed === absent ? { outcome } : { outcome, own: this.#deps.kind.conclude(desired, observed).status };
  }

  #awaitingConsistency(desired: AnyDesired, observed: unknown | Absent, calls: readonly CallStep[]): Findings {
    const outcome: Outcome = {
      kind: 'progressing',
      reason: observed === absent ? 'Creating' : 'Updating',
      message: `Waiting for AWS to show: ${reasons(calls)}.`,
    };
    if (observed === absent) return { outcome };
    return { outcome, own: this.#deps.kind.conclude(desired, observed).status };
  }

  #conclude(desired: AnyDesired, observed: unknown | Absent, steps: readonly Step[]): Findings {
    const { kind } = this.#deps;
    const wait = steps.find((step) => step.kind === 'wait');
    if (observed === absent) {
      const reason = wait?.reason ?? 'Creating';
      return { outcome: { kind: 'progressing', reason, message: wait?.message ?? 'Not in AWS yet.' } };
    }
    const conclusion = kind.conclude(desired, observed);
    const outcome: Outcome =
      wait === undefined
        ? outcomeOfProgress(conclusion.progress)
        : { kind: 'progressing', reason: wait.reason, message: wait.message };
    return {
      outcome,
      own: conclusion.status,
      ...(outcome.kind === 'settled' ? { settlement: { hash: desired.hash, fields: kind.fields(desired.spec) } } : {}),
    };
  }

  async #addFinalizer(key: ObjectKey, object: Managed): Promise<Managed> {
    const patched = await this.#deps.writer.patchFinalizers(object, withFinalizer(object), this.#signal);
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
      settlement: findings.settlement,
      failures: outcome.kind === 'failed' ? backoff.failures(key) + 1 : 0,
      now: new Date(clock.wallMs()).toISOString().replace(/\.\d+Z$/, 'Z'),
    });
    this.#recordOutcome(object, outcome);
    if (status === undefined) return;
    const written = await writer.applyStatus(object, status, this.#signal);
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
    const believed = error.disposition === 'rejected' && memory.rejected(key, uid, generation);
    const outcome = outcomeOfError(error, believed);
    const details = {
      reason: error.reason,
      operation: error.operation,
      awsRequestId: error.requestId,
      disposition: error.disposition,
    };
    if (outcome.kind === 'failed') this.#log.warn({ ...details, err: error.cause ?? error }, 'pass failed');
    else this.#log.info({ ...details, message: error.message }, 'pass stopped');
    return outcome;
  }

  /**
   * The API server did not take a write; nothing can be told in the status. A conflict only means that we read too early: the
   * change that we missed is on its way, and the backoff is for a watch that is dead.
   */
  #writeFailed(object: Managed, error: OperatorError): PassResult {
    if (error.disposition === 'absent') return { kind: 'gone' };
    if (error.reason === 'Conflict') return { kind: 'failed', reason: error.reason, message: error.message };
    this.#log.warn(
      { reason: error.reason, operation: error.operation, err: error },
      'writing to the API server failed',
    );
    this.#deps.events.record(object, 'Warning', error.reason, error.message);
    const outcome = outcomeOfError(error, false);
    return outcome.kind === 'throttled' ? outcome : { kind: 'failed', reason: error.reason, message: error.message };
  }
}

/** The calls before the first wait: what can be done now. */
function leadingCalls(steps: readonly Step[]): readonly CallStep[] {
  const calls: CallStep[] = [];
  for (const step of steps) {
    if (step.kind === 'wait') break;
    calls.push(step);
  }
  return calls;
}

function reasons(calls: readonly CallStep[]): string {
  return calls.map((call) => call.reason).join('; ');
}

function outcomeOfProgress(progress: Progress): Outcome {
  switch (progress.kind) {
    case 'live':
      return { kind: 'settled' };
    case 'progressing':
      return progress;
    case 'stalled':
      return { kind: 'terminal', reason: progress.reason, message: progress.message };
    default:
      return progress satisfies never;
  }
}

const notShownYet: Outcome = {
  kind: 'progressing',
  reason: 'Deleting',
  message: 'Waiting until AWS shows what was created a moment ago, to delete it.',
};

function inUse(users: readonly string[]): Outcome {
  const shown = users.slice(0, 10).join(', ');
  const more = users.length > 10 ? ` and ${users.length - 10} more` : '';
  return {
    kind: 'blocked',
    reason: 'InUse',
    message: `Waiting to be deleted until it is no longer used by ${shown}${more}.`,
  };
}
