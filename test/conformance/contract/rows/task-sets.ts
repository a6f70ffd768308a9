import type { TaskSet } from '@aws-sdk/client-ecs';
import { expect } from 'vitest';
import type { Aws } from '../aws.ts';
import {
  awsvpc,
  createCluster,
  createService,
  describeService,
  fargateDefinition,
  type Placed,
  register,
} from '../builders.ts';
import { must, only, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

/** An EXTERNAL service of four. */
async function external(aws: Aws): Promise<Placed> {
  const { clusterName: cluster } = await createCluster(aws);
  const serviceName = aws.name('service');
  const { service } = await aws.ecs.createService({
    cluster,
    serviceName,
    desiredCount: 4,
    deploymentController: { type: 'EXTERNAL' },
  });
  return { cluster, serviceName, created: must(service) };
}

async function addSet(
  aws: Aws,
  { cluster, serviceName: service }: Placed,
  overrides: Partial<Parameters<Aws['ecs']['createTaskSet']>[0]> = {},
): Promise<TaskSet & { readonly taskSetArn: string }> {
  const { taskSet } = await aws.ecs.createTaskSet({
    cluster,
    service,
    taskDefinition: (await register(aws, fargateDefinition(aws))).taskDefinitionArn,
    launchType: 'FARGATE',
    networkConfiguration: awsvpc(aws),
    scale: { unit: 'PERCENT', value: 50 },
    ...overrides,
  });
  return { ...taskSet, taskSetArn: must(taskSet?.taskSetArn) };
}

async function describeSet(aws: Aws, { cluster, serviceName: service }: Placed, taskSet: string): Promise<TaskSet> {
  return only((await aws.ecs.describeTaskSets({ cluster, service, taskSets: [taskSet] })).taskSets);
}

export const taskSets: readonly Row[] = [
  row('XD-02', 'an EXTERNAL service needs no task definition, and shows its controller', async (aws) => {
    const placed = await external(aws);
    const service = await describeService(aws, placed);
    expect(service).toMatchObject({ status: 'ACTIVE', desiredCount: 4, deploymentController: { type: 'EXTERNAL' } });
    expect(service.taskDefinition).toBeUndefined();
  }),
  row('XD-02b', 'an EXTERNAL service is not DAEMON', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    await refused(
      aws.ecs.createService({
        cluster,
        serviceName: aws.name('service'),
        schedulingStrategy: 'DAEMON',
        deploymentController: { type: 'EXTERNAL' },
      }),
      'InvalidParameterException',
    );
  }),
  row('XD-04', 'a task set is ACTIVE and has an id of its service', async (aws) => {
    const placed = await external(aws);
    const set = await addSet(aws, placed);
    expect(set).toMatchObject({ status: 'ACTIVE', launchType: 'FARGATE', scale: { unit: 'PERCENT', value: 50 } });
    expect(set.taskSetArn).toMatch(new RegExp(`:task-set/${placed.cluster}/${placed.serviceName}/ecs-svc/\\d+$`));
    expect(set.id).toBe(set.taskSetArn.split('/').slice(-2).join('/'));
  }),
  row('XD-04b', 'a task set has its share of the desired count', async (aws) => {
    const placed = await external(aws);
    const { taskSetArn } = await addSet(aws, placed);
    await aws.settle();
    expect(await describeSet(aws, placed, taskSetArn)).toMatchObject({
      computedDesiredCount: 2,
      runningCount: 2,
      pendingCount: 0,
      stabilityStatus: 'STEADY_STATE',
    });
  }),
  // go-to-k/cdk-real-drift, the recorded task set: LATEST is read back as 1.4.0.
  row('XD-04c', 'a task set shows the real platform version', async (aws) => {
    const placed = await external(aws);
    const { taskSetArn } = await addSet(aws, placed, { platformVersion: 'LATEST' });
    expect((await describeSet(aws, placed, taskSetArn)).platformVersion).toBe('1.4.0');
  }),
  row('XD-04d', 'a scale is between 0 and 100 percent', async (aws) => {
    const placed = await external(aws);
    await refused(addSet(aws, placed, { scale: { unit: 'PERCENT', value: 101 } }), 'InvalidParameterException');
  }),
  row('XD-03', 'UpdateTaskSet changes the scale', async (aws) => {
    const placed = await external(aws);
    const { taskSetArn: taskSet } = await addSet(aws, placed);
    const { cluster, serviceName: service } = placed;
    await aws.ecs.updateTaskSet({ cluster, service, taskSet, scale: { unit: 'PERCENT', value: 100 } });
    await aws.settle();
    expect((await describeSet(aws, placed, taskSet)).runningCount).toBe(4);
  }),
  row('XD-03b', 'one task set is PRIMARY, and the service has its definition', async (aws) => {
    const placed = await external(aws);
    const first = await addSet(aws, placed);
    const second = await addSet(aws, placed);
    const { cluster, serviceName: service } = placed;
    await aws.ecs.updateServicePrimaryTaskSet({ cluster, service, primaryTaskSet: first.taskSetArn });
    await aws.ecs.updateServicePrimaryTaskSet({ cluster, service, primaryTaskSet: second.taskSetArn });
    expect((await describeSet(aws, placed, first.taskSetArn)).status).toBe('ACTIVE');
    expect((await describeSet(aws, placed, second.taskSetArn)).status).toBe('PRIMARY');
    expect((await describeService(aws, placed)).taskDefinition).toBe(second.taskDefinition);
  }),
  row('XD-03c', 'UpdateService of an EXTERNAL service changes no task definition', async (aws) => {
    const { cluster, serviceName: service } = await external(aws);
    const { taskDefinitionArn: taskDefinition } = await register(aws, fargateDefinition(aws));
    await refused(aws.ecs.updateService({ cluster, service, taskDefinition }), 'InvalidParameterException');
  }),
  row('XD-01', 'task sets are only for EXTERNAL services', async (aws) => {
    const placed = await createService(aws);
    await refused(addSet(aws, placed), 'InvalidParameterException|UnsupportedFeatureException');
  }),
  row('API.DeleteTaskSet', 'a deleted task set goes with its tasks', async (aws) => {
    const placed = await external(aws);
    const { taskSetArn: taskSet } = await addSet(aws, placed);
    await aws.settle();
    const { cluster, serviceName: service } = placed;
    const deleted = await aws.ecs.deleteTaskSet({ cluster, service, taskSet, force: true });
    expect(deleted.taskSet?.status).toBe('DRAINING');
    await aws.settle();
    expect((await describeService(aws, placed)).taskSets ?? []).toEqual([]);
    expect((await aws.ecs.listTasks({ cluster })).taskArns).toEqual([]);
  }),
  row('API.DeleteTaskSetB', 'a task set that is not scaled to 0 is deleted only by force', async (aws) => {
    const placed = await external(aws);
    const { taskSetArn: taskSet } = await addSet(aws, placed);
    await aws.settle();
    const { cluster, serviceName: service } = placed;
    await refused(aws.ecs.deleteTaskSet({ cluster, service, taskSet }), 'InvalidParameterException');
  }),
];
