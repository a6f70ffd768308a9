import { fromUnknown } from '../errors.ts';
import { absent, type Referrer, type Step } from './kind.ts';
import type { Outcome } from './outcome.ts';
import { mayRefer } from './references.ts';
import { type Findings, leadingCalls, reasons, type Work } from './work.ts';

/** What is left in AWS of an object that is being deleted. */
type Remains =
  | { readonly kind: 'nothing' }
  /** Somebody else's thing under our name: there is nothing of ours to delete. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'ours'; readonly observed: unknown; readonly steps: readonly Step[] };

/** Removes from AWS what is ours; `released` once nothing of ours is left, so that the finalizer may go. */
export async function remove<Reads>(work: Work<Reads>): Promise<Findings | 'released'> {
  const { memory } = work.deps;
  const { key, object } = work.desired;
  const { uid } = object.metadata;
  const users = usersOf(work);
  if (users.length > 0) return letGo(work, users);

  let acted = false;
  for (;;) {
    const remains = await look(work, acted);
    if (remains.kind !== 'ours') {
      if (remains.kind === 'nothing' && !acted && memory.mayBeUnseen(key, uid)) return { outcome: notShownYet };
      if (remains.kind === 'foreign') work.record('Retained', leftToOthers);
      else work.record('Deleted', 'Nothing of this object is left in AWS.');
      return 'released';
    }
    memory.seen(key, uid);
    const calls = leadingCalls(remains.steps);
    if (calls.length === 0 || acted) return work.told(remains.observed, waiting(remains.steps));
    await work.act(calls);
    work.record('Deleting', reasons(calls));
    acted = true;
  }
}

/** Nothing is removed while something uses it; but what it uses itself may be let go of, for those wait too. */
async function letGo<Reads>(work: Work<Reads>, users: readonly Referrer[]): Promise<Findings> {
  const { kind, memory } = work.deps;
  const { key, object } = work.desired;
  if (kind.release === undefined) return { outcome: inUse(users) };
  const observed = await work.observe({ afterChange: false });
  if (observed === absent) {
    // What the status says of something that is gone would hold on to others for ever.
    const isGone = !memory.mayBeUnseen(key, object.metadata.uid);
    return { outcome: inUse(users), ...(isGone ? { own: {} } : {}) };
  }
  const steps = kind.release(work.desired, observed, users);
  const calls = leadingCalls(steps);
  const due = memory.notJustSent(key, object.metadata.uid, calls);
  if (due.length === 0) {
    return work.told(observed, steps.length === 0 ? inUse(users) : looksAgain(inUse(users), steps));
  }
  await work.act(due);
  work.record('Releasing', reasons(due));
  const after = await work.observe({ afterChange: true });
  const outcome = looksAgain(inUse(users), []);
  return after === absent ? { outcome } : work.told(after, outcome);
}

/** What AWS is doing wakes nobody. */
function looksAgain({ reason, message }: Extract<Outcome, { kind: 'blocked' }>, steps: readonly Step[]): Outcome {
  const wait = steps.find((step) => step.kind === 'wait');
  return { kind: 'progressing', reason, message: wait === undefined ? message : `${message} ${wait.message}` };
}

async function look<Reads>(work: Work<Reads>, afterChange: boolean): Promise<Remains> {
  const observed = await work.observe({ afterChange });
  if (observed === absent) return { kind: 'nothing' };
  try {
    const steps = work.deps.kind.retire(work.desired, observed);
    return steps.length === 0 ? { kind: 'nothing' } : { kind: 'ours', observed, steps };
  } catch (error) {
    const refused = fromUnknown(error);
    if (refused.reason === 'NotOwned') return { kind: 'foreign' };
    throw refused;
  }
}

/** A reference that is not allowed resolves to nothing; it must not be able to hold an object of another namespace either. */
function usersOf<Reads>(work: Work<Reads>): readonly Referrer[] {
  const { directory, kind } = work.deps;
  const { key, object } = work.desired;
  return directory
    .referrers(kind.names.kind, key)
    .filter((user) => mayRefer(user.key.slice(0, user.key.indexOf('/')), object));
}

function waiting(steps: readonly Step[]): Outcome {
  const wait = steps.find((step) => step.kind === 'wait');
  if (wait === undefined) return { kind: 'progressing', reason: 'Deleting', message: 'AWS is removing it.' };
  return { kind: 'progressing', reason: wait.reason, message: wait.message };
}

const leftToOthers = "Left in AWS as it is, because its tags do not say that it is this object's.";

const notShownYet: Outcome = {
  kind: 'progressing',
  reason: 'Deleting',
  message: 'Waiting until AWS shows what was created a moment ago, to delete it.',
};

function inUse(users: readonly Referrer[]): Extract<Outcome, { kind: 'blocked' }> {
  const shown = users
    .slice(0, 10)
    .map((user) => `${user.kind} ${user.key}`)
    .join(', ');
  const more = users.length > 10 ? ` and ${users.length - 10} more` : '';
  return {
    kind: 'blocked',
    reason: 'InUse',
    message: `Waiting to be deleted until it is no longer used by ${shown}${more}.`,
  };
}
