import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Manifest, type TestBed, testBed } from '../support/test-bed.ts';
import { change, settled, workloads } from '../support/workloads.ts';

const [create] = workloads;
const trio = create?.to ?? [];

/** The same trio under another name. */
function named(name: string): readonly Manifest[] {
  return JSON.parse(JSON.stringify(trio).replaceAll('"name":"quickstart"', `"name":"${name}"`));
}

function scaled(manifests: readonly Manifest[], desiredCount: number): readonly Manifest[] {
  return manifests.map((one) => (one.kind === 'ECSService' ? { ...one, spec: { ...one.spec, desiredCount } } : one));
}

/** True for calls about things in this cluster, such as DescribeServices, but not for those about clusters. */
function isIn(cluster: string, input: unknown): boolean {
  const named: unknown = typeof input === 'object' && input !== null && 'cluster' in input ? input.cluster : undefined;
  return typeof named === 'string' && named.endsWith(`/${cluster}`);
}

describe('a region that accepts calls and never answers', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed();
  });
  afterAll(() => bed.stop());

  it('for one cluster ends the passes of its services by the time-out, lets the others work, and is survived', {
    timeout: 90_000,
  }, async () => {
    const { region, passes, namespace } = bed;
    const both = [...named('stuck'), ...named('free')];
    await change(bed, [], both);
    await settled(bed, [], both);

    const mark = region.journal.mark();
    const before = (await passes()).length;
    const heal = region.faults.add({ fault: { kind: 'hang' }, match: ({ input }) => isIn('stuck', input), times: 0 });
    const more = scaled(both, 3);
    await change(bed, both, more);
    const hung = await region.journal.waitFor(({ input }) => isIn('stuck', input), 5_000, mark);
    const free = more.filter(({ metadata }) => metadata.name === 'free');
    await settled(bed, [], free);
    expect(Date.now() - hung.startedAt).toBeLessThan(5_000);

    // The pass ends by itself, a read after two attempts of ten seconds, and the user sees why.
    const ended = await eventually(
      'the pass that hangs has ended',
      async () => {
        const value = (await passes())
          .slice(before)
          .find(({ kind, key }) => kind === 'ECSService' && key === `${namespace}/stuck`);
        return { value, done: value !== undefined };
      },
      30_000,
    );
    expect(ended?.result).toMatchObject({ kind: 'failed', reason: 'Timeout' });
    expect(ended?.durationMs).toBeLessThan(25_000);
    await bed.notReady('ECSService', 'stuck', 'Timeout');

    heal();
    await settled(bed, [], more);
    expect(region.journal.mutations(mark).map(({ operation }) => operation)).toEqual([
      'UpdateService',
      'UpdateService',
    ]);
  });
});
