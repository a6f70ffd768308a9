import type { CommonSpec, CommonStatus, Desired } from './kind.ts';
import type { Settlement } from './status.ts';

/** AWS agreed with exactly this once, so a difference now was made by somebody else. */
export function isDrift(desired: Desired<CommonSpec, CommonStatus>): boolean {
  return desired.status?.settledHash === desired.hash;
}

/**
 * With `driftPolicy: Report` a difference that the user did not ask for is told, not repaired: drift, and what an
 * adopted resource looks like when it is first seen. So is something that AWS had and that is gone; what was never there is
 * made. A later change of the spec is a wish and is carried out.
 */
export function isReportedDrift(desired: Desired<CommonSpec, CommonStatus>, exists: boolean): boolean {
  if (desired.spec.driftPolicy !== 'Report') return false;
  const ready = desired.status?.conditions?.find((condition) => condition.type === 'Ready');
  const reportedBefore = ready?.reason === 'Drifted' && ready.observedGeneration === desired.object.metadata.generation;
  return isDrift(desired) || (exists && isFirstSight(desired.status)) || reportedBefore;
}

/**
 * Something has been changed for another spec than the one AWS last agreed with, so that agreement is over: a user who goes
 * back to the former spec before this one settles (a rollout that failed) has a wish, and what differs then is no drift.
 */
export function agreementLost(desired: Desired<CommonSpec, CommonStatus>): { readonly settlement?: Settlement } {
  const { settledHash, settledFields = [] } = desired.status ?? {};
  if (settledHash === undefined || settledHash === desired.hash) return {};
  return { settlement: { hash: '', fields: settledFields } };
}

/** No field of the kind's own has been recorded yet: so far there was at most a condition about a missing reference. */
function isFirstSight(status: CommonStatus | undefined): boolean {
  const engineFields: ReadonlySet<string> = new Set<keyof CommonStatus>([
    'observedGeneration',
    'conditions',
    'settledHash',
    'settledFields',
    'accountId',
    'region',
  ]);
  return Object.keys(status ?? {}).every((field) => engineFields.has(field));
}
