import { expect } from 'vitest';

/** The call is refused with just this error code, and with this text where the documents give it. */
export async function refused(call: Promise<unknown>, code: string, text?: string | RegExp): Promise<void> {
  const outcome = await call.then(
    () => 'accepted',
    (error: unknown) => error,
  );
  if (outcome === 'accepted') throw new Error(`accepted, and not refused with ${code}`);
  if (!(outcome instanceof Error)) throw new Error(`failed with ${String(outcome)}`);
  if (!new RegExp(`^${code}$`).test(outcome.name)) {
    throw new Error(`refused with ${outcome.name}: ${outcome.message} and not with ${code}`);
  }
  if (text instanceof RegExp) expect(outcome.message).toMatch(text);
  else if (text !== undefined) expect(outcome.message).toBe(text);
}

/** The value, which AWS must have given. */
export function must<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new Error('AWS left a member out that it always gives');
  return value;
}

/** The only element of a list. */
export function only<T>(list: readonly T[] | undefined): T {
  if (list?.length !== 1) throw new Error(`one element was expected, and there are ${list?.length ?? 'none'}`);
  return must(list[0]);
}

interface Failing {
  readonly failures?: readonly { readonly reason?: string | undefined }[] | undefined;
}

/** The only failure's reason. */
export function reasonOf(output: Failing): string {
  return must(only(output.failures).reason);
}
