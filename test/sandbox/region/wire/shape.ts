/**
 * Reads the SDK's runtime schemas (arrays of numbers, strings and thunks, see `@smithy/core/schema`) into a closed union,
 * so that the rest of the codec needs to know nothing of their encoding.
 */
export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'timestamp' | 'blob' | 'document' }
  | { readonly kind: 'list'; readonly item: () => Shape }
  | { readonly kind: 'map'; readonly value: () => Shape }
  | Structure;

export interface Structure {
  readonly kind: 'structure';
  readonly name: string;
  readonly members: ReadonlyMap<string, () => Shape>;
  readonly required: readonly string[];
}

export interface Operation {
  readonly name: string;
  readonly input: Structure;
  readonly output: Structure;
}

/** First element of a schema array. */
const TAG = { simple: 0, list: 1, map: 2, structure: 3, union: 4, operation: 9, error: -3 } as const;
const LIST_MODIFIER = 64;
const MAP_MODIFIER = 128;

const cache = new WeakMap<readonly unknown[], Shape>();

export function shapeOf(ref: unknown): Shape {
  if (typeof ref === 'function') return shapeOf(ref());
  if (typeof ref === 'number') return numericShape(ref);
  // What an operation without input or output has in its place.
  if (ref === 'unit') return { kind: 'structure', name: 'Unit', members: new Map(), required: [] };
  if (!Array.isArray(ref)) throw new Error(`unknown schema reference: ${String(ref)}`);
  // `[schema, traits]` wraps a member that has traits; a schema itself has its namespace, a string, in second place.
  if (typeof ref[1] !== 'string') return shapeOf(ref[0]);
  const known = cache.get(ref);
  if (known !== undefined) return known;
  const shape = tupleShape(ref);
  cache.set(ref, shape);
  return shape;
}

/** Every operation exported by an SDK client package, by name. */
export function operationsOf(exports: Readonly<Record<string, unknown>>): ReadonlyMap<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const schema of Object.values(exports)) {
    if (!Array.isArray(schema) || schema[0] !== TAG.operation) continue;
    const name = String(schema[2]);
    operations.set(name, { name, input: structure(schema[4]), output: structure(schema[5]) });
  }
  return operations;
}

function structure(ref: unknown): Structure {
  const shape = shapeOf(ref);
  if (shape.kind !== 'structure') throw new Error('an operation takes and returns structures');
  return shape;
}

function tupleShape(schema: readonly unknown[]): Shape {
  switch (schema[0]) {
    case TAG.simple:
      return shapeOf(schema[4]);
    case TAG.list:
      return { kind: 'list', item: () => shapeOf(schema[4]) };
    case TAG.map:
      return { kind: 'map', value: () => shapeOf(schema[5]) };
    case TAG.structure:
    case TAG.union:
    case TAG.error:
      return structureShape(schema);
    default:
      throw new Error(`unknown schema tag: ${String(schema[0])}`);
  }
}

function structureShape(schema: readonly unknown[]): Structure {
  const names = Array.isArray(schema[4]) ? schema[4].map(String) : [];
  const refs: readonly unknown[] = Array.isArray(schema[5]) ? schema[5] : [];
  const required = typeof schema[6] === 'number' ? schema[6] : 0;
  return {
    kind: 'structure',
    name: String(schema[2]),
    members: new Map(names.map((name, index) => [name, () => shapeOf(refs[index])])),
    required: names.slice(0, required),
  };
}

function numericShape(code: number): Shape {
  if (code >= MAP_MODIFIER) {
    const value = numericShape(code - MAP_MODIFIER);
    return { kind: 'map', value: () => value };
  }
  if (code >= LIST_MODIFIER) {
    const item = numericShape(code - LIST_MODIFIER);
    return { kind: 'list', item: () => item };
  }
  return { kind: simpleKind(code) };
}

function simpleKind(code: number): 'string' | 'number' | 'boolean' | 'timestamp' | 'blob' | 'document' {
  switch (code) {
    case 0:
      return 'string';
    case 1:
    case 17:
    case 19:
      return 'number';
    case 2:
      return 'boolean';
    case 4:
    case 5:
    case 6:
    case 7:
      return 'timestamp';
    case 15:
      return 'document';
    case 21:
    case 42:
      return 'blob';
    default:
      throw new Error(`unknown simple schema: ${code}`);
  }
}
