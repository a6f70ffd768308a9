import { AwsError } from '../errors.ts';
import { paged } from '../paged.ts';
import { validation } from './errors.ts';

interface PageInput {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** One page of things that have an ID. */
export function page<Item>(
  all: readonly Item[],
  idOf: (item: Item) => string,
  { MaxResults: size, NextToken: token }: PageInput,
  max: number,
): { readonly items: Item[]; readonly NextToken: string | undefined } {
  if (size !== undefined && (size < 1 || size > max)) throw validation(`MaxResults must be between 1 and ${max}`);
  const { items, nextToken } = paged(all, idOf, { token, size: size ?? max, invalidToken });
  return { items, NextToken: nextToken };
}

const invalidToken = (): AwsError => new AwsError('InvalidNextTokenException', 'The next token supplied was invalid.');
