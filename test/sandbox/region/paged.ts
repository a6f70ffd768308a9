import type { AwsError } from './errors.ts';

interface Paged<T> {
  readonly items: T[];
  readonly nextToken: string | undefined;
}

/** One page of a list in a fixed order. The token remembers the last item's id and its place, so that pages survive deletions in between. */
export function paged<T>(
  all: readonly T[],
  idOf: (item: T) => string,
  request: { readonly token: string | undefined; readonly size: number; readonly invalidToken: () => AwsError },
): Paged<T> {
  const start = request.token === undefined ? 0 : startOf(all, idOf, request.token, request.invalidToken);
  const items = all.slice(start, start + request.size);
  const end = start + items.length;
  const last = items.at(-1);
  return { items, nextToken: last === undefined || end >= all.length ? undefined : tokenOf(end, idOf(last)) };
}

function tokenOf(end: number, last: string): string {
  return Buffer.from(`${end}|${last}`).toString('base64url');
}

function startOf<T>(all: readonly T[], idOf: (item: T) => string, token: string, invalidToken: () => AwsError): number {
  const match = /^(\d+)\|(.+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (match === null) throw invalidToken();
  const place = all.findIndex((item) => idOf(item) === match[2]);
  return place >= 0 ? place + 1 : Math.min(Number(match[1]), all.length);
}
