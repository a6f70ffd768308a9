import { agreementLost, isDrift, isReportedDrift } from './drift.ts';
import { type Absent, absent, type CallStep } from './kind.ts';
import { type Findings, leadingCalls, reasons, type Work } from './work.ts';

/** Brings AWS to the spec: observe, plan, act, and observe again. */
export async function converge<Reads>(work: Work<Reads>): Promise<Findings> {
  const { kind, memory } = work.deps;
  const { desired } = work;
  const { key, hash, object } = desired;
  const { uid } = object.metadata;
  const observed = await work.observe({ afterChange: false });
  const steps = kind.plan(desired, observed);
  const calls = leadingCalls(steps);
  if (steps.length === 0) memory.agreed(key, uid, hash);
  if (calls.length === 0) return work.conclude(observed, steps);

  const scheduled = calls.every((call) => call.scheduled === true);
  if (!scheduled && isReportedDrift(desired, observed !== absent)) return reportDrift(work, observed, calls);
  const due = memory.notJustSent(key, uid, calls);
  if (due.length === 0) return awaitConsistency(work, observed, calls);
  await work.act(due);
  // Drift first: something that AWS agreed with and that is gone was deleted by somebody else.
  const change = isDrift(desired) && !scheduled ? 'DriftCorrected' : observed === absent ? 'Created' : 'Updated';
  work.record(change, reasons(due));

  // Agreement is only ever declared by an observation made after the change. Much is done by the time AWS answers, so look at once.
  const after = await work.observe({ afterChange: true });
  const remaining = kind.plan(desired, after);
  const unseen = leadingCalls(remaining).length > 0;
  const findings = unseen ? awaitConsistency(work, after, calls) : work.conclude(after, remaining);
  return { ...agreementLost(desired), ...findings };
}

function reportDrift<Reads>(work: Work<Reads>, observed: unknown | Absent, calls: readonly CallStep[]): Findings {
  const difference = observed === absent ? 'it does not exist any more' : reasons(calls);
  const message = `AWS differs from the spec and spec.driftPolicy is Report: ${difference}. Set spec.driftPolicy to Correct or change the spec.`;
  return work.told(observed, { kind: 'terminal', reason: 'Drifted', message });
}

function awaitConsistency<Reads>(work: Work<Reads>, observed: unknown | Absent, calls: readonly CallStep[]): Findings {
  const reason = observed === absent ? 'Creating' : 'Updating';
  return work.told(observed, { kind: 'progressing', reason, message: `Waiting for AWS to show: ${reasons(calls)}.` });
}
