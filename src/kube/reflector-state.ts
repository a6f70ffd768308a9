/** What the reflector does next, once it is not waiting. */
export type Activity =
  /** Reading the pages of a list; without a token, from the first. */
  | { readonly kind: 'listing'; readonly continueToken: string | undefined; readonly failures: number }
  | { readonly kind: 'watching'; readonly resourceVersion: string; readonly failures: number };

export type ReflectorState =
  | Activity
  | { readonly kind: 'waiting'; readonly delayMs: number; readonly next: Activity }
  | { readonly kind: 'stopped' };

/** How the current state came to its end. */
export type ReflectorInput =
  /** A page of the list arrived. Without a token it was the last one. */
  | { readonly kind: 'page'; readonly continueToken: string | undefined; readonly resourceVersion: string }
  /** The watch ended as it should (server-side timeout). `healthy`: it brought an event, or at least lasted a while. */
  | { readonly kind: 'ended'; readonly resourceVersion: string; readonly healthy: boolean }
  /** The server no longer knows the version or the continue token (410). */
  | { readonly kind: 'expired'; readonly healthy: boolean }
  /** Anything else. `resourceVersion` and `healthy` are what the watch had reached; absent while listing. */
  | {
      readonly kind: 'failed';
      readonly resourceVersion?: string | undefined;
      readonly healthy: boolean;
      readonly retryAfterMs?: number | undefined;
      /** No answer, or 502 to 504: the server is down or starting. */
      readonly unavailable?: boolean | undefined;
    }
  /** What is asked for can never be had. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'waited' }
  | { readonly kind: 'aborted' };

export const initialState: ReflectorState = { kind: 'listing', continueToken: undefined, failures: 0 };

/** client-go's reflector backoff. */
const firstDelayMs = 800;
const longestDelayMs = 30_000;
/**
 * A server that is down is asked every 3.2 s at least: a refused connection costs it nothing, and watches shall be back within 5 s of
 * its start. It also keeps the time it was down from counting against the first real answers.
 */
const mostFailuresWhileUnavailable = 3;

/**
 * The reflector as a pure function, after kube-rs' watcher: only an abort and a refusal lead to `stopped`. `random` is uniform in [0, 1).
 * `failures` counts failures since the last healthy event, so that a server that answers lists but fails watches is not hammered.
 */
export function transition(state: ReflectorState, input: ReflectorInput, random: number): ReflectorState {
  if (input.kind === 'aborted' || input.kind === 'refused' || state.kind === 'stopped') return { kind: 'stopped' };
  if (state.kind === 'waiting') return state.next;
  switch (input.kind) {
    case 'waited':
      return state;
    case 'page':
      return afterPage(state, input.continueToken, input.resourceVersion);
    case 'ended':
      if (input.healthy) return { kind: 'watching', resourceVersion: input.resourceVersion, failures: 0 };
      return resume(state, { ...input, kind: 'failed' }, random);
    case 'expired':
      return relist(input.healthy ? 0 : state.failures, random);
    case 'failed':
      return resume(state, input, random);
    default:
      return input satisfies never;
  }
}

/** Full-ish jitter: between half of the exponential delay and all of it. */
export function backoffMs(failures: number, random: number): number {
  const delay = Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1));
  return delay / 2 + (random * delay) / 2;
}

function afterPage(state: Activity, continueToken: string | undefined, resourceVersion: string): ReflectorState {
  if (continueToken !== undefined) return { kind: 'listing', continueToken, failures: state.failures };
  return { kind: 'watching', resourceVersion, failures: state.failures };
}

/** One 410 is normal life and costs one list at once; a second without anything healthy in between has to wait. */
function relist(failures: number, random: number): ReflectorState {
  const next: Activity = { kind: 'listing', continueToken: undefined, failures: failures + 1 };
  return failures === 0 ? next : { kind: 'waiting', delayMs: backoffMs(failures, random), next };
}

function resume(
  state: Activity,
  input: Extract<ReflectorInput, { readonly kind: 'failed' }>,
  random: number,
): ReflectorState {
  const most = input.unavailable === true ? mostFailuresWhileUnavailable : Number.POSITIVE_INFINITY;
  const failures = Math.min((input.healthy ? 0 : state.failures) + 1, most);
  const delayMs = Math.max(backoffMs(failures, random), input.retryAfterMs ?? 0);
  const next: Activity =
    state.kind === 'watching'
      ? { ...state, resourceVersion: input.resourceVersion ?? state.resourceVersion, failures }
      : { ...state, failures };
  return { kind: 'waiting', delayMs, next };
}
