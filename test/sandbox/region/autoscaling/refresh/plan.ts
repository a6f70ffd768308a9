/** What decides which instances a refresh replaces next. */
export interface RefreshFacts {
  readonly desired: number;
  readonly minHealthyPercentage: number;
  readonly maxHealthyPercentage: number;
  /** How many instances are in service, healthy and warm. */
  readonly ready: number;
  /** Instances still to be replaced, in the order in which they go. */
  readonly outdated: readonly OutdatedInstance[];
  /** How many may be replaced before the next checkpoint. */
  readonly limit: number;
}

export interface OutdatedInstance {
  readonly id: string;
  readonly ready: boolean;
  /** It is protected from scale-in and the refresh waits for that to end. */
  readonly held: boolean;
}

/**
 * The instances that can be taken out now. Where nothing is launched beforehand and the percentage rounds to the whole group, AWS
 * still replaces one at a time.
 */
export function nextToReplace(facts: RefreshFacts): readonly string[] {
  const least = leastReady(facts);
  const chosen: string[] = [];
  let ready = facts.ready;
  for (const instance of facts.outdated) {
    if (chosen.length >= facts.limit) break;
    if (instance.held) continue;
    if (instance.ready && ready <= least) continue;
    if (instance.ready) ready -= 1;
    chosen.push(instance.id);
  }
  return chosen;
}

function leastReady({ desired, minHealthyPercentage, maxHealthyPercentage }: RefreshFacts): number {
  const least = Math.ceil((desired * minHealthyPercentage) / 100);
  return maxHealthyPercentage > 100 ? least : Math.min(least, desired - 1);
}

/** How many instances more than desired there may be, so that replacements are launched first. */
export function surplusFor(
  facts: Pick<RefreshFacts, 'desired' | 'maxHealthyPercentage' | 'outdated' | 'limit'>,
): number {
  if (facts.maxHealthyPercentage <= 100) return 0;
  const room = Math.max(1, Math.floor((facts.desired * (facts.maxHealthyPercentage - 100)) / 100));
  const replaceable = facts.outdated.filter(({ held }) => !held).length;
  return Math.max(0, Math.min(room, replaceable, facts.limit));
}

/** How much of a refresh is done: a replaced instance counts once its replacement is ready. */
export function percentageComplete(facts: {
  readonly total: number;
  readonly remaining: number;
  readonly desired: number;
  readonly ready: number;
}): number {
  if (facts.total === 0) return 100;
  const missing = Math.max(0, facts.desired - facts.ready);
  const done = Math.max(0, facts.total - facts.remaining - missing);
  return Math.floor((100 * done) / facts.total);
}
