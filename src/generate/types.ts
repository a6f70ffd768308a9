import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

/** What ts-json-schema-generator emits, as far as our types make it. */
export interface TypeSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, TypeSchema>>;
  readonly additionalProperties?: boolean | TypeSchema;
  readonly required?: readonly string[];
  readonly items?: TypeSchema;
  readonly anyOf?: readonly TypeSchema[];
}

export type TypeSchemas = ReadonlyMap<string, TypeSchema>;

/** Reads TypeScript types as JSON schema; the returned function gives a type and all it uses, by name. */
export function typeReader(glob: string): (type: string) => TypeSchemas {
  const generator = createGenerator({
    path: glob,
    tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
    // `tsc` checks types. AWS's documentation comments are not ours to copy.
    skipTypeCheck: true,
    jsDoc: 'none',
    expose: 'all',
    additionalProperties: false,
  });
  return (type) => {
    const { definitions } = generator.createSchema(type);
    return new Map(Object.entries(definitions ?? {}).map(([name, schema]) => [name, plain(schema)]));
  };
}

function plain(schema: unknown): TypeSchema {
  if (typeof schema !== 'object' || schema === null) throw new Error(`Not a schema: ${JSON.stringify(schema)}`);
  return schema;
}
