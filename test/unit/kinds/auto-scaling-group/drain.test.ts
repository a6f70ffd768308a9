import type { Instance } from '@aws-sdk/client-auto-scaling';
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { AutoScalingGroupStatus } from '../../../../src/kinds/auto-scaling-group/api.ts';
import { drainAnnotation, drainReport } from '../../../../src/kinds/auto-scaling-group/drain.ts';
import { autoScalingGroup as kind } from '../../../../src/kinds/auto-scaling-group/kind.ts';
import { desired, summaries } from '../../../support/builders.ts';
import {
  autoScalingGroup,
  containerInstance,
  instance,
  liveGroup,
  observedGroup,
  template,
  templateField,
} from '../../../support/builders-auto-scaling-group.ts';

interface Seen {
  readonly instances?: readonly Instance[];
  readonly registered?: readonly ContainerInstance[] | undefined;
  readonly drain?: AutoScalingGroupStatus['drain'];
  readonly drainRequest?: string;
  readonly cluster?: string | undefined;
}

function seen(annotation: string | undefined, state: Seen) {
  const { instances, registered, drain, drainRequest, cluster = 'prod' } = state;
  const members = instances ?? (registered ?? []).map(({ ec2InstanceId = '' }) => instance(ec2InstanceId));
  const metadata = annotation === undefined ? {} : { annotations: { [drainAnnotation]: annotation } };
  const of = autoScalingGroup('nodes', {}, { metadata, status: { drain, drainRequest } });
  const live = liveGroup(of, { Instances: [...members], DesiredCapacity: members.length });
  const details = cluster === '' ? {} : { cluster };
  return {
    desired: desired(of, { [templateField]: template('3', details) }),
    observed: observedGroup(live, { containerInstances: registered }),
  };
}

function plan(annotation: string | undefined, state: Seen) {
  const { desired, observed } = seen(annotation, state);
  return summaries(kind.plan(desired, observed));
}

function report(annotation: string | undefined, state: Seen) {
  const { desired, observed } = seen(annotation, state);
  return drainReport(desired, observed);
}

const arnOf = (id: string) => containerInstance(id).containerInstanceArn;
const set = (status: string, ...ids: readonly string[]) => ({
  operation: 'UpdateContainerInstancesState',
  input: { cluster: 'prod', containerInstances: ids.map(arnOf), status },
  reason: `container instances set ${status}: ${ids.join(', ')}`,
});
const busy = { runningTasksCount: 2, pendingTasksCount: 1 };

describe('draining by annotation', () => {
  test('sets the instances that it names to DRAINING, and waits for their tasks', () => {
    const registered = [containerInstance('i-1', busy), containerInstance('i-2', busy)];
    expect(plan('i-1', { registered })).toEqual([
      set('DRAINING', 'i-1'),
      {
        wait: 'Draining',
        message:
          'Waiting for the tasks on i-1 (3 tasks). ECS moves those of services as their minimumHealthyPercent and the room on other instances allow; tasks that no service started have to be stopped by hand.',
      },
    ]);
  });

  test('takes ten instances a call', () => {
    const registered = Array.from({ length: 12 }, (_, index) => containerInstance(`i-${index}`));
    const ids = registered.map(({ ec2InstanceId = '' }) => ec2InstanceId);
    expect(plan('all', { registered })).toEqual([
      set('DRAINING', ...ids.slice(0, 10)),
      set('DRAINING', ...ids.slice(10)),
    ]);
  });

  test('waits on while tasks are left and is done without them', () => {
    const draining = { status: 'DRAINING' };
    expect(plan('all', { registered: [containerInstance('i-1', { ...draining, ...busy })] })).toMatchObject([
      { wait: 'Draining' },
    ]);
    expect(plan('all', { registered: [containerInstance('i-1', draining)] })).toEqual([]);
  });

  test('leaves out what is not of this group, such as external instances', () => {
    const state = { registered: [containerInstance('i-1', { status: 'DRAINING' })] };
    expect(plan('i-1, mi-2, i-of-another', state)).toEqual([]);
    expect(report('i-1, mi-2, i-of-another', state)).toEqual([
      { instanceId: 'i-1', state: 'Drained', runningTasksCount: 0 },
      { instanceId: 'i-of-another', state: 'NotRegistered', runningTasksCount: 0 },
      { instanceId: 'mi-2', state: 'NotRegistered', runningTasksCount: 0 },
    ]);
  });

  test('with all means the instances that are there at that moment, so that a capacity provider does not launch and lose one after another', () => {
    const registered = [containerInstance('i-1', { status: 'DRAINING' }), containerInstance('i-new')];
    const drain = [{ instanceId: 'i-1', state: 'Draining', runningTasksCount: 3 } as const];
    expect(plan('all', { registered, drain, drainRequest: 'all' })).toEqual([]);
    expect(report('all', { registered, drain, drainRequest: 'all' })).toEqual([
      { instanceId: 'i-1', state: 'Drained', runningTasksCount: 0 },
    ]);
    expect(plan('all', { registered, drain, drainRequest: 'i-1' })).toEqual([set('DRAINING', 'i-new')]);
  });

  test('does not send what ECS refuses: only ACTIVE instances can be drained', () => {
    const registered = [containerInstance('i-1', { status: 'REGISTERING' })];
    expect(plan('all', { registered })).toEqual([]);
  });

  test('says what is missing when no cluster is known', () => {
    expect(plan('all', { instances: [instance('i-1')], registered: undefined, cluster: '' })).toMatchObject([
      { wait: 'ClusterUnknown', message: expect.stringContaining('set spec.cluster or spec.clusterRef') },
    ]);
  });
});

describe('the end of draining by annotation', () => {
  const drained = (instanceId: string) => ({ instanceId, state: 'Drained', runningTasksCount: 0 }) as const;
  const draining = { status: 'DRAINING' };

  test('sets what it drained to ACTIVE again, and nothing else', () => {
    const registered = [containerInstance('i-1', draining), containerInstance('i-by-hand', draining)];
    const state = { registered, drain: [drained('i-1')] };
    expect(plan(undefined, state)).toEqual([set('ACTIVE', 'i-1')]);
    expect(report(undefined, state)).toEqual([drained('i-1')]);
  });

  test('moves from one instance to another when the annotation does', () => {
    const registered = [containerInstance('i-1', draining), containerInstance('i-2')];
    const state = { registered, drain: [drained('i-1')] };
    expect(plan('i-2', state)).toEqual([set('DRAINING', 'i-2'), set('ACTIVE', 'i-1')]);
    expect(report('i-2', state)).toEqual([
      drained('i-1'),
      { instanceId: 'i-2', state: 'Draining', runningTasksCount: 0 },
    ]);
  });

  test('leaves instances alone that are being terminated: ECS drains those', () => {
    const state = {
      instances: [instance('i-1', { LifecycleState: 'Terminating:Wait' })],
      registered: [containerInstance('i-1', draining)],
      drain: [drained('i-1')],
    };
    expect(plan(undefined, state)).toEqual([]);
    expect(report(undefined, state)).toBeUndefined();
  });

  test('is over when somebody has set them ACTIVE already', () => {
    const state = { registered: [containerInstance('i-1')], drain: [drained('i-1')] };
    expect(plan(undefined, state)).toEqual([]);
    expect(report(undefined, state)).toBeUndefined();
  });
});

describe('the report', () => {
  test('is there as long as the annotation is, also for a group without instances', () => {
    expect(report('all', { registered: [] })).toEqual([]);
    expect(report(undefined, { registered: [containerInstance('i-1')] })).toBeUndefined();
  });

  test('counts the tasks that are left', () => {
    const registered = [containerInstance('i-1', { status: 'DRAINING', ...busy }), containerInstance('i-2')];
    expect(report('all', { registered })).toEqual([
      { instanceId: 'i-1', state: 'Draining', runningTasksCount: 3 },
      { instanceId: 'i-2', state: 'Draining', runningTasksCount: 0 },
    ]);
  });
});
