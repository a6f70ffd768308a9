import { expect } from 'vitest';
import { createService, fargateDefinition, register, runTask } from '../builders.ts';
import { must, reasonOf, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

export const taskDefinitions: readonly Row[] = [
  row('TDL-01', 'a registered task definition is ACTIVE and is revision 1 of a new family', async (aws) => {
    const registered = await register(aws, fargateDefinition(aws));
    expect(registered).toMatchObject({ status: 'ACTIVE', revision: 1 });
    expect(registered.taskDefinitionArn).toMatch(
      new RegExp(`^arn:aws:ecs:${aws.region}:\\d{12}:task-definition/${registered.family}:1$`),
    );
  }),
  row('TDL-03', 'an INACTIVE definition can be described', async (aws) => {
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws));
    const { taskDefinition } = await aws.ecs.deregisterTaskDefinition({ taskDefinition: taskDefinitionArn });
    expect(taskDefinition?.status).toBe('INACTIVE');
    const described = await aws.ecs.describeTaskDefinition({ taskDefinition: taskDefinitionArn });
    expect(described.taskDefinition?.status).toBe('INACTIVE');
    expect(described.taskDefinition?.deregisteredAt).toBeInstanceOf(Date);
  }),
  row('TDL-03b', 'no task can be run from an INACTIVE definition', async (aws) => {
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws));
    await aws.ecs.deregisterTaskDefinition({ taskDefinition: taskDefinitionArn });
    await refused(runTask(aws, { taskDefinition: taskDefinitionArn }), 'ClientException', 'TaskDefinition is inactive');
  }),
  row('TDL-03c', 'no service can be created from an INACTIVE definition', async (aws) => {
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws));
    await aws.ecs.deregisterTaskDefinition({ taskDefinition: taskDefinitionArn });
    await refused(
      createService(aws, { taskDefinition: taskDefinitionArn }),
      'ClientException',
      'TaskDefinition is inactive',
    );
  }),
  row('TDL-03d', 'a service whose definition has become INACTIVE can still be scaled', async (aws) => {
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws));
    const { cluster, serviceName } = await createService(aws, { taskDefinition: taskDefinitionArn });
    await aws.ecs.deregisterTaskDefinition({ taskDefinition: taskDefinitionArn });
    const { service } = await aws.ecs.updateService({ cluster, service: serviceName, desiredCount: 3 });
    expect(service).toMatchObject({ desiredCount: 3, taskDefinition: taskDefinitionArn });
  }),
  row('TDL-04', 'an ACTIVE definition is not deleted: the answer holds a failure', async (aws) => {
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws));
    const answer = await aws.ecs.deleteTaskDefinitions({ taskDefinitions: [taskDefinitionArn] });
    expect(reasonOf(answer)).toMatch(/still in ACTIVE status/);
    expect(answer.taskDefinitions).toEqual([]);
  }),
  row('TDL-05', 'an INACTIVE definition goes to DELETE_IN_PROGRESS', async (aws) => {
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws));
    await aws.ecs.deregisterTaskDefinition({ taskDefinition: taskDefinitionArn });
    const answer = await aws.ecs.deleteTaskDefinitions({ taskDefinitions: [taskDefinitionArn] });
    expect(answer.taskDefinitions?.[0]).toMatchObject({ taskDefinitionArn, status: 'DELETE_IN_PROGRESS' });
  }),
  row('TDL-05b', 'a definition that no one uses is gone some time after its deletion', async (aws) => {
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws));
    await aws.ecs.deregisterTaskDefinition({ taskDefinition: taskDefinitionArn });
    await aws.ecs.deleteTaskDefinitions({ taskDefinitions: [taskDefinitionArn] });
    await aws.settle(7_200);
    await refused(
      aws.ecs.describeTaskDefinition({ taskDefinition: taskDefinitionArn }),
      'ClientException',
      'Unable to describe task definition.',
    );
  }),
  row('TDL-06', 'a definition that a task uses stays DELETE_IN_PROGRESS', async (aws) => {
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws));
    await runTask(aws, { taskDefinition: taskDefinitionArn });
    await aws.settle();
    await aws.ecs.deregisterTaskDefinition({ taskDefinition: taskDefinitionArn });
    await aws.ecs.deleteTaskDefinitions({ taskDefinitions: [taskDefinitionArn] });
    await aws.settle(7_200);
    const { taskDefinition } = await aws.ecs.describeTaskDefinition({ taskDefinition: taskDefinitionArn });
    expect(taskDefinition?.status).toBe('DELETE_IN_PROGRESS');
  }),
  row('TDL-07', 'the revision counter of a family goes on after all its revisions are deleted', async (aws) => {
    const { family, taskDefinitionArn } = await register(aws, fargateDefinition(aws));
    await aws.ecs.deregisterTaskDefinition({ taskDefinition: taskDefinitionArn });
    await aws.ecs.deleteTaskDefinitions({ taskDefinitions: [taskDefinitionArn] });
    await aws.settle(7_200);
    expect((await register(aws, fargateDefinition(aws, { family }))).revision).toBe(2);
  }),
  row('TDL-08', 'a family of INACTIVE revisions only is on the INACTIVE list', async (aws) => {
    const { family, taskDefinitionArn } = await register(aws, fargateDefinition(aws));
    await aws.ecs.deregisterTaskDefinition({ taskDefinition: taskDefinitionArn });
    const list = async (status: 'ACTIVE' | 'INACTIVE'): Promise<string[] | undefined> =>
      (await aws.ecs.listTaskDefinitionFamilies({ familyPrefix: family, status })).families;
    expect(await list('ACTIVE')).toEqual([]);
    expect(await list('INACTIVE')).toEqual([family]);
  }),
  row('TDL-10', 'the same content registered again is a new revision', async (aws) => {
    const input = fargateDefinition(aws);
    await register(aws, input);
    expect((await register(aws, input)).revision).toBe(2);
  }),
  row('ARN-05', 'a family alone means its latest ACTIVE revision', async (aws) => {
    const input = fargateDefinition(aws);
    await register(aws, input);
    await register(aws, input);
    const { taskDefinitionArn } = await register(aws, input);
    await aws.ecs.deregisterTaskDefinition({ taskDefinition: taskDefinitionArn });
    const { taskDefinition } = await aws.ecs.describeTaskDefinition({ taskDefinition: must(input.family) });
    expect(taskDefinition?.revision).toBe(2);
  }),
  row('API.DeregisterTaskDefinition', 'a deregistration must name the revision', async (aws) => {
    const { family } = await register(aws, fargateDefinition(aws));
    const taskDefinition = family;
    await refused(aws.ecs.deregisterTaskDefinition({ taskDefinition }), 'ClientException', 'Revision is missing.');
  }),
  row('API.DescribeTaskDefinition', 'a definition that does not exist cannot be described', async (aws) => {
    await refused(
      aws.ecs.describeTaskDefinition({ taskDefinition: `${aws.name('nobody')}:1` }),
      'ClientException',
      'Unable to describe task definition.',
    );
  }),
  row('API.DescribeTaskDefinitionB', 'tags of a definition come only when asked for', async (aws) => {
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws, { tags: [{ key: 'a', value: 'b' }] }));
    const plain = await aws.ecs.describeTaskDefinition({ taskDefinition: taskDefinitionArn });
    expect(plain.tags ?? []).toEqual([]);
    const full = await aws.ecs.describeTaskDefinition({ taskDefinition: taskDefinitionArn, include: ['TAGS'] });
    expect(full.tags).toEqual([{ key: 'a', value: 'b' }]);
  }),
  row('API.ListTaskDefinitions', 'revisions are listed by family and status, newest first with DESC', async (aws) => {
    const input = fargateDefinition(aws);
    const first = await register(aws, input);
    const second = await register(aws, input);
    const third = await register(aws, input);
    await aws.ecs.deregisterTaskDefinition({ taskDefinition: second.taskDefinitionArn });
    const { taskDefinitionArns } = await aws.ecs.listTaskDefinitions({ familyPrefix: input.family, sort: 'DESC' });
    expect(taskDefinitionArns).toEqual([third.taskDefinitionArn, first.taskDefinitionArn]);
  }),
  row('API.ListTaskDefinitionFamilies', 'families are listed by prefix', async (aws) => {
    const prefix = aws.name('prefix');
    await register(aws, fargateDefinition(aws, { family: `${prefix}-b` }));
    await register(aws, fargateDefinition(aws, { family: `${prefix}-a` }));
    const { families } = await aws.ecs.listTaskDefinitionFamilies({ familyPrefix: prefix });
    expect(families?.toSorted()).toEqual([`${prefix}-a`, `${prefix}-b`]);
  }),
];
