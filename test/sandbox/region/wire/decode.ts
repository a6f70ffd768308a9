import { type AwsError, serializationException } from '../errors.ts';
import { isRecord } from '../records.ts';
import type { Dialect } from '../service.ts';
import type { Shape, Structure } from './shape.ts';

export interface DecodeOptions {
  readonly dialect: Dialect;
  /** Refuses members that the schema does not have. AWS ignores them; a test wants to hear of the mistake. */
  readonly strict: boolean;
}

/**
 * Checks a JSON value against a schema and returns it with timestamps as `Date` and blobs as bytes. Throws what AWS would answer.
 * The XML protocols come by here too, once their form has been read into such a value.
 */
export function decode(shape: Structure, value: unknown, options: DecodeOptions): Record<string, unknown> {
  return decodeStructure(shape, value, '', options);
}

function decodeValue(shape: Shape, value: unknown, path: string, options: DecodeOptions): unknown {
  switch (shape.kind) {
    case 'string':
      if (typeof value !== 'string') throw wrongType(value, 'String');
      return value;
    case 'blob':
      if (typeof value !== 'string') throw wrongType(value, 'Blob');
      return new Uint8Array(Buffer.from(value, 'base64'));
    case 'number':
      if (typeof value !== 'number') throw wrongType(value, 'Integer');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(value, 'Boolean');
      return value;
    case 'timestamp':
      if (typeof value !== 'number') throw wrongType(value, 'Timestamp');
      // Seconds with a fraction have no exact milliseconds in binary.
      return new Date(Math.round(value * 1_000));
    case 'document':
      return value;
    case 'list':
      return decodeList(shape.item.shape(), value, path, options);
    case 'map':
      return decodeMap(shape.value.shape(), value, path, options);
    case 'structure':
      return decodeStructure(shape, value, path, options);
  }
}

function decodeList(item: Shape, value: unknown, path: string, options: DecodeOptions): unknown[] {
  if (!Array.isArray(value)) throw serializationException(notACollection(value, 'list'));
  return value.map((entry, index) => decodeValue(item, entry, `${path}.${index + 1}.member`, options));
}

function decodeMap(item: Shape, value: unknown, path: string, options: DecodeOptions): Record<string, unknown> {
  if (!isRecord(value)) throw serializationException(notACollection(value, 'map'));
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, decodeValue(item, entry, `${path}.${key}.member`, options)]),
  );
}

function decodeStructure(
  shape: Structure,
  value: unknown,
  path: string,
  options: DecodeOptions,
): Record<string, unknown> {
  if (!isRecord(value)) throw serializationException(notACollection(value, 'structure'));
  const decoded: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(value)) {
    const member = shape.members.get(name);
    if (member === undefined) {
      if (options.strict) throw serializationException(`Unknown member ${name} in ${shape.name}`);
      continue;
    }
    // JSON null is the same as absent in AWS JSON.
    if (entry === null) continue;
    const memberPath = pathTo(path, name);
    decoded[name] = decodeValue(member.shape(), entry, memberPath, options);
    checkEnum(`${shape.name}.${name}`, entry, memberPath, options.dialect);
  }
  for (const name of shape.required) {
    if (decoded[name] === undefined) throw options.dialect.missing(shape.name, name, pathTo(path, name));
  }
  return decoded;
}

/** AWS names members from a small letter on in what it says of them, also where the API's are capitalized. */
function pathTo(path: string, member: string): string {
  const name = member.charAt(0).toLowerCase() + member.slice(1);
  return path === '' ? name : `${path}.${name}`;
}

function checkEnum(key: string, value: unknown, path: string, dialect: Dialect): void {
  const allowed = dialect.enums.get(key);
  if (allowed === undefined) return;
  for (const entry of Array.isArray(value) ? value : [value]) {
    if (!allowed.includes(entry)) throw dialect.notInEnum(path, entry, allowed);
  }
}

function wrongType(value: unknown, wanted: string): AwsError {
  if (Array.isArray(value)) return serializationException('Start of list found where not expected.');
  if (isRecord(value)) return serializationException('Start of structure or map found where not expected.');
  return serializationException(`${tokenName(value)} can not be converted to ${wanted}`);
}

function notACollection(value: unknown, wanted: string): string {
  return `${tokenName(value)} found where a ${wanted} was expected`;
}

function tokenName(value: unknown): string {
  if (Array.isArray(value)) return 'Start of list';
  switch (typeof value) {
    case 'string':
      return 'STRING_VALUE';
    case 'number':
      return 'NUMBER_VALUE';
    case 'boolean':
      return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
    default:
      return value === null ? 'NULL_VALUE' : 'Start of structure or map';
  }
}
