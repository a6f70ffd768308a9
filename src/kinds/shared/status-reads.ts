import type { KindCondition } from '../../engine/kind.ts';
import { fromUnknown } from '../../errors.ts';

/** The type of the condition that `statusIncomplete` gives. */
export const STATUS_INCOMPLETE = 'StatusIncomplete';

/**
 * The answer of a read that only feeds the status; `undefined` when the operator may not ask for it. Who runs the operator with fewer
 * permissions gets less to see, and no object that is Stalled. What AWS said of it is added to `denied`.
 */
export async function unlessDenied<Answer>(answer: Promise<Answer>, denied: Set<string>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    const { reason, message } = fromUnknown(error);
    if (reason !== 'AccessDenied') throw error;
    denied.add(message);
    return undefined;
  }
}

/** The condition of an object whose status lacks what could not be read. */
export function statusIncomplete(denied: ReadonlySet<string>): readonly KindCondition[] {
  if (denied.size === 0) return [];
  const message = `The status leaves out what the operator may not read. ${[...denied].toSorted().join(' ')}`;
  return [{ type: STATUS_INCOMPLETE, reason: 'AccessDenied', message }];
}
