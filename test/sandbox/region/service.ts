import { AwsError } from './errors.ts';
import type { Caller } from './wire/caller.ts';
import type { World } from './world.ts';

/**
 * Runs one operation. The input has been checked against the SDK's schema of that very operation, so a handler declares the SDK's input type.
 * Throws an `AwsError` before it has changed anything, or not at all.
 */
export type Handler = (world: World, input: never, caller: Caller) => object;

export type Handlers = Readonly<Record<string, Handler>>;

/** How one service words what its schemas cannot say. */
export interface Dialect {
  /** Allowed values by `Structure.member`; the runtime schemas have no enums. */
  readonly enums: ReadonlyMap<string, readonly string[]>;
  /** A required member is absent; `path` leads to it from the input, as in `tags.1.member.key`. */
  missing(structure: string, member: string, path: string): AwsError;
  notInEnum(path: string, value: unknown, allowed: readonly string[]): AwsError;
}

/** The words of the framework most AWS services are built with; only the error's code is the service's own. */
export function constraintDialect(code: string, enums: Dialect['enums']): Dialect {
  const violated = (message: string): AwsError => new AwsError(code, `1 validation error detected: ${message}`);
  return {
    enums,
    missing: (_structure, _member, path) =>
      violated(`Value null at '${path}' failed to satisfy constraint: Member must not be null`),
    notInEnum: (path, value, allowed) =>
      violated(
        `Value '${String(value)}' at '${path}' failed to satisfy constraint: ` +
          `Member must satisfy enum value set: [${allowed.join(', ')}]`,
      ),
  };
}
