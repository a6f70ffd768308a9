import {
  DeleteServiceCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { createService, expectError, register, startFixture, startPopulated } from './support.ts';

const FARGATE: RegisterTaskDefinitionCommandInput = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'app', image: 'nginx' }],
};

describe('task definitions', () => {
  it('come back with the defaults that AWS fills in', async () => {
    const { ecs } = await startFixture();
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        ...FARGATE,
        cpu: '.25 vCPU',
        memory: '0.5 GB',
        volumes: [{ name: 'scratch' }],
        containerDefinitions: [
          {
            name: 'app',
            image: 'nginx',
            portMappings: [{ containerPort: 80 }],
            environment: [
              { name: 'B', value: '2' },
              { name: 'A', value: '1' },
            ],
            healthCheck: { command: ['CMD', 'true'] },
          },
        ],
      }),
    );
    expect(taskDefinition).toMatchObject({
      taskDefinitionArn: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/web:1',
      revision: 1,
      status: 'ACTIVE',
      cpu: '256',
      memory: '512',
      compatibilities: ['EC2', 'FARGATE'],
      placementConstraints: [],
      volumes: [{ name: 'scratch', host: {} }],
      containerDefinitions: [
        {
          cpu: 0,
          essential: true,
          portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }],
          environment: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
          mountPoints: [],
          volumesFrom: [],
          healthCheck: { interval: 30, timeout: 5, retries: 3 },
        },
      ],
    });
    expect(taskDefinition?.registeredAt).toBeInstanceOf(Date);
  });

  it.each([
    ['no family', { family: undefined }, /Family should not be null or empty/],
    ['no containers', { containerDefinitions: [] }, 'Container list cannot be empty.'],
    ['no image', { containerDefinitions: [{ name: 'app' }] }, 'Container.image should not be null or empty.'],
    [
      'no essential container',
      { containerDefinitions: [{ name: 'app', image: 'x', essential: false }] },
      /must be marked essential/,
    ],
    ['a size that Fargate does not have', { memory: '1536' }, 'No Fargate configuration exists for given values.'],
    ['Fargate without awsvpc', { networkMode: 'bridge' as const }, 'Fargate only supports network mode ‘awsvpc’.'],
    ['Fargate without cpu', { cpu: undefined }, "Fargate requires that 'cpu' be defined at the task level."],
    [
      'an unknown volume',
      {
        containerDefinitions: [{ name: 'app', image: 'x', mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] }],
      },
      "Unknown volume 'v'.",
    ],
  ])('are refused with %s', async (_, overrides, message) => {
    const { ecs, region } = await startFixture();
    await expectError(
      ecs.send(new RegisterTaskDefinitionCommand({ ...FARGATE, ...overrides })),
      'ClientException',
      message,
    );
    expect(region.inventory().taskDefinitions).toEqual([]);
  });

  it('are found by family, revision and ARN, with tags when asked', async () => {
    const { ecs } = await startFixture();
    await ecs.send(new RegisterTaskDefinitionCommand({ ...FARGATE, tags: [{ key: 'k', value: 'v' }] }));
    const arn = await register(ecs, 'web', 'nginx:2');
    const revisionOf = async (taskDefinition: string): Promise<number | undefined> =>
      (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition?.revision;
    expect(await revisionOf('web')).toBe(2);
    expect(await revisionOf('web:1')).toBe(1);
    expect(await revisionOf(arn)).toBe(2);
    const tagged = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web:1', include: ['TAGS'] }));
    expect(tagged.tags).toEqual([{ key: 'k', value: 'v' }]);
    await expectError(revisionOf('web:3'), 'ClientException', 'Unable to describe task definition.');
  });

  it('never reuse a revision number', async () => {
    const { ecs } = await startFixture({ timings: 'instant' });
    await register(ecs, 'web', 'a');
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:1' }));
    await expectError(
      ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:1' })),
      'ClientException',
      /is inactive/,
    );
    const deleted = await ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: ['web:1', 'web:9'] }));
    expect(deleted.taskDefinitions?.[0]?.status).toBe('DELETE_IN_PROGRESS');
    expect(deleted.failures).toHaveLength(1);
    await expectError(ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web:1' })), 'ClientException');
    expect(await register(ecs, 'web', 'b')).toMatch(/web:2$/);
  });

  it('stay in DELETE_IN_PROGRESS while a service uses them', async () => {
    const { ecs, region } = await startPopulated({ timings: 'instant', speed: 0 });
    await createService(ecs);
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:1' }));
    await ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: ['web:1'] }));
    region.advance(60_000);
    const describeIt = new DescribeTaskDefinitionCommand({ taskDefinition: 'web:1' });
    expect((await ecs.send(describeIt)).taskDefinition?.status).toBe('DELETE_IN_PROGRESS');
    await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    region.advance(60_000);
    await expectError(ecs.send(describeIt), 'ClientException', 'Unable to describe task definition.');
  });

  it('are listed by family and status, in order and in pages', async () => {
    const { ecs } = await startFixture();
    for (const family of ['b', 'a', 'b', 'b']) await register(ecs, family, 'nginx');
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'b:1' }));
    const short = (arns: readonly string[] | undefined): string[] => (arns ?? []).map((arn) => arn.split('/')[1] ?? '');
    const list = async (input: ListTaskDefinitionsCommand['input']): Promise<string[]> =>
      short((await ecs.send(new ListTaskDefinitionsCommand(input))).taskDefinitionArns);
    expect(await list({})).toEqual(['a:1', 'b:2', 'b:3']);
    expect(await list({ familyPrefix: 'b', sort: 'DESC' })).toEqual(['b:3', 'b:2']);
    expect(await list({ status: 'INACTIVE' })).toEqual(['b:1']);
    const first = await ecs.send(new ListTaskDefinitionsCommand({ maxResults: 2 }));
    const second = await ecs.send(new ListTaskDefinitionsCommand({ maxResults: 2, nextToken: first.nextToken }));
    expect([...short(first.taskDefinitionArns), ...short(second.taskDefinitionArns)]).toEqual(['a:1', 'b:2', 'b:3']);
    expect(second.nextToken).toBeUndefined();
    const families = await ecs.send(new ListTaskDefinitionFamiliesCommand({ familyPrefix: 'b', status: 'ACTIVE' }));
    expect(families.families).toEqual(['b']);
  });
});
