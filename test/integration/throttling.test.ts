import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cluster, service, taskDefinition } from '../support/manifests.ts';
import { recordStatuses } from '../support/status-log.ts';
import { type TestBed, testBed } from '../support/test-bed.ts';

describe('when AWS throttles every second call', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed();
  });
  afterAll(() => bed.stop());

  it('settled services stay Ready, new ones settle, and nothing is made twice', async () => {
    const names = (prefix: string) => Array.from({ length: 10 }, (_, index) => `${prefix}-${index}`);
    const shared = (name: string) =>
      service(name, { clusterRef: { name: 'shared' }, taskDefinitionRef: { name: 'shared' } });
    await bed.apply(cluster('shared'), taskDefinition('shared'), ...names('old').map(shared));
    for (const name of names('old')) await bed.ready('ECSService', name);
    const log = await recordStatuses(bed);
    const mark = bed.region.journal.mark();

    const calm = storm();
    await bed.apply(...names('new').map(shared));
    await Promise.all(names('old').map((name) => bed.pass('ECSService', name)));
    await Promise.all(names('old').map((name) => bed.pass('ECSService', name)));
    await bed.region.journal.waitFor(throttledAfter(10), 20_000, mark);
    calm();

    for (const name of [...names('new'), ...names('old')]) await bed.ready('ECSService', name);
    await log.stop();
    for (const name of names('old')) expect(log.readyOf('ECSService', name)).toEqual(['True/Live']);
    expect(log.violations()).toEqual([]);
    const made = bed.region.journal.mutations(mark).filter(({ outcome }) => outcome === 'ok');
    expect(made.map(({ operation }) => operation)).toEqual(names('new').map(() => 'CreateService'));
    expect(bed.region.inventory().services).toHaveLength(20);
  }, 150_000);

  function storm(): () => void {
    let calls = 0;
    const everySecond = (): boolean => {
      calls += 1;
      return calls % 2 === 0;
    };
    return bed.region.faults.add({ fault: { kind: 'throttle' }, times: 0, match: everySecond });
  }

  function throttledAfter(count: number): (entry: { readonly outcome: string }) => boolean {
    let seen = 0;
    return ({ outcome }) => {
      if (outcome === 'ThrottlingException') seen += 1;
      return seen >= count;
    };
  }
});

describe('when AWS keeps to its published rates', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed({ region: { rates: 'published' }, values: { aws: { quotaScale: 1 } } });
  });
  afterAll(() => bed.stop());

  // RegisterTaskDefinition has 20 tokens and gets one a second.
  it('more task definitions and services than one burst allows become Ready, and no call is one too many', async () => {
    const names = Array.from({ length: 24 }, (_, index) => `web-${index}`);
    await bed.apply(
      cluster('shared'),
      ...names.flatMap((name) => [taskDefinition(name), service(name, { clusterRef: { name: 'shared' } })]),
    );
    for (const name of names) await bed.ready('ECSService', name);
    expect(bed.region.journal.entries.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(bed.mutations(0).filter((operation) => operation === 'RegisterTaskDefinition')).toHaveLength(24);
  }, 120_000);
});
