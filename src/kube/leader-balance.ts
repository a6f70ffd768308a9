/**
 * How several replicas share several Leases without knowing of one another but by the Leases themselves. Nobody is in charge:
 *
 * - A free Lease is taken at once by who holds least, later by who holds more.
 * - Who holds at least two fewer than another writes his name on one of the other's Leases: a claim.
 * - A holder who agrees finishes what he is doing there and gives it back; for a short while only the claimant may take it.
 *
 * Each claim that is honoured makes the sum of the squares of all counts smaller, so shards cannot move for ever; and shares that
 * differ by one at most are left alone. A replica that dies holding a claim costs one move, no more.
 */

/** Who holds which shard, as one replica sees it. */
export interface Holdings {
  readonly me: string;
  /** By shard; undefined when it is free. */
  readonly holders: readonly (string | undefined)[];
}

/** The part of the retry period by which each Lease more than the least makes one slower. It is about how long a taken Lease stays unnoticed. */
const SLOWER_BY = 0.5;
/** Retry periods for which a Lease given back is kept for its claimant, who looks once in each. */
const RESERVED_FOR = 3;

/** How long after it became free we may take a shard that is claimed by `claimant`. */
export function takeAfterMs(holdings: Holdings, claimant: string | undefined, retryPeriodMs: number): number {
  if (claimant === holdings.me) return 0;
  const counts = countsOf(holdings);
  const mine = counts.get(holdings.me) ?? 0;
  // One without any is not to be seen; he claims.
  const fewest = Math.min(mine, ...counts.values());
  const reservedMs = claimant === undefined ? 0 : RESERVED_FOR * retryPeriodMs;
  return reservedMs + (mine - fewest) * SLOWER_BY * retryPeriodMs;
}

/**
 * The shard that we should ask for, if any. `claimants` by shard: what others have asked for is left to them. Nothing is asked for while a
 * shard is free: that one costs nobody anything.
 */
export function shardToClaim(holdings: Holdings, claimants: readonly (string | undefined)[]): number | undefined {
  const { me, holders } = holdings;
  if (holders.includes(undefined)) return undefined;
  const candidates = holders.flatMap((holder, shard) => {
    const claimant = claimants[shard];
    const isOpen = claimant === undefined || claimant === me;
    return holder !== undefined && isOpen && mayMove(holdings, holder, me) ? [{ holder, shard, claimant }] : [];
  });
  const already = candidates.find(({ claimant }) => claimant === me);
  if (already !== undefined) return already.shard;
  const counts = countsOf(holdings);
  const richest = Math.max(...candidates.map(({ holder }) => counts.get(holder) ?? 0));
  return candidates.find(({ holder }) => counts.get(holder) === richest)?.shard;
}

/** Whether both are closer to each other's count once `from` has given a shard to `to`. */
export function mayMove(holdings: Holdings, from: string, to: string): boolean {
  const counts = countsOf(holdings);
  return from !== to && (counts.get(from) ?? 0) >= (counts.get(to) ?? 0) + 2;
}

function countsOf({ holders }: Holdings): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const holder of holders) if (holder !== undefined) counts.set(holder, (counts.get(holder) ?? 0) + 1);
  return counts;
}
