import { OperatorError } from '../errors.ts';
import { type Answers, Batcher, incomplete } from './batcher.ts';
import type { Caller } from './command.ts';
import { type Ask, allPages, type Page, paying, prepaid } from './pages.ts';
import type { Region } from './region.ts';

/** A read that answers for many names at once: how it is sent, and how its answer is told apart. */
export interface ManyRead<Value> {
  readonly service: string;
  /** That of the first request, which the batch pays for. */
  readonly operation: string;
  /** AWS's limit of names in one call. */
  readonly maxKeys: number;
  /** What is answered for a name that AWS says does not exist. */
  readonly absent: Value;
  /** `group` is what all names of one call share, such as the cluster. */
  fetch(ask: Ask, group: string, keys: readonly string[]): Promise<Answers<Value>>;
  /** Whether AWS misses what all names of the call share, and not one of them. */
  lacksGroup?(error: OperatorError): boolean;
}

/** The batches of one kind of read in one region, shared by all passes. */
export function batcherOf<Value>(region: Region, windowMs: number, read: ManyRead<Value>): Batcher<Value> {
  return new Batcher<Value>(region.clock, {
    operation: read.operation,
    windowMs,
    maxKeys: read.maxKeys,
    queue: (caller) => region.queue(read.service, read.operation, caller),
    fetch: (group, keys, caller) => readMany(region, read, group, keys, caller),
  });
}

/** Sends one batch. When AWS refuses it as a whole because of one name, each name is asked for by itself. */
async function readMany<Value>(
  region: Region,
  read: ManyRead<Value>,
  group: string,
  keys: readonly string[],
  caller: Caller,
): Promise<Answers<Value>> {
  try {
    return await read.fetch(prepaid(region, read.service, caller), group, keys);
  } catch (error) {
    if (!(error instanceof OperatorError) || !blamesInput(error)) throw error;
    const forAll = keys.length === 1 || (group !== '' && read.lacksGroup?.(error) === true);
    if (forAll) return new Map(keys.map((key) => [key, alone(read, error)]));
    const ask = paying(region, read.service, caller);
    return new Map(await Promise.all(keys.map((key) => readOne(ask, read, group, key))));
  }
}

async function readOne<Value>(
  ask: Ask,
  read: ManyRead<Value>,
  group: string,
  key: string,
): Promise<readonly [string, { readonly value: Value } | OperatorError]> {
  try {
    const answers = await read.fetch(ask, group, [key]);
    return [key, answers.get(key) ?? incomplete(read.operation, key)];
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return [key, alone(read, error)];
  }
}

/** What an error means when the call held this one name: its group or the thing itself does not exist, or it is at fault. */
function alone<Value>(read: ManyRead<Value>, error: OperatorError): { readonly value: Value } | OperatorError {
  return error.disposition === 'absent' ? { value: read.absent } : error;
}

function blamesInput(error: OperatorError): boolean {
  return error.disposition === 'absent' || error.disposition === 'rejected' || isAboutOneResource(error);
}

/** Policies are restricted to resources: an object that names another one must not have its company refused. */
function isAboutOneResource({ reason, message }: OperatorError): boolean {
  return reason === 'AccessDenied' && /on resource: arn:/.test(message);
}

/** One request of a read by names. */
interface NamedPage<Item> extends Pick<ManyRead<Item>, 'service' | 'operation' | 'maxKeys'> {
  readonly page: (ask: Ask, names: string[], token: string | undefined) => Promise<Page<Item>>;
  readonly nameOf: (item: Item) => string | undefined;
}

/**
 * A call that filters by names, and leaves out what it does not find. Silence after the last page is AWS's way to say "does not
 * exist" there, and the only one.
 */
export function filtering<Item>({ page, nameOf, ...read }: NamedPage<Item>): ManyRead<Item | undefined> {
  return {
    ...read,
    absent: undefined,
    fetch: async (ask, _, names) => {
      const found = await allPages((token) => page(ask, [...names], token));
      const byName = new Map(found.map((item) => [nameOf(item), item]));
      return new Map(names.map((name) => [name, { value: byName.get(name) }]));
    },
  };
}

/** For a read of one thing: what AWS says does not exist is `absent`. */
export async function orAbsent<Value, Absent>(read: Promise<Value>, absent: Absent): Promise<Value | Absent> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof OperatorError && error.disposition === 'absent') return absent;
    throw error;
  }
}
