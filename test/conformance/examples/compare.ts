/** One way in which an answer differs from the recorded one. `path` is such as `services[].deployments[].id`. */
export interface Difference {
  readonly kind: 'missing' | 'extra' | 'type' | 'value';
  readonly path: string;
  readonly recorded?: unknown;
  readonly answered?: unknown;
}

/** Members whose values come from a closed set, so that they must agree and not only be there. */
const CLOSED =
  /(^|\.)(status|lastStatus|desiredStatus|launchType|type|schedulingStrategy|rolloutState|propagateTags|connectivity|healthStatus|networkMode|protocol|stopCode|unit|availabilityZoneRebalancing|assignPublicIp|compatibilities\[\]|LifecycleState|HealthStatus|Status|StatusCode|LifecycleTransition|DefaultResult|PoolState|PolicyType|AdjustmentType|HealthCheckType|ResourceType|ScalableDimension|ServiceNamespace|platformFamily|managedTerminationProtection|managedDraining|agentUpdateStatus|updateStatus|attachmentsStatus)$/;

/**
 * Compares members, not identifiers: what is present, of which JSON type, and where the value comes from a closed set, which. Elements of a
 * list count together, as their number depends on what else was in the account of whoever recorded it.
 */
export function differences(recorded: unknown, answered: unknown): Difference[] {
  const wanted = membersOf(recorded);
  const given = membersOf(answered);
  const found: Difference[] = [];
  for (const [path, values] of wanted) {
    const ours = given.get(path);
    if (ours === undefined) {
      if (!isBelowMissing(path, wanted, given)) found.push({ kind: 'missing', path, recorded: sample(values) });
    } else {
      found.push(...valueDifferences(path, values, ours));
    }
  }
  for (const [path, values] of given) {
    if (!wanted.has(path) && !isBelowMissing(path, given, wanted)) {
      found.push({ kind: 'extra', path, answered: sample(values) });
    }
  }
  return found;
}

function valueDifferences(path: string, recorded: readonly unknown[], answered: readonly unknown[]): Difference[] {
  const types = new Set(recorded.map(typeOf));
  const other = answered.find((value) => !types.has(typeOf(value)));
  if (other !== undefined) return [{ kind: 'type', path, recorded: sample(recorded), answered: other }];
  if (!CLOSED.test(path)) return [];
  const values = new Set(recorded);
  const unknown = answered.find((value) => !values.has(value));
  return unknown === undefined ? [] : [{ kind: 'value', path, recorded: sample(recorded), answered: unknown }];
}

/** Only the topmost member that is not there is reported. */
function isBelowMissing(
  path: string,
  here: ReadonlyMap<string, unknown>,
  there: ReadonlyMap<string, unknown>,
): boolean {
  for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) {
    if (here.has(parent) && !there.has(parent)) return true;
  }
  return false;
}

function parentOf(path: string): string {
  if (path.endsWith('[]')) return path.slice(0, -2);
  const dot = path.lastIndexOf('.');
  return dot < 0 ? '' : path.slice(0, dot);
}

/** Every path with the values found there. */
function membersOf(value: unknown): ReadonlyMap<string, readonly unknown[]> {
  const members = new Map<string, unknown[]>();
  for (const [path, entry] of entriesBelow('', value)) members.set(path, [...(members.get(path) ?? []), entry]);
  return members;
}

function* entriesBelow(path: string, value: unknown): Generator<readonly [string, unknown]> {
  if (path !== '') yield [path, value];
  if (Array.isArray(value)) {
    for (const element of value) yield* entriesBelow(`${path}[]`, element);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value))
      yield* entriesBelow(path === '' ? name : `${path}.${name}`, member);
  }
}

/** Timestamps are numbers in older recordings and texts in newer ones. */
function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  if (value === null) return 'null';
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value))) return 'number';
  return typeof value;
}

const sample = (values: readonly unknown[]): unknown => values[0];
