import { expect } from 'vitest';
import { createService, describeService, ec2Definition, fargateDefinition, register, tasksOf } from '../builders.ts';
import { must, reasonOf, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

export const services: readonly Row[] = [
  row('SV-10', 'a service that is deleted is DRAINING, then INACTIVE and not listed', async (aws) => {
    const placed = await createService(aws);
    const { cluster, serviceName: service } = placed;
    await aws.settle();
    const deleted = await aws.ecs.deleteService({ cluster, service, force: true });
    expect(deleted.service).toMatchObject({ status: 'DRAINING', desiredCount: 0 });
    expect((await aws.ecs.listServices({ cluster })).serviceArns).toEqual([]);
    await aws.settle();
    expect(await describeService(aws, placed)).toMatchObject({ status: 'INACTIVE', runningCount: 0, pendingCount: 0 });
  }),
  row('SV-10b', 'an INACTIVE service is soon MISSING', async (aws) => {
    const { cluster, serviceName: service } = await createService(aws, { desiredCount: 0 });
    await aws.ecs.deleteService({ cluster, service });
    await aws.settle(2 * 3_600);
    expect(reasonOf(await aws.ecs.describeServices({ cluster, services: [service] }))).toBe('MISSING');
  }),
  row('SV-10c', 'tasks of a deleted service are stopped', async (aws) => {
    const placed = await createService(aws, { desiredCount: 2 });
    const { cluster, serviceName: service } = placed;
    await aws.settle();
    await aws.ecs.deleteService({ cluster, service, force: true });
    await aws.settle();
    expect((await aws.ecs.listTasks({ cluster })).taskArns).toEqual([]);
    expect((await aws.ecs.listTasks({ cluster, desiredStatus: 'STOPPED' })).taskArns).toHaveLength(2);
  }),
  row('SV-11', 'an ACTIVE service of that name in the cluster refuses another one', async (aws) => {
    const { cluster, serviceName } = await createService(aws, { desiredCount: 0 });
    await refused(
      createService(aws, { cluster, serviceName, desiredCount: 0 }),
      'InvalidParameterException',
      'Creation of service was not idempotent.',
    );
  }),
  row('SV-11b', 'a DRAINING service of that name refuses another one', async (aws) => {
    const { cluster, serviceName } = await createService(aws);
    await aws.settle();
    await aws.ecs.deleteService({ cluster, service: serviceName, force: true });
    await refused(
      createService(aws, { cluster, serviceName }),
      'InvalidParameterException',
      'Unable to Start a service that is still Draining.',
    );
  }),
  row('SV-11c', 'an INACTIVE service leaves its name free', async (aws) => {
    const { cluster, serviceName } = await createService(aws, { desiredCount: 0 });
    await aws.ecs.deleteService({ cluster, service: serviceName });
    await aws.settle();
    expect((await createService(aws, { cluster, serviceName })).created.status).toBe('ACTIVE');
  }),
  row('SV-12', 'a service that is not scaled to 0 is deleted only by force', async (aws) => {
    const { cluster, serviceName: service } = await createService(aws);
    await refused(
      aws.ecs.deleteService({ cluster, service }),
      'InvalidParameterException',
      'The service cannot be stopped while it is scaled above 0.',
    );
  }),
  row('SV-14', 'a service that is scaled to 0 stays ACTIVE', async (aws) => {
    const placed = await createService(aws, { desiredCount: 0 });
    await aws.settle();
    expect(await describeService(aws, placed)).toMatchObject({ status: 'ACTIVE', desiredCount: 0, runningCount: 0 });
  }),
  row('SV-07', 'a service keeps its desired count of tasks running', async (aws) => {
    const placed = await createService(aws, { desiredCount: 3 });
    await aws.settle();
    expect(await describeService(aws, placed)).toMatchObject({ runningCount: 3, pendingCount: 0 });
    expect(await tasksOf(aws, placed)).toHaveLength(3);
  }),
  row('SV-07b', 'a task that is stopped is replaced', async (aws) => {
    const placed = await createService(aws);
    await aws.settle();
    const before = await tasksOf(aws, placed);
    await aws.ecs.stopTask({ cluster: placed.cluster, task: must(before[0]?.taskArn) });
    await aws.settle();
    const after = await tasksOf(aws, placed);
    expect(after).toHaveLength(1);
    expect(after[0]?.taskArn).not.toBe(before[0]?.taskArn);
  }),
  row('SV-07c', 'a service that is scaled in stops the surplus', async (aws) => {
    const placed = await createService(aws, { desiredCount: 3 });
    await aws.settle();
    await aws.ecs.updateService({ cluster: placed.cluster, service: placed.serviceName, desiredCount: 1 });
    await aws.settle();
    expect(await tasksOf(aws, placed)).toHaveLength(1);
    expect((await describeService(aws, placed)).runningCount).toBe(1);
  }),
  row('G4.12', 'a service in a steady state says so in its events', async (aws) => {
    const placed = await createService(aws);
    await aws.settle();
    const { events } = await describeService(aws, placed);
    expect(events?.[0]?.message).toBe(`(service ${placed.serviceName}) has reached a steady state.`);
  }),
  row('G4.12b', 'a service tells which tasks it has started', async (aws) => {
    const placed = await createService(aws);
    await aws.settle();
    const [task] = await tasksOf(aws, placed);
    const id = must(task?.taskArn).split('/').at(-1);
    const { events } = await describeService(aws, placed);
    expect(events?.map(({ message }) => message)).toContain(
      `(service ${placed.serviceName}) has started 1 tasks: (task ${id}).`,
    );
  }),
  row('TH-01', 'a service whose tasks never reach RUNNING says that it cannot start them consistently', async (aws) => {
    const { taskDefinitionArn } = await register(
      aws,
      fargateDefinition(aws, { containerDefinitions: [{ name: 'app', image: 'sim/cannot-pull', memory: 256 }] }),
    );
    const placed = await createService(aws, { taskDefinition: taskDefinitionArn });
    await aws.settle(600);
    const { events } = await describeService(aws, placed);
    expect(events?.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`(service ${placed.serviceName}) is unable to consistently start tasks successfully.`),
    );
  }),
  row('PL-13', 'a service without container instances says what is missing', async (aws) => {
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws));
    const placed = await createService(aws, {
      taskDefinition: taskDefinitionArn,
      launchType: 'EC2',
      networkConfiguration: undefined,
    });
    await aws.settle();
    const { events, runningCount } = await describeService(aws, placed);
    expect(runningCount).toBe(0);
    expect(events?.[0]?.message).toBe(
      `(service ${placed.serviceName}) was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
    );
  }),
];
