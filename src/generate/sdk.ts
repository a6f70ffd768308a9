import * as ecs from '@aws-sdk/client-ecs';

/** Every runtime schema that the SDK exports, by name: `CreateServiceRequest$`. */
const schemas = new Map<string, unknown>(Object.entries(ecs));

/** The marker of a structure at the head of a runtime schema. */
const structure = 3;

export interface SdkStructure {
  readonly members: readonly string[];
  readonly required: readonly string[];
}

/**
 * Members of an SDK structure by the name of its TypeScript interface, or `undefined` if the SDK has no such structure.
 * The TypeScript interface cannot tell which are required: every member admits `undefined`. The runtime schema is a tuple
 * `[3, namespace, name, traits, members, types, n]` in which the first `n` members are required.
 */
export function sdkStructure(name: string): SdkStructure | undefined {
  const schema = schemas.get(`${name}$`);
  if (!Array.isArray(schema) || schema[0] !== structure) return undefined;
  const members: unknown = schema[4];
  const count: unknown = schema[6] ?? 0;
  if (!Array.isArray(members) || !members.every((member) => typeof member === 'string') || typeof count !== 'number') {
    throw new Error(`The SDK's runtime schema of ${name} has a shape that this generator does not know`);
  }
  return { members, required: members.slice(0, count) };
}
