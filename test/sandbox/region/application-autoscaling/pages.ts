import { AwsError } from '../errors.ts';
import { validation } from './errors.ts';

export interface PageInput {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** One page of things that have an ID. The token remembers the last one, so that pages survive changes in between. */
export function page<Item>(
  all: readonly Item[],
  idOf: (item: Item) => string,
  input: PageInput,
  max: number,
): { readonly items: Item[]; readonly NextToken: string | undefined } {
  const size = input.MaxResults ?? max;
  if (size < 1 || size > max) throw validation(`MaxResults must be between 1 and ${max}`);
  const start = input.NextToken === undefined ? 0 : startOf(all.map(idOf), input.NextToken);
  const items = all.slice(start, start + size);
  const last = items.at(-1);
  const more = last !== undefined && start + size < all.length;
  return { items, NextToken: more ? Buffer.from(idOf(last)).toString('base64url') : undefined };
}

function startOf(ids: readonly string[], token: string): number {
  const place = ids.indexOf(Buffer.from(token, 'base64url').toString());
  if (place < 0) throw new AwsError('InvalidNextTokenException', 'The next token supplied was invalid.');
  return place + 1;
}
