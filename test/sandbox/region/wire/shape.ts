/**
 * Reads the SDK's runtime schemas (arrays of numbers, strings and thunks, see `@smithy/core/schema`) into a closed union,
 * so that the rest of the codec needs to know nothing of their encoding.
 */
export type Shape = Scalar | List | MapShape | Structure;

export interface Scalar {
  readonly kind: 'string' | 'number' | 'boolean' | 'timestamp' | 'blob' | 'document';
}

export interface List {
  readonly kind: 'list';
  readonly item: Member;
}

export interface MapShape {
  readonly kind: 'map';
  readonly key: Member;
  readonly value: Member;
}

export interface Structure {
  readonly kind: 'structure';
  readonly name: string;
  readonly members: ReadonlyMap<string, Member>;
  readonly required: readonly string[];
}

/** A place in a shape where another one stands, with what the XML protocols have to know of that place. */
export interface Member {
  /** Schemas may refer to themselves, so it is read when it is first asked for. */
  readonly shape: () => Shape;
  readonly traits: Traits;
}

export interface Traits {
  readonly xmlName?: string;
  readonly ec2QueryName?: string;
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

function shapeOf(ref: unknown): Shape {
  if (typeof ref === 'function') return shapeOf(ref());
  if (typeof ref === 'number') return numericShape(ref);
  // What an operation without input or output has in its place.
  if (ref === 'unit') return { kind: 'structure', name: 'Unit', members: new Map(), required: [] };
  if (!Array.isArray(ref)) throw new Error(`unknown schema reference: ${String(ref)}`);
  if (isMember(ref)) return shapeOf(ref[0]);
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

/** `[schema, traits]` wraps a place that has traits; a schema itself has its namespace, a string, in second place. */
const isMember = (ref: readonly unknown[]): boolean => typeof ref[1] !== 'string';

function memberOf(ref: unknown): Member {
  let shape: Shape | undefined;
  const traits = Array.isArray(ref) && isMember(ref) ? traitsOf(ref[1]) : {};
  return { shape: () => (shape ??= shapeOf(ref)), traits };
}

/** Traits come as an object, or as a bit set of those that say nothing about the wire. */
function traitsOf(traits: unknown): Traits {
  if (typeof traits !== 'object' || traits === null) return {};
  const { xmlName, ec2QueryName } = { xmlName: undefined, ec2QueryName: undefined, ...traits };
  return {
    ...(typeof xmlName === 'string' ? { xmlName } : {}),
    ...(typeof ec2QueryName === 'string' ? { ec2QueryName } : {}),
  };
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
      return { kind: 'list', item: memberOf(schema[4]) };
    case TAG.map:
      return { kind: 'map', key: memberOf(schema[4]), value: memberOf(schema[5]) };
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
    members: new Map(names.map((name, index) => [name, memberOf(refs[index])])),
    required: names.slice(0, required),
  };
}

/** One instance for each number, because compiled codecs are kept by shape. */
const numeric = new Map<number, Shape>();

function numericShape(code: number): Shape {
  const known = numeric.get(code);
  if (known !== undefined) return known;
  const shape = newNumericShape(code);
  numeric.set(code, shape);
  return shape;
}

function newNumericShape(code: number): Shape {
  if (code >= MAP_MODIFIER) return { kind: 'map', key: memberOf(0), value: memberOf(code - MAP_MODIFIER) };
  if (code >= LIST_MODIFIER) return { kind: 'list', item: memberOf(code - LIST_MODIFIER) };
  return { kind: simpleKind(code) };
}

function simpleKind(code: number): Scalar['kind'] {
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
