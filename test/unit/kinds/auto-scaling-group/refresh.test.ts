import { describe, expect, test } from 'vitest';
import { refreshSteps } from '../../../../src/kinds/auto-scaling-group/refresh.ts';
import { wantedTemplate } from '../../../../src/kinds/auto-scaling-group/template.ts';
import { summaries } from '../../../support/builders.ts';
import { instance } from '../../../support/builders-auto-scaling-group.ts';
import {
  ofVersion,
  refreshTo,
  remembered,
  type Situation,
  situation,
} from '../../../support/builders-instance-refresh.ts';

function decided(given: Situation) {
  const { desired, observed } = situation(given);
  const { steps, appliesTemplate } = refreshSteps(desired, observed, wantedTemplate(desired));
  return { steps: summaries(steps), appliesTemplate };
}

/** What is done, in one word each. */
function said(given: Situation): { readonly does: readonly string[]; readonly appliesTemplate: boolean } {
  const { steps, appliesTemplate } = decided(given);
  return { does: steps.map((step) => ('wait' in step ? step.wait : step.operation)), appliesTemplate };
}

const window = { schedule: '0 3 * * *', duration: '2h' };
const inWindow = '2026-01-03T03:30:00Z';
const started = { does: ['StartInstanceRefresh'], appliesTemplate: true };
const cancelled = { does: ['CancelInstanceRefresh'], appliesTemplate: true };
const left = { does: [], appliesTemplate: true };
const updatedDirectly = { does: [], appliesTemplate: false };

describe('whether instances are refreshed', () => {
  const cases: readonly (readonly [string, Situation, ReturnType<typeof said>])[] = [
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
  const cases: readonly (readonly [string, Situation, ReturnType<typeof said>])[] = [
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

describe('a refresh that AWS shows', () => {
  const cases: readonly (readonly [string, Situation, ReturnType<typeof said>])[] = [
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

describe('a mixed instances policy', () => {
  const overrides = [{ instanceType: 'm7g.large' }, { instanceType: 'c7g.large' }] as const;
  const spec = {
    mixedInstancesPolicy: { launchTemplate: { overrides }, instancesDistribution: { onDemandBaseCapacity: 1 } },
  };
  const policyOf = (version: string, types: readonly string[] = ['m7g.large', 'c7g.large'], base = 1) => ({
    LaunchTemplate: {
      LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'nodes', Version: version },
      Overrides: types.map((type) => ({ InstanceType: type as 'm7g.large' })),
    },
    InstancesDistribution: { OnDemandBaseCapacity: base, SpotAllocationStrategy: 'price-capacity-optimized' },
  });
  const mixed = (version: string, types?: readonly string[], base?: number): Situation['group'] => ({
    LaunchTemplate: undefined,
    MixedInstancesPolicy: policyOf(version, types, base),
  });

  test('of which only the version differs is brought to the group by the refresh, whole, with what the spec leaves open', () => {
    const { steps, appliesTemplate } = decided({ spec, group: mixed('3') });
    expect(appliesTemplate).toBe(true);
    expect(steps).toMatchObject([
      {
        operation: 'StartInstanceRefresh',
        input: {
          DesiredConfiguration: {
            MixedInstancesPolicy: {
              LaunchTemplate: {
                LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '4' },
                Overrides: [{ InstanceType: 'm7g.large' }, { InstanceType: 'c7g.large' }],
              },
              InstancesDistribution: { OnDemandBaseCapacity: 1, SpotAllocationStrategy: 'price-capacity-optimized' },
            },
          },
        },
      },
    ]);
  });

  const cases: readonly (readonly [string, Situation, ReturnType<typeof said>])[] = [
    ['that the group has is left alone', { spec, version: '3', group: mixed('3') }, updatedDirectly],
    [
      'of which other parts differ too is given to the group first',
      { spec, group: mixed('3', ['m7g.large']) },
      updatedDirectly,
    ],
    [
      'whose distribution differs is given to the group first',
      { spec, group: mixed('3', undefined, 5) },
      updatedDirectly,
    ],
    ['that the group has not got yet is given to it first', { spec }, updatedDirectly],
    ['that leaves the spec is taken from the group first', { group: mixed('4') }, updatedDirectly],
    [
      'that the group has got, with instances of the old version, starts a refresh',
      { spec, group: mixed('4') },
      started,
    ],
    [
      'with instances of a type that it does not allow any more starts a refresh',
      { spec, version: '3', group: { ...mixed('3'), Instances: [instance('i-1', { InstanceType: 't3.micro' })] } },
      started,
    ],
    [
      'that is being rolled out is left to AWS',
      {
        spec,
        group: mixed('3'),
        observed: { refresh: refreshTo('4', { DesiredConfiguration: { MixedInstancesPolicy: policyOf('4') } }) },
      },
      left,
    ],
    [
      'of which another form is being rolled out cancels that',
      {
        spec,
        group: mixed('3'),
        observed: {
          refresh: refreshTo('4', { DesiredConfiguration: { MixedInstancesPolicy: policyOf('4', ['m7g.large']) } }),
        },
      },
      cancelled,
    ],
    [
      'cancels a refresh to a plain template',
      { spec, group: mixed('3'), observed: { refresh: refreshTo('4') } },
      cancelled,
    ],
  ];
  test.each(cases)('%s', (_name, given, expected) => {
    expect(said(given)).toEqual(expected);
  });

  test('whose overrides say another image lets the refresh bring it', () => {
    const images = overrides.map((override) => ({ ...override, imageId: 'ami-2' }));
    const own = { mixedInstancesPolicy: { ...spec.mixedInstancesPolicy, launchTemplate: { overrides: images } } };
    const instanceRefresh = { strategy: 'ReplaceRootVolume' } as const;
    const { steps } = decided({ spec: own, version: '3', instanceRefresh, group: mixed('3') });
    expect(steps).toMatchObject([
      {
        input: {
          Strategy: 'ReplaceRootVolume',
          DesiredConfiguration: {
            MixedInstancesPolicy: { LaunchTemplate: { Overrides: [{ ImageId: 'ami-2' }, { ImageId: 'ami-2' }] } },
          },
        },
      },
    ]);
  });

  test.each([
    ['another image', 'ami-1', started],
    ['the same image', 'ami-2', updatedDirectly],
    ['an image that AWS does not tell', undefined, updatedDirectly],
  ])('whose overrides say an image, over an instance with %s', (_name, ImageId, expected) => {
    const own = {
      mixedInstancesPolicy: {
        launchTemplate: { overrides: [{ instanceType: 'm7g.large' as const, imageId: 'ami-2' }] },
      },
    };
    const Overrides = [{ InstanceType: 'm7g.large' as const, ImageId: 'ami-2' }];
    const MixedInstancesPolicy = { LaunchTemplate: { ...policyOf('3').LaunchTemplate, Overrides } };
    const group = { LaunchTemplate: undefined, MixedInstancesPolicy, Instances: [instance('i-1', { ImageId })] };
    expect(said({ spec: own, version: '3', group })).toEqual(expected);
  });

  test('whose overrides the spec leaves open keeps them, each with one name of its template', () => {
    const open = { mixedInstancesPolicy: { instancesDistribution: { onDemandBaseCapacity: 1 } } };
    const live = policyOf('3');
    const Overrides = [
      { LaunchTemplateSpecification: { LaunchTemplateId: 'lt-2', LaunchTemplateName: 'arm', Version: '1' } },
    ];
    const group = {
      LaunchTemplate: undefined,
      MixedInstancesPolicy: { ...live, LaunchTemplate: { ...live.LaunchTemplate, Overrides } },
    };
    const [step] = decided({ spec: open, group }).steps;
    expect(step).toMatchObject({
      input: {
        DesiredConfiguration: {
          MixedInstancesPolicy: {
            LaunchTemplate: {
              Overrides: [{ LaunchTemplateSpecification: { LaunchTemplateId: 'lt-2', Version: '1' } }],
            },
          },
        },
      },
    });
  });
});
