/** kube-apiserver leaves Retry-After out only by mistake of something in between. */
export const defaultRetryAfterMs = 1_000;

/** A load balancer in front of the API server may ask for hours; two minutes is long for us and short for it. */
const longestRetryAfterMs = 120_000;

/** For how long we do what a header or a `Status` asks for. */
export function believedRetryAfter(askedMs: number): number {
  return Number.isFinite(askedMs) ? Math.min(Math.max(askedMs, 0), longestRetryAfterMs) : defaultRetryAfterMs;
}
