import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { kinds } from '../../src/kinds/index.ts';
import { apiRequests, apiRequestsSince } from './api-server.ts';
import { applyAll, type Bench, deleteAll, isReady, list, type Scenario, startBench } from './bench-bed.ts';
import { failover } from './failover.ts';
import { latency } from './latency.ts';
import { cluster, group, service, taskDefinition, trio } from './manifests.ts';
import { usageOf } from './process-usage.ts';
import { regionThroughput } from './region.ts';

const all = kinds.map(({ names }) => names);

/** Measures and prints; it asserts nothing, because this machine is not yours. Arguments name scenarios; without any, all but the slowest run. */
const scenarios: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  latency: async (bench) => latency(await bench.scenario('latency')),
  trios: async (bench) => trios(await bench.scenario('trios'), 100),
  groups: async (bench) => groups(await bench.scenario('groups'), 100),
  services: async (bench) => services(await bench.scenario('services', { ECS_OPERATOR_RESYNC: '60' }), 500),
  objects: async (bench) => objects(await bench.scenario('objects'), 2_000),
  /** The same with AWS's published request quotas enforced: minutes, so only when named. */
  quotas: async (bench) =>
    trios(await bench.scenario('quotas', { ECS_OPERATOR_AWS_QUOTA_SCALE: '1' }, 'published'), 100),
  /** Forty hand-overs with the production lease times: a quarter of an hour, so only when named. */
  failover: reportFailover,
};
const onlyWhenNamed: readonly string[] = ['quotas', 'failover'];
/** Needs neither the control plane nor an operator. */
const REGION = 'region';

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => name !== REGION && !Object.hasOwn(scenarios, name));
  if (unknown.length > 0)
    throw new Error(`no scenario ${unknown.join(', ')}; there are ${[REGION, ...Object.keys(scenarios)].join(', ')}`);
  if (wanted.length === 0 || wanted.includes(REGION)) await region();
  if (wanted.length > 0 && wanted.every((name) => name === REGION)) return;
  const bench = await startBench();
  let failed = true;
  try {
    for (const [name, run] of Object.entries(scenarios)) {
      if (wanted.includes(name) || (wanted.length === 0 && !onlyWhenNamed.includes(name))) await run(bench);
    }
    failed = false;
  } finally {
    const logs = await bench.stop(failed);
    if (failed) process.stderr.write(`The operators' logs are in ${logs}\n`);
  }
}

async function reportFailover(bench: Bench): Promise<void> {
  for (const { signal, seconds, exitCodes, late } of await failover(bench)) {
    const sorted = seconds.toSorted((a, b) => a - b);
    const at = (part: number): string => (sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN).toFixed(2);
    title(`${seconds.length} leaders of three replicas end by SIG${signal}`);
    line('until the next one asks AWS', `p50 ${at(0.5)} s, p95 ${at(0.95)} s, max ${at(1)} s`);
    line('exit codes', [...new Set(exitCodes)].join(', '));
    line('requests of the old leader afterwards', String(late));
  }
}

async function region(): Promise<void> {
  title('DescribeServices of the simulated region');
  for (const [name, figure] of await regionThroughput()) line(name, figure);
}

async function trios(scenario: Scenario, count: number): Promise<void> {
  const manifests = Array.from({ length: count }, (_, index) => trio(`trio-${index}`)).flat();
  title(`${count} independent trios applied at once`);
  const before = await apiRequests(scenario.admin);
  const seconds = await timed(async () => {
    await applyAll(scenario, manifests);
    await untilReady(scenario, count * 3);
  });
  await reportCreated(scenario, seconds, count, 'trio');
  line('API server requests', describe(apiRequestsSince(before, await apiRequests(scenario.admin))));
  await reportDeletion(scenario);
  await scenario.stop();
}

/** Cluster, provider, group and template, which refer to one another in a circle; each group has one instance. */
async function groups(scenario: Scenario, count: number): Promise<void> {
  const manifests = Array.from({ length: count }, (_, index) => group(`group-${index}`)).flat();
  title(`${count} Auto Scaling groups with template, capacity provider and cluster applied at once`);
  const seconds = await timed(async () => {
    await applyAll(scenario, manifests);
    await untilReady(scenario, manifests.length);
  });
  await reportCreated(scenario, seconds, count, 'group');
  title(`${count} settled groups over a minute`);
  await delay(30_000);
  const settled = scenario.region.journal.mark();
  await delay(60_000);
  line('AWS calls', describe(scenario.region.journal.count(settled)));
  const deletion = scenario.region.journal.mark();
  await reportDeletion(scenario);
  line('AWS calls of the deletion', describe(scenario.region.journal.count(deletion)));
  await scenario.stop();
}

async function services(scenario: Scenario, count: number): Promise<void> {
  await applyAll(scenario, [cluster('shared'), taskDefinition('shared')]);
  await untilReady(scenario, 2);
  title(`${count} services in one cluster applied at once`);
  const manifests = Array.from({ length: count }, (_, index) => service(`service-${index}`, 'shared', 'shared'));
  const seconds = await timed(async () => {
    await applyAll(scenario, manifests);
    await untilReady(scenario, count + 2);
  });
  await reportCreated(scenario, seconds, count, 'service');
  title(`${count} settled services over one resync period (here 60 s, by default 300 s)`);
  // The first period after the burst may hold what is left of it.
  await delay(60_000);
  const mark = scenario.region.journal.mark();
  await delay(60_000);
  const calls = scenario.region.journal.count(mark);
  line('calls a resync period', describe(calls));
  // Clusters are looked at every minute whatever the resync.
  const clusters = calls.DescribeClusters ?? 0;
  line('calls a minute at the default resync', ((sum(calls) - clusters) / 5 + clusters).toFixed(1));
  await reportDeletion(scenario);
  await scenario.stop();
}

async function objects(scenario: Scenario, count: number): Promise<void> {
  await applyAll(scenario, [cluster('shared')]);
  title(`${count} objects (half task definitions, half services)`);
  const names = Array.from({ length: count / 2 }, (_, index) => `object-${index}`);
  const seconds = await timed(async () => {
    await applyAll(
      scenario,
      names.map((name) => taskDefinition(name)),
    );
    await applyAll(
      scenario,
      names.map((name) => service(name, 'shared', name)),
    );
    await untilReady(scenario, count + 1);
  });
  await reportCreated(scenario, seconds, count, 'object');
  await scenario.stop();
}

async function untilReady(scenario: Scenario, count: number): Promise<void> {
  const deadline = performance.now() + 400_000;
  for (;;) {
    const objects = (await Promise.all(all.map((names) => list(scenario, names)))).flat();
    const ready = objects.filter(isReady).length;
    if (ready >= count) return;
    if (performance.now() > deadline) throw new Error(`${ready} of ${count} objects are Ready in time`);
    await delay(100);
  }
}

async function reportCreated(scenario: Scenario, seconds: number, count: number, what: string): Promise<void> {
  const { peakRssMb, rssMb, cpuSeconds } = await usageOf(scenario.operator.pid);
  const calls = scenario.region.journal.count();
  line('until all are Ready', `${seconds.toFixed(2)} s`);
  line(`AWS calls a ${what}`, (sum(calls) / count).toFixed(2));
  line('AWS calls', describe(calls));
  line('of them throttled', String(scenario.region.journal.query({ outcome: 'ThrottlingException' }).length));
  line(
    'operator',
    `${peakRssMb.toFixed(0)} MB RSS at most, ${rssMb.toFixed(0)} MB now, ${cpuSeconds.toFixed(1)} s CPU since start`,
  );
}

async function reportDeletion(scenario: Scenario): Promise<void> {
  const seconds = await timed(async () => {
    await Promise.all(all.map((names) => deleteAll(scenario, names)));
    const deadline = performance.now() + 300_000;
    for (;;) {
      const left = (await Promise.all(all.map((names) => list(scenario, names)))).flat().length;
      if (left === 0) return;
      if (performance.now() > deadline) throw new Error(`${left} objects are left after five minutes`);
      await delay(100);
    }
  });
  line('all deleted at once, gone after', `${seconds.toFixed(2)} s`);
  const left = Object.entries(scenario.region.inventory()).filter(([, arns]) => arns.length > 0);
  line('left in AWS', left.length === 0 ? 'nothing' : left.map(([what, arns]) => `${arns.length} ${what}`).join(', '));
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

function describe(calls: Readonly<Record<string, number>>): string {
  return Object.entries(calls)
    .sort(([, a], [, b]) => b - a)
    .map(([operation, count]) => `${operation} ${count}`)
    .join(', ');
}

function sum(calls: Readonly<Record<string, number>>): number {
  return Object.values(calls).reduce((total, count) => total + count, 0);
}

function title(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

function line(name: string, value: string): void {
  process.stdout.write(`  ${`${name}:`.padEnd(40)} ${value}\n`);
}

await main();
