import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';

/** The SDKs that specs are made of: what each exports, by name. */
const sdks: readonly ReadonlyMap<string, unknown>[] = [ecs, autoScaling, ec2].map(
  (sdk) => new Map(Object.entries(sdk)),
);

/** The marker of a structure at the head of a runtime schema. */
const structure = 3;

export interface SdkStructure {
  readonly members: readonly string[];
  readonly required: readonly string[];
}

/** Structures of one SDK by the name of their TypeScript interface; `undefined` if it has none of that name. */
export type Sdk = (name: string) => SdkStructure | undefined;

/**
 * The SDK that has the structure `request`. All structures of a kind come from the SDK of its request: several SDKs have one of the
 * same name and members, such as InstanceRequirements, in which other members are required.
 */
export function sdkOf(request: string): Sdk | undefined {
  return sdks
    .map(
      (exports): Sdk =>
        (name) =>
          sdkStructure(exports, name),
    )
    .find((sdk) => sdk(request) !== undefined);
}

/**
 * The TypeScript interface cannot tell which members are required: every member admits `undefined`. The runtime schema
 * (`CreateServiceRequest$`) is a tuple `[3, namespace, name, traits, members, types, n]` in which the first `n` members are required.
 */
function sdkStructure(exports: ReadonlyMap<string, unknown>, name: string): SdkStructure | undefined {
  const schema = exports.get(`${name}$`);
  if (!Array.isArray(schema) || schema[0] !== structure) return undefined;
  const members: unknown = schema[4];
  const count: unknown = schema[6] ?? 0;
  if (!Array.isArray(members) || !members.every((member) => typeof member === 'string') || typeof count !== 'number') {
    throw new Error(`The SDK's runtime schema of ${name} has a shape that this generator does not know`);
  }
  return { members, required: members.slice(0, count) };
}
