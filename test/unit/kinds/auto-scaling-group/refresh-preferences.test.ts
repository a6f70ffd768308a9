import { describe, expect, test } from 'vitest';
import type { InstanceRefreshPolicy } from '../../../../src/kinds/auto-scaling-group/api.ts';
import { leavesOutTheSame, refreshPreferences } from '../../../../src/kinds/auto-scaling-group/preferences.ts';
import { MANAGED_DRAINING_HOOK } from '../../../../src/kinds/shared/managed-by-ecs.ts';

const draining = [{ LifecycleHookName: MANAGED_DRAINING_HOOK }];
const anotherHook = [{ LifecycleHookName: 'mine' }];

describe('preferences of a refresh', () => {
  test('skip what matches, and wait for protected instances, by default', () => {
    expect(refreshPreferences({}, undefined, false)).toEqual({ SkipMatching: true, ScaleInProtectedInstances: 'Wait' });
    expect(refreshPreferences({}, anotherHook, false)).toMatchObject({ ScaleInProtectedInstances: 'Wait' });
  });

  test('replace protected instances where ECS drains them first (MD-03, TF#33310)', () => {
    expect(refreshPreferences({}, draining, false)).toMatchObject({ ScaleInProtectedInstances: 'Refresh' });
  });

  test('are what the user says before anything else', () => {
    const given = { scaleInProtectedInstances: 'Ignore', skipMatching: false } as const;
    expect(refreshPreferences(given, draining, false)).toEqual({
      SkipMatching: false,
      ScaleInProtectedInstances: 'Ignore',
    });
  });

  test("hold AWS's fields in AWS's letters and none of the operator's own", () => {
    const policy: InstanceRefreshPolicy = {
      strategy: 'Rolling',
      paused: false,
      window: { schedule: '0 3 * * *', duration: '2h' },
      minHealthyPercentage: 90,
      maxHealthyPercentage: 110,
      instanceWarmup: 60,
      checkpointPercentages: [20, 100],
      checkpointDelay: 600,
      autoRollback: true,
      standbyInstances: 'Terminate',
      alarmSpecification: { alarms: ['errors'] },
      bakeTime: 300,
    };
    expect(refreshPreferences(policy, undefined, false)).toEqual({
      MinHealthyPercentage: 90,
      MaxHealthyPercentage: 110,
      InstanceWarmup: 60,
      CheckpointPercentages: [20, 100],
      CheckpointDelay: 600,
      AutoRollback: true,
      StandbyInstances: 'Terminate',
      AlarmSpecification: { Alarms: ['errors'] },
      BakeTime: 300,
      SkipMatching: true,
      ScaleInProtectedInstances: 'Wait',
    });
  });

  test('skip what matches when an earlier refresh of the same goes on', () => {
    expect(refreshPreferences({ skipMatching: false }, undefined, true)).toMatchObject({ SkipMatching: true });
  });
});

describe('what a refresh leaves out', () => {
  const used = {
    MinHealthyPercentage: 90,
    ScaleInProtectedInstances: 'Ignore',
    StandbyInstances: 'Wait',
    CheckpointPercentages: [50],
  } as const;
  const cases: readonly (readonly [string, InstanceRefreshPolicy, boolean])[] = [
    ['the same', { scaleInProtectedInstances: 'Ignore', checkpointPercentages: [50] }, true],
    [
      'the same with other percentages',
      { scaleInProtectedInstances: 'Ignore', checkpointPercentages: [50], minHealthyPercentage: 10 },
      true,
    ],
    ['other checkpoints', { scaleInProtectedInstances: 'Ignore', checkpointPercentages: [75] }, false],
    ['no checkpoints any more', { scaleInProtectedInstances: 'Ignore' }, false],
    ['protected instances by default not any more', { checkpointPercentages: [50] }, false],
    ['protected instances not any more', { scaleInProtectedInstances: 'Refresh', checkpointPercentages: [50] }, false],
    [
      'standby instances now',
      { scaleInProtectedInstances: 'Ignore', standbyInstances: 'Ignore', checkpointPercentages: [50] },
      false,
    ],
  ];
  test.each(cases)('%s: %#', (_name, policy, same) => {
    expect(leavesOutTheSame({ ...used, CheckpointPercentages: [...used.CheckpointPercentages] }, policy)).toBe(same);
  });

  test('a default counts as what AWS used', () => {
    expect(leavesOutTheSame({}, {})).toBe(true);
    expect(
      leavesOutTheSame(
        { ScaleInProtectedInstances: 'Refresh', StandbyInstances: 'Wait', CheckpointPercentages: [] },
        {},
      ),
    ).toBe(true);
  });
});
