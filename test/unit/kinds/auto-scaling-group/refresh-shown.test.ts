import { describe, expect, test } from 'vitest';
import {
  cancelled,
  left,
  refreshTo,
  remembered,
  type Said,
  type Situation,
  said,
  started,
  updatedDirectly,
} from '../../../support/builders-instance-refresh.ts';

const window = { schedule: '0 3 * * *', duration: '2h' };

describe('a refresh that AWS shows', () => {
  const cases: readonly (readonly [string, Situation, Said])[] = [
    ['one that is pending is left to AWS', { observed: { refresh: refreshTo('4', { Status: 'Pending' }) } }, left],
    ['one that is under way is left to AWS', { observed: { refresh: refreshTo('4') } }, left],
    ['one that bakes is left to AWS', { observed: { refresh: refreshTo('4', { Status: 'Baking' }) } }, left],
    ['one to another version is cancelled', { observed: { refresh: refreshTo('5') } }, cancelled],
    [
      'one to another version is cancelled even when nothing else is to be done',
      { version: '3', observed: { refresh: refreshTo('5') } },
      cancelled,
    ],
    [
      'one to another version is cancelled outside the window too',
      { instanceRefresh: { window }, observed: { refresh: refreshTo('5') } },
      cancelled,
    ],
    [
      'one without a configuration rolls out what the group had, so it is another',
      { observed: { refresh: refreshTo('3', { DesiredConfiguration: undefined }) } },
      cancelled,
    ],
    [
      'one without a configuration is welcome when the group has its version',
      {
        version: '3',
        instances: ['3', '2'],
        observed: { refresh: refreshTo('3', { DesiredConfiguration: undefined }) },
      },
      left,
    ],
    [
      'what is being cancelled is waited for',
      { observed: { refresh: refreshTo('5', { Status: 'Cancelling' }) } },
      { does: ['InstanceRefreshInProgress'], appliesTemplate: true },
    ],
    [
      'after the other was cancelled the right one starts',
      { observed: { refresh: refreshTo('5', { Status: 'Cancelled' }) } },
      started,
    ],
    [
      'a rollback is waited for',
      { observed: { refresh: refreshTo('5', { Status: 'RollbackInProgress' }) } },
      { does: ['RollingBack'], appliesTemplate: true },
    ],
    [
      'one that somebody cancelled is begun again',
      { observed: { refresh: refreshTo('4', { Status: 'Cancelled' }) }, remembered: remembered() },
      started,
    ],
    [
      'a failure of another version does not count',
      { observed: { refresh: refreshTo('5', { Status: 'Failed' }) } },
      started,
    ],
    [
      'while one runs that the spec does not ask for, AWS takes no other template',
      { instanceRefresh: undefined, observed: { refresh: refreshTo('5') } },
      { does: ['InstanceRefreshInProgress'], appliesTemplate: true },
    ],
    [
      "one that keeps the template is nobody else's business",
      { instanceRefresh: undefined, version: '3', observed: { refresh: refreshTo('3') } },
      updatedDirectly,
    ],
    [
      'with one under way an empty group waits for its end as well',
      { instances: [], observed: { refresh: refreshTo('5') } },
      cancelled,
    ],
  ];
  test.each(cases)('%s', (_name, given, expected) => {
    expect(said(given)).toEqual(expected);
  });

  const failed = ['Failed', 'RollbackFailed', 'RollbackSuccessful'] as const;
  test.each(failed)('one that ended as %s is not repeated under one generation', (Status) => {
    const refresh = refreshTo('4', { Status });
    expect(said({ observed: { refresh }, remembered: remembered() })).toEqual(left);
    expect(said({ observed: { refresh }, generation: 7 })).toEqual(left);
    expect(said({ observed: { refresh }, remembered: remembered({ id: 'another' }), generation: 7 })).toEqual(left);
  });

  test.each(failed)('one that ended as %s is repeated under the next generation, or for another version', (Status) => {
    const refresh = refreshTo('4', { Status });
    expect(said({ observed: { refresh }, remembered: remembered(), generation: 2 })).toEqual(started);
    expect(said({ observed: { refresh }, remembered: remembered(), version: '5' })).toEqual(started);
  });

  test('a failure whose instances were all repaired by hand is over', () => {
    const refresh = refreshTo('3', { Status: 'Failed' });
    expect(said({ version: '3', observed: { refresh } })).toEqual(updatedDirectly);
  });

  describe('and that has succeeded', () => {
    const refresh = refreshTo('4', { Status: 'Successful' });
    const known = remembered({ status: 'Successful' });

    test('may be newer than the group that was read, so it is looked at once more', () => {
      const waits = { does: ['InstanceRefreshInProgress'], appliesTemplate: true };
      expect(said({ instances: ['4', '4'], observed: { refresh } })).toEqual(waits);
      expect(said({ instances: ['4', '4'], observed: { refresh }, remembered: remembered() })).toEqual(waits);
    });

    test('leaves nothing but the group to change when somebody took that back to its old version', () => {
      expect(said({ instances: ['4', '4'], observed: { refresh }, remembered: known })).toEqual(updatedDirectly);
    });

    test('is begun again when there are instances of the old version since', () => {
      expect(said({ instances: ['4', '3'], observed: { refresh }, remembered: known })).toEqual(started);
    });
  });
});

describe('instances that a refresh has left as they were', () => {
  const refresh = refreshTo('3', {
    Status: 'Successful',
    Preferences: { ScaleInProtectedInstances: 'Ignore', CheckpointPercentages: [50] },
  });
  const instanceRefresh = { scaleInProtectedInstances: 'Ignore', checkpointPercentages: [50] } as const;
  const succeeded = remembered({ status: 'Successful', version: '3', skippedInstances: ['i-2'] });
  const given: Situation = { version: '3', instances: ['3', '2'], instanceRefresh, observed: { refresh } };

  test('are left alone when it is first seen to have succeeded', () => {
    expect(said({ ...given, remembered: remembered({ version: '3' }) })).toEqual(updatedDirectly);
  });

  test('are left alone from then on, also under other generations', () => {
    expect(said({ ...given, remembered: succeeded })).toEqual(updatedDirectly);
    expect(said({ ...given, remembered: succeeded, generation: 9 })).toEqual(updatedDirectly);
  });

  test('are refreshed when the preferences that left them out change', () => {
    const all = { ...instanceRefresh, checkpointPercentages: [50, 100] };
    expect(said({ ...given, remembered: succeeded, instanceRefresh: all })).toEqual(started);
    expect(
      said({ ...given, remembered: succeeded, instanceRefresh: { scaleInProtectedInstances: 'Refresh' } }),
    ).toEqual(started);
  });

  test('are refreshed to the next version', () => {
    expect(said({ ...given, remembered: succeeded, version: '4' })).toEqual(started);
  });

  test('do not keep others from being refreshed that came back later', () => {
    expect(said({ ...given, instances: ['3', '2', '1'], remembered: succeeded })).toEqual(started);
  });

  test('are left alone also when it ended before anybody saw it', () => {
    expect(said({ ...given, remembered: remembered({ id: 'earlier' }) })).toEqual(updatedDirectly);
    expect(said(given)).toEqual(updatedDirectly);
  });

  test('are refreshed when that was before the object was made', () => {
    const foreign = { ...refresh, StartTime: new Date('2025-12-31T23:59:59Z') };
    expect(said({ ...given, observed: { refresh: foreign } })).toEqual(started);
  });
});
