import { canonicalJson } from '../canonical.ts';
import type { Condition, KubeObject } from '../kube/types.ts';
import type { Place } from './accounts.ts';
import { conditionsFor } from './conditions.ts';
import type { CommonSpec, CommonStatus, KindCondition } from './kind.ts';
import type { Outcome } from './outcome.ts';

/** What AWS agreed with, recorded when a pass settles. */
export interface Settlement {
  readonly hash: string;
  readonly fields: readonly string[];
}

export interface StatusInput {
  readonly object: KubeObject<CommonSpec, CommonStatus>;
  readonly outcome: Outcome;
  /** The kind's own fields; `undefined` when nothing new was learned, which keeps the ones that are there. */
  readonly own: object | undefined;
  /** The kind's own conditions; `undefined` when nothing new was learned. */
  readonly conditions: readonly KindCondition[] | undefined;
  /** All types that the kind may give. */
  readonly conditionTypes: readonly string[];
  readonly settlement: Settlement | undefined;
  /** Where something was made or seen; `undefined` keeps what is there. */
  readonly place: Place | undefined;
  readonly failures: number;
  readonly now: string;
}

/**
 * What the API server shows as the status of an object that nobody has looked at yet. kstatus takes an object without a status for
 * Current, so that Flux would go on before anything is there (fluxcd/kustomize-controller#387).
 */
export const unseen = { observedGeneration: -1 } as const;

export function isUnseen(status: CommonStatus | undefined): boolean {
  return status === undefined || status.observedGeneration === unseen.observedGeneration;
}

/** What the kind itself keeps in a status, without what the engine does. */
export function ownStatus<Status extends CommonStatus>(status: Status): Omit<Status, keyof CommonStatus> {
  const { observedGeneration, conditions, settledHash, settledFields, accountId, region, ...own } = status;
  return own;
}

/** The whole status that should be there, or `undefined` when it is there already. */
export function nextStatus(input: StatusInput): CommonStatus | undefined {
  const { object, outcome, settlement } = input;
  const previous = object.status;
  const generation = object.metadata.generation;
  const { conditions, settledHash, settledFields, accountId, region } = previous ?? {};
  const settled =
    settlement === undefined
      ? {
          ...(settledHash === undefined ? {} : { settledHash }),
          ...(settledFields === undefined ? {} : { settledFields }),
        }
      : { settledHash: settlement.hash, settledFields: [...settlement.fields].sort() };
  const next: CommonStatus = {
    ...(input.own ?? ownStatus(previous ?? {})),
    ...settled,
    ...(input.place ?? {
      ...(accountId === undefined ? {} : { accountId }),
      ...(region === undefined ? {} : { region }),
    }),
    observedGeneration: generation,
    conditions: conditionsFor({
      previous: conditions ?? [],
      outcome,
      own: input.conditions ?? told(conditions ?? [], input.conditionTypes),
      generation,
      failures: input.failures,
      now: input.now,
    }),
  };
  return sameStatus(previous, next, input.conditionTypes) ? undefined : next;
}

/** What the kind said last; it stays while nothing new is known. */
function told(conditions: readonly Condition[], types: readonly string[]): readonly KindCondition[] {
  return conditions.filter(({ type }) => types.includes(type));
}

/** Conditions of other writers (none are expected) live in the same list and are not ours to compare. */
function sameStatus(previous: CommonStatus | undefined, next: CommonStatus, types: readonly string[]): boolean {
  if (previous === undefined) return false;
  const ours = new Set(['Ready', 'Reconciling', 'Stalled', ...types]);
  const conditions = (previous.conditions ?? []).filter((condition) => ours.has(condition.type));
  return (
    canonicalJson({ ...previous, conditions: byType(conditions) }) ===
    canonicalJson({ ...next, conditions: byType(next.conditions ?? []) })
  );
}

function byType<T extends { readonly type: string }>(conditions: readonly T[]): readonly T[] {
  return [...conditions].sort((a, b) => (a.type < b.type ? -1 : 1));
}
