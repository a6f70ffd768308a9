import fc, { type Arbitrary } from 'fast-check';
import type { Shape, Structure } from '../../../../sandbox/region/wire/shape.ts';

export interface Limits {
  /** How deep a value goes; schemas may refer to themselves. */
  readonly depth: number;
  /** A form cannot say that a structure or map is there but empty, and EC2's cannot say it of a list. */
  readonly emptyStructures: boolean;
  readonly emptyLists: boolean;
}

/** Values of a shape, or undefined where none fits into the limits. */
export function valuesOf(shape: Shape, limits: Limits): Arbitrary<unknown> | undefined {
  if (limits.depth === 0) return undefined;
  const deeper = { ...limits, depth: limits.depth - 1 };
  switch (shape.kind) {
    case 'string':
      return TEXT;
    case 'number':
      // The SDK reads what a double cannot hold exactly as a bigint.
      return fc.oneof(fc.integer(), fc.double({ min: -1e9, max: 1e9, noNaN: true }).map(withoutNegativeZero));
    case 'boolean':
      return fc.boolean();
    case 'timestamp':
      return fc.integer({ min: 0, max: 4_102_444_800_000 }).map((ms) => new Date(ms));
    case 'blob':
      return fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => new Uint8Array(bytes));
    case 'document':
      return fc.dictionary(KEY, fc.oneof(TEXT, fc.integer(), fc.boolean()), { maxKeys: 2 });
    case 'list': {
      const item = valuesOf(shape.item.shape(), deeper);
      const minLength = limits.emptyLists ? 0 : 1;
      return item === undefined ? undefined : fc.array(item, { minLength, maxLength: 3 });
    }
    case 'map': {
      const value = valuesOf(shape.value.shape(), deeper);
      const minKeys = limits.emptyStructures ? 0 : 1;
      return value === undefined ? undefined : fc.dictionary(KEY, value, { minKeys, maxKeys: 3 });
    }
    case 'structure':
      return structuresOf(shape, deeper);
  }
}

const withoutNegativeZero = (value: number): number => (value === 0 ? 0 : value);

const KEY = fc.stringMatching(/^[a-zA-Z&<>"'/ ][a-z]{0,5}$/);
/** Whatever both JSON and XML can carry, with what has to be escaped. XML has no control characters. */
const TEXT = fc.oneof(
  fc.constantFrom('', ' a b ', '<a href="x">&amp;</a>', "'&'", 'a=b&c.1=d%20+', 'line\nline\r\nline\tend', '__proto__'),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);

/** Up to four members beside the required: EC2 has structures of a hundred. */
function structuresOf(shape: Structure, limits: Limits): Arbitrary<unknown> | undefined {
  const members: Record<string, Arbitrary<unknown>> = {};
  for (const [name, member] of shape.members) {
    const values = valuesOf(member.shape(), limits);
    if (values !== undefined) members[name] = values;
    else if (shape.required.includes(name)) return undefined;
  }
  const optional = Object.keys(members).filter((name) => !shape.required.includes(name));
  if (Object.keys(members).length === 0) return limits.emptyStructures ? fc.constant({}) : undefined;
  const minLength = limits.emptyStructures || shape.required.length > 0 ? 0 : 1;
  return fc
    .subarray(optional, { minLength, maxLength: Math.max(minLength, Math.min(4, optional.length)) })
    .chain((chosen) =>
      fc.record(
        Object.fromEntries([...shape.required, ...chosen].map((name) => [name, members[name] ?? fc.constant(0)])),
      ),
    );
}
