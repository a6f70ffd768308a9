import { isRecord } from '../records.ts';
import type { List, MapShape, Member, Shape, Structure } from './shape.ts';
import { lazy, type Writer, writers } from './writer.ts';

/** Of the content of an element. */
const writerOf = writers(compile);

/** A value as the content of an XML element, as the Query protocols answer: only members that the schema knows. */
export function xmlOf(shape: Shape, value: unknown): string {
  return writerOf(shape)(value);
}

export function escapeXml(text: string): string {
  return /[&<>"\r]/.test(text)
    ? text
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        // An XML parser reads a bare carriage return as a line feed.
        .replaceAll('\r', '&#xD;')
    : text;
}

function compile(shape: Shape): Writer {
  switch (shape.kind) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'document':
      return (value) => escapeXml(String(value));
    case 'blob':
      return (value) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value));
    case 'timestamp':
      return (value) => (value instanceof Date ? value.toISOString() : String(value));
    case 'list':
      return listWriter(shape);
    case 'map':
      return mapWriter(shape);
    case 'structure':
      return structureWriter(shape);
  }
}

function listWriter({ item }: List): Writer {
  const write = element(item.traits.xmlName ?? 'member', item);
  return (value) => (Array.isArray(value) ? value.map(write).join('') : '');
}

function mapWriter({ key, value }: MapShape): Writer {
  const writeKey = element(key.traits.xmlName ?? 'key', key);
  const writeValue = element(value.traits.xmlName ?? 'value', value);
  return (entries) =>
    isRecord(entries)
      ? Object.entries(entries)
          .map(([name, entry]) => `<entry>${writeKey(name)}${writeValue(entry)}</entry>`)
          .join('')
      : '';
}

function structureWriter(shape: Structure): Writer {
  const members = new Map(
    [...shape.members].map(([name, member]) => [name, element(member.traits.xmlName ?? name, member)]),
  );
  return (value) => {
    if (!isRecord(value)) return '';
    let text = '';
    // Over the value's members, not the schema's: most of those are absent.
    for (const name in value) {
      const entry = value[name];
      const write = members.get(name);
      if (entry !== undefined && write !== undefined) text += write(entry);
    }
    return text;
  };
}

function element(tag: string, member: Member): Writer {
  const content = lazy(writerOf, member);
  return (value) => `<${tag}>${content(value)}</${tag}>`;
}
