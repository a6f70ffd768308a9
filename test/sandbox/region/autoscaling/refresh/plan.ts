/** What decides which instances a refresh replaces next. */
export interface RefreshFacts extends Bounds {
  /** How many instances are in service, healthy and warm. */
  readonly ready: number;
  /** Instances still to be replaced, in the order in which they go. */
  readonly outdated: readonly OutdatedInstance[];
  /** How many may be replaced before the next checkpoint. */
  readonly limit: number;
}

interface Bounds {
  readonly desired: number;
  readonly minHealthyPercentage: number;
  /** `undefined`: instances are terminated and launched at the same time. */
  readonly maxHealthyPercentage: number | undefined;
}

export interface OutdatedInstance {
  readonly id: string;
  readonly ready: boolean;
  /** It is protected from scale-in and the refresh waits for that to end. */
  readonly held: boolean;
}

/** The instances that can be taken out now. */
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

const minimum = ({ desired, minHealthyPercentage }: Bounds): number =>
  Math.ceil((desired * minHealthyPercentage) / 100);

/** Without a maximum AWS replaces one at a time also where the minimum is the whole group. */
function leastReady(bounds: Bounds): number {
  return bounds.maxHealthyPercentage === undefined ? Math.min(minimum(bounds), bounds.desired - 1) : minimum(bounds);
}

/**
 * How many instances more than desired there may be, so that replacements are launched first. Where a maximum was given and the bounds
 * leave no room, AWS exceeds it by one: a maximum of 100 is therefore not the same as none.
 */
export function surplusFor(facts: Bounds & Pick<RefreshFacts, 'outdated' | 'limit'>): number {
  if (facts.maxHealthyPercentage === undefined) return 0;
  const within = Math.floor((facts.desired * (facts.maxHealthyPercentage - 100)) / 100);
  const room = within === 0 && minimum(facts) >= facts.desired ? 1 : within;
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
