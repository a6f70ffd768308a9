import {
  type Attribute,
  CreateServiceCommand,
  DescribeServicesCommand,
  type ECSClient,
  PutAttributesCommand,
  RegisterContainerInstanceCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { expectError } from '../../support.ts';
import { instancesOf, MINUTE, registerTask, resourceOf, startCapacity, tasksIn } from './support.ts';

const ZONES = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];

/** Registers instances as their agents do, of 1024 CPU units and 2048 MiB unless told otherwise; returns their ARNs. */
async function registerInstances(
  ecs: ECSClient,
  count: number,
  { cpu = 1024, memory = 2048, attributes = [] as Attribute[] } = {},
): Promise<string[]> {
  const arns: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const registered = await ecs.send(
      new RegisterContainerInstanceCommand({
        cluster: 'main',
        instanceIdentityDocument: JSON.stringify({ instanceId: `i-${String(arns.length + cpu).padStart(17, '0')}` }),
        totalResources: [
          { name: 'CPU', type: 'INTEGER', integerValue: cpu },
          { name: 'MEMORY', type: 'INTEGER', integerValue: memory },
        ],
        versionInfo: { agentVersion: '1.99.1' },
        attributes: [{ name: 'ecs.availability-zone', value: ZONES[index % 3] }, ...attributes],
      }),
    );
    arns.push(registered.containerInstance?.containerInstanceArn ?? '');
  }
  return arns;
}

const run = (ecs: ECSClient, input: Partial<RunTaskCommandInput> = {}) =>
  ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'small', ...input }));

/** Tasks on each of the instances, in their order. */
async function counts(ecs: ECSClient, arns: readonly string[]): Promise<number[]> {
  const tasks = await tasksIn(ecs);
  return arns.map((arn) => tasks.filter(({ containerInstanceArn }) => containerInstanceArn === arn).length);
}

async function startSmall() {
  const fixture = await startCapacity();
  await registerTask(fixture.ecs, {
    family: 'small',
    containerDefinitions: [{ name: 'app', image: 'nginx', cpu: 100, memory: 400, memoryReservation: 200 }],
  });
  return fixture;
}

describe('what is left of an instance', () => {
  it('counts reservations, ports and tasks that have not stopped', async () => {
    const { ecs } = await startSmall();
    await registerInstances(ecs, 1);
    await registerTask(ecs, {
      family: 'ports',
      containerDefinitions: [
        {
          name: 'app',
          image: 'nginx',
          cpu: 10,
          memory: 100,
          portMappings: [
            { containerPort: 80, hostPort: 80 },
            { containerPort: 81 },
            { containerPort: 53, hostPort: 53, protocol: 'udp' },
          ],
        },
      ],
    });
    await run(ecs, { count: 2 });
    await run(ecs, { taskDefinition: 'ports' });
    const [instance] = await instancesOf(ecs);
    expect(resourceOf(instance, 'CPU', 'remaining')).toBe(1024 - 210);
    expect(resourceOf(instance, 'MEMORY', 'remaining')).toBe(2048 - 500);
    expect(resourceOf(instance, 'PORTS', 'remaining')).toEqual(['22', '2375', '2376', '51678', '51679', '80']);
    expect(resourceOf(instance, 'PORTS_UDP', 'remaining')).toEqual(['53']);
    expect(resourceOf(instance, 'PORTS', 'registered')).not.toContain('80');
    expect(instance).toMatchObject({ pendingTasksCount: 3, runningTasksCount: 0 });
  });
});

describe('a task that fits nowhere', () => {
  const container = { name: 'app', image: 'nginx', cpu: 10, memory: 10 };
  it.each([
    {
      reason: 'RESOURCE:CPU',
      says: 'has insufficient CPU units available',
      definition: { containerDefinitions: [{ ...container, cpu: 2000 }] },
    },
    {
      reason: 'RESOURCE:MEMORY',
      says: 'has insufficient memory available',
      definition: { containerDefinitions: [{ ...container, memory: 3000 }] },
    },
    {
      reason: 'RESOURCE:GPU',
      says: 'encountered error "RESOURCE:GPU"',
      definition: {
        containerDefinitions: [{ ...container, resourceRequirements: [{ type: 'GPU' as const, value: '1' }] }],
      },
    },
    {
      reason: 'RESOURCE:PORTS',
      says: 'is already using a port required by your task',
      definition: { containerDefinitions: [{ ...container, portMappings: [{ containerPort: 22, hostPort: 22 }] }] },
    },
    {
      reason: 'RESOURCE:PORTS',
      says: 'is already using a port required by your task',
      definition: {
        networkMode: 'host' as const,
        containerDefinitions: [{ ...container, portMappings: [{ containerPort: 51678 }] }],
      },
    },
    {
      reason: 'ATTRIBUTE',
      says: 'is missing an attribute required by your task',
      definition: {
        containerDefinitions: [{ ...container, logConfiguration: { logDriver: 'gelf' as const } }],
        volumes: [{ name: 'v', dockerVolumeConfiguration: { driver: 'rexray/ebs', scope: 'shared' as const } }],
      },
    },
    {
      reason: 'MemberOf placement constraint unsatisfied.',
      says: 'encountered error "MemberOf placement constraint unsatisfied."',
      definition: {
        containerDefinitions: [container],
        placementConstraints: [{ type: 'memberOf' as const, expression: 'attribute:stack == prod' }],
      },
    },
  ])('is refused with $reason, and its service says so', async ({ reason, says, definition }) => {
    const { ecs, region } = await startSmall();
    const [arn = ''] = await registerInstances(ecs, 1);
    await registerTask(ecs, { family: 'misfit', ...definition });
    const refused = await run(ecs, { taskDefinition: 'misfit' });
    expect(refused.tasks).toEqual([]);
    expect(refused.failures).toEqual([{ arn, reason }]);
    await ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition: 'misfit',
        desiredCount: 1,
        launchType: 'EC2',
      }),
    );
    region.advance(MINUTE);
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
    const id = arn.split('/').at(-1);
    expect(services?.[0]?.events?.map(({ message }) => message).join()).toContain(
      `no container instance met all of its requirements. The closest matching (container-instance ${id}) ${says}.`,
    );
  });

  it('is refused with AGENT while the agent is disconnected', async () => {
    const { ecs, region } = await startSmall();
    const [arn] = await registerInstances(ecs, 1);
    const [instance] = await instancesOf(ecs);
    region.setAgent(instance?.ec2InstanceId ?? '', false);
    expect((await run(ecs)).failures).toEqual([{ arn, reason: 'AGENT' }]);
    region.setAgent(instance?.ec2InstanceId ?? '', true);
    expect((await run(ecs)).failures).toEqual([]);
  });

  it('is an error of its own where there is no instance at all', async () => {
    const { ecs } = await startSmall();
    await expectError(run(ecs), 'InvalidParameterException', 'No Container Instances were found in your cluster.');
  });

  it('TR-11: is refused with RESOURCE:ENI when all network interfaces are taken, and with LOCATION in another zone', async () => {
    const { ecs } = await startSmall();
    const [arn] = await registerInstances(ecs, 1);
    await registerTask(ecs, { family: 'eni', networkMode: 'awsvpc', containerDefinitions: [container] });
    const inZone = (subnet: string) =>
      run(ecs, { taskDefinition: 'eni', networkConfiguration: { awsvpcConfiguration: { subnets: [subnet] } } });
    expect((await inZone('subnet-b')).failures).toEqual([{ arn, reason: 'LOCATION' }]);
    expect((await inZone('subnet-a')).tasks).toHaveLength(1);
    expect((await inZone('subnet-a')).failures).toEqual([{ arn, reason: 'RESOURCE:ENI' }]);
  });

  it('takes at most 100 host ports of an instance', async () => {
    const { ecs } = await startSmall();
    const [arn] = await registerInstances(ecs, 1);
    const ports = (family: string, first: number, count: number) =>
      registerTask(ecs, {
        family,
        containerDefinitions: [
          {
            ...container,
            portMappings: Array.from({ length: count }, (_, index) => ({
              containerPort: first + index,
              hostPort: first + index,
            })),
          },
        ],
      });
    await ports('many', 1000, 99);
    await ports('two', 3000, 2);
    expect((await run(ecs, { taskDefinition: 'many' })).failures).toEqual([]);
    expect((await run(ecs, { taskDefinition: 'two' })).failures).toEqual([{ arn, reason: 'RESOURCE:PORTS' }]);
  });
});

describe('placement strategies', () => {
  it('PL-02: spread over zones', async () => {
    const { ecs } = await startSmall();
    const arns = await registerInstances(ecs, 4);
    await run(ecs, { count: 3, placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }] });
    // The first and the fourth instance share a zone.
    const [a = 0, b, c, d = 0] = await counts(ecs, arns);
    expect([a + d, b, c]).toEqual([1, 1, 1]);
  });

  it('PL-02: spread over instances', async () => {
    const { ecs } = await startSmall();
    const arns = await registerInstances(ecs, 3);
    await run(ecs, { count: 6, placementStrategy: [{ type: 'spread', field: 'instanceId' }] });
    expect(await counts(ecs, arns)).toEqual([2, 2, 2]);
  });

  it('PL-04: spread counts only tasks of the same group', async () => {
    const { ecs } = await startSmall();
    const arns = await registerInstances(ecs, 2);
    const spread = [{ type: 'spread' as const, field: 'host' }];
    await run(ecs, { count: 1, group: 'a', placementStrategy: spread });
    await run(ecs, { count: 1, group: 'b', placementStrategy: spread });
    expect((await counts(ecs, arns)).sort()).toEqual([0, 2]);
  });

  it('PL-02: binpack fills the instance with the least left', async () => {
    const { ecs } = await startSmall();
    const [large] = await registerInstances(ecs, 1, { memory: 4096 });
    const [small] = await registerInstances(ecs, 1, { cpu: 1025, memory: 1000 });
    await run(ecs, { count: 4, placementStrategy: [{ type: 'binpack', field: 'memory' }] });
    expect(await counts(ecs, [large ?? '', small ?? ''])).toEqual([0, 4]);
    // No more memory there: 4 of 200 MiB leave 200, the fifth takes them.
    await run(ecs, { count: 2, placementStrategy: [{ type: 'binpack', field: 'memory' }] });
    expect(await counts(ecs, [large ?? '', small ?? ''])).toEqual([1, 5]);
  });

  it('PL-03: apply one after the other', async () => {
    const { ecs } = await startSmall();
    const arns = await registerInstances(ecs, 6);
    await run(ecs, {
      count: 6,
      placementStrategy: [
        { type: 'spread', field: 'attribute:ecs.availability-zone' },
        { type: 'binpack', field: 'memory' },
      ],
    });
    // Two instances a zone: the second of each stays empty.
    expect(await counts(ecs, arns)).toEqual([2, 2, 2, 0, 0, 0]);
  });

  it('random is the same in every run, and not always the same instance', async () => {
    const once = async () => {
      const { ecs } = await startSmall();
      const arns = await registerInstances(ecs, 4);
      for (let task = 0; task < 8; task += 1) await run(ecs, { placementStrategy: [{ type: 'random' }] });
      return counts(ecs, arns);
    };
    const first = await once();
    expect(first.filter((count) => count > 0).length).toBeGreaterThan(1);
    expect(await once()).toEqual(first);
  });

  it('SV-08: a service without a strategy spreads over zones, then instances', async () => {
    const { ecs, region } = await startSmall();
    const arns = await registerInstances(ecs, 6);
    await ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition: 'small',
        desiredCount: 6,
        launchType: 'EC2',
      }),
    );
    region.advance(MINUTE);
    expect(await counts(ecs, arns)).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

describe('placement constraints', () => {
  it('PL-10: distinctInstance puts each task of a group on an instance of its own', async () => {
    const { ecs } = await startSmall();
    const arns = await registerInstances(ecs, 2);
    const refused = await run(ecs, { count: 3, placementConstraints: [{ type: 'distinctInstance' }] });
    expect(refused.tasks).toHaveLength(2);
    expect(refused.failures?.map(({ reason }) => reason)).toEqual(
      Array(2).fill('DistinctInstance placement constraint unsatisfied.'),
    );
    expect(await counts(ecs, arns)).toEqual([1, 1]);
  });

  it.each([
    { says: 'memberOf without an expression', constraint: { type: 'memberOf' as const }, error: /Expression must be/ },
    {
      says: 'an expression that cannot be read',
      constraint: { type: 'memberOf' as const, expression: 'attribute:stack = prod' },
      error: /an operator is expected at position 16/,
    },
    {
      says: 'distinctInstance with an expression',
      constraint: { type: 'distinctInstance' as const, expression: 'attribute:stack == prod' },
      error: /takes no expression/,
    },
  ])('PL-10: refuse $says', async ({ constraint, error }) => {
    const { ecs } = await startSmall();
    await expectError(run(ecs, { placementConstraints: [constraint] }), 'InvalidParameterException', error);
    const service = { cluster: 'main', serviceName: 'web', taskDefinition: 'small', desiredCount: 1 };
    await expectError(
      ecs.send(new CreateServiceCommand({ ...service, launchType: 'EC2', placementConstraints: [constraint] })),
      'InvalidParameterException',
      error,
    );
  });

  it('PL-02: strategies refuse fields that they do not have', async () => {
    const { ecs } = await startSmall();
    const refuses = (type: 'binpack' | 'random' | 'spread', field?: string) =>
      expectError(run(ecs, { placementStrategy: [{ type, field }] }), 'InvalidParameterException', /Invalid field/);
    await refuses('binpack', 'disk');
    await refuses('binpack');
    await refuses('random', 'cpu');
    await refuses('spread', 'zone');
  });

  it('PL-11: of a task definition that cannot be read match nothing', async () => {
    const { ecs } = await startSmall();
    await registerInstances(ecs, 1);
    await registerTask(ecs, {
      family: 'odd',
      placementConstraints: [{ type: 'memberOf', expression: 'no such thing' }],
    });
    const { failures } = await run(ecs, { taskDefinition: 'odd' });
    expect(failures).toMatchObject([{ reason: 'MemberOf placement constraint unsatisfied.' }]);
  });

  it('PL-13: a service waits for an instance that matches, and is placed when one does', async () => {
    const { ecs, region } = await startSmall();
    const [arn = ''] = await registerInstances(ecs, 1);
    await ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition: 'small',
        desiredCount: 1,
        launchType: 'EC2',
        placementConstraints: [{ type: 'memberOf', expression: 'attribute:stack == prod' }],
      }),
    );
    region.advance(MINUTE);
    expect(await tasksIn(ecs)).toEqual([]);
    await ecs.send(
      new PutAttributesCommand({ cluster: 'main', attributes: [{ name: 'stack', value: 'prod', targetId: arn }] }),
    );
    region.advance(MINUTE);
    expect(await tasksIn(ecs)).toMatchObject([{ lastStatus: 'RUNNING', containerInstanceArn: arn }]);
  });
});
