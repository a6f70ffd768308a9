import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownerTag } from '../../src/aws/ownership.ts';
import type { ControlPlane } from '../sandbox/control-plane/index.ts';
import { INSTANT } from '../sandbox/region/timings.ts';
import { allWatching, areOfEveryKind, watchedPlurals } from '../support/all-watching.ts';
import { type ApiEntry, type ApiProxy, errorEvent, isList, isWatch } from '../support/api-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { inLanes, type Lane, run, startLanes } from '../support/lane.ts';
import { mutationCounts } from '../support/mutation-counts.ts';
import { startOperatorCluster } from '../support/operator-cluster.ts';
import { nothing } from '../support/oracles.ts';
import { type ProxiedBed, proxiedBed } from '../support/proxied-bed.ts';
import { condition, namesOf, type TestBed, testBed } from '../support/test-bed.ts';
import { change, settled, type Workload, workloads } from '../support/workloads.ts';

function workload(name: string): Workload {
  const found = workloads.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no workload "${name}"`);
  return found;
}

const create = workload('create everything');
const roll = workload('roll out another image');
const scale = workload('scale');

async function clear(bed: TestBed): Promise<void> {
  await change(bed, create.to, []);
  await settled(bed, create.to, []);
  expect(bed.region.inventory()).toEqual(nothing);
}

/** What befalls it while a service rolls out; it is well again when the promise resolves. */
const outages: readonly { readonly name: string; readonly happen: (cluster: ControlPlane) => Promise<void> }[] = [
  { name: 'is killed and started again on the same data', happen: (cluster) => cluster.restartApiServer() },
  // Shorter than the leader may go without renewing its Lease.
  { name: 'has no answer from etcd for six seconds', happen: (cluster) => cluster.stallEtcd({ forMs: 6_000 }) },
];

describe('an API server that', () => {
  let controlPlane: ControlPlane;
  let bed: TestBed;
  beforeAll(async () => {
    controlPlane = await startOperatorCluster({ mayRefuse: true });
    // Slow enough for the rollout to be under way when it happens.
    const timings = { scheduler: 50, provisioning: 200, pulling: 400, activating: 50, healthy: 400 };
    bed = await testBed({ cluster: controlPlane, region: { timings: { ...INSTANT, ...timings } } });
  });
  afterAll(async () => {
    await bed.stop();
    await controlPlane.stop();
  });

  it.for(outages)(
    '$name under a rolling service: the rollout comes to its end, and nothing is done twice',
    {
      timeout: 120_000,
    },
    async ({ happen }) => {
      const { journal } = bed.region;
      await change(bed, [], roll.from);
      await settled(bed, [], roll.from);
      const mark = journal.mark();
      await change(bed, roll.from, roll.to);
      await journal.waitFor(({ operation }) => operation === 'UpdateService', 10_000, mark);
      await happen(controlPlane);
      await settled(bed, roll.from, roll.to);
      expect(mutationCounts(journal.mutations(mark))).toEqual({
        'RegisterTaskDefinition quickstart': 1,
        'UpdateService quickstart': 1,
      });
      // The operator hears of changes again.
      await clear(bed);
    },
  );
});

/** How every watch of the operator ends, and what it meets until it is well again. */
interface Breakage {
  readonly name: string;
  /** Ends the open watches. */
  end(proxy: ApiProxy): void;
  /** Watches are refused with this status until the object has been changed. */
  readonly refusal?: number;
  /** Lists that this may cost, for each kind. */
  lists(refused: number): number;
}

const cut = (text: string) => (proxy: ApiProxy) => {
  for (const watch of proxy.watches) watch.cut(text);
};
const end = (line: string) => (proxy: ApiProxy) => {
  for (const watch of proxy.watches) watch.end(line);
};
const halfALine = '{"type":"MODIFIED","object":{"apiVersion":"ecs-oper';

const breakages: readonly Breakage[] = [
  { name: 'is answered with 410', end: cut(''), refusal: 410, lists: (refused) => refused },
  { name: 'is answered with 500', end: cut(''), refusal: 500, lists: () => 0 },
  { name: 'ends with an ERROR event 410', end: end(errorEvent(410)), lists: () => 1 },
  { name: 'ends with an ERROR event 500', end: end(errorEvent(500)), lists: () => 0 },
  { name: 'is cut in the middle of a line', end: cut(halfALine), lists: () => 0 },
  { name: 'ends cleanly in the middle of a line', end: end(halfALine), lists: () => 0 },
];

describe('a watch that', () => {
  let proxied: ProxiedBed;
  beforeAll(async () => {
    proxied = await proxiedBed();
  });
  afterAll(() => proxied.stop());

  it.for(breakages)(
    '$name: changes made meanwhile are carried out once, with no list more than needed',
    async ({ end: endWatches, refusal, lists }) => {
      const { bed, proxy } = proxied;
      await change(bed, [], scale.from);
      await settled(bed, [], scale.from);
      // Those that end sooner count as failures, and are opened again later each time.
      await allWatching(proxy, 1_500);
      const mark = bed.region.journal.mark();
      const before = proxy.journal.length;
      const heal = refusal === undefined ? () => {} : proxy.refuse({ match: isWatch, status: refusal });
      endWatches(proxy);
      await change(bed, scale.from, scale.to);
      if (refusal !== undefined) await refusedEach(proxy, before);
      heal();
      await settled(bed, scale.from, scale.to);
      await allWatching(proxy);
      expect(mutationCounts(bed.region.journal.mutations(mark))).toEqual({ 'UpdateService quickstart': 1 });
      const since = proxy.journal.slice(before);
      for (const plural of watchedPlurals) {
        const ofKind = since.filter(({ path }) => path.endsWith(`/${plural}`));
        const refused = ofKind.filter((entry) => isWatch(entry) && entry.status === refusal).length;
        expect({ plural, lists: ofKind.filter(isList).length }).toEqual({ plural, lists: lists(refused) });
      }
      await clear(bed);
    },
  );
});

/** Every kind's watch has met the refusal. */
async function refusedEach(proxy: ApiProxy, from: number): Promise<void> {
  await eventually('every kind was refused a watch', async () => {
    const refused = proxy.journal.slice(from).filter((entry: ApiEntry) => isWatch(entry) && entry.status !== 200);
    const value = refused.map(({ path }) => path);
    return { value, done: areOfEveryKind(value) };
  });
}

describe('a store that is behind', () => {
  let lanes: readonly [Lane, ...Lane[]];
  beforeAll(async () => {
    lanes = await startLanes(3);
  });
  afterAll(() => Promise.all(lanes.map((lane) => lane.stop())));

  it('by two seconds after each write: nothing is done twice (row 22)', { timeout: 180_000 }, async () => {
    await inLanes(
      lanes,
      workloads.values(),
      ({ name }) => name,
      async (each, lane) => {
        const undisturbed = await run(each, lane);
        const late = await run(each, lane, ({ proxy }) =>
          proxy.onWatchLine(async (line) => {
            await delay(2_000);
            return line;
          }),
        );
        expect(late).toEqual(undisturbed);
      },
    );
  });

  it.for([create, roll, workload('delete everything')])(
    'and never hears of one event of "$name", whichever it is: the end is the same (row 27)',
    { timeout: 180_000 },
    async (each) => {
      const undisturbed = await run(each, lanes[0]);
      let passed = false;
      function* events(): Generator<number, void> {
        for (let k = 1; !passed; k += 1) yield k;
      }
      await inLanes(
        lanes,
        events(),
        (k) => `without event ${k}`,
        async (k, lane) => {
          let seen = 0;
          const result = await run(each, lane, ({ proxy }) =>
            proxy.onWatchLine((line, watch) => {
              seen += 1;
              if (seen !== k) return line;
              // What comes instead is a list, in which whatever happened in between cannot be seen.
              watch.end(errorEvent(410));
              return undefined;
            }),
          );
          if (seen < k) passed = true;
          expect(result).toEqual(undisturbed);
        },
      );
    },
  );
});

describe('an object that was deleted and made again while nobody watched', () => {
  let proxied: ProxiedBed;
  beforeAll(async () => {
    proxied = await proxiedBed();
  });
  afterAll(() => proxied.stop());

  it('does not get what belongs to its predecessor, unless it adopts it (row 25)', async () => {
    const { bed, proxy } = proxied;
    await change(bed, [], create.to);
    await settled(bed, [], create.to);
    await allWatching(proxy);
    const { plural } = namesOf('ECSService');
    const [service] = create.to.filter(({ kind }) => kind === 'ECSService');
    if (service === undefined) throw new Error('no service in the quickstart');
    const before = await bed.get('ECSService', 'quickstart');
    const mark = bed.region.journal.mark();

    const heal = proxy.refuse({ match: (entry) => isWatch(entry) && entry.path.endsWith(`/${plural}`), status: 500 });
    for (const watch of proxy.watches.filter(({ path }) => path.endsWith(`/${plural}`))) watch.cut('');
    await bed.kubectl('patch', plural, 'quickstart', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    await bed.delete('ECSService', 'quickstart');
    await bed.apply(service);
    heal();

    const refused = await bed.notReady('ECSService', 'quickstart', 'NotOwned');
    expect(refused.metadata.uid).not.toBe(before?.metadata.uid);
    expect(condition(refused, 'Stalled')?.status).toBe('True');
    expect(bed.region.journal.mutations(mark)).toEqual([]);

    await bed.apply({ ...service, spec: { ...service.spec, adoptionPolicy: 'Adopt' } });
    await bed.ready('ECSService', 'quickstart');
    expect(bed.region.journal.mutations(mark).map(({ operation }) => operation)).toEqual(['TagResource']);
    expect(JSON.stringify(bed.region.journal.mutations(mark).map(({ input }) => input))).toContain(
      JSON.stringify({ key: ownerTag, value: refused.metadata.uid }),
    );
    await clear(bed);
  });
});
