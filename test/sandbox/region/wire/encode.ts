import type { Shape, Structure } from './shape.ts';

type Encoder = (value: unknown) => unknown;

const compiled = new WeakMap<Shape, Encoder>();

/** A JSON-ready copy of `value`: only members the schema knows, timestamps as epoch seconds, nothing undefined. */
export function encode(shape: Shape, value: unknown): unknown {
  return encoderOf(shape)(value);
}

/** Compiled once a schema: DescribeServices is the hot path of every test with many services. */
function encoderOf(shape: Shape): Encoder {
  const known = compiled.get(shape);
  if (known !== undefined) return known;
  const encoder = compile(shape);
  compiled.set(shape, encoder);
  return encoder;
}

function compile(shape: Shape): Encoder {
  switch (shape.kind) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'document':
    case 'blob':
      return (value) => value;
    case 'timestamp':
      return (value) => (value instanceof Date ? value.getTime() / 1000 : value);
    case 'list': {
      const item = lazy(shape.item);
      return (value) => (Array.isArray(value) ? value.map((entry) => item(entry)) : value);
    }
    case 'map': {
      const item = lazy(shape.value);
      return (value) => mapValues(value, item);
    }
    case 'structure':
      return compileStructure(shape);
  }
}

function compileStructure(shape: Structure): Encoder {
  const members = [...shape.members].map(([name, member]) => ({ name, encodeMember: lazy(member) }));
  return (value) => {
    if (!isRecord(value)) return value;
    const encoded: Record<string, unknown> = {};
    for (const { name, encodeMember } of members) {
      const entry = value[name];
      if (entry !== undefined) encoded[name] = encodeMember(entry);
    }
    return encoded;
  };
}

/** Schemas may refer to themselves, so a member is compiled when it is first used. */
function lazy(shape: () => Shape): Encoder {
  let encoder: Encoder | undefined;
  return (value) => {
    encoder ??= encoderOf(shape());
    return encoder(value);
  };
}

function mapValues(value: unknown, item: Encoder): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, item(entry)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
