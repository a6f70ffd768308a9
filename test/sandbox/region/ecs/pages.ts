import { invalidParameter } from '../errors.ts';
import { paged } from '../paged.ts';

interface Page {
  readonly items: string[];
  readonly nextToken: string | undefined;
}

export interface PageInput {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

/** One page of a list of ARNs. */
export function page(
  all: readonly string[],
  input: PageInput,
  limits: { readonly size: number; readonly max: number },
): Page {
  const size = input.maxResults ?? limits.size;
  if (!Number.isInteger(size) || size < 1 || size > limits.max) {
    throw invalidParameter(`Max results must be between 1 and ${limits.max}`);
  }
  return paged(all, (arn) => arn, {
    token: input.nextToken,
    size,
    invalidToken: () => invalidParameter('Invalid token'),
  });
}
