/** Lists whose order means something to ECS; every other list is a set to it, and comes back in another order. */
const ORDERED_LISTS: ReadonlySet<string> = new Set(['command', 'entryPoint', 'placementStrategy', 'dnsServers']);

/**
 * True when what AWS has says everything that the user said. AWS fills in defaults (an unset field is never compared) and
 * reorders (lists are sets unless listed above); an empty list, an empty object and nothing are the same to it.
 */
export function covers(have: unknown, want: unknown, field = ''): boolean {
  if (want === undefined || want === null || isEmpty(want)) return want === undefined || want === null || isEmpty(have);
  if (Array.isArray(want)) return Array.isArray(have) && coversList(have, want, field);
  if (want instanceof Date) return have instanceof Date && have.getTime() === want.getTime();
  if (typeof want === 'object') return coversObject(have, want);
  return have === want;
}

function coversObject(have: unknown, want: object): boolean {
  const members: Readonly<Record<string, unknown>> = typeof have === 'object' && have !== null ? { ...have } : {};
  return Object.entries(want).every(([field, value]) => covers(members[field], value, field));
}

function coversList(have: readonly unknown[], want: readonly unknown[], field: string): boolean {
  if (have.length !== want.length) return false;
  if (ORDERED_LISTS.has(field)) return want.every((item, index) => covers(have[index], item));
  return coversSet(have, want);
}

/**
 * True when each wanted item has a partner of its own. An item that could take several must not keep the only one that
 * another could take, so partners are exchanged until all have one (bipartite matching by augmenting paths).
 */
function coversSet(have: readonly unknown[], want: readonly unknown[]): boolean {
  const taken = new Map<number, unknown>();
  const place = (item: unknown, tried: Set<number>): boolean =>
    have.some((candidate, index) => {
      if (tried.has(index) || !covers(candidate, item)) return false;
      tried.add(index);
      if (taken.has(index) && !place(taken.get(index), tried)) return false;
      taken.set(index, item);
      return true;
    });
  return want.every((item) => place(item, new Set()));
}

/** Nothing, an empty list, or an object of nothing but such. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Date || typeof value !== 'object') return false;
  return Object.values(value).every(isEmpty);
}
