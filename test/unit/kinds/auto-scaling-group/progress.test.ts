import { describe, expect, test } from 'vitest';
import { groupProgress } from '../../../../src/kinds/auto-scaling-group/progress.ts';
import { instance } from '../../../support/builders-auto-scaling-group.ts';
import { refreshTo, remembered, type Situation, situation } from '../../../support/builders-instance-refresh.ts';

function progressOf(given: Situation) {
  const { desired, observed } = situation(given);
  return groupProgress(desired, observed);
}

/** The group has what the spec asks for. */
const settled: Situation = { version: '3' };

test('a group that has its version and its instances is live', () => {
  expect(progressOf(settled)).toEqual({ kind: 'live' });
});

describe('a refresh', () => {
  const cases: readonly (readonly [string, Situation, string, string])[] = [
    [
      'under way says how far it is and what AWS waits for',
      { observed: { refresh: refreshTo('4', { StatusReason: 'Waiting for instances to warm up.' }) } },
      'InstanceRefreshInProgress',
      '40 % done, 3 instances to go: Waiting for instances to warm up.',
    ],
    [
      'that AWS has not begun says so',
      {
        observed: {
          refresh: refreshTo('4', { Status: 'Pending', PercentageComplete: undefined, InstancesToUpdate: undefined }),
        },
      },
      'InstanceRefreshInProgress',
      'AWS has not begun the instance refresh yet.',
    ],
    [
      'that bakes says so',
      { observed: { refresh: refreshTo('4', { Status: 'Baking', PercentageComplete: 100, InstancesToUpdate: 0 }) } },
      'InstanceRefreshInProgress',
      '100 % done, 0 instances to go; AWS waits for the bake time to pass.',
    ],
    [
      'that only somebody else wants is told too',
      { ...settled, instanceRefresh: undefined, observed: { refresh: refreshTo('3', { InstancesToUpdate: 1 }) } },
      'InstanceRefreshInProgress',
      '40 % done, 1 instance to go.',
    ],
    [
      'that is rolled back says why',
      {
        observed: {
          refresh: refreshTo('4', {
            Status: 'RollbackInProgress',
            RollbackDetails: { RollbackReason: 'The alarm errors is in the ALARM state.' },
          }),
        },
      },
      'RollingBack',
      'The instance refresh to lt-1:4 is rolled back: The alarm errors is in the ALARM state.',
    ],
    [
      'that is cancelled says so',
      { observed: { refresh: refreshTo('4', { Status: 'Cancelling' }) } },
      'InstanceRefreshInProgress',
      'AWS is cancelling the instance refresh to lt-1:4; instances that are being replaced still are.',
    ],
  ];
  test.each(cases)('%s', (_name, given, reason, message) => {
    expect(progressOf(given)).toEqual({ kind: 'progressing', reason, message });
  });

  test.each([
    ['paused', { instanceRefresh: { paused: true } }, 'RefreshPaused'],
    [
      'outside its window',
      { instanceRefresh: { window: { schedule: '0 3 * * *', duration: '2h' } } },
      'WaitingForWindow',
    ],
  ] as const)('that is %s keeps the group from being Ready', (_name, given, reason) => {
    expect(progressOf(given)).toMatchObject({ kind: 'progressing', reason });
  });

  test('that failed stalls the group with what AWS says and what to do', () => {
    const refresh = refreshTo('4', { Status: 'Failed', StatusReason: 'Instances are protected from scale-in.' });
    expect(progressOf({ observed: { refresh }, remembered: remembered() })).toEqual({
      kind: 'stalled',
      reason: 'InstanceRefreshFailed',
      message:
        'The instance refresh to lt-1:4 ended as Failed: Instances are protected from scale-in. It is not tried again until the spec or the ' +
        'version of the launch template changes: repair the template, or change spec.instanceRefresh (setting paused and taking it out again is enough).',
    });
  });

  test('that was rolled back gives the reason of the rollback', () => {
    const refresh = refreshTo('4', {
      Status: 'RollbackSuccessful',
      RollbackDetails: { RollbackReason: 'The alarm errors is in the ALARM state.' },
    });
    expect(progressOf({ observed: { refresh }, remembered: remembered() })).toMatchObject({
      kind: 'stalled',
      message: expect.stringContaining(
        'ended as RollbackSuccessful: The alarm errors is in the ALARM state. It is not',
      ),
    });
  });

  test('that failed stalls nothing once the version is back to what the group has', () => {
    const refresh = refreshTo('4', { Status: 'Failed' });
    expect(progressOf({ ...settled, observed: { refresh }, remembered: remembered() })).toEqual({ kind: 'live' });
  });
});

describe('instances that are missing', () => {
  const missing: Situation = { ...settled, group: { DesiredCapacity: 3 } };
  const managed = [{ Key: 'AmazonECSManaged', Value: '' }];
  const policies = [{ PolicyName: 'ECSManagedAutoScalingPolicy-1' }];

  test('keep a group from being Ready whose desired capacity the spec or a person sets', () => {
    expect(progressOf(missing)).toEqual({
      kind: 'progressing',
      reason: 'Scaling',
      message: '2 of 3 instances are in service.',
    });
  });

  test('do not keep a group from being Ready that a capacity provider scales', () => {
    const group = { ...missing.group, Tags: managed };
    expect(progressOf({ ...missing, group, observed: { policies } })).toEqual({ kind: 'live' });
  });

  test('do so below the minimum all the same', () => {
    const group = { ...missing.group, Tags: managed };
    expect(progressOf({ ...missing, spec: { minSize: 3 }, group, observed: { policies } })).toMatchObject({
      message: '2 of 3 instances are in service.',
    });
  });

  test('do so in a group of a capacity provider that does not scale it', () => {
    expect(progressOf({ ...missing, group: { ...missing.group, Tags: managed } })).toMatchObject({
      kind: 'progressing',
    });
  });

  test.each(['Pending', 'Terminating:Wait', 'Standby', 'Warmed:Stopped'] as const)(
    'are not made up for by one that is %s',
    (LifecycleState) => {
      const Instances = [instance('i-1'), instance('i-2', { LifecycleState })];
      expect(progressOf({ ...settled, group: { DesiredCapacity: 2, Instances } })).toMatchObject({
        message: '1 of 2 instances are in service.',
      });
    },
  );

  test('are no matter when there are more than asked for', () => {
    expect(progressOf({ ...settled, group: { DesiredCapacity: 1 } })).toEqual({ kind: 'live' });
  });

  test('are counted in the unit of the weights', () => {
    const Instances = [instance('i-1', { WeightedCapacity: '4' })];
    expect(progressOf({ ...settled, group: { DesiredCapacity: 6, Instances } })).toMatchObject({
      message: '4 of 6 capacity units are in service.',
    });
  });

  test('come with the reason why the last launch failed, and with what stops launches', () => {
    const activities = [
      {
        ActivityId: 'a',
        AutoScalingGroupName: 'nodes',
        Cause: '',
        Description:
          'Launching a new EC2 instance.  Status Reason: There is no Spot capacity available that matches your request.',
        StartTime: new Date('2026-01-02T23:59:00Z'),
        EndTime: new Date('2026-01-02T23:59:01Z'),
        StatusCode: 'Failed' as const,
        StatusMessage: 'There is no Spot capacity available that matches your request.',
      },
    ];
    const SuspendedProcesses = [{ ProcessName: 'Launch' }];
    expect(
      progressOf({ ...missing, group: { ...missing.group, SuspendedProcesses }, observed: { activities } }),
    ).toMatchObject({
      message: expect.stringMatching(
        /^2 of 3 instances are in service\. The process Launch is suspended.* Last launch: There is no Spot capacity/,
      ),
    });
  });
});
