import {
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StartTaskCommand,
  type StartTaskCommandInput,
} from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from 'vitest';
import { expectError, type Fixture, NETWORK } from '../../support.ts';
import { define, read, registerInstance, run, startCluster, stop } from './support.ts';

const EC2: Partial<RunTaskCommandInput> = { launchType: 'EC2', networkConfiguration: undefined };

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startCluster({ timings: 'realistic', speed: 0 });
});

const bridge = async (image = 'nginx', overrides = {}): Promise<string> =>
  define(
    fixture,
    [{ image, portMappings: [{ containerPort: 80 }, { containerPort: 53, protocol: 'udp', hostPort: 53 }] }],
    {
      networkMode: 'bridge',
      ...overrides,
    },
  );

const startOn = async (...containerInstances: string[]) =>
  fixture.ecs.send(new StartTaskCommand({ cluster: 'main', taskDefinition: 'it', containerInstances }));

describe('a task on an instance', () => {
  it('in bridge mode goes straight to PENDING, and has its ports once it runs', async () => {
    const instance = await registerInstance(fixture);
    await bridge();
    const arn = await run(fixture, EC2);
    expect(await read(fixture, arn)).toMatchObject({
      lastStatus: 'PENDING',
      containerInstanceArn: instance,
      launchType: 'EC2',
      attachments: [],
    });
    fixture.region.advance(10_000);
    const task = await read(fixture, arn);
    expect(task.lastStatus).toBe('RUNNING');
    expect(task.containers?.[0]?.networkBindings).toEqual([
      { bindIP: '0.0.0.0', containerPort: 80, hostPort: 32_768, protocol: 'tcp' },
      { bindIP: '0.0.0.0', containerPort: 53, hostPort: 53, protocol: 'udp' },
    ]);
    expect(task.platformVersion).toBeUndefined();
  });

  it('gets another dynamic port than its neighbour', async () => {
    await registerInstance(fixture);
    await define(
      fixture,
      [{ image: 'nginx', portMappings: [{ containerPort: 80 }, { containerPortRange: '90-91' }] }],
      {
        networkMode: 'bridge',
      },
    );
    const tasks = [await run(fixture, EC2), await run(fixture, EC2)];
    fixture.region.advance(10_000);
    const ports = await Promise.all(
      tasks.map(async (arn) => (await read(fixture, arn)).containers?.[0]?.networkBindings),
    );
    expect(ports.flat().map((port) => port?.hostPort ?? port?.hostPortRange)).toEqual([
      32_768,
      '32769-32770',
      32_771,
      '32772-32773',
    ]);
  });

  it('takes its resources until it is STOPPED', async () => {
    const instance = await registerInstance(fixture);
    const cpuLeft = async (): Promise<number | undefined> => {
      const { containerInstances } = await fixture.ecs.send(
        new DescribeContainerInstancesCommand({ cluster: 'main', containerInstances: [instance] }),
      );
      return containerInstances?.[0]?.remainingResources?.find(({ name }) => name === 'CPU')?.integerValue;
    };
    await bridge();
    const arn = await run(fixture, EC2);
    expect(await cpuLeft()).toBe(768);
    await stop(fixture, arn);
    expect(await cpuLeft()).toBe(768);
    fixture.region.advance(10_000);
    expect((await read(fixture, arn)).lastStatus).toBe('STOPPED');
    expect(await cpuLeft()).toBe(1_024);
  });

  it.each([
    [
      'sim/cannot-pull',
      'Task failed to start',
      /^CannotPullContainerError: Error response from daemon: pull access denied/,
    ],
    ['sim/secret-missing', /^Fetching secret data from AWS Secrets Manager in region eu-central-1/, undefined],
  ])('words a failed start of %s as the agent does', async (image, stoppedReason, containerReason) => {
    await registerInstance(fixture);
    await bridge(image);
    const arn = await run(fixture, EC2);
    fixture.region.advance(10_000);
    const task = await read(fixture, arn);
    expect(task.stoppedReason).toMatch(stoppedReason);
    if (containerReason === undefined) expect(task.containers?.[0]?.reason).toBeUndefined();
    else expect(task.containers?.[0]?.reason).toMatch(containerReason);
  });

  it('without a size of its own shows the sum of its containers', async () => {
    await registerInstance(fixture);
    await bridge('nginx', {
      cpu: undefined,
      memory: undefined,
      containerDefinitions: [
        { name: 'a', image: 'nginx', cpu: 100, memory: 300, memoryReservation: 200 },
        { name: 'b', image: 'nginx', cpu: 28, memoryReservation: 100 },
      ],
    });
    expect(await read(fixture, await run(fixture, EC2))).toMatchObject({ cpu: '128', memory: '400' });
  });
});

describe('RunTask on instances', () => {
  it('starts what fits and tells why the rest does not (G4 18)', async () => {
    const arn = await registerInstance(fixture);
    await define(fixture, [{ image: 'nginx' }], { networkMode: 'bridge' });
    const input = { cluster: 'main', taskDefinition: 'it', launchType: 'EC2' as const, count: 6 };
    const { tasks, failures } = await fixture.ecs.send(new RunTaskCommand(input));
    expect(tasks).toHaveLength(4);
    expect(failures).toEqual([{ arn, reason: 'RESOURCE:CPU' }]);
  });

  it('is refused without any instance, and starts nothing', async () => {
    await bridge();
    await expectError(
      run(fixture, EC2),
      'InvalidParameterException',
      'No Container Instances were found in your cluster.',
    );
    expect(fixture.region.inventory().tasks).toEqual([]);
  });

  it('is refused for a capacity provider that the cluster does not have', async () => {
    await bridge();
    const capacityProviderStrategy = [{ capacityProvider: 'none', weight: 1 }];
    await expectError(
      run(fixture, { ...EC2, launchType: undefined, capacityProviderStrategy }),
      'InvalidParameterException',
    );
  });
});

describe('StartTask', () => {
  it('puts a task on each instance given', async () => {
    const first = await registerInstance(fixture);
    const second = await registerInstance(fixture, 'i-00000000000000002');
    await bridge();
    const { tasks, failures } = await startOn(first, second.split('/').at(-1) ?? '');
    expect(tasks?.map(({ containerInstanceArn }) => containerInstanceArn)).toEqual([first, second]);
    expect(tasks?.[0]).toMatchObject({ group: 'family:it', launchType: 'EC2', lastStatus: 'PENDING' });
    expect(failures).toEqual([]);
  });

  it('tells of instances that are not there or have no room, and starts the others', async () => {
    const first = await registerInstance(fixture);
    const second = await registerInstance(fixture, 'i-00000000000000002');
    await bridge();
    await startOn(first);
    const { tasks, failures } = await startOn(first, second, 'nowhere');
    expect(tasks?.map(({ containerInstanceArn }) => containerInstanceArn)).toEqual([second]);
    expect(failures).toEqual([
      { arn: first, reason: 'RESOURCE:PORTS_UDP' },
      { arn: 'arn:aws:ecs:eu-central-1:123456789012:container-instance/main/nowhere', reason: 'MISSING' },
    ]);
  });

  it('does not find an instance that has been deregistered', async () => {
    const instance = await registerInstance(fixture);
    await fixture.ecs.send(new DeregisterContainerInstanceCommand({ cluster: 'main', containerInstance: instance }));
    await bridge();
    expect((await startOn(instance)).failures?.[0]?.reason).toMatch(/^(MISSING|INACTIVE)$/);
  });

  it.each<[string, Partial<StartTaskCommandInput>]>([
    ['no instance', { containerInstances: [] }],
    ['more than ten', { containerInstances: Array.from({ length: 11 }, (_, index) => `i${index}`) }],
  ])('is refused with %s', async (_, input) => {
    await bridge();
    await expectError(
      fixture.ecs.send(
        new StartTaskCommand({ cluster: 'main', taskDefinition: 'it', containerInstances: [], ...input }),
      ),
      'InvalidParameterException',
    );
  });
});

describe('ListTasks', () => {
  it('filters by instance, launch type, family and who started it', async () => {
    const instance = await registerInstance(fixture);
    await bridge();
    const onInstance = await run(fixture, { ...EC2, startedBy: 'me' });
    await define(fixture, [{ image: 'nginx' }], { family: 'other' });
    const onFargate = await run(fixture, { taskDefinition: 'other' });
    const list = async (filter: object): Promise<string[] | undefined> =>
      (await fixture.ecs.send(new ListTasksCommand({ cluster: 'main', ...filter }))).taskArns;
    expect(await list({ containerInstance: instance })).toEqual([onInstance]);
    expect(await list({ launchType: 'FARGATE' })).toEqual([onFargate]);
    expect(await list({ family: 'it' })).toEqual([onInstance]);
    expect(await list({ startedBy: 'me', desiredStatus: 'RUNNING' })).toEqual([onInstance]);
    expect(await list({ desiredStatus: 'PENDING' })).toEqual([]);
    await expectError(list({ startedBy: 'me', family: 'it' }), 'InvalidParameterException');
    await expectError(list({ containerInstance: 'nowhere' }), 'InvalidParameterException');
  });
});

describe('RunTask', () => {
  it.each<[string, Partial<RunTaskCommandInput>, RegExp]>([
    ['more than ten tasks', { count: 11 }, /^Count must be/],
    ['no task', { count: 0 }, /^Count must be/],
    ['a group of services', { group: 'service:web' }, /reserved/],
    ['a group that is too long', { group: 'g'.repeat(256) }, /255/],
    ['a starter with strange characters', { startedBy: 'a b' }, /startedBy/],
    ['tags of a service that it has not', { propagateTags: 'SERVICE' }, /SERVICE/],
    [
      'constraints on Fargate',
      { placementConstraints: [{ type: 'distinctInstance' }] },
      /^Placement constraints are not/,
    ],
    ['a strategy on Fargate', { placementStrategy: [{ type: 'random' }] }, /^Placement strategies are not supported/],
    ['Exec without a task role', { enableExecuteCommand: true }, /valid taskRoleArn is not being used/],
    [
      'an override for nobody',
      { overrides: { containerOverrides: [{ name: 'nobody' }] } },
      /^Override for container named nobody is not a container in the TaskDefinition\.$/,
    ],
    [
      'overrides that are too long',
      { overrides: { containerOverrides: [{ name: 'c0', command: ['x'.repeat(8_200)] }] } },
      /^Container Overrides length must be at most 8192$/,
    ],
    ['a volume that is not open', { volumeConfigurations: [{ name: 'data' }] }, /data/],
    ['a tag of AWS', { tags: [{ key: 'aws:x', value: '' }] }, /aws:/],
  ])('is refused with %s, and starts nothing', async (_, input, message) => {
    await define(fixture, [{ image: 'nginx' }]);
    await expectError(run(fixture, input), 'InvalidParameterException', message);
    expect(fixture.region.inventory().tasks).toEqual([]);
  });

  it('is refused where a volume is left open and nothing is said of it', async () => {
    await define(fixture, [{ image: 'nginx' }], { volumes: [{ name: 'data', configuredAtLaunch: true }] });
    await expectError(run(fixture), 'InvalidParameterException', /data/);
  });

  it('shows what was overridden', async () => {
    await define(fixture, [{ image: 'nginx', cpu: 10 }, { image: 'nginx' }]);
    const overrides = {
      cpu: '512',
      memory: '1024',
      taskRoleArn: 'arn:aws:iam::123456789012:role/other',
      containerOverrides: [{ name: 'c0', cpu: 20, environment: [{ name: 'A', value: '1' }] }],
    };
    const task = await read(fixture, await run(fixture, { overrides }));
    expect(task).toMatchObject({ cpu: '512', memory: '1024', containers: [{ cpu: '20' }, { cpu: '0' }] });
    expect(task.overrides).toEqual({
      ...overrides,
      containerOverrides: [...overrides.containerOverrides, { name: 'c1' }],
      inferenceAcceleratorOverrides: [],
    });
  });

  it('gives a Fargate task an interface of its own, in a subnet of its run', async () => {
    await define(fixture, [{ image: 'nginx' }]);
    const arn = await run(fixture, { networkConfiguration: NETWORK });
    expect((await read(fixture, arn)).attachments?.[0]?.status).toBe('PRECREATED');
    fixture.region.advance(10_000);
    const { attachments, containers } = await read(fixture, arn);
    expect(attachments?.[0]).toMatchObject({ type: 'ElasticNetworkInterface', status: 'ATTACHED' });
    const address = attachments?.[0]?.details?.find(({ name }) => name === 'privateIPv4Address')?.value;
    expect(containers?.[0]?.networkInterfaces).toEqual([
      { attachmentId: attachments?.[0]?.id, privateIpv4Address: address },
    ]);
  });

  it('spreads Fargate tasks over the zones of their subnets', async () => {
    await define(fixture, [{ image: 'nginx' }]);
    const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'] } };
    const tasks = await Promise.all([
      read(fixture, await run(fixture, { networkConfiguration })),
      read(fixture, await run(fixture, { networkConfiguration })),
    ]);
    const subnets = tasks.map(({ attachments }) => attachments?.[0]?.details?.find(({ name }) => name === 'subnetId'));
    expect(subnets.map((detail) => detail?.value)).toEqual(['subnet-1', 'subnet-2']);
    expect(new Set(tasks.map(({ availabilityZone }) => availabilityZone)).size).toBe(2);
  });

  it('gives tasks the managed tags and its own over those of the definition', async () => {
    await define(fixture, [{ image: 'nginx' }], {
      tags: [
        { key: 'a', value: 'definition' },
        { key: 'b', value: 'definition' },
      ],
    });
    const { tasks } = await fixture.ecs.send(
      new RunTaskCommand({
        cluster: 'main',
        taskDefinition: 'it',
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
        enableECSManagedTags: true,
        propagateTags: 'TASK_DEFINITION',
        tags: [{ key: 'b', value: 'run' }],
      }),
    );
    expect(Object.fromEntries((tasks?.[0]?.tags ?? []).map(({ key, value }) => [key, value]))).toEqual({
      'aws:ecs:clusterName': 'main',
      a: 'definition',
      b: 'run',
    });
  });
});
