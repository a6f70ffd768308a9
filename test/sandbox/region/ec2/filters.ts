import type { Filter } from '@aws-sdk/client-ec2';
import { invalidValue } from './errors.ts';

/** The values that a resource has for each filter it knows. */
export type FilterValues = Readonly<Record<string, () => readonly (string | undefined)[]>>;

/** Whether a resource passes all filters. Values of one filter are alternatives; `*` and `?` are wildcards. `tag:Key` and `tag-key` need `tags`. */
export function matches(
  filters: readonly Filter[] | undefined,
  known: FilterValues,
  tags: ReadonlyMap<string, string> = new Map(),
): boolean {
  return (filters ?? []).every(({ Name = '', Values = [] }) => {
    const actual = valuesOf(Name, known, tags);
    return Values.some((pattern) => actual.some((value) => value !== undefined && like(pattern, value)));
  });
}

function valuesOf(
  name: string,
  known: FilterValues,
  tags: ReadonlyMap<string, string>,
): readonly (string | undefined)[] {
  if (name.startsWith('tag:')) return [tags.get(name.slice('tag:'.length))];
  if (name === 'tag-key') return [...tags.keys()];
  if (name === 'tag-value') return [...tags.values()];
  const values = known[name];
  if (values === undefined) throw invalidValue(`The filter '${name}' is invalid`);
  return values();
}

function like(pattern: string, value: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === value;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}
