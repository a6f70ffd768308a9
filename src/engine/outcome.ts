/** What one pass over an object came to. The union is closed: `queueEffect` and `conditionsFor` switch over it exhaustively. */
export type Outcome =
  /** AWS agrees and is live. */
  | { readonly kind: 'settled' }
  /** AWS is working, or we have just changed something. */
  | { readonly kind: 'progressing'; readonly reason: string; readonly message: string }
  /** Something else has to come or go first. */
  | { readonly kind: 'blocked'; readonly reason: string; readonly message: string }
  /** This spec cannot work, or the name belongs to someone else. */
  | { readonly kind: 'terminal'; readonly reason: string; readonly message: string }
  /** Rate limited. */
  | { readonly kind: 'throttled'; readonly reason: string; readonly message: string; readonly retryAfterMs: number }
  /** Anything transient or unknown. */
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string };

export function blocked(reason: string, message: string): Extract<Outcome, { readonly kind: 'blocked' }> {
  return { kind: 'blocked', reason, message };
}

/** A pass that has nothing to report on: the object is gone, or the store has not seen our own last write yet. */
export type Silence =
  | { readonly kind: 'gone' }
  /** A new object refers to one that is not there yet: manifests of one apply arrive one by one, and nobody reads a status that soon. */
  | { readonly kind: 'early' }
  /** Reading our own writes takes a moment; acting on an older object would undo or double what we did. */
  | { readonly kind: 'stale' };

export type PassResult = Outcome | Silence;

/** What the queue does next with the key. */
export type QueueEffect =
  | { readonly kind: 'forget' }
  | { readonly kind: 'resync' }
  | { readonly kind: 'poll' }
  | { readonly kind: 'recheck' }
  | { readonly kind: 'backoff' }
  | { readonly kind: 'after'; readonly delayMs: number };

/** A blocked object is woken by what it waits for; this is for the wake-up that was lost. */
const BLOCKED_RECHECK_MS = 60_000;
/** A quota may be raised and a foreign resource deleted without any event reaching us (reliability row 35). */
const TERMINAL_RECHECK_MS = 10 * 60_000;
/** As long as a new object is `early`, for the wake-up that does not come. */
const EARLY_RECHECK_MS = 500;

/** The one place that decides what an outcome means for the queue. */
export function queueEffect(result: PassResult): QueueEffect {
  switch (result.kind) {
    case 'gone':
      return { kind: 'forget' };
    case 'settled':
      return { kind: 'resync' };
    case 'progressing':
      return { kind: 'poll' };
    case 'blocked':
      return { kind: 'after', delayMs: BLOCKED_RECHECK_MS };
    case 'terminal':
      return { kind: 'after', delayMs: TERMINAL_RECHECK_MS };
    case 'throttled':
      return { kind: 'after', delayMs: result.retryAfterMs };
    case 'early':
      return { kind: 'after', delayMs: EARLY_RECHECK_MS };
    case 'stale':
      return { kind: 'recheck' };
    case 'failed':
      return { kind: 'backoff' };
    default:
      return result satisfies never;
  }
}
