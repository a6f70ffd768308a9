import { lowerFirst } from '../kinds/shared/camel-case.ts';
import type { Overlays, Schema } from './contract.ts';
import type { Sdk } from './sdk.ts';
import type { TypeSchema, TypeSchemas } from './types.ts';

/** The type that a schema is made of. */
interface Root {
  readonly type: string;
  /** What the overlays call it. */
  readonly alias: 'Spec' | 'Status';
  readonly required: readonly string[];
  /** Where the structures come from. */
  readonly sdk: Sdk;
}

/** Where the walk is: which types, which names the overlays use for the root, and the way down, for errors and against recursion. */
interface Walk {
  readonly types: TypeSchemas;
  readonly overlays: Overlays;
  readonly root: Root;
  readonly used: Set<string>;
  readonly path: readonly string[];
}

/**
 * One type as a structural schema: everything inlined, nothing left open that AWS does not leave open. Members begin with a small
 * letter, as in `CamelCase<T>`, whatever the SDK calls them. `used` collects the overlays that were laid on, so that the caller can
 * refuse those that hit nothing.
 */
export function structural(types: TypeSchemas, root: Root, overlays: Overlays, used: Set<string>): Schema {
  return named(root.type, { types, overlays, root, used, path: [] });
}

function named(name: string, walk: Walk): Schema {
  if (name === 'DocumentType') return { 'x-kubernetes-preserve-unknown-fields': true };
  if (walk.path.includes(name)) {
    throw new Error(`${[...walk.path, name].join(' > ')} is recursive, which a structural schema cannot express`);
  }
  const type = definition(name, walk);
  const inside = { ...walk, path: [...walk.path, name] };
  if (type.anyOf !== undefined) return union(name, type.anyOf, inside);
  const schema = type.properties === undefined ? convert(type, inside) : object(name, type.properties, type, inside);
  return overlay(schema, alias(name, walk), walk);
}

/** What a name stands for. `type WarmPool = Omit<PutWarmPoolType, …>` is a structure called WarmPool, not two or three in one another. */
function definition(name: string, walk: Walk): TypeSchema {
  const type = walk.types.get(name);
  if (type === undefined) throw new Error(`${name} is used by ${walk.path.join(' > ')} and not defined`);
  const other = type.$ref === undefined ? undefined : referenced(type.$ref);
  return other?.includes('<') ? definition(other, walk) : type;
}

function referenced($ref: string): string {
  return decodeURIComponent($ref.slice('#/definitions/'.length));
}

function convert(type: TypeSchema, walk: Walk): Schema {
  if (type.$ref !== undefined) return named(referenced(type.$ref), walk);
  if (type.const !== undefined || type.enum !== undefined) return enumeration(type.enum ?? [type.const], walk);
  if (Array.isArray(type.type)) return several(type.type, walk);
  switch (type.type) {
    case 'string':
      return { type: 'string', ...(type.format === 'date-time' ? { format: type.format } : {}) };
    case 'boolean':
      return { type: 'boolean' };
    case 'number':
      // TypeScript and the SDK's schemas have one number; ECS's model has hardly anything but 32-bit integers. Overlays name the rest.
      return { type: 'integer', format: 'int32' };
    case 'array':
      if (type.items === undefined) break;
      return { type: 'array', items: convert(type.items, walk), 'x-kubernetes-list-type': 'atomic' };
    case 'object':
      if (typeof type.additionalProperties !== 'object') break;
      return { type: 'object', additionalProperties: convert(type.additionalProperties, walk) };
  }
  return unknownShape(type, walk);
}

/** `string | number` is the only mixture we have. */
function several(types: readonly string[], walk: Walk): Schema {
  if ([...types].sort().join() === 'number,string') return { 'x-kubernetes-int-or-string': true };
  return unknownShape({ type: types }, walk);
}

function enumeration(values: readonly unknown[], walk: Walk): Schema {
  const strings = values.filter((value) => typeof value === 'string').sort();
  return strings.length === values.length ? { type: 'string', enum: strings } : unknownShape({ enum: values }, walk);
}

/** The SDK writes a tagged union as one interface a member, and one more for members of the future. Exactly one may be set. */
function union(name: string, options: readonly TypeSchema[], walk: Walk): Schema {
  const properties: Record<string, TypeSchema> = {};
  for (const option of options) {
    const reference = referenced(option.$ref ?? '');
    const member = walk.types.get(reference);
    if (!reference.startsWith(`${name}.`) || member?.properties === undefined) {
      return unknownShape({ anyOf: options }, walk);
    }
    if (!reference.endsWith('.$UnknownMember')) Object.assign(properties, member.properties);
  }
  return { ...object(name, properties, {}, walk), minProperties: 1, maxProperties: 1 };
}

function object(name: string, members: Readonly<Record<string, TypeSchema>>, type: TypeSchema, walk: Walk): Schema {
  const properties: Record<string, Schema> = {};
  const types = new Map(Object.entries(members).map(([member, schema]) => [lowerFirst(member), schema]));
  for (const member of [...types.keys()].sort()) {
    const schema = convert(types.get(member) ?? {}, walk);
    properties[member] = overlay(schema, `${alias(name, walk)}.${member}`, walk);
  }
  const required = new Set(requiredMembers(name, Object.keys(members), type, walk).map(lowerFirst));
  return { type: 'object', properties, ...(required.size > 0 ? { required: [...required].sort() } : {}) };
}

function requiredMembers(name: string, members: readonly string[], type: TypeSchema, walk: Walk): readonly string[] {
  if (name === walk.root.type) return [...walk.root.required, ...(type.required ?? [])];
  const sdk = walk.root.sdk(name);
  if (sdk === undefined) return type.required ?? [];
  if ([...sdk.members].sort().join() !== [...members].sort().join()) {
    throw new Error(`${name} has other members in the SDK's types than in its runtime schema`);
  }
  return sdk.required;
}

function alias(name: string, walk: Walk): string {
  return name === walk.root.type ? walk.root.alias : name;
}

function overlay(schema: Schema, name: string, walk: Walk): Schema {
  const over = walk.overlays[name];
  if (over === undefined) return schema;
  walk.used.add(name);
  const { items, required, ...rest } = over;
  return {
    ...schema,
    ...rest,
    ...(items === undefined ? {} : { items: { ...schema.items, ...items } }),
    ...(required === undefined ? {} : { required: [...new Set([...(schema.required ?? []), ...required])].sort() }),
  };
}

function unknownShape(type: TypeSchema, walk: Walk): never {
  throw new Error(`No structural schema for ${JSON.stringify(type)} at ${walk.path.join(' > ')}`);
}
