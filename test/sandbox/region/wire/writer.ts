import type { Member, Shape } from './shape.ts';

/** Writes a value of one schema as text. */
export type Writer = (value: unknown) => string;

/** The writer of each schema, compiled once: DescribeServices is the hot path of every test with many services. */
export function writers(compile: (shape: Shape) => Writer): (shape: Shape) => Writer {
  const compiled = new WeakMap<Shape, Writer>();
  return (shape) => {
    const known = compiled.get(shape);
    if (known !== undefined) return known;
    const writer = compile(shape);
    compiled.set(shape, writer);
    return writer;
  };
}

/** Schemas may refer to themselves, so a member's writer is compiled when it is first used. */
export function lazy(writerOf: (shape: Shape) => Writer, { shape }: Member): Writer {
  let writer: Writer | undefined;
  return (value) => {
    writer ??= writerOf(shape());
    return writer(value);
  };
}
