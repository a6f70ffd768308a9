import { describe, expect, test } from 'vitest';
import {
  cancelled,
  decided,
  left,
  ofVersion,
  refreshTo,
  type Said,
  type Situation,
  said,
  started,
  updatedDirectly,
} from '../../../support/builders-instance-refresh.ts';

const window = { schedule: '0 3 * * *', duration: '2h' };
const inWindow = '2026-01-03T03:30:00Z';
describe('whether instances are refreshed', () => {
  const cases: readonly (readonly [string, Situation, Said])[] = [
    ['a spec without instanceRefresh updates the group at once', { instanceRefresh: undefined }, updatedDirectly],
    ['a group without instances is updated at once', { instances: [] }, updatedDirectly],
    [
      'instances that are terminating already need no refresh',
      { group: { Instances: [ofVersion('i-1', '3', { LifecycleState: 'Terminating:Wait' })] } },
      updatedDirectly,
    ],
    ['a warm pool alone is refreshed too', { instances: [], group: { WarmPoolSize: 2 } }, started],
    [
      'an instance that is being launched is refreshed too',
      { group: { Instances: [ofVersion('i-1', '3', { LifecycleState: 'Pending' })] } },
      started,
    ],
    ['a group that has its version, and instances of it, is left alone', { version: '3' }, updatedDirectly],
    [
      'a version that is left to AWS is never outdated',
      { version: '$Latest', group: { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '$Latest' } } },
      updatedDirectly,
    ],
    ['a new version starts a refresh', {}, started],
    ['instances that are behind the group start one', { version: '3', instances: ['3', '2'] }, { ...started }],
    [
      'a launch configuration is not refreshed to',
      { spec: { launchTemplateRef: undefined, launchConfigurationName: 'old' } },
      updatedDirectly,
    ],
    [
      'a group that moves from a launch configuration to a template is updated first',
      { group: { LaunchTemplate: undefined, LaunchConfigurationName: 'old' } },
      updatedDirectly,
    ],
  ];
  test.each(cases)('%s', (_name, given, expected) => {
    expect(said(given)).toEqual(expected);
  });

  test('the refresh carries the version to the group, and the strategy and preferences of the spec', () => {
    expect(
      decided({ instanceRefresh: { minHealthyPercentage: 50, maxHealthyPercentage: 150, autoRollback: true } }).steps,
    ).toEqual([
      {
        operation: 'StartInstanceRefresh',
        input: {
          AutoScalingGroupName: 'nodes',
          Strategy: 'Rolling',
          DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '4' } },
          Preferences: {
            MinHealthyPercentage: 50,
            MaxHealthyPercentage: 150,
            AutoRollback: true,
            SkipMatching: true,
            ScaleInProtectedInstances: 'Wait',
          },
        },
        reason: 'instance refresh started: launch template lt-1:3 -> lt-1:4, 2 instances to replace',
      },
    ]);
  });

  test('the same situation plans the same call at any time', () => {
    const at = (now: string) => decided({ instanceRefresh: { window }, now }).steps;
    expect(at('2026-01-03T03:00:00Z')).toEqual(at('2026-01-03T04:59:00Z'));
  });
});

describe('holding a refresh back', () => {
  const cases: readonly (readonly [string, Situation, Said])[] = [
    [
      'paused begins nothing',
      { instanceRefresh: { paused: true } },
      { does: ['RefreshPaused'], appliesTemplate: true },
    ],
    ['paused leaves a settled group alone', { instanceRefresh: { paused: true }, version: '3' }, updatedDirectly],
    [
      'outside the window nothing begins',
      { instanceRefresh: { window } },
      { does: ['WaitingForWindow'], appliesTemplate: true },
    ],
    ['in the window it begins', { instanceRefresh: { window }, now: inWindow }, started],
    [
      'paused counts in the window too',
      { instanceRefresh: { window, paused: true }, now: inWindow },
      { does: ['RefreshPaused'], appliesTemplate: true },
    ],
    [
      'pausing cancels what is under way',
      { instanceRefresh: { paused: true }, observed: { refresh: refreshTo('4') } },
      cancelled,
    ],
    [
      'pausing cancels one that has not begun',
      { instanceRefresh: { paused: true }, observed: { refresh: refreshTo('4', { Status: 'Pending' }) } },
      cancelled,
    ],
    [
      'pausing cancels one that bakes',
      { instanceRefresh: { paused: true }, observed: { refresh: refreshTo('4', { Status: 'Baking' }) } },
      cancelled,
    ],
    [
      'the end of the window cancels what is under way',
      { instanceRefresh: { window }, observed: { refresh: refreshTo('4') } },
      cancelled,
    ],
    [
      'the end of the window lets one bake that has replaced everything',
      { instanceRefresh: { window }, observed: { refresh: refreshTo('4', { Status: 'Baking' }) } },
      left,
    ],
    [
      'a rollback is neither paused nor cut off by the window',
      {
        instanceRefresh: { window, paused: true },
        observed: { refresh: refreshTo('4', { Status: 'RollbackInProgress' }) },
      },
      { does: ['RollingBack'], appliesTemplate: true },
    ],
    [
      'what the window interrupted goes on in the next one',
      { instanceRefresh: { window }, now: inWindow, observed: { refresh: refreshTo('4', { Status: 'Cancelled' }) } },
      started,
    ],
  ];
  test.each(cases)('%s', (_name, given, expected) => {
    expect(said(given)).toEqual(expected);
  });

  test('says what stays as it is, and until when', () => {
    expect(decided({ instanceRefresh: { paused: true } }).steps).toEqual([
      {
        wait: 'RefreshPaused',
        message:
          'The group keeps lt-1:3 and 2 outdated instances because spec.instanceRefresh.paused is true. Take it out to refresh them.',
      },
    ]);
    expect(decided({ instanceRefresh: { window }, instances: ['3'] }).steps).toEqual([
      {
        wait: 'WaitingForWindow',
        message:
          'The group keeps lt-1:3 and 1 outdated instance until spec.instanceRefresh.window opens, next at 2026-01-03T03:00:00Z.',
      },
    ]);
  });

  test('one that goes on never replaces again what it has replaced, whatever the spec says', () => {
    const refresh = refreshTo('4', { Status: 'Cancelled' });
    const [step] = decided({ instanceRefresh: { skipMatching: false }, observed: { refresh } }).steps;
    expect(step).toMatchObject({ input: { Preferences: { SkipMatching: true } } });
    const [first] = decided({ instanceRefresh: { skipMatching: false } }).steps;
    expect(first).toMatchObject({ input: { Preferences: { SkipMatching: false } } });
  });
});
