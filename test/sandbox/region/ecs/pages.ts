import { invalidParameter } from '../errors.ts';

export interface Page {
  readonly items: string[];
  readonly nextToken: string | undefined;
}

export interface PageInput {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

/** One page of a list of ARNs. The token remembers the last ARN and its place, so that pages survive deletions in between. */
export function page(
  all: readonly string[],
  input: PageInput,
  limits: { readonly size: number; readonly max: number },
): Page {
  const size = input.maxResults ?? limits.size;
  if (!Number.isInteger(size) || size < 1 || size > limits.max) {
    throw invalidParameter(`Max results must be between 1 and ${limits.max}`);
  }
  const start = input.nextToken === undefined ? 0 : startOf(all, input.nextToken);
  const items = all.slice(start, start + size);
  const last = items.at(-1);
  const end = start + items.length;
  return { items, nextToken: last === undefined || end >= all.length ? undefined : tokenOf(last, end) };
}

function tokenOf(last: string, end: number): string {
  return Buffer.from(`${end}|${last}`).toString('base64url');
}

function startOf(all: readonly string[], token: string): number {
  const match = /^(\d+)\|(.+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (match === null) throw invalidParameter('Invalid token');
  const place = all.indexOf(match[2] ?? '');
  return place >= 0 ? place + 1 : Math.min(Number(match[1]), all.length);
}
