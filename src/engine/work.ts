import type { Logger } from 'pino';
import { fromUnknown } from '../errors.ts';
import type { KubeObject } from '../kube/types.ts';
import type { Place } from './accounts.ts';
import type { BoundCloud, Cloud } from './cloud.ts';
import {
  type Absent,
  absent,
  type CallStep,
  type CommonSpec,
  type CommonStatus,
  type Desired,
  type Kind,
  type KindCondition,
  type Progress,
  type Step,
} from './kind.ts';
import type { PassMemory } from './memory.ts';
import type { Outcome } from './outcome.ts';
import type { Directory } from './references.ts';
import type { Settlement } from './status.ts';

export type AnyDesired = Desired<CommonSpec, CommonStatus>;

export interface Recorder {
  record(object: KubeObject, type: 'Normal' | 'Warning', reason: string, note: string): void;
}

export interface WorkDependencies<Reads> {
  readonly kind: Kind<CommonSpec, CommonStatus, unknown, Reads>;
  readonly events: Recorder;
  readonly cloud: Cloud<Reads>;
  readonly directory: Directory;
  readonly memory: PassMemory;
}

/** What a pass has learned, apart from how it ended. */
export interface Findings {
  readonly outcome: Outcome;
  readonly own?: object;
  readonly conditions?: readonly KindCondition[];
  readonly settlement?: Settlement;
  /** Where something of the object was made or seen. */
  readonly place?: Place;
}

/** One pass's dealings with AWS: looking, and doing what a plan says. `converge` and `remove` decide when. */
export class Work<Reads> {
  readonly deps: WorkDependencies<Reads>;
  readonly desired: AnyDesired;
  readonly #cloud: BoundCloud<Reads>;
  readonly #signal: AbortSignal;
  readonly #log: Logger;
  #mayHaveMade = false;

  constructor(
    deps: WorkDependencies<Reads>,
    desired: AnyDesired,
    scope: { readonly cloud: BoundCloud<Reads>; readonly signal: AbortSignal; readonly log: Logger },
  ) {
    this.deps = deps;
    this.desired = desired;
    this.#cloud = scope.cloud;
    this.#signal = scope.signal;
    this.#log = scope.log;
  }

  observe(when: { readonly afterChange: boolean }): Promise<unknown | Absent> {
    const { afterChange } = when;
    return this.deps.kind.observe({ reads: this.#cloud.reads, signal: this.#signal, afterChange }, this.desired);
  }

  /** Sends the steps in order; the first that fails ends the pass, and the next one observes what became of it. */
  async act(calls: readonly CallStep[]): Promise<void> {
    const { key, object, hash } = this.desired;
    for (const step of calls) {
      this.#log.info({ operation: step.operation, why: step.reason }, 'calling AWS');
      await this.#send(step);
      this.deps.memory.sent(key, object.metadata.uid, hash, step);
    }
    this.deps.memory.accepted(key, object.metadata.uid);
  }

  async #send(step: CallStep): Promise<void> {
    const { key, object, deleting } = this.desired;
    let refused = false;
    try {
      await this.#cloud.send(step.service, step.command);
    } catch (error) {
      // What was not refused may have taken effect, whatever became of the answer.
      refused = fromUnknown(error).disposition !== 'failed';
      throw error;
    } finally {
      this.#mayHaveMade ||= !refused;
      if (!refused && !deleting) this.deps.memory.changed(key, object.metadata.uid);
    }
  }

  /** Where the object is from now on, if this pass has seen something of it or may have made it. */
  placeAfter(findings: Findings): { readonly place?: Place } {
    const { accountId, region } = this.desired;
    return this.#mayHaveMade || findings.own !== undefined ? { place: { accountId, region } } : {};
  }

  record(reason: string, note: string): void {
    this.deps.events.record(this.desired.object, 'Normal', reason, note);
  }

  /** What the kind makes of an observation whose plan is `steps`. */
  conclude(observed: unknown | Absent, steps: readonly Step[]): Findings {
    const { kind } = this.deps;
    const wait = steps.find((step) => step.kind === 'wait');
    if (observed === absent) {
      const reason = wait?.reason ?? 'Creating';
      return { outcome: { kind: 'progressing', reason, message: wait?.message ?? 'Not in AWS yet.' } };
    }
    const conclusion = kind.conclude(this.desired, observed);
    const told = { own: conclusion.status, conditions: conclusion.conditions ?? [] };
    const outcome: Outcome =
      wait === undefined
        ? outcomeOfProgress(conclusion.progress)
        : { kind: 'progressing', reason: wait.reason, message: wait.message };
    if (outcome.kind !== 'settled') return { outcome, ...told };
    const settlement = { hash: this.desired.hash, fields: kind.fields(this.desired.spec) };
    return { outcome, ...told, settlement };
  }

  /** An outcome that the engine decided on, with the status fields of what was seen. */
  told(observed: unknown | Absent, outcome: Outcome): Findings {
    if (observed === absent) return { outcome };
    const { status, conditions = [] } = this.deps.kind.conclude(this.desired, observed);
    return { outcome, own: status, conditions };
  }
}

/** The calls before the first wait: what can be done now. */
export function leadingCalls(steps: readonly Step[]): readonly CallStep[] {
  const calls: CallStep[] = [];
  for (const step of steps) {
    if (step.kind === 'wait') break;
    calls.push(step);
  }
  return calls;
}

export function reasons(calls: readonly CallStep[]): string {
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
