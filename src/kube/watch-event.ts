import { fromStatus, KubeError, type KubeStatus } from './errors.ts';
import { believedRetryAfter } from './retry-after.ts';
import type { KubeObject } from './types.ts';

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: { readonly metadata: { readonly resourceVersion: string } } };

type Wire<T> = WatchEvent<T> | { readonly type: 'ERROR'; readonly object: KubeStatus };

/** One line of a watch. Throws what an ERROR event says, and `MalformedEvent` for anything that is not an event. */
export function parseWatchLine<T extends KubeObject>(line: string): WatchEvent<T> {
  const event = parse<T>(line);
  switch (event.type) {
    case 'ERROR': {
      const seconds = event.object.details?.retryAfterSeconds;
      const retryAfterMs = seconds === undefined ? undefined : believedRetryAfter(seconds * 1000);
      throw fromStatus(event.object.code ?? 500, event.object, { operation: 'WATCH', retryAfterMs });
    }
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
      // Without a version there is nothing to resume from.
      if (typeof event.object.metadata?.resourceVersion !== 'string') throw malformed(line);
      return event;
    default:
      throw malformed(line);
  }
}

function parse<T>(line: string): Wire<T> {
  let event: Wire<T> | null;
  try {
    event = JSON.parse(line);
  } catch (error) {
    throw malformed(line, error);
  }
  if (typeof event?.object !== 'object' || event.object === null) throw malformed(line);
  return event;
}

function malformed(line: string, cause?: unknown): KubeError {
  const message = `The API server sent a line that is not a watch event: ${line.slice(0, 100)}`;
  return new KubeError('failed', 'MalformedEvent', message, { cause, operation: 'WATCH' });
}
