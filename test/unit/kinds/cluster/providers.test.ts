import { describe, expect, test } from 'vitest';
import { cluster } from '../../../../src/kinds/cluster/kind.ts';
import type { ObservedCapacity, ObservedProvider } from '../../../../src/kinds/cluster/observed.ts';
import { providerStatus, reservationOf, situationsOf } from '../../../../src/kinds/cluster/providers.ts';
import { ecsCluster } from '../../../support/builders.ts';
import {
  capacity,
  capacityProvider,
  containerInstance,
  desiredCluster,
  failedLaunchActivity,
  groupInstance,
  launchActivity,
  m5Large,
  managedInstances,
  noCapacity,
  now,
  observedCluster,
  observedProvider,
  scalingGroup,
  waitingTask,
} from '../../../support/builders-cluster.ts';

/** Instances that are registered, full and in service in a group of this size. */
function atWork(count: number, maximum: number): { provider: ObservedProvider; more: Partial<ObservedCapacity> } {
  const ids = Array.from({ length: count }, (_, index) => `i-${index}`);
  const group = scalingGroup('ec2', {
    DesiredCapacity: count,
    MaxSize: maximum,
    Instances: ids.map((id) => groupInstance(id)),
  });
  const instances = ids.map((id) => containerInstance(id, { remainingResources: [], runningTasksCount: 4 }));
  return { provider: observedProvider('ec2', { group, instanceTypes: [m5Large] }), more: { instances } };
}

function statusOf(provider: ObservedProvider, more: Partial<ObservedCapacity> = {}) {
  const [situation] = situationsOf(capacity({ providers: [provider], ...more }), now);
  if (situation === undefined) throw new Error('no provider');
  return providerStatus(situation);
}

describe('the reservation of a provider (CAS-02)', () => {
  const busy = containerInstance('i-1', { runningTasksCount: 1 });
  const starting = containerInstance('i-2', { pendingTasksCount: 1 });
  const empty = containerInstance('i-3');
  const task = waitingTask();

  test.each<[string, Parameters<typeof reservationOf>[0], number]>([
    ['nothing there and nothing wanted', { active: 0, starting: 0, instances: [], waiting: [] }, 100],
    ['nothing there and a task that waits', { active: 0, starting: 0, instances: [], waiting: [task] }, 200],
    ['every instance in use', { active: 2, starting: 0, instances: [busy, starting], waiting: [] }, 100],
    ['one of three in use', { active: 3, starting: 0, instances: [busy, empty, empty], waiting: [] }, 33],
    ['none in use', { active: 2, starting: 0, instances: [empty, empty], waiting: [] }, 0],
    ['one more needed than there are', { active: 2, starting: 0, instances: [busy, busy], waiting: [task, task] }, 150],
    ['the one that is needed starts', { active: 3, starting: 1, instances: [busy, busy], waiting: [task] }, 100],
  ])('%s', (_what, given, reservation) => {
    expect(reservationOf(given)).toBe(reservation);
  });
});

describe('the status of a provider', () => {
  test('shows the group behind it and its instances', () => {
    const { provider, more } = atWork(2, 3);
    expect(statusOf(provider, more)).toEqual({
      name: 'ec2',
      status: 'ACTIVE',
      autoScalingGroupName: 'ec2',
      minSize: 0,
      maxSize: 3,
      desiredInstances: 2,
      runningInstances: 2,
      reservation: 100,
      notScaling: undefined,
    });
  });

  test('counts only instances that are registered, and belong to it', () => {
    const instances = [
      containerInstance('i-1'),
      containerInstance('i-2', { status: 'DRAINING' }),
      containerInstance('i-3', { status: 'REGISTRATION_FAILED' }),
      // CP-04: registered before the group had a provider.
      containerInstance('i-4', { capacityProviderName: undefined }),
    ];
    expect(statusOf(observedProvider('ec2'), { instances })).toMatchObject({ runningInstances: 2 });
  });

  test('has no reservation without managed scaling, and no group with Managed Instances', () => {
    const unscaled = { autoScalingGroupProvider: { autoScalingGroupArn: 'arn', managedScaling: {} } };
    const provider = capacityProvider('ec2', unscaled);
    expect(statusOf(observedProvider('ec2', { provider })).reservation).toBeUndefined();
    expect(statusOf(managedInstances('managed'))).toEqual({ name: 'managed', status: 'ACTIVE', runningInstances: 0 });
  });

  test('is of every provider but those of Fargate, by name, and of no cluster without any', () => {
    const of = ecsCluster('prod');
    const told = (providers: readonly ObservedProvider[]) =>
      cluster.conclude(desiredCluster(of), observedCluster(of, {}, { capacity: capacity({ providers }) })).status;
    const { capacityProviderStatuses } = told([observedProvider('spot'), observedProvider('ec2')]);
    expect(capacityProviderStatuses?.map(({ name }) => name)).toEqual(['ec2', 'spot']);
    expect(told([])).not.toHaveProperty('capacityProviderStatuses', expect.anything());
    expect(told([])).not.toHaveProperty('containerInstances', expect.anything());
  });

  test('never makes a cluster less Ready', () => {
    const of = ecsCluster('prod');
    const instances = [containerInstance('i-1', { agentConnected: false })];
    const seen = capacity({ instances, waiting: [waitingTask()], providers: [observedProvider('ec2')] });
    expect(cluster.conclude(desiredCluster(of), observedCluster(of, {}, { capacity: seen }))).toMatchObject({
      progress: { kind: 'live' },
      conditions: [{ type: 'AgentDisconnected' }],
    });
  });
});

describe('why a provider has no more instances', () => {
  const waiting = [waitingTask()];
  const unscaled = { autoScalingGroupArn: 'arn', managedScaling: { status: 'DISABLED' } } as const;

  test('is not told while nothing waits for it', () => {
    const { provider, more } = atWork(3, 3);
    expect(statusOf(provider, more).notScaling).toBeUndefined();
    for (const other of [{ capacityProviderName: 'FARGATE' }, { lastStatus: 'PENDING' }]) {
      expect(statusOf(provider, { ...more, waiting: [waitingTask(other)] }).notScaling).toBeUndefined();
    }
  });

  test.each<[string, Partial<ObservedProvider>, string]>([
    ['the provider is gone', { provider: undefined }, 'the capacity provider does not exist any more'],
    [
      'its last change failed',
      { provider: capacityProvider('ec2', { updateStatus: 'UPDATE_FAILED', updateStatusReason: 'no role' }) },
      'the last change of the capacity provider failed: no role',
    ],
    [
      'managed scaling is off',
      { provider: capacityProvider('ec2', { autoScalingGroupProvider: unscaled }) },
      'managed scaling is DISABLED: set the desired capacity of the group, or managedScaling.status of the capacity provider',
    ],
    ['the group is gone', { group: undefined }, 'the Auto Scaling group does not exist any more'],
    [
      'the group goes',
      { group: scalingGroup('ec2', { Status: 'Delete in progress' }) },
      'the Auto Scaling group is being deleted',
    ],
    [
      'the group launches nothing',
      { group: scalingGroup('ec2', { SuspendedProcesses: [{ ProcessName: 'Launch' }] }) },
      'the process Launch of the Auto Scaling group is suspended: resume it',
    ],
    [
      'the group has lost the tag of ECS (CP-08)',
      { group: scalingGroup('ec2', { Tags: [] }) },
      'the Auto Scaling group has lost its tag AmazonECSManaged, without which ECS may not scale it: add it',
    ],
    [
      'the newest launch failed',
      { group: scalingGroup('ec2', { DesiredCapacity: 1 }), activities: [failedLaunchActivity(), launchActivity()] },
      `the newest launch failed: ${noCapacity}`,
    ],
    [
      'the newest launch failed, and another is under way',
      {
        group: scalingGroup('ec2', { DesiredCapacity: 1 }),
        activities: [
          launchActivity({ Description: 'Launching a new EC2 instance', StatusCode: 'InProgress', EndTime: undefined }),
          failedLaunchActivity('You are not authorized. Encoded authorization failure message: x-1_y'),
        ],
      },
      'the newest launch failed: You are not authorized.',
    ],
    ['it may have none', { group: scalingGroup('ec2', { MaxSize: 0 }) }, 'the group is at its maximum of 0'],
  ])('%s', (_what, more, reason) => {
    expect(statusOf(observedProvider('ec2', more), { waiting }).notScaling).toBe(reason);
  });

  test('is its maximum once all instances are there', () => {
    const { provider, more } = atWork(3, 3);
    expect(statusOf(provider, { ...more, waiting }).notScaling).toBe('the group is at its maximum of 3');
  });

  test('is the size of its instances when no waiting task fits on the smallest (CAS-12)', () => {
    const { provider, more } = atWork(1, 3);
    const large = waitingTask({ memory: '8000' });
    const reason =
      'all waiting tasks are too large for the smallest instance of the group, m5.large (2048 CPU units, 7985 MiB)';
    expect(statusOf(provider, { ...more, waiting: [large] }).notScaling).toBe(reason);
    expect(statusOf(provider, { ...more, waiting: [large, waitingTask()] }).notScaling).toBeUndefined();
  });

  test('is nothing while ECS has yet to act, or an instance starts', () => {
    expect(statusOf(observedProvider('ec2'), { waiting }).notScaling).toBeUndefined();
    const starting = (LifecycleState: 'Pending' | 'Pending:Wait' | 'InService') =>
      observedProvider('ec2', {
        group: scalingGroup('ec2', {
          DesiredCapacity: 1,
          MaxSize: 1,
          Instances: [groupInstance('i-1', { LifecycleState })],
        }),
        activities: [launchActivity()],
      });
    for (const state of ['Pending', 'Pending:Wait', 'InService'] as const) {
      expect(statusOf(starting(state), { waiting }).notScaling).toBeUndefined();
    }
  });

  test('is what keeps instances from registering, when they run for long (AG-03)', () => {
    const group = scalingGroup('ec2', { DesiredCapacity: 1, MaxSize: 1, Instances: [groupInstance('i-1')] });
    const activities = [launchActivity({ EndTime: new Date(now - 3_600_000) })];
    expect(statusOf(observedProvider('ec2', { group, activities }), { waiting }).notScaling).toBe(
      'instances in service that have not registered in this cluster: 1; check their user data, instance profile and network path to ECS',
    );
  });

  test('is no launch that was taken back', () => {
    const group = scalingGroup('ec2', { DesiredCapacity: 1 });
    const activities = [launchActivity({ StatusCode: 'Cancelled' }), failedLaunchActivity()];
    expect(statusOf(observedProvider('ec2', { group, activities }), { waiting }).notScaling).toBeUndefined();
  });

  test('is never guessed at for Managed Instances', () => {
    const tasks = [waitingTask({ capacityProviderName: 'managed', cpu: '65536' })];
    const instances = [containerInstance('i-1', { capacityProviderName: 'managed' })];
    expect(statusOf(managedInstances('managed'), { waiting: tasks, instances }).notScaling).toBeUndefined();
  });
});
