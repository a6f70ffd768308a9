import {
  type ECSClient,
  PutAccountSettingCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { answers } from '../../../sandbox/region/ecs/capacity/query/evaluate.ts';
import { parseQuery } from '../../../sandbox/region/ecs/capacity/query/parse.ts';
import { reservationOf } from '../../../sandbox/region/ecs/capacity/scaling/reservation.ts';
import {
  createService,
  describe1,
  expectError,
  NETWORK,
  serviceInput,
  startFixture,
  startPopulated,
} from './support.ts';

/** Each name begins with the row of CONTRADICTIONS.md that it holds. */
const app = { name: 'app', image: 'nginx', memory: 128 };

function registered(ecs: ECSClient, input: Partial<RegisterTaskDefinitionCommandInput>) {
  return ecs.send(new RegisterTaskDefinitionCommand({ family: 'f', containerDefinitions: [app], ...input }));
}

describe('where the guide contradicts itself, a task definition', () => {
  it.each<[string, Partial<RegisterTaskDefinitionCommandInput>]>([
    [
      '1/TRAP-12: may have a Docker volume on Windows',
      {
        runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' },
        volumes: [{ name: 'data', dockerVolumeConfiguration: { scope: 'task' } }],
      },
    ],
    [
      '1/TRAP-13: may ask for ephemeral storage on Windows',
      {
        runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' },
        ephemeralStorage: { sizeInGiB: 50 },
      },
    ],
    [
      '1/TRAP-22: may map a host port to another container port without a network mode',
      {
        containerDefinitions: [{ ...app, portMappings: [{ hostPort: 443, containerPort: 80 }] }],
      },
    ],
    [
      '1/TRAP-25: may have EFS volumes on Fargate',
      {
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        volumes: [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
      },
    ],
    ['4/2: may have 192 vCPU', { cpu: '196608' }],
    [
      '4/5: may have containers that take all of the task',
      {
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ ...app, cpu: 256, memory: 512 }],
      },
    ],
    [
      '4/8: may name an image by its digest',
      {
        containerDefinitions: [{ ...app, image: `nginx@sha256:${'0'.repeat(64)}` }],
      },
    ],
    [
      '4/11: may leave the operating system and the architecture out',
      {
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        runtimePlatform: {},
      },
    ],
  ])('%s', async (_name, input) => {
    const { ecs } = await startFixture();
    await expect(registered(ecs, input)).resolves.toMatchObject({ taskDefinition: { status: 'ACTIVE' } });
  });

  it.each<[string, Partial<RegisterTaskDefinitionCommandInput>, RegExp]>([
    [
      '1/TRAP-01: must mount volumes by their very names',
      {
        volumes: [{ name: 'myEBSVolume' }],
        containerDefinitions: [{ ...app, mountPoints: [{ sourceVolume: 'myEbsVolume', containerPath: '/data' }] }],
      },
      /myEbsVolume/,
    ],
    [
      '1/TRAP-02: must name roles by real ARNs',
      { executionRoleArn: 'arn:aws::iam:1111222333:role/ecsTaskExecutionRole' },
      /Role is not valid/,
    ],
    [
      '4/15: must name roles by ARNs with nothing left out',
      { taskRoleArn: 'arn:aws::iam::123456789012:role/app' },
      /Role is not valid/,
    ],
    [
      '1/TRAP-06: must depend on containers that it has',
      {
        containerDefinitions: [{ ...app, dependsOn: [{ containerName: 'log_router', condition: 'START' }] }],
      },
      /log_router/,
    ],
    ['4/2: has at most 192 vCPU', { cpu: '196609' }, /cpu/],
    ['4/7: must name its containers', { containerDefinitions: [{ image: 'nginx', memory: 128 }] }, /name/],
    ['4/7: must have an image for each of them', { containerDefinitions: [{ name: 'app', memory: 128 }] }, /image/],
  ])('%s', async (_name, input, message) => {
    const { ecs } = await startFixture();
    await expectError(registered(ecs, input), 'ClientException', message);
  });

  it('1/TRAP-09: must have an object as its log configuration, not a list', async () => {
    const { region } = await startFixture();
    const response = await fetch(region.endpoint, {
      method: 'POST',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=123456789012/20260105/eu-central-1/ecs/aws4_request, SignedHeaders=host, Signature=0',
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition',
      },
      body: JSON.stringify({
        family: 'f',
        containerDefinitions: [{ ...app, logConfiguration: [{ logDriver: 'awslogs' }] }],
      }),
    });
    expect(await response.json()).toMatchObject({ __type: expect.stringContaining('SerializationException') });
  });
});

describe('where the guide contradicts itself, a service', () => {
  const EC2 = { launchType: 'EC2', networkConfiguration: NETWORK } as const;
  const DAEMON = { ...EC2, schedulingStrategy: 'DAEMON', desiredCount: undefined } as const;

  it('2/1: of strategy DAEMON has a maximum of 100 percent and no other', async () => {
    const { ecs } = await startPopulated();
    await ecs.send(
      new RegisterTaskDefinitionCommand({ family: 'ec2', networkMode: 'awsvpc', containerDefinitions: [app] }),
    );
    const daemon = { ...DAEMON, taskDefinition: 'ec2' };
    await expectError(
      createService(ecs, { ...daemon, deploymentConfiguration: { maximumPercent: 200 } }),
      'InvalidParameterException',
      /maximumPercent must be 100/,
    );
    await createService(ecs, daemon);
    expect((await describe1(ecs)).deploymentConfiguration).toMatchObject({ maximumPercent: 100 });
  });

  it('2/2: takes five placement strategies and not six', async () => {
    const { ecs } = await startPopulated();
    await ecs.send(
      new RegisterTaskDefinitionCommand({ family: 'ec2', networkMode: 'awsvpc', containerDefinitions: [app] }),
    );
    const strategies = (count: number) =>
      Array.from({ length: count }, () => ({ type: 'spread', field: 'instanceId' }) as const);
    const of = (count: number) => ({ ...EC2, taskDefinition: 'ec2', placementStrategy: strategies(count) });
    await expectError(createService(ecs, of(6)), 'InvalidParameterException', /at most 5/);
    await createService(ecs, of(5));
  });

  it('2/10: of strategy DAEMON is not for Fargate nor for the controllers CODE_DEPLOY and EXTERNAL', async () => {
    const { ecs } = await startPopulated();
    const daemon = { schedulingStrategy: 'DAEMON', desiredCount: undefined } as const;
    await expectError(createService(ecs, daemon), 'InvalidParameterException', /DAEMON/);
    for (const type of ['CODE_DEPLOY', 'EXTERNAL'] as const) {
      const controlled = { ...DAEMON, deploymentController: { type } };
      await expectError(createService(ecs, controlled), 'InvalidParameterException', /DAEMON/);
    }
  });

  it('4/12: on Fargate is of the platform family Linux, written like that', async () => {
    const { ecs } = await startPopulated();
    expect((await createService(ecs)).platformFamily).toBe('Linux');
  });

  it('4/17: may propagate no tags', async () => {
    const { ecs } = await startPopulated();
    await createService(ecs, { propagateTags: 'NONE' });
    expect((await describe1(ecs)).propagateTags).toBe('NONE');
  });

  it('4/18: has a launch type or a capacity provider strategy', async () => {
    const { ecs } = await startPopulated();
    const both = serviceInput({ capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] });
    await expectError(createService(ecs, both), 'InvalidParameterException');
  });
});

describe('where the guide contradicts itself, other calls', () => {
  it('1/TRAP-26: the values of tagResourceAuthorization are on and off', async () => {
    const { ecs } = await startFixture();
    await ecs.send(new PutAccountSettingCommand({ name: 'tagResourceAuthorization', value: 'on' }));
    await expectError(
      ecs.send(new PutAccountSettingCommand({ name: 'tagResourceAuthorization', value: 'enable' })),
      'InvalidParameterException',
    );
  });

  it('1/TRAP-11: CapacityProviderReservation goes beyond 100 when instances are missing', () => {
    expect(reservationOf({ running: 2, empty: 0, missing: 1 })).toBe(150);
  });

  it.each([
    ['runningTasksCount > 1', false],
    ['runningTasksCount >= 1', true],
  ])('2/9: > is strictly greater: %s is %s of an instance with one task', (text, expected) => {
    const instance = {
      attributes: new Map<string, string>(),
      taskGroups: ['service:web'],
      agentConnected: true,
      agentVersion: '1.89.2',
      ec2InstanceId: 'i-1',
      registeredAt: new Date(0),
      runningTasksCount: 1,
    };
    expect(answers(parseQuery(text), instance)).toBe(expected);
  });
});
