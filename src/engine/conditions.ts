import type { Condition } from '../kube/types.ts';
import type { KindCondition } from './kind.ts';
import type { Outcome } from './outcome.ts';

/** One passing network error must not turn a healthy service red in somebody's dashboard. */
const FAILURES_BEFORE_NOT_READY = 3;
/** The API server refuses longer condition messages. */
const MAX_MESSAGE_LENGTH = 32_768;

export interface ConditionsInput {
  readonly previous: readonly Condition[];
  readonly outcome: Outcome;
  /** The kind's own conditions, all of them True. */
  readonly own: readonly KindCondition[];
  readonly generation: number;
  /** Consecutive failures including this one; 0 unless the outcome is `failed`. */
  readonly failures: number;
  readonly now: string;
}

const TYPES = ['Ready', 'Reconciling', 'Stalled'] as const;

interface Draft {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/**
 * The conditions that follow from an outcome, by kstatus' rules: Ready is always there; Reconciling and Stalled are there
 * only while True. `lastTransitionTime` moves only when the status of a condition does.
 */
export function conditionsFor(input: ConditionsInput): readonly Condition[] {
  const own = input.own.map(({ type, reason, message }): Draft => ({ type, status: 'True', reason, message }));
  return [...drafts(input), ...own].map((draft) => {
    const previous = input.previous.find((condition) => condition.type === draft.type);
    return {
      type: draft.type,
      status: draft.status,
      reason: draft.reason,
      message: draft.message.slice(0, MAX_MESSAGE_LENGTH),
      observedGeneration: input.generation,
      lastTransitionTime: previous?.status === draft.status ? previous.lastTransitionTime : input.now,
    };
  });
}

function drafts(input: ConditionsInput): readonly Draft[] {
  const { outcome } = input;
  switch (outcome.kind) {
    case 'settled':
      return [
        { type: 'Ready', status: 'True', reason: 'Live', message: 'AWS runs what this generation of the spec says.' },
      ];
    case 'progressing':
    case 'blocked':
      return [
        { type: 'Ready', status: 'False', reason: outcome.reason, message: outcome.message },
        { type: 'Reconciling', status: 'True', reason: outcome.reason, message: outcome.message },
      ];
    case 'terminal':
      return [
        { type: 'Ready', status: 'False', reason: outcome.reason, message: outcome.message },
        { type: 'Stalled', status: 'True', reason: outcome.reason, message: outcome.message },
      ];
    case 'throttled':
    case 'failed':
      return retrying(input, outcome);
    default:
      return outcome satisfies never;
  }
}

/**
 * While we retry, Ready keeps what it said about this generation, unless failures repeat. Being rate limited says nothing
 * about the object at all: everything stays as it was told.
 */
function retrying(
  input: ConditionsInput,
  outcome: Extract<Outcome, { kind: 'throttled' | 'failed' }>,
): readonly Draft[] {
  const reconciling: Draft = { type: 'Reconciling', status: 'True', reason: outcome.reason, message: outcome.message };
  const told = toldBefore(input.previous);
  const ready = input.previous.find((condition) => condition.type === 'Ready');
  if (ready?.observedGeneration === input.generation) {
    if (outcome.kind === 'throttled') return told;
    if (input.failures < FAILURES_BEFORE_NOT_READY) {
      const kept = told.filter(({ type }) => type === 'Ready');
      return ready.status === 'True' ? kept : [...kept, reconciling];
    }
  }
  return [{ type: 'Ready', status: 'False', reason: outcome.reason, message: outcome.message }, reconciling];
}

function toldBefore(previous: readonly Condition[]): readonly Draft[] {
  return TYPES.flatMap((type) => {
    const told = previous.find((condition) => condition.type === type);
    return told === undefined ? [] : [{ type, status: told.status, reason: told.reason, message: told.message }];
  });
}
