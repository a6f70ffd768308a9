import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceNames } from '../../src/kinds/service/names.ts';
import { pathOf } from '../../src/kube/paths.ts';
import { apply, isReady, type Scenario } from './bench-bed.ts';
import { cluster, service, taskDefinition } from './manifests.ts';

const ROUNDS = 60;
/** Long enough for the operator to be idle again. */
const IDLE_MS = 600;

/** From the start of the apply of one service, on an idle operator, to its CreateService, and to Ready as a watcher sees it. */
export async function latency(scenario: Scenario): Promise<void> {
  await apply(scenario, cluster('shared'));
  await apply(scenario, taskDefinition('shared'));
  const firstCalls: number[] = [];
  const readies: number[] = [];
  const watch = new AbortController();
  const seen = new Map<string, () => void>();
  const watching = watchReady(scenario, watch.signal, (name) => seen.get(name)?.());
  for (let round = 0; round < ROUNDS; round += 1) {
    await delay(IDLE_MS);
    const name = `service-${round}`;
    const start = performance.now();
    let calledAt: number | undefined;
    const remove = scenario.region.faults.onRequest((_entry, phase) => {
      if (phase === 'before') calledAt ??= performance.now();
    });
    const ready = new Promise<void>((resolve) => seen.set(name, resolve));
    await apply(scenario, service(name, 'shared', 'shared'));
    const applied = performance.now();
    await ready;
    remove();
    if (calledAt !== undefined) firstCalls.push(calledAt - applied);
    readies.push(performance.now() - start);
  }
  watch.abort();
  await watching;
  process.stdout.write(`\none service at a time, ${ROUNDS} rounds\n`);
  process.stdout.write(`  ${'applied to first AWS call:'.padEnd(40)} ${percentiles(firstCalls)}\n`);
  process.stdout.write(`  ${'apply to Ready, as a watch shows it:'.padEnd(40)} ${percentiles(readies)}\n`);
  await scenario.stop();
}

async function watchReady(scenario: Scenario, signal: AbortSignal, onReady: (name: string) => void): Promise<void> {
  const path = pathOf(serviceNames, scenario.namespace);
  try {
    for await (const text of await scenario.admin.stream({ path, query: { watch: true }, signal })) {
      const event: { readonly object: Parameters<typeof isReady>[0] } = JSON.parse(text);
      if (isReady(event.object)) onReady(event.object.metadata.name);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function percentiles(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`;
}
