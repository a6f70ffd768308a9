import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import type { Schema } from '../../../src/generate/contract.ts';
import { lowerFirst } from '../../../src/kinds/shared/camel-case.ts';

const runtimeSchemas = { ecs, autoScaling, ec2 };

/**
 * An SDK input with every member set, at every depth, as a spec says it. Which members there are comes from the SDK's runtime schema,
 * not from the CRD; the CRD only tells which values are allowed (enums, ranges, patterns).
 */
export function maximalInput(
  sdk: keyof typeof runtimeSchemas,
  name: string,
  allowed: Schema | undefined,
): Record<string, unknown> {
  return structure(new Map<string, unknown>(Object.entries(runtimeSchemas[sdk])).get(`${name}$`), allowed);
}

function structure(schema: unknown, allowed: Schema | undefined): Record<string, unknown> {
  const [, , , , members, types] = tuple(schema);
  return Object.fromEntries(
    tuple(members).map((member, index) => {
      const name = lowerFirst(String(member));
      return [name, value(tuple(types)[index], allowed?.properties?.[name])];
    }),
  );
}

/** Runtime schemas: 0 string, 1 number, 2 boolean, 4 time, 15 document, 64+ list of, 128+ map of; tuples [type, traits] and [0 simple, 1 list, 2 map, 3 structure, 4 union, …]. */
function value(schema: unknown, allowed: Schema | undefined): unknown {
  if (typeof schema === 'function') return value(schema(), allowed);
  if (typeof schema === 'number') return scalar(schema, allowed);
  const [head, , , , first, second] = tuple(schema);
  if (tuple(schema).length === 2) return value(head, allowed);
  switch (head) {
    case 0:
      return value(first, allowed);
    case 1:
      return [value(first, allowed?.items)];
    case 2:
      return { key: value(second, allowed?.additionalProperties) };
    case 3:
    case 4:
      return structure(schema, allowed);
    default:
      throw new Error(`unknown runtime schema ${String(head)}`);
  }
}

function scalar(schema: number, allowed: Schema | undefined): unknown {
  if (schema >= 128) return { key: scalar(schema - 128, allowed?.additionalProperties) };
  if (schema >= 64) return [scalar(schema - 64, allowed?.items)];
  switch (schema) {
    case 0:
      return allowed?.enum?.[0] ?? text(allowed?.pattern);
    case 1:
      return allowed?.type === 'number' ? 12.5 : (allowed?.minimum ?? 7);
    case 2:
      return true;
    case 4:
      return '2026-11-21T22:18:00Z';
    case 15:
      return { any: [1, 'two', { three: null }] };
    default:
      throw new Error(`unknown runtime schema ${schema}`);
  }
}

const samples = ['1024', '7', 'm5.large', 'ami-0123456789abcdef0'];

function text(pattern = ''): string {
  const fitting = samples.find((sample) => new RegExp(pattern).test(sample));
  if (fitting === undefined) throw new Error(`no sample for ${pattern}`);
  return fitting;
}

function tuple(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`not a runtime schema: ${String(value)}`);
  return value;
}

/** Every operator-level field. */
export const maximalCommon = {
  deletionPolicy: 'Retain',
  adoptionPolicy: 'Adopt',
  driftPolicy: 'Report',
  region: 'eu-west-1',
  accountRef: { name: 'prod' },
  allowedNamespaces: ['*', 'shop'],
};

/** Without the members at these dotted paths, through the items of lists: those that exclude others. */
export function without(spec: unknown, ...paths: string[]): Record<string, unknown> {
  return record(paths.reduce((left, path) => cut(left, path.split('.')), spec));
}

/** With other values at these dotted paths. */
export function having(spec: unknown, changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return record(Object.entries(changes).reduce((left, [path, put]) => set(left, path.split('.'), put), spec));
}

function cut(node: unknown, path: readonly string[]): unknown {
  const [head = '', ...rest] = path;
  if (Array.isArray(node)) return node.map((item) => cut(item, path));
  const { [head]: inner, ...others } = record(node);
  if (inner === undefined) throw new Error(`there is no ${head} to leave out`);
  return rest.length === 0 ? others : { ...others, [head]: cut(inner, rest) };
}

function set(node: unknown, path: readonly string[], put: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return put;
  if (Array.isArray(node)) return node.map((item) => set(item, path, put));
  const present = record(node);
  return { ...present, [head]: set(present[head] ?? {}, rest, put) };
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return { ...value };
}

/** Every dotted path in a schema, through lists; `[]` and `{}` add nothing, as an object that has a list has its items. */
export function pathsOf(schema: Schema, path = ''): string[] {
  const inner = schema.items ?? schema.additionalProperties;
  if (inner !== undefined) return pathsOf(inner, path);
  const members = Object.entries(schema.properties ?? {});
  return members.flatMap(([name, child]) => [`${path}.${name}`, ...pathsOf(child, `${path}.${name}`)]);
}

/** Every dotted path in a value. */
export function pathsIn(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => [`${path}.${name}`, ...pathsIn(child, `${path}.${name}`)]);
}
