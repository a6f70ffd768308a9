import { SetInstanceProtectionCommand, TerminateInstanceInAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { ListContainerInstancesCommand, RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AutoScalingGroupStatus } from '../../src/kinds/auto-scaling-group/api.ts';
import { eventually } from '../support/eventually.ts';
import { type GroupBed, group, groupBed, launchTemplate } from '../support/group-bed.ts';
import { cluster } from '../support/manifests.ts';
import { awsRegion } from '../support/operator-bed.ts';
import { fewestRunning, tasksOf } from '../support/task-record.ts';
import { condition, type Managed } from '../support/test-bed.ts';

describe('the instances of an AutoScalingGroup', () => {
  let bed: GroupBed;
  beforeAll(async () => {
    bed = await groupBed();
  });
  afterAll(() => bed?.stop());

  const instancesOf = async (name: string): Promise<readonly string[]> =>
    ((await bed.group(name))?.Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []).sort();
  const containerInstance = async (id: string | undefined) =>
    (await bed.registered()).find(({ ec2InstanceId }) => ec2InstanceId === id);
  const drainOf = (object: Managed | undefined): AutoScalingGroupStatus['drain'] => {
    const status: AutoScalingGroupStatus | undefined = object?.status;
    return status?.drain;
  };
  const annotate = (name: string, value: string): Promise<string> =>
    bed.kubectl('annotate', `asg/${name}`, `ecs-operator.dev/drain${value}`, '--overwrite');
  /** Deletes the group and resolves once nothing of it is left; returns the mutations that it took. */
  const deleted = async (name: string): Promise<readonly string[]> => {
    const mark = bed.region.journal.mark();
    await bed.delete('AutoScalingGroup', name);
    await bed.gone('AutoScalingGroup', name);
    expect(await bed.group(name)).toBeUndefined();
    return bed.mutations(mark);
  };

  it('are drained by an annotation and come back without it', async () => {
    await bed.readyGroup('drained', { minSize: 2 });
    const [first = '', second = ''] = await instancesOf('drained');
    await bed.service('web', 2);
    await annotate('drained', `=${first}`);
    const done = await bed.eventually('AutoScalingGroup', 'drained', 'is drained', (object) => {
      return condition(object, 'Drained')?.status === 'True' && condition(object, 'Ready')?.status === 'True';
    });
    expect(drainOf(done)).toEqual([{ instanceId: first, state: 'Drained', runningTasksCount: 0 }]);
    expect(await containerInstance(first)).toMatchObject({ status: 'DRAINING', runningTasksCount: 0 });
    expect(await containerInstance(second)).toMatchObject({ status: 'ACTIVE', runningTasksCount: 2 });

    await annotate('drained', '-');
    const back = await bed.eventually('AutoScalingGroup', 'drained', 'is not drained any more', (object) => {
      return condition(object, 'Drained') === undefined && drainOf(object) === undefined;
    });
    expect(back.status).toMatchObject({ instances: { inService: 2 } });
    expect(await containerInstance(first)).toMatchObject({ status: 'ACTIVE' });
    await bed.pass('AutoScalingGroup', 'drained');
    expect(condition(await bed.ready('AutoScalingGroup', 'drained'), 'Drained')).toBeUndefined();
  });

  it('are not drained while a task runs there that no service started, and the object says so (DR-05)', async () => {
    const [first = ''] = await instancesOf('drained');
    const arn = (await containerInstance(first))?.containerInstanceArn;
    const { tasks } = await bed.aws.send(
      new RunTaskCommand({
        cluster: 'prod',
        taskDefinition: 'app',
        launchType: 'EC2',
        placementConstraints: [{ type: 'memberOf', expression: `ec2InstanceId == ${first}` }],
      }),
    );
    expect(tasks).toMatchObject([{ containerInstanceArn: arn }]);
    await annotate('drained', '=all');
    const waiting = await bed.notReady('AutoScalingGroup', 'drained', 'Draining');
    expect(condition(waiting, 'Ready')?.message).toContain('tasks that no service started have to be stopped by hand');
    expect(condition(waiting, 'Drained')).toBeUndefined();

    // The tasks of the service have nowhere to go, so one of its group is added.
    await bed.readyGroup('refuge', { minSize: 2 });
    await bed.eventually(
      'AutoScalingGroup',
      'drained',
      'has one task left',
      (object) =>
        JSON.stringify(drainOf(object)).includes('"runningTasksCount":1') &&
        JSON.stringify(drainOf(object)).includes('"Drained"'),
    );
    await bed.aws.send(new StopTaskCommand({ cluster: 'prod', task: tasks?.[0]?.taskArn }));
    await bed.eventually('AutoScalingGroup', 'drained', 'is drained', (object) => {
      return condition(object, 'Drained')?.status === 'True';
    });
    await annotate('drained', '-');
    await bed.ready('AutoScalingGroup', 'drained');
  });

  it('are drained, unprotected and scaled in when it is deleted, and no service loses a task before another runs', async () => {
    await bed.readyGroup('left', { minSize: 2, newInstancesProtectedFromScaleIn: true });
    await bed.service('api', 6);
    const ids = await instancesOf('left');
    const began = (await tasksOf(bed.aws, 'prod', 'api')).map(({ startedAt }) => startedAt?.getTime() ?? 0);
    const mutations = await deleted('left');
    expect(mutations.filter((operation) => operation !== 'UpdateContainerInstancesState')).toEqual([
      'UpdateAutoScalingGroup',
      'SetInstanceProtection',
      'UpdateAutoScalingGroup',
      'DeleteAutoScalingGroup',
    ]);
    expect(mutations.indexOf('UpdateContainerInstancesState')).toBe(1);
    const known = (await bed.registered()).map(({ ec2InstanceId }) => ec2InstanceId);
    expect(known.filter((id) => ids.includes(id ?? ''))).toEqual([]);
    await bed.serviceRuns('api');
    expect(fewestRunning(await tasksOf(bed.aws, 'prod', 'api'), Math.max(...began))).toBe(6);
  });

  it('wait for a task that no service started when the group is deleted, which ends with forceDelete', async () => {
    await bed.readyGroup('held');
    const [id] = await instancesOf('held');
    await bed.aws.send(
      new RunTaskCommand({
        cluster: 'prod',
        taskDefinition: 'app',
        launchType: 'EC2',
        placementConstraints: [{ type: 'memberOf', expression: `ec2InstanceId == ${id}` }],
      }),
    );
    await bed.delete('AutoScalingGroup', 'held');
    const waiting = await bed.notReady('AutoScalingGroup', 'held', 'Draining');
    expect(condition(waiting, 'Ready')?.message).toContain(`${id} (1 task)`);
    expect(await instancesOf('held')).toEqual([id]);
    await bed.apply(group('held', { forceDelete: true }));
    await bed.gone('AutoScalingGroup', 'held');
    expect(await bed.group('held')).toBeUndefined();
  });

  it('leave the cluster also when their agent is disconnected (DE-01)', async () => {
    await bed.readyGroup('lost');
    const [id = ''] = await instancesOf('lost');
    expect(bed.region.setAgent(id, false, { region: awsRegion })).toBe(true);
    expect(await deleted('lost')).toContain('DeregisterContainerInstance');
    await eventually(`${id} has left the cluster`, async () => {
      const value = await containerInstance(id);
      return { value, done: value === undefined };
    });
  });

  it('leave the cluster with it when they were terminated while their agent was away (DE-01)', async () => {
    const ghosts = [
      cluster('ghosts'),
      launchTemplate('ghosts', { ecs: { clusterRef: { name: 'ghosts' } } }),
      group('ghosts', { launchTemplateRef: { name: 'ghosts' } }),
    ];
    const registered = async (count: number) =>
      eventually(`${count} container instances`, async () => {
        const { containerInstanceArns = [] } = await bed.aws.send(
          new ListContainerInstancesCommand({ cluster: 'ghosts' }),
        );
        return { value: containerInstanceArns, done: containerInstanceArns.length === count };
      });
    await bed.apply(...ghosts);
    await bed.ready('AutoScalingGroup', 'ghosts');
    await registered(1);
    const [id = ''] = await instancesOf('ghosts');
    expect(bed.region.setAgent(id, false, { region: awsRegion })).toBe(true);
    await bed.autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: id, ShouldDecrementDesiredCapacity: false }),
    );
    // The one that replaces it, and the one that nobody deregistered.
    await registered(2);
    await Promise.all(ghosts.map(({ kind, metadata }) => bed.delete(kind, metadata.name)));
    await Promise.all(ghosts.map(({ kind, metadata }) => bed.gone(kind, metadata.name)));
    expect(bed.region.inventory().clusters.filter((arn) => arn.endsWith('/ghosts'))).toEqual([]);
  });

  it('go with its warm pool, also when somebody protects one meanwhile', async () => {
    await bed.readyGroup('warm', { warmPool: { minSize: 2 } });
    const InstanceIds = [...(await instancesOf('warm'))];
    await bed.autoScaling.send(
      new SetInstanceProtectionCommand({ AutoScalingGroupName: 'warm', InstanceIds, ProtectedFromScaleIn: true }),
    );
    expect(await deleted('warm')).toEqual(expect.arrayContaining(['SetInstanceProtection', 'DeleteWarmPool']));
  });

  it('stay when the group is retained', async () => {
    await bed.readyGroup('kept', { deletionPolicy: 'Retain' });
    await bed.delete('AutoScalingGroup', 'kept');
    await bed.gone('AutoScalingGroup', 'kept');
    expect(await instancesOf('kept')).toHaveLength(1);
  });
});
