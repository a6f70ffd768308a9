import { describe, expect, test } from 'vitest';
import { instance } from '../../../support/builders-auto-scaling-group.ts';
import {
  cancelled,
  decided,
  left,
  refreshTo,
  type Said,
  type Situation,
  said,
  started,
  updatedDirectly,
} from '../../../support/builders-instance-refresh.ts';

type Type = 'm7g.large' | 'c7g.large';

describe('a mixed instances policy', () => {
  const overrides = [{ instanceType: 'm7g.large' }, { instanceType: 'c7g.large' }] as const;
  const spec = {
    mixedInstancesPolicy: { launchTemplate: { overrides }, instancesDistribution: { onDemandBaseCapacity: 1 } },
  };
  const policyOf = (version: string, types: readonly Type[] = ['m7g.large', 'c7g.large'], base = 1) => ({
    LaunchTemplate: {
      LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'nodes', Version: version },
      Overrides: types.map((type) => ({ InstanceType: type })),
    },
    InstancesDistribution: { OnDemandBaseCapacity: base, SpotAllocationStrategy: 'price-capacity-optimized' },
  });
  const mixed = (version: string, types?: readonly Type[], base?: number): Situation['group'] => ({
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

  const cases: readonly (readonly [string, Situation, Said])[] = [
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
