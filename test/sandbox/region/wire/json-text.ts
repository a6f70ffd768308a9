import { isRecord } from '../records.ts';
import type { Member, Shape, Structure } from './shape.ts';

/** Writes a value as JSON text. */
type Writer = (value: unknown) => string;

const compiled = new WeakMap<Shape, Writer>();

/** A value as AWS JSON: only members the schema knows, timestamps as epoch seconds, blobs in base64, nothing undefined. */
export function jsonText(shape: Shape, value: unknown): string {
  return writerOf(shape)(value);
}

/**
 * Compiled once a schema, and text at once rather than a copy for `JSON.stringify`: that would take twice the time, and DescribeServices is
 * the hot path of every test with many services.
 */
function writerOf(shape: Shape): Writer {
  const known = compiled.get(shape);
  if (known !== undefined) return known;
  const writer = compile(shape);
  compiled.set(shape, writer);
  return writer;
}

function compile(shape: Shape): Writer {
  switch (shape.kind) {
    case 'string':
      return (value) => quoted(String(value));
    case 'number':
    case 'boolean':
      return String;
    case 'document':
      return (value) => JSON.stringify(value);
    case 'blob':
      return (value) => `"${value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value}"`;
    case 'timestamp':
      return (value) => String(value instanceof Date ? value.getTime() / 1_000 : value);
    case 'list': {
      const item = lazy(shape.item);
      return (value) => listText(value, item);
    }
    case 'map': {
      const item = lazy(shape.value);
      return (value) => mapText(value, item);
    }
    case 'structure':
      return compileStructure(shape);
  }
}

function compileStructure(shape: Structure): Writer {
  const members = new Map(
    [...shape.members].map(([name, member]) => [name, { start: `${JSON.stringify(name)}:`, write: lazy(member) }]),
  );
  return (value) => {
    if (!isRecord(value)) return 'null';
    let text = '';
    // Over the value's members, not the schema's: most of those are absent.
    for (const name in value) {
      const entry = value[name];
      const member = members.get(name);
      if (entry === undefined || member === undefined) continue;
      text += text === '' ? member.start : `,${member.start}`;
      text += member.write(entry);
    }
    return `{${text}}`;
  };
}

function listText(value: unknown, item: Writer): string {
  if (!Array.isArray(value)) return 'null';
  let text = '';
  for (const entry of value) text += text === '' ? item(entry) : `,${item(entry)}`;
  return `[${text}]`;
}

function mapText(value: unknown, item: Writer): string {
  if (!isRecord(value)) return 'null';
  let text = '';
  for (const [key, entry] of Object.entries(value)) {
    text += `${text === '' ? '' : ','}${quoted(key)}:${item(entry)}`;
  }
  return `{${text}}`;
}

/** What a JSON string cannot hold as it is; lone surrogates included, which UTF-8 cannot hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const SPECIAL = /["\\\u0000-\u001f\ud800-\udfff]/;

const quoted = (text: string): string => (SPECIAL.test(text) ? JSON.stringify(text) : `"${text}"`);

/** Schemas may refer to themselves, so a member is compiled when it is first used. */
function lazy({ shape }: Member): Writer {
  let writer: Writer | undefined;
  return (value) => {
    writer ??= writerOf(shape());
    return writer(value);
  };
}
