import { fileURLToPath } from 'node:url';
import {
  type BaseType,
  ChainNodeParser,
  type Context,
  createFormatter,
  createParser,
  createProgram,
  DEFAULT_CONFIG,
  type NodeParser,
  type ReferenceType,
  SchemaGenerator,
  type SubNodeParser,
} from 'ts-json-schema-generator';

/** What ts-json-schema-generator emits, as far as our types make it. */
export interface TypeSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
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
  const config = {
    ...DEFAULT_CONFIG,
    path: glob,
    tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
    // `tsc` checks types. AWS's documentation comments are not ours to copy.
    skipTypeCheck: true,
    jsDoc: 'none',
    expose: 'all',
    additionalProperties: false,
  } as const;
  const program = createProgram(config);
  const parser = createParser(program, config, (chain) => {
    if (!(chain instanceof ChainNodeParser)) throw new Error('ts-json-schema-generator has another chain of parsers');
    chain.addNodeParser(new CamelCaseParser(chain));
  });
  const generator = new SchemaGenerator(program, parser, createFormatter(config), config);
  return (type) => {
    const { definitions } = generator.createSchema(type);
    return new Map(Object.entries(definitions ?? {}).map(([name, schema]) => [name, plain(schema)]));
  };
}

type TypeNode = Parameters<SubNodeParser['supportsNode']>[0];

/**
 * Reads `CamelCase<T>` as `T`: so types and members keep the SDK's names, by which overlays and required members are found.
 * The walk in `structural.ts` gives members their case of letters.
 */
class CamelCaseParser implements SubNodeParser {
  readonly #chain: NodeParser;

  constructor(chain: NodeParser) {
    this.#chain = chain;
  }

  supportsNode(node: TypeNode): boolean {
    return camelCased(node) !== undefined;
  }

  createType(node: TypeNode, context: Context, reference?: ReferenceType): BaseType {
    const argument = camelCased(node);
    if (argument === undefined) throw new Error('CamelCase<T> without T');
    return this.#chain.createType(argument, context, reference);
  }
}

/** `T` of `CamelCase<T>`. */
function camelCased(node: TypeNode): TypeNode | undefined {
  if (!('typeName' in node) || !('typeArguments' in node) || !Array.isArray(node.typeArguments)) return undefined;
  const name: unknown = node.typeName;
  const isCamelCase = typeof name === 'object' && name !== null && 'text' in name && name.text === 'CamelCase';
  return isCamelCase ? node.typeArguments[0] : undefined;
}

function plain(schema: unknown): TypeSchema {
  if (typeof schema !== 'object' || schema === null) throw new Error(`Not a schema: ${JSON.stringify(schema)}`);
  return schema;
}
