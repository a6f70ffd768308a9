import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Disposition, OperatorError } from '../../../src/errors.ts';
import type { ObjectKey } from '../../../src/kube/types.ts';
import { kstatusOf, violations } from '../../support/conformance.ts';
import { conflict, Harness, notFound, shown } from './harness.ts';

let world: Harness;

beforeEach(() => {
  world = new Harness();
});

afterEach(() => {
  for (const name of ['a', 'b', 'whole', 'part']) {
    const object = world.get(`team/${name}`);
    // A pass over an object that only waits for the finalizers of others writes nothing, and the deletion is a new generation.
    if (object?.status?.observedGeneration === object?.metadata.generation && object !== undefined) {
      expect(violations(object)).toEqual([]);
    }
  }
});

const conditions = (key: ObjectKey): string => shown(world.get(key)?.status?.conditions);
const message = (key: ObjectKey): string | undefined => world.get(key)?.status?.conditions?.[0]?.message;
const failure = (disposition: Disposition): OperatorError => new OperatorError(disposition, 'Why', 'Because.');

/** As a gateway says it, or an API server that does not serve the kind. */
const unrecognized = (): OperatorError => new OperatorError('failed', 'UnrecognizedResponse', '404 page not found');
/** Answers to the question whether an object is gone that are no yes. */
const unconfirmed: readonly (readonly [string, OperatorError | undefined])[] = [
  ['shows it', undefined],
  ['does not answer', failure('failed')],
  ['is not what answers', unrecognized()],
];

/** A widget that has settled. */
async function settled(name = 'a', spec = {}): Promise<ObjectKey> {
  const key = world.put(name, { size: 1, ...spec });
  await world.run(key);
  world.journal.length = 0;
  world.events.length = 0;
  return key;
}

describe('creating', () => {
  test('stores the finalizer before the first call, and declares agreement only after a look', async () => {
    const key = world.put('a', { size: 1 });
    expect(await world.pass(key)).toEqual({
      outcome: 'settled',
      journal: ['finalizer added', 'CreateWidget a', 'status Ready=True Live'],
    });
    expect(world.get(key)?.status).toMatchObject({
      arn: 'arn:a',
      size: 1,
      observedGeneration: 1,
      settledFields: ['size'],
    });
    expect(world.events).toEqual(['Normal Created: widget a created']);
  });

  test('passes after that write nothing at all (row 21)', async () => {
    const key = await settled();
    for (let again = 0; again < 5; again += 1) {
      expect(await world.pass(key)).toEqual({ outcome: 'settled', journal: [] });
    }
    expect(world.events).toEqual([]);
  });

  test('is not ready while AWS is working', async () => {
    world.cloud.newWidgets = 'WORKING';
    const key = world.put('a', { size: 1 });
    expect((await world.pass(key)).outcome).toBe('progressing Working');
    expect(conditions(key)).toBe('Ready=False Working, Reconciling=True Working');
    expect(world.get(key)?.status).not.toHaveProperty('settledHash');
  });

  test('that AWS could not finish is stalled', async () => {
    world.cloud.newWidgets = 'BROKEN';
    const key = world.put('a', { size: 1 });
    expect((await world.pass(key)).outcome).toBe('terminal Broken');
    expect(world.events).toContain('Warning Broken: It broke.');
  });

  test('does not call AWS when the finalizer could not be stored', async () => {
    const key = world.put('a', { size: 1 });
    world.writeErrors.push(failure('failed'));
    expect(await world.pass(key)).toEqual({ outcome: 'failed Why', journal: [] });
  });

  test('waits for what the spec refers to, with the finalizer already stored', async () => {
    const key = world.put('part', { size: 1, partOf: { name: 'whole' } });
    expect(await world.pass(key)).toEqual({ outcome: 'early', journal: ['finalizer added'] });
    world.clock.advance(1_000);
    expect(await world.pass(key)).toEqual({
      outcome: 'blocked ReferenceNotFound',
      journal: ['status Ready=False ReferenceNotFound, Reconciling=True ReferenceNotFound'],
    });
    await settled('whole');
    expect((await world.pass(key)).outcome).toBe('settled');
  });
});

describe('stale answers', () => {
  test('of the store: a pass that has not seen its own last write does nothing', async () => {
    const key = world.put('a', { size: 1 });
    world.lag();
    await world.run(key);
    expect(await world.pass(key)).toEqual({ outcome: 'stale', journal: [] });
    world.catchUp();
    expect(await world.pass(key)).toEqual({ outcome: 'settled', journal: [] });
  });

  test('of AWS: what was just done is not done again, until AWS has had time to show it (row 24)', async () => {
    const key = world.put('a', { size: 1 });
    world.cloud.goStale();
    expect(await world.pass(key)).toMatchObject({ outcome: 'progressing Creating' });
    expect(message(key)).toBe('Waiting for AWS to show: widget a created.');
    world.clock.advance(14_000);
    expect(await world.pass(key)).toEqual({ outcome: 'progressing Creating', journal: [] });
    world.clock.advance(1_000);
    expect((await world.pass(key)).journal).toEqual(['CreateWidget a']);
    world.cloud.catchUp();
    expect((await world.pass(key)).outcome).toBe('settled');
  });

  test('of AWS: another change of the user is not held back by the one before', async () => {
    const key = await settled();
    world.cloud.goStale();
    world.put('a', { size: 2 });
    expect((await world.pass(key)).journal).toContain('UpdateWidget a');
    world.put('a', { size: 3 });
    expect((await world.pass(key)).journal).toContain('UpdateWidget a');
    expect(world.cloud.live.get('a')?.size).toBe(3);
  });
});

test('a lost answer makes no second one (row 20)', async () => {
  const key = world.put('a', { size: 1 });
  world.cloud.loseNextAnswer = true;
  expect((await world.pass(key)).outcome).toBe('failed ConnectionReset');
  expect(await world.pass(key)).toEqual({ outcome: 'settled', journal: ['status Ready=True Live'] });
});

test('there and back again within seconds ends where it began', async () => {
  const key = await settled();
  for (const size of [2, 1, 2, 1]) {
    world.put('a', { size });
    expect((await world.pass(key)).outcome).toBe('settled');
    expect(world.cloud.live.get('a')?.size).toBe(size);
  }
});

describe('changing', () => {
  test('what the user changed is Updated', async () => {
    const key = await settled();
    world.put('a', { size: 2 });
    expect(await world.pass(key)).toEqual({
      outcome: 'settled',
      journal: ['UpdateWidget a', 'status Ready=True Live'],
    });
    expect(world.events).toEqual(['Normal Updated: size 1 -> 2']);
  });

  test('what somebody changed in AWS is DriftCorrected', async () => {
    const key = await settled();
    world.cloud.live.set('a', { owner: 'uid-a', size: 9, state: 'ACTIVE' });
    expect(await world.pass(key)).toEqual({ outcome: 'settled', journal: ['UpdateWidget a'] });
    expect(world.events).toEqual(['Normal DriftCorrected: size 9 -> 1']);
  });

  test('what somebody deleted in AWS is created again, once AWS cannot be showing us the time before its creation', async () => {
    const key = await settled();
    world.cloud.live.delete('a');
    expect((await world.pass(key)).outcome).toBe('progressing Creating');
    world.clock.advance(15_000);
    expect(await world.pass(key)).toEqual({
      outcome: 'settled',
      journal: ['CreateWidget a', 'status Ready=True Live'],
    });
    expect(world.events).toContain('Normal DriftCorrected: widget a created');
  });

  test('with Report, drift is told and left, once, until the user changes the spec', async () => {
    const key = await settled('a', { driftPolicy: 'Report' });
    world.cloud.live.set('a', { owner: 'uid-a', size: 9, state: 'ACTIVE' });
    expect((await world.pass(key)).outcome).toBe('terminal Drifted');
    expect(conditions(key)).toBe('Ready=False Drifted, Stalled=True Drifted');
    expect(await world.pass(key)).toEqual({ outcome: 'terminal Drifted', journal: [] });
    expect(world.events.filter((event) => event.startsWith('Warning Drifted'))).toHaveLength(1);
    expect(world.get(key)?.status?.size).toBe(9);
    world.put('a', { size: 1, label: 'x', driftPolicy: 'Report' });
    expect((await world.pass(key)).journal.slice(0, 2)).toEqual(['UpdateWidget a', 'LabelWidget a']);
  });

  test('waits while AWS is busy, and says so', async () => {
    const key = await settled();
    world.cloud.live.set('a', { owner: 'uid-a', size: 1, state: 'BUSY' });
    world.put('a', { size: 2 });
    expect(await world.pass(key)).toEqual({
      outcome: 'progressing Busy',
      journal: ['status Ready=False Busy, Reconciling=True Busy'],
    });
  });

  test('stops at the first step that fails, and looks again before it goes on', async () => {
    const key = await settled();
    world.put('a', { size: 2, label: 'x' });
    const refuseLabel = (): void => {
      if (world.journal.includes('UpdateWidget a')) throw failure('failed');
    };
    world.gate = refuseLabel;
    expect((await world.pass(key)).journal[0]).toBe('UpdateWidget a');
    world.gate = () => {};
    expect((await world.pass(key)).journal).toEqual(['LabelWidget a', 'status Ready=True Live']);
  });

  test('sends nothing once this process may not write any more', async () => {
    const key = await settled();
    world.put('a', { size: 2 });
    world.gate = () => {
      throw new OperatorError('failed', 'NotLeader', 'Another process leads.');
    };
    const { outcome, journal } = await world.pass(key);
    expect([outcome, journal.filter((entry) => !entry.startsWith('status'))]).toEqual(['failed NotLeader', []]);
  });
});

describe('an error of each disposition', () => {
  const stillReady = 'Ready=True Live';
  const reconciling = 'Ready=False Why, Reconciling=True Why';

  test.each<[Disposition, string, string]>([
    ['throttled', 'throttled Why', stillReady],
    ['failed', 'failed Why', stillReady],
    ['absent', 'failed Why', stillReady],
    ['rejected', 'failed Why', stillReady],
    ['progressing', 'progressing Why', reconciling],
    ['blocked', 'progressing Why', reconciling],
    ['terminal', 'terminal Why', 'Ready=False Why, Stalled=True Why'],
  ])('%s, of a read of something that was live: %s', async (disposition, outcome, told) => {
    const key = await settled();
    world.cloud.readErrors.push(failure(disposition));
    expect((await world.pass(key)).outcome).toBe(outcome);
    expect(conditions(key)).toBe(told);
    expect(world.get(key)?.status).toMatchObject({ arn: 'arn:a', size: 1 });
  });

  test('of a mutation: the next pass looks before it tries again', async () => {
    const key = world.put('a', { size: 1 });
    world.cloud.sendErrors.push(failure('failed'));
    expect((await world.pass(key)).outcome).toBe('failed Why');
    expect(world.events).toEqual(['Warning Why: Because.']);
    expect((await world.pass(key)).outcome).toBe('settled');
  });

  test('nobody classified is a failure and not the end of the process', async () => {
    const key = await settled();
    world.cloud.readErrors.push(new TypeError('x is not a function'));
    expect((await world.pass(key)).outcome).toBe('failed InternalError');
  });

  test('rejected five times on one generation is believed, and another generation gets another five', async () => {
    const key = world.put('a', { size: 1 });
    const outcomes: string[] = [];
    for (let tries = 0; tries < 5; tries += 1) {
      world.cloud.sendErrors.push(failure('rejected'));
      outcomes.push((await world.pass(key)).outcome);
    }
    expect(outcomes).toEqual(['failed Why', 'failed Why', 'failed Why', 'failed Why', 'terminal Why']);
    world.put('a', { size: 2 });
    world.cloud.sendErrors.push(failure('rejected'));
    expect((await world.pass(key)).outcome).toBe('failed Why');
  });

  test('of the API server: a conflict is tried again after a while and told to nobody', async () => {
    const key = world.put('a', { size: 1 });
    world.writeErrors.push(conflict());
    expect((await world.pass(key)).outcome).toBe('failed Conflict');
    expect(world.events).toEqual([]);
  });

  test('of the API server: an object that is not there any more is gone', async () => {
    const key = world.put('a', { size: 1 });
    world.writeErrors.push(notFound());
    world.getErrors.push(notFound());
    expect((await world.pass(key)).outcome).toBe('gone');
  });

  test.each(unconfirmed)(
    'of the API server: that an object is gone is no more than a failure if, asked, it %s',
    async (_, answer) => {
      const key = await settled();
      world.put('a', { size: 2 });
      world.writeErrors.push(notFound());
      if (answer !== undefined) world.getErrors.push(answer);
      expect((await world.pass(key)).outcome).toBe('failed NotFound');
    },
  );

  test('of a gateway that knows no API server for a moment: it does not end a deletion', async () => {
    const key = await settled();
    world.delete(key);
    world.writeErrors.push(unrecognized());
    expect(await world.pass(key)).toEqual({ outcome: 'failed UnrecognizedResponse', journal: ['DeleteWidget a'] });
    world.clock.advance(15_000);
    expect(await world.pass(key)).toEqual({ outcome: 'gone', journal: ['finalizer removed'] });
  });

  test('of the API server: an object under the same name that is another one is not the one that is gone', async () => {
    const key = await settled();
    world.put('a', { size: 2 });
    world.lag();
    world.touch(key, { uid: 'uid-another' });
    world.writeErrors.push(notFound());
    expect((await world.pass(key)).outcome).toBe('gone');
  });

  test('of the API server: a rate limit is one', async () => {
    const key = world.put('a', { size: 1 });
    world.writeErrors.push(new OperatorError('throttled', 'TooManyRequests', 'Wait.', { retryAfterMs: 5_000 }));
    expect(await world.run(key)).toMatchObject({ kind: 'throttled', retryAfterMs: 5_000 });
  });
});

describe('deleting', () => {
  test('removes it, looks, and lets the object go', async () => {
    const key = await settled();
    world.delete(key);
    expect(await world.pass(key)).toEqual({ outcome: 'gone', journal: ['DeleteWidget a', 'finalizer removed'] });
    expect(world.get(key)).toBeUndefined();
    expect(world.events.map((event) => event.split(':')[0])).toEqual(['Normal Deleting', 'Normal Deleted']);
  });

  test('waits until AWS says that nothing is left (row 13)', async () => {
    world.cloud.deletedWidgets = 'DELETING';
    const key = await settled();
    world.delete(key);
    expect((await world.pass(key)).outcome).toBe('progressing Draining');
    const terminating = world.get(key);
    expect(terminating && kstatusOf(terminating)).toBe('Terminating');
    expect(await world.pass(key)).toEqual({ outcome: 'progressing Draining', journal: [] });
    world.cloud.live.delete('a');
    expect((await world.pass(key)).journal).toEqual(['finalizer removed']);
  });

  test.each<[Disposition, string]>([
    ['failed', 'failed Why'],
    ['throttled', 'throttled Why'],
    ['terminal', 'terminal Why'],
    ['blocked', 'progressing Why'],
  ])('an error (%s) never lets the object go', async (disposition, outcome) => {
    const key = await settled();
    world.delete(key);
    world.cloud.sendErrors.push(failure(disposition));
    expect((await world.pass(key)).outcome).toBe(outcome);
    world.cloud.readErrors.push(failure(disposition));
    expect((await world.pass(key)).outcome).toBe(outcome);
    expect(world.get(key)).toBeDefined();
  });

  test('with Retain lets the object go without a call', async () => {
    const key = await settled('a', { deletionPolicy: 'Retain' });
    world.delete(key);
    expect(await world.pass(key)).toEqual({ outcome: 'gone', journal: ['finalizer removed'] });
    expect(world.cloud.live.has('a')).toBe(true);
    expect(world.events).toHaveLength(1);
  });

  test('what belongs to somebody else is left alone and does not hold the object', async () => {
    world.cloud.live.set('a', { owner: 'somebody', size: 9, state: 'ACTIVE' });
    const key = world.put('a', { size: 1 });
    expect((await world.pass(key)).outcome).toBe('terminal NotOwned');
    world.delete(key);
    expect(await world.pass(key)).toEqual({ outcome: 'gone', journal: ['finalizer removed'] });
    expect(world.cloud.live.get('a')).toMatchObject({ owner: 'somebody', size: 9 });
  });

  test('while the finalizer is being stored takes back what the pass made (kubernetes#77988)', async () => {
    const key = world.put('a', { size: 1 });
    world.cloud.pause();
    const pass = world.pass(key);
    await vi.waitUntil(() => world.cloud.reading === 1);
    world.writeErrors.push(notFound());
    world.getErrors.push(notFound());
    world.cloud.resume();
    expect(await pass).toEqual({ outcome: 'gone', journal: ['finalizer added', 'CreateWidget a', 'DeleteWidget a'] });
    expect(world.cloud.live.size).toBe(0);
  });

  test.each([
    ['shows the object', undefined],
    ['cannot be asked', failure('failed')],
    ['is not the one that answers', new OperatorError('absent', 'UnexpectedAnswer', 'default backend - 404')],
  ])(
    'takes nothing back on a 404 as long as the API server %s: what was made is kept and told of',
    async (_, answer) => {
      const key = world.put('a', { size: 1 });
      world.writeErrors.push(undefined, new OperatorError('absent', 'UnexpectedAnswer', 'default backend - 404'));
      // Whoever asks twice may get the same answer twice.
      if (answer !== undefined) world.getErrors.push(answer, answer);
      expect(await world.pass(key)).toEqual({
        outcome: 'failed UnexpectedAnswer',
        journal: ['finalizer added', 'CreateWidget a'],
      });
      expect(world.deps.memory.orphan(key)).toBeUndefined();
      expect(await world.pass(key)).toEqual({ outcome: 'settled', journal: ['status Ready=True Live'] });
    },
  );

  test('takes back what was made when the name is another object’s by now', async () => {
    const key = world.put('a', { size: 1 });
    world.cloud.pause();
    const pass = world.pass(key);
    await vi.waitUntil(() => world.cloud.reading === 1);
    world.lag();
    world.touch(key, { uid: 'uid-another' });
    world.writeErrors.push(notFound());
    world.cloud.resume();
    expect((await pass).journal).toEqual(['finalizer added', 'CreateWidget a', 'DeleteWidget a']);
  });

  test('while the finalizer was being stored is noticed as late as in the pass that makes something', async () => {
    const part = world.put('part', { size: 1, partOf: { name: 'whole' } });
    expect(await world.pass(part)).toEqual({ outcome: 'early', journal: ['finalizer added'] });
    await settled('whole');
    world.writeErrors.push(notFound());
    world.getErrors.push(notFound());
    expect(await world.pass(part)).toEqual({ outcome: 'gone', journal: ['CreateWidget part', 'DeleteWidget part'] });
    expect([...world.cloud.live.keys()]).toEqual(['whole']);
  });

  test('by somebody who took the finalizer off leaves in AWS what a status has told of', async () => {
    const key = await settled();
    world.put('a', { size: 2 });
    world.touch(key, { finalizers: [] });
    world.writeErrors.push(undefined, notFound());
    world.getErrors.push(notFound());
    expect(await world.pass(key)).toEqual({ outcome: 'gone', journal: ['finalizer added', 'UpdateWidget a'] });
    expect(world.cloud.live.get('a')).toMatchObject({ size: 2 });
  });

  test('goes on taking back until AWS shows what was made', async () => {
    const key = world.put('a', { size: 1 });
    world.cloud.goStale();
    world.writeErrors.push(undefined, notFound());
    world.getErrors.push(notFound());
    expect((await world.pass(key)).outcome).toBe('progressing Deleting');
    world.cloud.catchUp();
    world.vanish(key);
    expect(await world.pass(key)).toEqual({ outcome: 'gone', journal: ['DeleteWidget a'] });
    expect(world.cloud.live.size).toBe(0);
  });

  test('does not take an answer from before our change for "nothing is left" (rows 14 and 24)', async () => {
    const key = world.put('a', { size: 1 });
    world.cloud.goStale();
    await world.run(key);
    world.delete(key);
    expect(await world.pass(key)).toMatchObject({ outcome: 'progressing Deleting' });
    world.cloud.catchUp();
    expect(await world.pass(key)).toEqual({ outcome: 'gone', journal: ['DeleteWidget a', 'finalizer removed'] });
  });

  test('believes "nothing is left" once an answer cannot be that old', async () => {
    const key = await settled();
    world.cloud.live.clear();
    world.delete(key);
    expect((await world.pass(key)).outcome).toBe('progressing Deleting');
    world.clock.advance(15_000);
    expect(await world.pass(key)).toEqual({ outcome: 'gone', journal: ['finalizer removed'] });
  });

  test('waits for what refers to it', async () => {
    const whole = await settled('whole');
    const part = await settled('part', { partOf: { name: 'whole' } });
    world.delete(whole);
    expect((await world.pass(whole)).outcome).toBe('blocked InUse');
    expect(message(whole)).toBe('Waiting to be deleted until it is no longer used by Widget team/part.');
    world.delete(part);
    await world.run(part);
    expect((await world.pass(whole)).outcome).toBe('gone');
  });

  test('does not wait for a reference from a namespace that may not refer to it', async () => {
    const whole = await settled('whole');
    world.put('part', { size: 1, partOf: { name: 'whole', namespace: 'team' } }, { namespace: 'strangers' });
    world.delete(whole);
    expect((await world.pass(whole)).outcome).toBe('gone');
  });

  test('does not need what it referred to', async () => {
    await settled('whole');
    const part = await settled('part', { partOf: { name: 'whole' } });
    world.touch('team/whole', { finalizers: [] });
    world.delete('team/whole');
    world.delete(part);
    expect((await world.pass(part)).outcome).toBe('gone');
  });

  test('an object that has not our finalizer is none of ours', async () => {
    const key = world.put('a', { size: 1 }, { finalizers: ['other/one'] });
    world.delete(key);
    expect(await world.pass(key)).toEqual({ outcome: 'gone', journal: [] });
  });

  test('keeps the finalizers of others', async () => {
    const key = await settled();
    world.touch(key, { finalizers: [...(world.get(key)?.metadata.finalizers ?? []), 'other/one'] });
    world.delete(key);
    await world.run(key);
    expect(world.get(key)?.metadata.finalizers).toEqual(['other/one']);
  });
});

test('an object that the store does not have is gone', async () => {
  expect((await world.pass('team/none')).outcome).toBe('gone');
});
