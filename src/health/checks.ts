import type { ReflectorStats } from '../kube/reflector.ts';

/** One question, and what is wrong if anything is. */
export interface Check {
  readonly name: string;
  readonly problem: string | undefined;
}

export interface Verdict {
  readonly ok: boolean;
  /** A line a check, as kube-apiserver's `?verbose` writes them. */
  readonly text: string;
}

interface Watched {
  readonly kind: string;
  readonly watch: Pick<ReflectorStats, 'state' | 'seenResourceVersion' | 'lastEventAtMs'>;
}

interface Working {
  readonly kind: string;
  readonly queue: { readonly longestRunningMs: number };
}

/**
 * An API server that has not answered for this long is lost. With a probe each 10 s that is told within 30 s, and a restart of the
 * API server's only replica is not told at all.
 */
const API_SERVER_LOST_MS = 15_000;
/**
 * A watch that is well is heard of each minute, mostly. A kind of which there is nothing to tell may be silent for longer; then it is
 * opened again after 100 s, and listed after another 100 s, which takes up to 30 s.
 */
const WATCH_LOST_MS = 240_000;
/**
 * What a pass may need after its deadline: a finalizer and a status that is refused twice, each a write and a read of at most 10 s,
 * with room for a machine that was suspended.
 */
const WRITES_MS = 120_000;

/** Whether this process sees what happens: AWS plays no part, and neither does who is the leader. */
export function readiness(facts: {
  readonly stopping: boolean;
  readonly watches: readonly Watched[];
  /** When the API server last answered; undefined when it never has. */
  readonly apiServerAnsweredMs: number | undefined;
  readonly nowMs: number;
}): readonly Check[] {
  const { stopping, watches, apiServerAnsweredMs, nowMs } = facts;
  const unsynced = watches.filter(({ watch }) => watch.seenResourceVersion === undefined);
  const lost = watches.filter(({ watch }) => nowMs - (watch.lastEventAtMs ?? nowMs) > WATCH_LOST_MS);
  return [
    { name: 'running', problem: stopping ? 'the process stops' : undefined },
    { name: 'api-server', problem: silence(apiServerAnsweredMs, nowMs) },
    { name: 'lists', problem: named('not listed yet', unsynced) },
    { name: 'watches', problem: named(`nothing heard for ${WATCH_LOST_MS / 1_000} s`, lost) },
  ];
}

/**
 * Whether a restart would help: something has stopped that nothing but a restart sets going again. An event loop that does not turn
 * answers nothing at all; the probe's own time-out tells that.
 */
export function liveness(facts: {
  readonly stopping: boolean;
  readonly watches: readonly Watched[];
  readonly queues: readonly Working[];
  readonly passDeadlineMs: number;
}): readonly Check[] {
  const { stopping, watches, queues, passDeadlineMs } = facts;
  const limitMs = passDeadlineMs + WRITES_MS;
  const wedged = queues.filter(({ queue }) => queue.longestRunningMs > limitMs);
  const ended = stopping ? [] : watches.filter(({ watch }) => watch.state === 'stopped');
  return [
    { name: 'workers', problem: named(`a reconcile does not end, ${limitMs / 1_000} s after it began`, wedged) },
    { name: 'watch-loops', problem: named('the watch has ended for good', ended) },
  ];
}

export function verdict(path: string, checks: readonly Check[]): Verdict {
  const ok = checks.every(({ problem }) => problem === undefined);
  const lines = checks.map(({ name, problem }) =>
    problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`,
  );
  return { ok, text: [...lines, `${path} check ${ok ? 'passed' : 'failed'}`, ''].join('\n') };
}

function silence(answeredMs: number | undefined, nowMs: number): string | undefined {
  if (answeredMs === undefined) return 'no answer yet';
  const silentMs = nowMs - answeredMs;
  return silentMs <= API_SERVER_LOST_MS ? undefined : `no answer for ${Math.round(silentMs / 1_000)} s`;
}

function named(what: string, of: readonly { readonly kind: string }[]): string | undefined {
  return of.length === 0 ? undefined : `${what}: ${of.map(({ kind }) => kind).join(', ')}`;
}
