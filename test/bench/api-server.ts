import type { Transport } from '../../src/kube/transport.ts';

/** How many requests the API server has answered so far, by verb and resource, from its own metrics. */
export async function apiRequests(admin: Transport): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const signal = AbortSignal.timeout(10_000);
  for await (const text of await admin.stream({ path: '/metrics', signal })) {
    const labels = /^apiserver_request_total\{(.*)\} (\d+)/.exec(text);
    if (labels?.[1] === undefined) continue;
    const value = (name: string): string => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels[1] ?? '')?.[1] ?? '';
    const name = `${value('verb')} ${[value('resource'), value('subresource')].filter((part) => part !== '').join('/')}`;
    counts.set(name, (counts.get(name) ?? 0) + Number(labels[2]));
  }
  return counts;
}

/** What has been added since, for our own resources and Events. */
export function apiRequestsSince(
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
): Record<string, number> {
  const added: Record<string, number> = {};
  for (const [name, count] of now) {
    const more = count - (before.get(name) ?? 0);
    if (more > 0 && / (ecs|events)/.test(name)) added[name] = more;
  }
  return added;
}
