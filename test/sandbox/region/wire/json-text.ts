import { isRecord } from '../records.ts';
import type { Shape, Structure } from './shape.ts';
import { lazy, type Writer, writers } from './writer.ts';

/** Text at once rather than a copy for `JSON.stringify`, which would take twice the time. */
const writerOf = writers(compile);

/** A value as AWS JSON: only members the schema knows, timestamps as epoch seconds, blobs in base64, nothing undefined. */
export function jsonText(shape: Shape, value: unknown): string {
  return writerOf(shape)(value);
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
      const item = lazy(writerOf, shape.item);
      return (value) => listText(value, item);
    }
    case 'map': {
      const item = lazy(writerOf, shape.value);
      return (value) => mapText(value, item);
    }
    case 'structure':
      return compileStructure(shape);
  }
}

function compileStructure(shape: Structure): Writer {
  const members = new Map(
    [...shape.members].map(([name, member]) => [
      name,
      { start: `${JSON.stringify(name)}:`, write: lazy(writerOf, member) },
    ]),
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
