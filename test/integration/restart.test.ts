import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultEngineOptions } from '../../src/engine/options.ts';
import { eventually } from '../support/eventually.ts';
import { cluster, running, taskDefinition, trio } from '../support/manifests.ts';
import type { LoggedPass } from '../support/observed-passes.ts';
import { recordWrites } from '../support/operator-writes.ts';
import { type TestBed, testBed } from '../support/test-bed.ts';
import { until } from '../support/until.ts';

describe('stopping and starting the operator', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed({ region: { timings: { scheduler: 10, provisioning: 10, pulling: 50, healthy: 50 } } });
  });
  afterAll(() => bed.stop());

  it('over twenty settled objects changes nothing in AWS and writes no status', async () => {
    const manifests = [
      ...Array.from({ length: 6 }, (_, index) => trio(`kept-${index}`)).flat(),
      cluster('alone'),
      taskDefinition('alone'),
    ];
    expect(manifests).toHaveLength(20);
    await bed.apply(...manifests);
    for (const { kind, metadata } of manifests) await bed.ready(kind, metadata.name);
    // Clusters settle before there are services in them; their counts come with the next pass.
    await bed.passOverAll();
    const written = await recordWrites(bed);
    const mark = bed.region.journal.mark();
    const passes = (await bed.passes()).length;

    await bed.restartOperator();
    await eventually('a pass over each object', async () => {
      const value = [...keysOf((await bed.passes()).slice(passes))];
      return { value, done: value.length === manifests.length };
    });
    await bed.settled();

    expect(bed.mutations(mark)).toEqual([]);
    expect(await written()).toEqual([]);
    expect(new Set((await bed.passes()).slice(passes).map(({ result }) => result.kind))).toEqual(new Set(['settled']));
  });

  it('in the middle of a rollout ends the passes at work in time and leaves no connection to AWS', async () => {
    await bed.apply(...trio('rolling', { desiredCount: 3 }));
    await bed.ready('ECSService', 'rolling');
    const mark = bed.region.journal.mark();
    bed.region.faults.add({ fault: { kind: 'latency', ms: 300 }, operation: 'UpdateService' });
    await bed.apply(taskDefinition('rolling', running('nginx:2')));
    await until('the update is on its way', () => bed.mutations(mark).includes('UpdateService'), {
      deadlineMs: 10_000,
    });

    const begun = performance.now();
    await bed.stopOperator();
    expect(performance.now() - begun).toBeLessThan(defaultEngineOptions.drainMs);
    await eventually('no connection to AWS is open', async () => {
      const value = await bed.region.connections();
      return { value, done: value === 0 };
    });

    await bed.startOperator();
    const { status } = await bed.eventually(
      'ECSService',
      'rolling',
      'runs revision 2',
      (object) => object.status?.taskDefinitionRevision === 'rolling:2' && object.status.rolloutState === 'COMPLETED',
    );
    expect(status).toMatchObject({ runningCount: 3 });
    expect(bed.mutations(mark)).toEqual(['RegisterTaskDefinition', 'UpdateService']);
  });

  function keysOf(passes: readonly LoggedPass[]): ReadonlySet<string> {
    return new Set(passes.map(({ kind, key }) => `${kind} ${key}`));
  }
});
