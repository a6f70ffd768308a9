import { LifecycleState } from '@aws-sdk/client-auto-scaling';
import { describe, expect, test } from 'vitest';
import type { InstanceCounts } from '../../../../src/kinds/auto-scaling-group/api.ts';
import { capacityInService, lacksInstances } from '../../../../src/kinds/auto-scaling-group/instances.ts';
import { groupStatus } from '../../../../src/kinds/auto-scaling-group/status.ts';
import { containerInstance, groupArn, instance } from '../../../support/builders-auto-scaling-group.ts';
import {
  ofVersion,
  refreshTo,
  remembered,
  type Situation,
  situation,
} from '../../../support/builders-instance-refresh.ts';

function statusOf(given: Situation) {
  const { desired, observed } = situation(given);
  return groupStatus(desired, observed);
}

const managed = [
  {
    Key: 'AmazonECSManaged',
    Value: '',
    ResourceId: 'nodes',
    ResourceType: 'auto-scaling-group',
    PropagateAtLaunch: true,
  },
];

test('the status tells the group as AWS has it', () => {
  const status = statusOf({
    spec: { minSize: 1, maxSize: 9 },
    group: { NewInstancesProtectedFromScaleIn: true },
  });
  expect(status).toMatchObject({
    autoScalingGroupArn: groupArn('nodes'),
    autoScalingGroupName: 'nodes',
    minSize: 1,
    maxSize: 9,
    desiredCapacity: 2,
    newInstancesProtectedFromScaleIn: true,
    launchTemplate: 'lt-1:3',
    cluster: 'prod',
  });
  expect(status.instanceRefresh).toBeUndefined();
  expect(status.drain).toBeUndefined();
});

test('the template of a mixed instances policy is the template of the group', () => {
  const specification = { LaunchTemplateId: 'lt-7', LaunchTemplateName: 'x', Version: '2' };
  const group = {
    LaunchTemplate: undefined,
    MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: specification } },
  };
  expect(statusOf({ group }).launchTemplate).toBe('lt-7:2');
});

describe('instances are counted by the part of their life', () => {
  const none: InstanceCounts = {
    total: 0,
    pending: 0,
    inService: 0,
    terminating: 0,
    standby: 0,
    warmed: 0,
    unhealthy: 0,
    protectedFromScaleIn: 0,
    outdated: 0,
  };
  const parts: readonly (readonly [keyof InstanceCounts, RegExp])[] = [
    ['pending', /^(Pending|ReplacingRootVolume|RootVolumeReplaced)/],
    ['inService', /^InService$/],
    ['standby', /^(EnteringStandby|Standby|Quarantined)$/],
    ['terminating', /^((Warmed:)?Terminat|Detach)/],
    ['warmed', /^Warmed:(?!Terminat)/],
  ];
  test.each(Object.values(LifecycleState))('%s', (state) => {
    const part = parts.find(([, states]) => states.test(state))?.[0];
    const { instances } = statusOf({
      version: '3',
      group: { Instances: [instance('i-1', { LifecycleState: state })] },
    });
    expect(instances).toEqual({ ...none, total: 1, [String(part)]: 1 });
  });

  test('the warm pool is listed elsewhere, but its size is known', () => {
    expect(statusOf({ version: '3', instances: ['3'], group: { WarmPoolSize: 4 } }).instances).toEqual({
      ...none,
      total: 5,
      inService: 1,
      warmed: 4,
    });
  });

  test('unhealthy and protected ones count while they stay, outdated ones while they serve', () => {
    const Instances = [
      ofVersion('i-1', '2', { HealthStatus: 'Unhealthy', ProtectedFromScaleIn: true }),
      ofVersion('i-2', '2', {
        HealthStatus: 'UNHEALTHY',
        ProtectedFromScaleIn: true,
        LifecycleState: 'Terminating:Wait',
      }),
      ofVersion('i-3', '2', { LifecycleState: 'Standby' }),
    ];
    expect(statusOf({ version: '3', group: { Instances } }).instances).toEqual({
      ...none,
      total: 3,
      inService: 1,
      terminating: 1,
      standby: 1,
      unhealthy: 1,
      protectedFromScaleIn: 1,
      outdated: 1,
    });
  });

  test('weights count for the capacity', () => {
    const weighted = (id: string, weight: string) => instance(id, { WeightedCapacity: weight });
    const group = { Instances: [weighted('i-1', '4'), weighted('i-2', '2')], DesiredCapacity: 6 };
    const { observed } = situation({ group });
    expect(capacityInService(observed.group)).toBe(6);
    expect(lacksInstances(observed.group)).toBe(false);
    expect(lacksInstances({ ...observed.group, DesiredCapacity: 7 })).toBe(true);
  });
});

describe('who owns the desired capacity', () => {
  const policies = [{ PolicyName: 'ECSManagedAutoScalingPolicy-1' }];
  const cases: readonly (readonly [string, Situation, boolean | undefined])[] = [
    ['nobody has to be told without the mark of ECS', {}, undefined],
    ['ECS, by its mark, while nothing tells otherwise', { group: { Tags: managed } }, true],
    [
      'ECS, by its policy, when the spec has another one',
      { spec: { desiredCapacity: 9 }, group: { Tags: managed }, observed: { policies } },
      true,
    ],
    [
      'the spec, when there is a mark but no policy any more',
      { spec: { desiredCapacity: 9 }, group: { Tags: managed } },
      false,
    ],
    [
      'nobody, when instances are missing and there is no policy',
      { group: { Tags: managed, DesiredCapacity: 5 } },
      false,
    ],
    [
      'ECS, when instances are missing and there is a policy',
      { group: { Tags: managed, DesiredCapacity: 5 }, observed: { policies } },
      true,
    ],
  ];
  test.each(cases)('%s', (_name, given, owned) => {
    expect(statusOf(given).scaledByCapacityProvider).toBe(owned);
  });

  test('what the policies told last stays while they are not read', () => {
    const { desired, observed } = situation({ group: { Tags: managed } });
    const known = { ...desired, status: { scaledByCapacityProvider: false } };
    expect(groupStatus(known, observed).scaledByCapacityProvider).toBe(false);
  });
});

describe('the newest refresh', () => {
  test('is told with its progress', () => {
    const refresh = refreshTo('4', { StatusReason: 'Waiting for i-2.' });
    expect(statusOf({ observed: { refresh }, generation: 5 }).instanceRefresh).toEqual({
      id: 'refresh-1',
      status: 'InProgress',
      statusReason: 'Waiting for i-2.',
      percentageComplete: 40,
      instancesToUpdate: 3,
      startTime: '2026-01-02T23:00:00Z',
      endTime: undefined,
      generation: 5,
      version: '4',
    });
  });

  test('keeps the generation under which it was first seen', () => {
    const refresh = refreshTo('4', { Status: 'Failed' });
    expect(
      statusOf({ observed: { refresh }, remembered: remembered({ generation: 2 }), generation: 5 }).instanceRefresh
        ?.generation,
    ).toBe(2);
    expect(
      statusOf({ observed: { refresh }, remembered: remembered({ id: 'earlier', generation: 2 }), generation: 5 })
        .instanceRefresh?.generation,
    ).toBe(5);
  });

  test('remembers what it passed over when it is first seen to have succeeded, and not what comes later', () => {
    const refresh = refreshTo('4', { Status: 'Successful' });
    const group = { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '4' } };
    const first = statusOf({
      group,
      instances: ['4', '3'],
      observed: { refresh },
      remembered: remembered(),
    }).instanceRefresh;
    expect(first?.skippedInstances).toEqual(['i-2']);
    const later = statusOf({ group, instances: ['3', '3'], observed: { refresh }, remembered: first });
    expect(later.instanceRefresh?.skippedInstances).toEqual(['i-2']);
  });

  test('says nothing of that when it ran before the object was made, or when something else is wanted by now', () => {
    const refresh = refreshTo('4', { Status: 'Successful' });
    const foreign = { ...refresh, StartTime: new Date('2025-12-31T23:59:59Z') };
    const skipped = (given: Situation) =>
      statusOf({ instances: ['4', '3'], ...given }).instanceRefresh?.skippedInstances;
    expect(skipped({ observed: { refresh } })).toEqual(['i-2']);
    expect(skipped({ observed: { refresh: foreign } })).toBeUndefined();
    expect(skipped({ observed: { refresh }, version: '5' })).toBeUndefined();
  });
});

test('draining is reported for the annotation', () => {
  const { desired, observed } = situation({
    instances: ['3', '3'],
    observed: { containerInstances: [containerInstance('i-1', { status: 'DRAINING', runningTasksCount: 2 })] },
  });
  const { object } = desired;
  const metadata = { ...object.metadata, annotations: { 'ecs-operator.dev/drain': 'all' } };
  expect(groupStatus({ ...desired, object: { ...object, metadata } }, observed).drain).toEqual([
    { instanceId: 'i-1', state: 'Draining', runningTasksCount: 2 },
    { instanceId: 'i-2', state: 'NotRegistered', runningTasksCount: 0 },
  ]);
});
