import type { DesiredProvider } from './desired.ts';

/**
 * Paths of everything that is set below a member of the spec, such as `autoScalingGroupProvider.managedScaling.targetCapacity`: a
 * setting that leaves the spec is reset by itself, while its neighbours stay.
 */
export function pathsBelow(path: string, value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) return [path];
  const members = Object.entries(value);
  return members.length === 0 ? [path] : members.flatMap(([name, member]) => pathsBelow(`${path}.${name}`, member));
}

/** Those of the defaults whose members below `path` the spec set when AWS last agreed with it. Whoever still sets one lays it over this. */
export function resets<Defaults extends object>(
  desired: DesiredProvider,
  path: string,
  defaults: Defaults,
): Partial<Defaults> {
  const before = new Set(desired.status?.settledFields);
  const reset: Partial<Defaults> = { ...defaults };
  for (const name in defaults) if (!before.has(`${path}.${name}`)) delete reset[name];
  return reset;
}
