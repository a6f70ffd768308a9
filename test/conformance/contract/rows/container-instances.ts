import type { DeregisterContainerInstanceCommandOutput } from '@aws-sdk/client-ecs';
import { expect } from 'vitest';
import type { Aws } from '../aws.ts';
import {
  createCluster,
  createService,
  describeCluster,
  describeService,
  describeTask,
  ec2Definition,
  register,
  runTask,
  tasksOf,
} from '../builders.ts';
import { must, only, reasonOf, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

/** A cluster with so many container instances. */
async function clusterWith(aws: Aws, count: number): Promise<{ cluster: string; arns: string[] }> {
  const { clusterName: cluster } = await createCluster(aws);
  await aws.instances(cluster, count);
  return { cluster, arns: must((await aws.ecs.listContainerInstances({ cluster })).containerInstanceArns) };
}

const ON_INSTANCES = { launchType: 'EC2', networkConfiguration: undefined } as const;

export const containerInstances: readonly Row[] = [
  row('INV-10', 'a registered instance is ACTIVE and connected', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 1);
    const { containerInstances: found } = await aws.ecs.describeContainerInstances({
      cluster,
      containerInstances: arns,
    });
    expect(only(found)).toMatchObject({
      status: 'ACTIVE',
      agentConnected: true,
      runningTasksCount: 0,
      pendingTasksCount: 0,
    });
    expect(only(found).ec2InstanceId).toMatch(/^i-[0-9a-f]{17}$/);
  }),
  row('ARN-01c', 'a container instance ARN names its cluster', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 1);
    expect(only(arns)).toMatch(new RegExp(`:container-instance/${cluster}/[0-9a-f]{32}$`));
  }),
  row('CLU-15d', 'registered instances are counted', async (aws) => {
    const { cluster } = await clusterWith(aws, 2);
    expect((await describeCluster(aws, cluster)).registeredContainerInstancesCount).toBe(2);
  }),
  row('G4.18e', 'an instance shows registered and remaining resources', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 1);
    const { containerInstances: found } = await aws.ecs.describeContainerInstances({
      cluster,
      containerInstances: arns,
    });
    const { registeredResources, remainingResources } = only(found);
    expect(registeredResources?.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['CPU', 'MEMORY', 'PORTS', 'PORTS_UDP']),
    );
    expect(remainingResources).toEqual(registeredResources);
  }),
  row('PL-14', 'an instance has attributes of its kind and place', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 1);
    const { containerInstances: found } = await aws.ecs.describeContainerInstances({
      cluster,
      containerInstances: arns,
    });
    const names = only(found).attributes?.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['ecs.availability-zone', 'ecs.instance-type', 'ecs.os-type', 'ecs.ami-id']),
    );
  }),
  row('G4.18f', 'DescribeContainerInstances answers a missing instance with the failure MISSING', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    const containerInstances = ['0123456789abcdef0123456789abcdef'];
    expect(reasonOf(await aws.ecs.describeContainerInstances({ cluster, containerInstances }))).toBe('MISSING');
  }),
  row('SV-08', 'a service places its tasks on the instances', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 1);
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws));
    const placed = await createService(aws, { cluster, taskDefinition: taskDefinitionArn, ...ON_INSTANCES });
    await aws.settle();
    const task = only(await tasksOf(aws, placed));
    expect(task).toMatchObject({ lastStatus: 'RUNNING', launchType: 'EC2', containerInstanceArn: arns[0] });
  }),
  row('TD-22', 'a task takes its reservation from what remains', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 1);
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws));
    await runTask(aws, { cluster, taskDefinition: taskDefinitionArn, ...ON_INSTANCES });
    await aws.settle();
    const { containerInstances: found } = await aws.ecs.describeContainerInstances({
      cluster,
      containerInstances: arns,
    });
    const { registeredResources, remainingResources, runningTasksCount } = only(found);
    const of = (resources: typeof registeredResources, wanted: string): number =>
      must(resources?.find(({ name }) => name === wanted)?.integerValue);
    expect(of(registeredResources, 'CPU') - of(remainingResources, 'CPU')).toBe(128);
    expect(of(registeredResources, 'MEMORY') - of(remainingResources, 'MEMORY')).toBe(128);
    expect(runningTasksCount).toBe(1);
  }),
  row('G4.18g', 'RunTask of a task that fits nowhere answers the failure RESOURCE:MEMORY', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 1);
    const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 1_000_000 }];
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws, { containerDefinitions }));
    const answer = await aws.ecs.runTask({ cluster, taskDefinition: taskDefinitionArn, launchType: 'EC2' });
    expect(answer.tasks).toEqual([]);
    expect(answer.failures).toEqual([{ arn: arns[0], reason: 'RESOURCE:MEMORY' }]);
  }),
  row('SD-02b', 'StartTask places on the named instance', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 2);
    const { taskDefinitionArn: taskDefinition } = await register(aws, ec2Definition(aws));
    const { tasks } = await aws.ecs.startTask({ cluster, taskDefinition, containerInstances: [must(arns[1])] });
    expect(only(tasks).containerInstanceArn).toBe(arns[1]);
  }),
  row('NET-24', 'a fixed host port lets one copy on each instance', async (aws) => {
    const { cluster } = await clusterWith(aws, 2);
    const containerDefinitions = [
      { name: 'app', image: 'nginx', cpu: 10, memory: 64, portMappings: [{ containerPort: 80, hostPort: 80 }] },
    ];
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws, { containerDefinitions }));
    const placed = await createService(aws, {
      cluster,
      taskDefinition: taskDefinitionArn,
      desiredCount: 3,
      ...ON_INSTANCES,
    });
    await aws.settle();
    expect((await describeService(aws, placed)).runningCount).toBe(2);
  }),
  row('PL-10', 'distinctInstance puts each task on another instance', async (aws) => {
    const { cluster } = await clusterWith(aws, 2);
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws));
    const placed = await createService(aws, {
      cluster,
      taskDefinition: taskDefinitionArn,
      desiredCount: 3,
      placementConstraints: [{ type: 'distinctInstance' }],
      ...ON_INSTANCES,
    });
    await aws.settle();
    const instances = (await tasksOf(aws, placed)).map(({ containerInstanceArn }) => containerInstanceArn);
    expect(new Set(instances).size).toBe(2);
    expect(instances).toHaveLength(2);
  }),
  row('G4.22.3', 'DAEMON runs one task on each instance', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 2);
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws));
    const placed = await createService(aws, {
      cluster,
      taskDefinition: taskDefinitionArn,
      schedulingStrategy: 'DAEMON',
      ...ON_INSTANCES,
      desiredCount: undefined,
    });
    await aws.settle();
    const instances = (await tasksOf(aws, placed)).map(({ containerInstanceArn }) => containerInstanceArn);
    expect(instances.toSorted()).toEqual(arns.toSorted());
    expect((await describeService(aws, placed)).desiredCount).toBe(2);
  }),
  row('INS-13', 'an instance that drains takes no task, and gives its service tasks to others', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 2);
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws));
    const placed = await createService(aws, {
      cluster,
      taskDefinition: taskDefinitionArn,
      desiredCount: 2,
      ...ON_INSTANCES,
    });
    await aws.settle();
    const drained = await aws.ecs.updateContainerInstancesState({
      cluster,
      containerInstances: [must(arns[0])],
      status: 'DRAINING',
    });
    expect(only(drained.containerInstances).status).toBe('DRAINING');
    await aws.settle(300);
    const instances = (await tasksOf(aws, placed)).map(({ containerInstanceArn }) => containerInstanceArn);
    expect(instances).toEqual([arns[1], arns[1]]);
  }),
  row('STM-04', 'a drained instance can be ACTIVE again', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 1);
    const change = { cluster, containerInstances: arns };
    await aws.ecs.updateContainerInstancesState({ ...change, status: 'DRAINING' });
    const back = await aws.ecs.updateContainerInstancesState({ ...change, status: 'ACTIVE' });
    expect(only(back.containerInstances).status).toBe('ACTIVE');
  }),
  row('STM-04b', 'an instance can only be set ACTIVE or DRAINING', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 1);
    await refused(
      aws.ecs.updateContainerInstancesState({ cluster, containerInstances: arns, status: 'DEREGISTERING' }),
      'InvalidParameterException',
    );
  }),
  row('DE-03', 'an instance with tasks is deregistered only by force', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 1);
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws));
    await runTask(aws, { cluster, taskDefinition: taskDefinitionArn, ...ON_INSTANCES });
    await aws.settle();
    const deregister = (force: boolean): Promise<DeregisterContainerInstanceCommandOutput> =>
      aws.ecs.deregisterContainerInstance({ cluster, containerInstance: must(arns[0]), force });
    await refused(deregister(false), 'InvalidParameterException');
    expect((await deregister(true)).containerInstance?.status).toBe('INACTIVE');
  }),
  row('CI-03', 'a deregistered instance is INACTIVE at once and not listed', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 1);
    const { containerInstance } = await aws.ecs.deregisterContainerInstance({
      cluster,
      containerInstance: must(arns[0]),
    });
    expect(containerInstance?.status).toBe('INACTIVE');
    expect((await aws.ecs.listContainerInstances({ cluster })).containerInstanceArns).toEqual([]);
  }),
  row('PL-17', 'attributes are put on an instance, listed and deleted', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 1);
    const attribute = { name: 'stack', value: 'production', targetId: must(arns[0]) };
    await aws.ecs.putAttributes({ cluster, attributes: [attribute] });
    const list = async (): Promise<unknown> =>
      (await aws.ecs.listAttributes({ cluster, targetType: 'container-instance', attributeName: 'stack' })).attributes;
    expect(await list()).toEqual([attribute]);
    await aws.ecs.deleteAttributes({ cluster, attributes: [attribute] });
    expect(await list()).toEqual([]);
  }),
  row('PL-20', 'container instances are listed by an expression of the cluster query language', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 2);
    await aws.ecs.putAttributes({
      cluster,
      attributes: [{ name: 'stack', value: 'production', targetId: must(arns[0]) }],
    });
    const filter = 'attribute:stack == production';
    expect((await aws.ecs.listContainerInstances({ cluster, filter })).containerInstanceArns).toEqual([arns[0]]);
  }),
  row('PL-11b', 'memberOf keeps tasks on the instances that match', async (aws) => {
    const { cluster, arns } = await clusterWith(aws, 2);
    await aws.ecs.putAttributes({
      cluster,
      attributes: arns.map((targetId, index) => ({ name: 'stack', value: `stack-${index}`, targetId })),
    });
    const { taskDefinitionArn: taskDefinition } = await register(aws, ec2Definition(aws));
    const placedOn = async (stack: string): Promise<string | undefined> => {
      const placementConstraints = [{ type: 'memberOf' as const, expression: `attribute:stack == ${stack}` }];
      const { task } = await runTask(aws, { cluster, taskDefinition, placementConstraints, ...ON_INSTANCES });
      return (await describeTask(aws, cluster, task.taskArn)).containerInstanceArn;
    };
    expect([await placedOn('stack-0'), await placedOn('stack-1')]).toEqual(arns);
  }),
  row('TG-02b', 'container instances can be tagged', async (aws) => {
    const { arns } = await clusterWith(aws, 1);
    const resourceArn = must(arns[0]);
    await aws.ecs.tagResource({ resourceArn, tags: [{ key: 'a', value: 'b' }] });
    expect((await aws.ecs.listTagsForResource({ resourceArn })).tags).toEqual([{ key: 'a', value: 'b' }]);
  }),
];
