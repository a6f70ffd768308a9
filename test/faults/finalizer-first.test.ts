import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectTag } from '../../src/aws/ownership.ts';
import { FINALIZER } from '../../src/engine/finalizer.ts';
import { kinds } from '../../src/kinds/index.ts';
import { isMutation } from '../sandbox/region/index.ts';
import { isFinalizerWrite } from '../support/api-proxy.ts';
import { inLanes, type Lane, run, startLanes } from '../support/lane.ts';
import { nothing } from '../support/oracles.ts';
import { change, settled, workloads } from '../support/workloads.ts';

/** `Kind/namespace/name` of the object that a mutation names as its owner, in the form of ECS, of Auto Scaling or of EC2. */
function ownerOf(input: unknown): string | undefined {
  const { tags, Tags, TagSpecifications } = membersOf(input);
  const [specification] = listOf(TagSpecifications);
  const all = [tags, Tags, membersOf(specification).Tags].flatMap(listOf).map(membersOf);
  const owner = all.find(({ key, Key }) => key === objectTag || Key === objectTag);
  return owner === undefined ? undefined : String(owner.value ?? owner.Value);
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The same of the object that a request to the API server is about. */
function objectOf(path: string): string {
  const [, namespace, plural, name] = /\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const kind = kinds.find(({ names }) => names.plural === plural)?.names.kind;
  return `${kind}/${namespace}/${name}`;
}

/** When each object got its finalizer, as the operator was told. The last counts: names are used again. */
function finalizersOf({ proxy }: Lane): ReadonlyMap<string, number> {
  const stored = proxy.journal.filter(
    (entry) => isFinalizerWrite(entry) && entry.status === 200 && entry.body.includes(FINALIZER),
  );
  return new Map(stored.map((entry) => [objectOf(entry.path), entry.answeredAt ?? Number.POSITIVE_INFINITY]));
}

describe('the finalizer', () => {
  let lanes: readonly [Lane, ...Lane[]];
  beforeAll(async () => {
    lanes = await startLanes(1);
  });
  afterAll(() => Promise.all(lanes.map((lane) => lane.stop())));

  it('is stored before AWS is asked to make anything for the object, in every workload', async () => {
    const seen = new Set<string>();
    const early: string[] = [];
    await inLanes(
      lanes,
      workloads.values(),
      ({ name }) => name,
      async (workload, lane) => {
        const unhook = lane.bed.region.faults.onRequest((entry, phase) => {
          const owner = phase === 'before' && isMutation(entry) ? ownerOf(entry.input) : undefined;
          if (owner === undefined) return;
          seen.add(entry.operation);
          const storedAt = finalizersOf(lane).get(owner) ?? Number.POSITIVE_INFINITY;
          if (storedAt >= performance.now()) early.push(`${entry.operation} for ${owner}`);
        });
        await run(workload, lane);
        unhook();
        lane.proxy.journal.length = 0;
      },
    );
    expect(early).toEqual([]);
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'CreateCluster',
        'RegisterTaskDefinition',
        'CreateService',
        'CreateLaunchTemplate',
        'CreateAutoScalingGroup',
        'CreateCapacityProvider',
      ]),
    );
  });

  it('comes first also when the API server refuses it for a while: until then AWS hears of nothing', async () => {
    const [{ bed, proxy }] = lanes;
    const [create] = workloads;
    if (create === undefined) throw new Error('no workload');
    const mark = bed.region.journal.mark();
    const refused = Promise.withResolvers<void>();
    let refusals = 0;
    const heal = proxy.refuse({
      status: 500,
      match: (entry) => {
        if (!isFinalizerWrite(entry)) return false;
        refusals += 1;
        if (refusals === 2 * create.to.length) refused.resolve();
        return true;
      },
    });
    await change(bed, [], create.to);
    await refused.promise;
    expect(bed.region.journal.since(mark)).toEqual([]);
    heal();
    await settled(bed, [], create.to);
    await change(bed, create.to, []);
    await settled(bed, create.to, []);
    expect(bed.region.inventory()).toEqual(nothing);
  });
});
