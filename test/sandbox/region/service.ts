import type { AwsError } from './errors.ts';
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
  missing(structure: string, member: string): AwsError;
}
