const canonical = /^(?:0|[1-9][0-9]*)$/;

/**
 * Orders two resource versions of one cluster; `undefined` when one of them is not a plain decimal number.
 * Comparable by contract since Kubernetes 1.35 (KEP-5504). Compared as digits, because they are 64-bit and a double holds 53.
 */
export function compareResourceVersions(a: string, b: string): -1 | 0 | 1 | undefined {
  if (!canonical.test(a) || !canonical.test(b)) return undefined;
  if (a === b) return 0;
  if (a.length !== b.length) return a.length < b.length ? -1 : 1;
  return a < b ? -1 : 1;
}

/** Whether a reader at `seen` has seen everything up to `wanted`. Versions that cannot be compared count as seen, so that nobody waits for ever. */
export function hasSeen(seen: string | undefined, wanted: string): boolean {
  return seen !== undefined && compareResourceVersions(seen, wanted) !== -1;
}
