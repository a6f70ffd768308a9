import { kinds } from '../../src/kinds/index.ts';
import type { ApiProxy } from './api-proxy.ts';
import { eventually } from './eventually.ts';

/** What a bed's operator watches: it reads no AWSAccounts, which all test files share. */
export const watchedPlurals: readonly string[] = kinds
  .filter(({ account }) => account === undefined)
  .map(({ names }) => names.plural);

/** Every kind is watched, and has been for so long. */
export async function allWatching(proxy: ApiProxy, forMs = 0): Promise<void> {
  await eventually('every kind is watched', async () => {
    const since = performance.now() - forMs;
    const value = proxy.watches.filter(({ openedAt }) => openedAt <= since).map(({ path }) => path);
    return { value, done: areOfEveryKind(value) };
  });
}

/** True when these paths of requests name each of them. */
export function areOfEveryKind(paths: readonly string[]): boolean {
  return watchedPlurals.every((plural) => paths.some((path) => path.endsWith(`/${plural}`)));
}
