import type { AutoScalingGroup as LiveGroup } from '@aws-sdk/client-auto-scaling';
import { describe, expect, test } from 'vitest';
import type { AutoScalingGroupSpec } from '../../../../src/kinds/auto-scaling-group/api.ts';
import { autoScalingGroup as kind } from '../../../../src/kinds/auto-scaling-group/kind.ts';
import type { ObservedGroup } from '../../../../src/kinds/auto-scaling-group/observed.ts';
import { deleted, desired, summaries } from '../../../support/builders.ts';
import {
  autoScalingGroup,
  containerInstance,
  instance,
  liveGroup,
  observedGroup,
} from '../../../support/builders-auto-scaling-group.ts';

/** Sizes of a group whose growth has been stopped with one instance. */
const stopped: Partial<LiveGroup> = { MinSize: 0, MaxSize: 1, DesiredCapacity: 1, Instances: [instance('i-1')] };
const empty: Partial<LiveGroup> = { MinSize: 0, MaxSize: 0, DesiredCapacity: 0, Instances: [] };

interface Now {
  readonly spec?: Partial<AutoScalingGroupSpec>;
  readonly more?: Partial<ObservedGroup>;
  readonly deletionTimestamp?: string;
}

function retire(live: Partial<LiveGroup>, { spec = {}, more = {}, deletionTimestamp }: Now = {}) {
  const metadata = deletionTimestamp === undefined ? deleted : { deletionTimestamp };
  const of = autoScalingGroup('nodes', spec, { metadata, status: { cluster: 'prod' } });
  return summaries(kind.retire(desired(of), observedGroup(liveGroup(of, live), more)));
}

const update = (input: object) => ({
  operation: 'UpdateAutoScalingGroup',
  input: { AutoScalingGroupName: 'nodes', ...input },
});
const busy = { runningTasksCount: 1 };
const draining = { status: 'DRAINING' };
const disconnected = { agentConnected: false, ...draining };

describe('a group that is deleted', () => {
  test('stops growing, stops protecting, ends its refresh and drains what ECS knows of it', () => {
    const steps = retire(
      {
        MinSize: 1,
        MaxSize: 4,
        DesiredCapacity: 2,
        NewInstancesProtectedFromScaleIn: true,
        Instances: [instance('i-1'), instance('i-2')],
      },
      {
        more: {
          refresh: { InstanceRefreshId: 'r', Status: 'InProgress' },
          containerInstances: [containerInstance('i-1', busy), containerInstance('i-2')],
        },
      },
    );
    expect(steps).toMatchObject([
      { operation: 'CancelInstanceRefresh', input: { AutoScalingGroupName: 'nodes' } },
      update({ MinSize: 0, MaxSize: 2, NewInstancesProtectedFromScaleIn: false }),
      {
        operation: 'UpdateContainerInstancesState',
        input: {
          cluster: 'prod',
          containerInstances: [
            containerInstance('i-1').containerInstanceArn,
            containerInstance('i-2').containerInstanceArn,
          ],
          status: 'DRAINING',
        },
      },
      { wait: 'Draining', message: expect.stringContaining('i-1 (1 task)') },
    ]);
  });

  test('waits for tasks, and says that those of no service have to be stopped by hand (DR-05)', () => {
    const containerInstances = [containerInstance('i-1', { ...draining, ...busy })];
    expect(retire(stopped, { more: { containerInstances } })).toEqual([
      {
        wait: 'Draining',
        message:
          'Waiting for the tasks on i-1 (1 task). ECS moves those of services as their minimumHealthyPercent and the room on other instances allow; tasks that no service started have to be stopped by hand. To delete the group at once, with what runs on it, set spec.forceDelete.',
      },
    ]);
  });

  test('without tasks loses its protection, its warm pool and its instances, in this order', () => {
    const Instances = [
      instance('i-1', { ProtectedFromScaleIn: true }),
      instance('i-2', { LifecycleState: 'Pending', ProtectedFromScaleIn: true }),
      instance('i-3', { LifecycleState: 'Standby' }),
    ];
    const containerInstances = [containerInstance('i-1', draining), containerInstance('i-3', disconnected)];
    const steps = retire({ ...stopped, Instances }, { more: { containerInstances, warmPool: { MinSize: 1 } } });
    expect(steps).toMatchObject([
      {
        operation: 'SetInstanceProtection',
        input: { AutoScalingGroupName: 'nodes', InstanceIds: ['i-1'], ProtectedFromScaleIn: false },
        reason: 'scale-in protection removed from 1 instance',
      },
      { operation: 'DeleteWarmPool' },
      {
        operation: 'DeregisterContainerInstance',
        input: { cluster: 'prod', containerInstance: containerInstance('i-3').containerInstanceArn, force: true },
      },
      { ...update({ MinSize: 0, MaxSize: 0, DesiredCapacity: 0 }), reason: 'desiredCapacity 1 -> 0' },
      {
        operation: 'TerminateInstanceInAutoScalingGroup',
        input: { InstanceId: 'i-3', ShouldDecrementDesiredCapacity: false },
      },
    ]);
  });

  test('unprotects fifty instances a call', () => {
    const Instances = Array.from({ length: 51 }, (_, index) => instance(`i-${index}`, { ProtectedFromScaleIn: true }));
    expect(retire({ ...empty, Instances })).toMatchObject([
      { operation: 'SetInstanceProtection', reason: 'scale-in protection removed from 50 instances' },
      { operation: 'SetInstanceProtection', reason: 'scale-in protection removed from 1 instance' },
    ]);
  });

  test.each<[string, Partial<LiveGroup>, string, string]>([
    [
      'instances',
      { Instances: [instance('i-1', { LifecycleState: 'Terminating' })] },
      'Terminating',
      'Waiting for the end of 1 instance: i-1.',
    ],
    [
      'lifecycle hooks, and those of ECS among them (MD-05)',
      { Instances: [instance('i-1', { LifecycleState: 'Terminating:Wait' })] },
      'Terminating',
      "Lifecycle hooks hold i-1; ECS's managed draining does until their tasks have stopped, for 48 hours at most.",
    ],
    [
      'a process that somebody has suspended',
      { Instances: [instance('i-1')], SuspendedProcesses: [{ ProcessName: 'Terminate' }] },
      'Terminating',
      'The process Terminate of the group is suspended: resume it, or set spec.forceDelete.',
    ],
    ['AWS', { Status: 'Delete in progress' }, 'Deleting', 'AWS is deleting the group; it still has 0 instances.'],
  ])('waits for %s', (_what, live, reason, message) => {
    expect(retire({ ...empty, ...live })).toEqual([{ wait: reason, message: expect.stringContaining(message) }]);
  });

  test('waits for its warm pool', () => {
    expect(retire(empty, { more: { warmPool: { Status: 'PendingDelete' } } })).toMatchObject([
      { wait: 'WarmPoolDeleting' },
    ]);
  });

  test('goes when it has no instances', () => {
    expect(retire(empty)).toEqual([
      {
        operation: 'DeleteAutoScalingGroup',
        input: { AutoScalingGroupName: 'nodes' },
        reason: 'Auto Scaling group nodes deleted',
      },
    ]);
  });

  test('of a cluster that nobody knows is scaled in without draining', () => {
    expect(retire(stopped)).toMatchObject([update({ DesiredCapacity: 0 })]);
  });

  test('of somebody else is not touched', () => {
    expect(() => retire({ ...empty, Tags: [] })).toThrow('was not created by this operator');
  });
});

describe('an instance whose agent is disconnected', () => {
  const containerInstances = [containerInstance('i-1', { ...disconnected, ...busy })];

  test('is waited for a few minutes: an agent that restarts is back then', () => {
    expect(retire(stopped, { more: { containerInstances }, deletionTimestamp: '2026-01-02T23:56:00Z' })).toMatchObject([
      { wait: 'Draining' },
    ]);
  });

  test('is given up then and taken out of the cluster, because it will not do so itself (DE-01)', () => {
    expect(retire(stopped, { more: { containerInstances }, deletionTimestamp: '2026-01-02T23:54:00Z' })).toMatchObject([
      { operation: 'DeregisterContainerInstance', input: { force: true } },
      update({ DesiredCapacity: 0 }),
    ]);
  });
});

describe('forceDelete', () => {
  const spec = { forceDelete: true };

  test('deletes the group with what is in it, and takes out of the cluster what cannot do so itself', () => {
    const containerInstances = [containerInstance('i-1', busy), containerInstance('i-2', disconnected)];
    const live = { Instances: [instance('i-1', { ProtectedFromScaleIn: true }), instance('i-2')] };
    expect(retire(live, { spec, more: { containerInstances } })).toMatchObject([
      { operation: 'DeregisterContainerInstance' },
      {
        operation: 'DeleteAutoScalingGroup',
        input: { AutoScalingGroupName: 'nodes', ForceDelete: true },
        reason: 'Auto Scaling group nodes deleted with its instances',
      },
    ]);
  });

  test('waits then', () => {
    expect(retire({ Status: 'Delete in progress' }, { spec })).toMatchObject([{ wait: 'Deleting' }]);
  });
});

describe('deletion protection', () => {
  const locked = { ...empty, DeletionProtection: 'prevent-all-deletion' } as const;

  test('keeps the group, and nothing is drained for nothing', () => {
    expect(() => retire({ ...stopped, ...locked })).toThrow('spec.deletionProtection to none');
    const noForce = { ...empty, DeletionProtection: 'prevent-force-deletion' } as const;
    expect(() => retire(noForce, { spec: { forceDelete: true } })).toThrow('prevent-force-deletion');
    expect(retire(noForce)).toMatchObject([{ operation: 'DeleteAutoScalingGroup' }]);
  });

  test('goes when the spec says that there is none', () => {
    expect(retire(locked, { spec: { deletionProtection: 'none' } })).toMatchObject([
      update({ DeletionProtection: 'none' }),
    ]);
  });
});
