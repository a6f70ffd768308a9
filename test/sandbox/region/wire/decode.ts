import { AwsError, serializationException } from '../errors.ts';
import type { Dialect } from '../service.ts';
import type { Shape, Structure } from './shape.ts';

/** Checks a JSON value against a schema and returns it with timestamps as `Date`. Throws what AWS would answer. */
export function decode(shape: Structure, value: unknown, dialect: Dialect): unknown {
  return decodeStructure(shape, value, dialect);
}

function decodeValue(shape: Shape, value: unknown, dialect: Dialect): unknown {
  switch (shape.kind) {
    case 'string':
    case 'blob':
      if (typeof value !== 'string') throw wrongType(value, 'String');
      return value;
    case 'number':
      if (typeof value !== 'number') throw wrongType(value, 'Integer');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(value, 'Boolean');
      return value;
    case 'timestamp':
      if (typeof value !== 'number') throw wrongType(value, 'Timestamp');
      return new Date(value * 1000);
    case 'document':
      return value;
    case 'list':
      return decodeList(shape.item(), value, dialect);
    case 'map':
      return decodeMap(shape.value(), value, dialect);
    case 'structure':
      return decodeStructure(shape, value, dialect);
  }
}

function decodeList(item: Shape, value: unknown, dialect: Dialect): unknown[] {
  if (!Array.isArray(value)) throw serializationException(notACollection(value, 'list'));
  return value.map((entry) => decodeValue(item, entry, dialect));
}

function decodeMap(item: Shape, value: unknown, dialect: Dialect): Record<string, unknown> {
  if (!isRecord(value)) throw serializationException(notACollection(value, 'map'));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, decodeValue(item, entry, dialect)]));
}

function decodeStructure(shape: Structure, value: unknown, dialect: Dialect): Record<string, unknown> {
  if (!isRecord(value)) throw serializationException(notACollection(value, 'structure'));
  const decoded: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(value)) {
    const member = shape.members.get(name);
    if (member === undefined) throw serializationException(`Unknown member ${name} in ${shape.name}`);
    // JSON null is the same as absent in AWS JSON.
    if (entry === null) continue;
    decoded[name] = decodeValue(member(), entry, dialect);
    checkEnum(shape.name, name, entry, dialect);
  }
  for (const name of shape.required) {
    if (decoded[name] === undefined) throw dialect.missing(shape.name, name);
  }
  return decoded;
}

function checkEnum(structure: string, member: string, value: unknown, dialect: Dialect): void {
  const allowed = dialect.enums.get(`${structure}.${member}`);
  if (allowed === undefined) return;
  for (const entry of Array.isArray(value) ? value : [value]) {
    if (allowed.includes(entry)) continue;
    throw new AwsError(
      'InvalidParameterException',
      `1 validation error detected: Value '${entry}' at '${member}' failed to satisfy constraint: ` +
        `Member must satisfy enum value set: [${allowed.join(', ')}]`,
    );
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
