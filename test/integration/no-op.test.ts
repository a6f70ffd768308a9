import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cluster, service, taskDefinition, trio } from '../support/manifests.ts';
import { recordWrites } from '../support/operator-writes.ts';
import { type Manifest, type TestBed, testBed } from '../support/test-bed.ts';

/** As people write it: AWS answers with more, in another order and in other forms. */
const rich: readonly Manifest[] = [
  cluster('rich', {
    capacityProviders: ['FARGATE_SPOT', 'FARGATE'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 3 }, { capacityProvider: 'FARGATE' }],
    settings: [{ name: 'containerInsights', value: 'enhanced' }],
    configuration: { executeCommandConfiguration: { logging: 'DEFAULT' } },
    serviceConnectDefaults: { namespace: 'internal' },
    tags: [{ key: 'team', value: 'web' }],
  }),
  taskDefinition('rich', {
    requiresCompatibilities: ['FARGATE'],
    cpu: '.25 vCPU',
    memory: '0.5GB',
    taskRoleArn: 'arn:aws:iam::123456789012:role/task',
    executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
    ephemeralStorage: { sizeInGiB: 30 },
    volumes: [{ name: 'data' }],
    containerDefinitions: [
      {
        name: 'web',
        image: 'nginx:1',
        portMappings: [{ containerPort: 8443 }, { name: 'http', containerPort: 80, protocol: 'tcp' }],
        environment: [
          { name: 'Z', value: '1' },
          { name: 'A', value: '' },
        ],
        secrets: [{ name: 'KEY', valueFrom: 'arn:aws:ssm:us-east-1:123456789012:parameter/key' }],
        mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
        ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 4096 }],
        dependsOn: [{ containerName: 'side', condition: 'START' }],
        healthCheck: { command: ['CMD-SHELL', 'true'] },
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': '/web', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'web' },
        },
      },
      { name: 'side', image: 'busybox:1', essential: false, cpu: 0, command: ['sleep', '1d'] },
    ],
    tags: [
      { key: 'z', value: '1' },
      { key: 'a', value: '2' },
    ],
  }),
  service('rich', {
    desiredCount: 2,
    launchType: undefined,
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }, { capacityProvider: 'FARGATE' }],
    platformVersion: 'LATEST',
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      alarms: { alarmNames: ['errors', 'latency'], enable: true, rollback: false },
    },
    availabilityZoneRebalancing: 'ENABLED',
    enableECSManagedTags: true,
    enableExecuteCommand: true,
    propagateTags: 'SERVICE',
    healthCheckGracePeriodSeconds: 30,
    loadBalancers: [
      {
        targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/1',
        containerName: 'web',
        containerPort: 80,
      },
    ],
    serviceRegistries: [{ registryArn: 'arn:aws:servicediscovery:us-east-1:123456789012:service/srv-1' }],
    networkConfiguration: {
      awsvpcConfiguration: { subnets: ['subnet-2', 'subnet-1'], securityGroups: ['sg-2', 'sg-1'] },
    },
    serviceConnectConfiguration: {
      enabled: true,
      namespace: 'internal',
      services: [{ portName: 'http', clientAliases: [{ port: 80 }] }],
    },
    vpcLatticeConfigurations: [
      { roleArn: 'arn:aws:iam::123456789012:role/lattice', targetGroupArn: 'arn:lattice:tg-1', portName: 'http' },
    ],
    placementConstraints: [],
    placementStrategy: [],
    tags: [{ key: 'empty', value: '' }],
  }),
];

describe('a pass over objects that AWS agrees with', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed();
  });
  afterAll(() => bed.stop());

  const cases: readonly { what: string; name: string; manifests: readonly Manifest[] }[] = [
    { what: 'the least that can be written', name: 'plain', manifests: trio('plain') },
    { what: 'every field that the region knows', name: 'rich', manifests: rich },
  ];

  it.each(cases)('changes nothing in AWS and writes no status, five times, for $what', async ({ name, manifests }) => {
    await bed.apply(...manifests);
    for (const { kind } of manifests) await bed.ready(kind, name);
    // The cluster settled before there was a service in it; its counts come with its next pass.
    await bed.passOverAll();
    const written = await recordWrites(bed);
    const mark = bed.region.journal.mark();

    for (let pass = 0; pass < 5; pass += 1) {
      for (const { kind } of manifests) expect(await bed.pass(kind, name)).toEqual({ kind: 'settled' });
    }

    expect(bed.mutations(mark)).toEqual([]);
    expect(await written()).toEqual([]);
  });

  it('changes nothing when a manifest is applied again as it is', async () => {
    await bed.apply(...trio('again'));
    await bed.ready('ECSService', 'again');
    await bed.passOverAll();
    const written = await recordWrites(bed);
    const mark = bed.region.journal.mark();
    await bed.apply(...trio('again'));
    await bed.passOverAll();
    expect(bed.mutations(mark)).toEqual([]);
    expect(await written()).toEqual([]);
  });

  it('reads a settled trio with three batched calls', async () => {
    await bed.apply(...trio('cheap'));
    await bed.ready('ECSService', 'cheap');
    await bed.settled();
    const mark = bed.region.journal.mark();
    for (const { kind } of trio('cheap')) await bed.pass(kind, 'cheap');
    expect(bed.region.journal.count(mark)).toEqual({
      DescribeClusters: 1,
      DescribeTaskDefinition: 1,
      DescribeServices: 1,
    });
  });
});
