import type { Task } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { capacityConditions } from '../../../../src/kinds/cluster/conditions.ts';
import type { ObservedCapacity, ObservedProvider } from '../../../../src/kinds/cluster/observed.ts';
import { describedTasks, holds, lacksInstance, sizesOf } from '../../../../src/kinds/cluster/placement.ts';
import { situationsOf } from '../../../../src/kinds/cluster/providers.ts';
import {
  capacity,
  containerInstance,
  failedLaunchActivity,
  groupInstance,
  m5Large,
  m5Xlarge,
  noCapacity,
  now,
  observedProvider,
  resources,
  scalingGroup,
  waitingTask,
} from '../../../support/builders-cluster.ts';

function conditions(provider: Partial<ObservedProvider>, more: Partial<ObservedCapacity> = {}) {
  const providers = [observedProvider('ec2', provider)];
  return capacityConditions(situationsOf(capacity({ providers, ...more }), now));
}

describe('a task that waits', () => {
  const full = containerInstance('i-1', { remainingResources: resources(256, 512) });
  const roomy = containerInstance('i-2');

  test.each<[string, Partial<Task>, boolean]>([
    ['for an instance', {}, true],
    ['on an instance', { containerInstanceArn: 'arn' }, false],
    ['for its image', { lastStatus: 'PENDING' }, false],
  ])('%s', (_what, task, lacks) => {
    expect(lacksInstance(waitingTask(task), [full], now)).toBe(lacks);
  });

  test('for a moment, as there is room, lacks none; for a minute, it does', () => {
    expect(lacksInstance(waitingTask(), [full, roomy], now)).toBe(false);
    expect(lacksInstance(waitingTask({ createdAt: new Date(now - 61_000) }), [full, roomy], now)).toBe(true);
  });

  test.each([{ status: 'DRAINING' }, { agentConnected: false }])('has no room on an instance that is %o', (state) => {
    expect(lacksInstance(waitingTask(), [{ ...roomy, ...state }], now)).toBe(true);
  });
});

describe('the sizes of a provider', () => {
  const large = { instanceType: 'm5.large', cpu: 2048, memory: 7985, isNominal: false };
  const nominal = { ...large, memory: 8192, isNominal: true };
  const xlarge = { instanceType: 'm5.xlarge', cpu: 4096, memory: 16_384, isNominal: true };

  test('are what its instances have registered, else what the type has', () => {
    expect(sizesOf([], [])).toBeUndefined();
    expect(sizesOf([], [m5Xlarge, m5Large])).toEqual({ smallest: nominal, largest: xlarge });
    expect(sizesOf([containerInstance('i-1')], [m5Xlarge, m5Large])).toEqual({ smallest: large, largest: xlarge });
    expect(sizesOf([containerInstance('i-1')], [])).toEqual({ smallest: large, largest: large });
  });

  test('of instances that the group would not launch any more count as what is there only', () => {
    expect(sizesOf([containerInstance('i-1')], [m5Xlarge])).toEqual({ smallest: xlarge, largest: xlarge });
  });

  test('are the least of a type whose instances keep different amounts for themselves', () => {
    const reserved = containerInstance('i-2', { registeredResources: resources(2048, 7000) });
    expect(sizesOf([containerInstance('i-1'), reserved], [m5Large])?.smallest.memory).toBe(7000);
  });

  test('hold a task of their size, but not of the whole memory that the type has (ME-01, ME-02)', () => {
    const task = (memory: number) => waitingTask({ cpu: '2048', memory: String(memory) });
    expect(holds(large, task(7985))).toBe(true);
    expect(holds(large, task(7986))).toBe(false);
    expect(holds(nominal, task(8191))).toBe(true);
    expect(holds(nominal, task(8192))).toBe(false);
    expect(holds(large, waitingTask({ cpu: '2049' }))).toBe(false);
    expect(holds(large, waitingTask({ cpu: undefined, memory: undefined }))).toBe(true);
  });
});

test('tasks are named as their owners know them, each sort once', () => {
  const tasks = [
    waitingTask(),
    waitingTask(),
    waitingTask({ memory: '2048' }),
    waitingTask({ group: 'family:job' }),
    waitingTask({ group: 'nightly' }),
  ];
  expect(describedTasks(tasks)).toEqual([
    'service web (512 CPU units, 1024 MiB)',
    'service web (512 CPU units, 2048 MiB)',
    'task family job (512 CPU units, 1024 MiB)',
    'task group nightly (512 CPU units, 1024 MiB)',
  ]);
});

describe('TasksUnplaceable', () => {
  const large = waitingTask({ cpu: '4096', memory: '8192' });

  test('is there for a task that no instance could hold, before there is one', () => {
    expect(conditions({ instanceTypes: [m5Large] }, { waiting: [large, large, waitingTask()] })).toEqual([
      {
        type: 'TasksUnplaceable',
        reason: 'TaskTooLarge',
        message:
          'Capacity provider ec2 has no instance that could hold tasks of service web (4096 CPU units, 8192 MiB): the largest is m5.large (2048 CPU units, 8192 MiB, less what its system keeps). Make the tasks smaller, or the instances larger.',
      },
    ]);
  });

  test('is there for a task for which ECS starts nothing, as it is larger than the smallest instance (CAS-12)', () => {
    expect(conditions({ instanceTypes: [m5Xlarge, m5Large] }, { waiting: [large] })).toEqual([
      {
        type: 'TasksUnplaceable',
        reason: 'TaskTooLarge',
        message:
          'ECS starts no instances of capacity provider ec2 for tasks of service web (4096 CPU units, 8192 MiB), because they are larger than its smallest, m5.large (2048 CPU units, 8192 MiB, less what its system keeps). Make the tasks smaller, or give each size of instances a group and a capacity provider of its own.',
      },
    ]);
  });

  const full = {
    group: scalingGroup('ec2', { DesiredCapacity: 1, MaxSize: 1, Instances: [groupInstance('i-1')] }),
    instanceTypes: [m5Large],
  };
  const instances = [containerInstance('i-1', { remainingResources: [] })];

  test('is there when the group may not grow any more, in the same words however many tasks wait', () => {
    const told = conditions(full, { instances, waiting: [waitingTask()] });
    expect(told).toEqual([
      {
        type: 'TasksUnplaceable',
        reason: 'GroupAtMaximum',
        message:
          'Tasks of service web (512 CPU units, 1024 MiB) wait for capacity provider ec2, whose Auto Scaling group ec2 is at its maximum of 1. Raise its maxSize, or run fewer tasks.',
      },
    ]);
    expect(conditions(full, { instances, waiting: [waitingTask(), waitingTask()] })).toEqual(told);
  });

  test('tells the larger trouble first when there are both', () => {
    expect(conditions(full, { instances, waiting: [waitingTask(), large] })).toMatchObject([
      { reason: 'TaskTooLarge', message: expect.stringContaining('at its maximum of 1') },
    ]);
  });

  test('is not there while the last instance starts, while there is room, or when nothing waits', () => {
    expect(conditions(full, { waiting: [waitingTask()] })).toEqual([]);
    expect(conditions(full, { instances: [containerInstance('i-1')], waiting: [waitingTask()] })).toEqual([]);
    expect(conditions(full, { instances })).toEqual([]);
  });
});

describe('CapacityUnavailable', () => {
  const group = scalingGroup('ec2', { DesiredCapacity: 1 });
  const waiting = [waitingTask()];

  test('is there while launches fail because EC2 has none', () => {
    expect(conditions({ group, activities: [failedLaunchActivity()] }, { waiting })).toEqual([
      {
        type: 'CapacityUnavailable',
        reason: 'InsufficientInstanceCapacity',
        message: `EC2 has no capacity for what the groups of these capacity providers launch. ec2: ${noCapacity} The groups keep trying; more instance types or Availability Zones find capacity sooner.`,
      },
    ]);
  });

  test.each([
    'Could not launch On-Demand Instances. InsufficientInstanceCapacity - There is no capacity.',
    'Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration.',
    'There is no Spot capacity available that matches your request.',
  ])('is told by: %s', (message) => {
    expect(conditions({ group, activities: [failedLaunchActivity(message)] }, { waiting })).toHaveLength(1);
  });

  test.each([
    'You have requested more vCPU capacity than your current vCPU limit of 32 allows. Launching EC2 instance failed.',
    "The image id '[ami-1]' does not exist. Launching EC2 instance failed.",
  ])('is something else than: %s', (message) => {
    expect(conditions({ group, activities: [failedLaunchActivity(message)] }, { waiting })).toEqual([]);
  });

  test('is over when the instances are there, or nothing waits for them', () => {
    const activities = [failedLaunchActivity()];
    const there = { ...group, Instances: [groupInstance('i-1')] };
    expect(conditions({ group: there, activities }, { waiting })).toEqual([]);
    expect(conditions({ group, activities })).toEqual([]);
  });
});
