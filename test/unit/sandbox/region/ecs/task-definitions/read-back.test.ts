import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  type TaskDefinition,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import {
  createService,
  describe1,
  expectError,
  type Fixture,
  NETWORK,
  startFixture,
  startPopulated,
} from '../../support.ts';

const ROLE = 'arn:aws:iam::123456789012:role/r';

async function registered(
  { ecs }: Fixture,
  input: Partial<RegisterTaskDefinitionCommandInput>,
): Promise<TaskDefinition> {
  const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 128 }];
  const command = new RegisterTaskDefinitionCommand({ family: 'it', containerDefinitions, ...input });
  return (await ecs.send(command)).taskDefinition ?? {};
}

describe('a task definition that is read back', () => {
  it('has both lists of capabilities, no host port for a range, and the root of EFS', async () => {
    const fixture = await startFixture();
    const definition = await registered(fixture, {
      networkMode: 'awsvpc',
      volumes: [{ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
      containerDefinitions: [
        {
          name: 'app',
          image: 'nginx',
          memory: 128,
          portMappings: [{ containerPortRange: '100-110' }],
          linuxParameters: { capabilities: { drop: ['MKNOD'] } },
        },
        { name: 'other', image: 'nginx', memory: 128, linuxParameters: { initProcessEnabled: true } },
      ],
    });
    expect(definition.volumes).toEqual([
      { name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: '/' } },
    ]);
    expect(definition.containerDefinitions?.[0]).toMatchObject({
      portMappings: [{ containerPortRange: '100-110', protocol: 'tcp' }],
      linuxParameters: { capabilities: { add: [], drop: ['MKNOD'] } },
    });
    expect(definition.containerDefinitions?.[0]?.portMappings?.[0]?.hostPort).toBeUndefined();
    expect(definition.containerDefinitions?.[1]?.linuxParameters).toEqual({ initProcessEnabled: true });
  });

  it.each<[string, Partial<RegisterTaskDefinitionCommandInput>, string[]]>([
    ['in bridge mode', {}, ['EXTERNAL', 'EC2']],
    ['in awsvpc without a size', { networkMode: 'awsvpc' }, ['EC2']],
    ['of a size of Fargate', { networkMode: 'awsvpc', cpu: '256', memory: '512' }, ['EC2', 'FARGATE']],
    [
      'that Fargate would refuse for another reason',
      { networkMode: 'awsvpc', cpu: '256', memory: '512', pidMode: 'host' },
      ['EC2'],
    ],
  ])('tells where it could run: %s', async (_, input, compatibilities) => {
    expect((await registered(await startFixture(), input)).compatibilities).toEqual(compatibilities);
  });

  it('names what it asks of an agent', async () => {
    const { requiresAttributes } = await registered(await startFixture(), {
      networkMode: 'awsvpc',
      taskRoleArn: ROLE,
      executionRoleArn: ROLE,
      volumes: [{ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
      containerDefinitions: [
        {
          name: 'app',
          image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/app',
          memory: 128,
          logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'g' } },
          healthCheck: { command: ['CMD', 'true'] },
          secrets: [{ name: 'A', valueFrom: 'arn:aws:ssm:eu-central-1:123456789012:parameter/a' }],
        },
      ],
    });
    expect(requiresAttributes?.map(({ name }) => name?.replace('com.amazonaws.', '')).toSorted()).toEqual([
      'ecs.capability.container-health-check',
      'ecs.capability.docker-remote-api.1.17',
      'ecs.capability.docker-remote-api.1.18',
      'ecs.capability.docker-remote-api.1.19',
      'ecs.capability.docker-remote-api.1.24',
      'ecs.capability.ecr-auth',
      'ecs.capability.efs',
      'ecs.capability.execution-role-awslogs',
      'ecs.capability.execution-role-ecr-pull',
      'ecs.capability.logging-driver.awslogs',
      'ecs.capability.secrets.ssm.environment-variables',
      'ecs.capability.task-eni',
      'ecs.capability.task-iam-role',
    ]);
    expect((await registered(await startFixture(), {})).requiresAttributes).toEqual([]);
  });

  it('names who has registered it', async () => {
    expect((await registered(await startFixture(), {})).registeredBy).toMatch(/^arn:aws:(iam|sts)::123456789012:/);
  });
});

describe('an INACTIVE task definition', () => {
  const deregister = async ({ ecs }: Fixture, taskDefinition: string) =>
    ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));

  it('starts no tasks by hand, but those of a service that has it (TDL-03)', async () => {
    const fixture = await startPopulated({ timings: 'instant', speed: 0 });
    await createService(fixture.ecs, { desiredCount: 1 });
    await deregister(fixture, 'web:1');
    const run = new RunTaskCommand({
      cluster: 'main',
      taskDefinition: 'web:1',
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
    });
    await expectError(fixture.ecs.send(run), 'ClientException', 'TaskDefinition is inactive');
    await fixture.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 3 }));
    fixture.region.advance(60_000);
    expect((await describe1(fixture.ecs)).runningCount).toBe(3);
  });

  it('is described and listed until it is deleted, and only deleted once it is INACTIVE (TDL-04, TDL-05)', async () => {
    const fixture = await startPopulated({ speed: 0 });
    const remove = async () => fixture.ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: ['web:1'] }));
    const status = async () =>
      (await fixture.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web:1' }))).taskDefinition?.status;
    const listed = async (wanted: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS') =>
      (await fixture.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'web', status: wanted })))
        .taskDefinitionArns;
    expect((await remove()).failures?.[0]?.reason).toMatch(/still in ACTIVE status/);
    await deregister(fixture, 'web:1');
    expect(await status()).toBe('INACTIVE');
    expect(await listed('INACTIVE')).toHaveLength(1);
    expect(await listed('ACTIVE')).toEqual([]);
    await remove();
    expect(await status()).toBe('DELETE_IN_PROGRESS');
    expect(await listed('DELETE_IN_PROGRESS')).toHaveLength(1);
    fixture.region.advance(60_000);
    await expectError(status(), 'ClientException', 'Unable to describe task definition.');
  });
});
