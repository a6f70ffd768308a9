import type { Service, ServiceRevision, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { ECSServiceSpec, ECSServiceStatus } from '../../../../src/kinds/service/api.ts';
import { service } from '../../../../src/kinds/service/kind.ts';
import { arns, desired, ecsService, liveService, region, summaries } from '../../../support/builders.ts';

const base: ECSServiceSpec = { cluster: 'prod', taskDefinition: arns.taskDefinition('web:1'), desiredCount: 2 };

const awsvpc = (...subnets: string[]) => ({ awsvpcConfiguration: { subnets, securityGroups: ['sg-1', 'sg-2'] } });
const connect = (port: number) => ({
  enabled: true,
  namespace: 'apps',
  services: [{ portName: 'http', clientAliases: [{ port }] }],
});
const disk = (sizeInGiB: number) => [{ name: 'data', managedEBSVolume: { roleArn: 'arn:role', sizeInGiB } }];
const lattice = (targetGroupArn: string) => [{ roleArn: 'arn:role', targetGroupArn, portName: 'http' }];

/** What UpdateService sends for this spec over this live service; `undefined` when there is nothing to send. */
function update(
  spec: ECSServiceSpec,
  live: Partial<Service> = {},
  revision: ServiceRevision | undefined = undefined,
  status: ECSServiceStatus | undefined = undefined,
): UpdateServiceCommandInput | undefined {
  const of = ecsService('web', { ...base, ...spec }, { status });
  const observed = {
    service: liveService(of, live),
    revision,
    lastDeployment: undefined,
    lastTarget: undefined,
    unassociated: [],
  };
  const steps = summaries(service.plan(desired(of), observed));
  if (steps.length === 0) return undefined;
  expect(steps).toEqual([{ operation: 'UpdateService', input: expect.anything(), reason: expect.anything() }]);
  const [only] = steps;
  return only !== undefined && 'input' in only ? { service: undefined, ...only.input } : undefined;
}

const named = { cluster: 'prod', service: 'web' };

/** Field, what AWS has, what the user says, and what goes with it. */
type Row = [
  field: keyof ECSServiceSpec & keyof UpdateServiceCommandInput,
  live: Partial<Service>,
  wanted: unknown,
  more?: Partial<UpdateServiceCommandInput>,
];

const inService: readonly Row[] = [
  ['desiredCount', {}, 3],
  ['taskDefinition', {}, arns.taskDefinition('web:2')],
  ['availabilityZoneRebalancing', {}, 'ENABLED'],
  [
    'capacityProviderStrategy',
    {},
    [{ capacityProvider: 'FARGATE', weight: 1 }],
    // TF#22823
    { forceNewDeployment: true },
  ],
  ['deploymentConfiguration', {}, { maximumPercent: 150 }],
  ['deploymentController', {}, { type: 'EXTERNAL' }],
  ['enableECSManagedTags', {}, true],
  ['enableExecuteCommand', {}, true],
  ['healthCheckGracePeriodSeconds', {}, 30],
  ['loadBalancers', {}, [{ targetGroupArn: 'tg', containerName: 'web', containerPort: 80 }]],
  ['networkConfiguration', { networkConfiguration: awsvpc('subnet-1') }, awsvpc('subnet-1', 'subnet-2')],
  ['placementConstraints', {}, [{ type: 'distinctInstance' }]],
  ['placementStrategy', {}, [{ type: 'spread', field: 'host' }]],
  ['platformVersion', { platformVersion: 'LATEST' }, '1.4.0'],
  ['propagateTags', {}, 'SERVICE'],
  ['serviceRegistries', {}, [{ registryArn: 'arn:registry' }]],
];

const inRevision: readonly [field: keyof ECSServiceSpec & keyof ServiceRevision, have: unknown, wanted: unknown][] = [
  ['gatewayConnectors', undefined, [{ portName: 'http' }]],
  ['monitoring', undefined, { metricConfigurations: [{ metricNames: ['CPU'], resolutionSeconds: 20 }] }],
  ['serviceConnectConfiguration', connect(80), connect(81)],
  ['volumeConfigurations', disk(10), disk(20)],
  ['vpcLatticeConfigurations', lattice('a'), lattice('b')],
];

describe('each mutable field that alone differs is sent alone, in one UpdateService', () => {
  test.each(inService)('%s', (field, live, wanted, more = {}) => {
    expect(update({ [field]: wanted }, live)).toEqual({ ...named, [field]: wanted, ...more });
  });

  test.each(inRevision)('%s, which only the service revision shows', (field, have, wanted) => {
    expect(update({ [field]: wanted }, {}, { [field]: have })).toEqual({ ...named, [field]: wanted });
  });

  test.each(inService)('%s that AWS already has is not sent', (field, live, wanted) => {
    const has: Partial<Service> = { ...live, [field]: wanted };
    expect(update({ [field]: wanted }, has)).toBeUndefined();
  });

  test.each(inRevision)('%s that the revision already has is not sent', (field, _have, wanted) => {
    expect(update({ [field]: wanted }, {}, { [field]: wanted })).toBeUndefined();
  });

  test('several are sent together, and the reason names each', () => {
    const of = ecsService('web', { ...base, desiredCount: 5, enableExecuteCommand: true });
    const observed = {
      service: liveService(of),
      revision: undefined,
      lastDeployment: undefined,
      lastTarget: undefined,
      unassociated: [],
    };
    expect(summaries(service.plan(desired(of), observed))).toEqual([
      {
        operation: 'UpdateService',
        input: { ...named, desiredCount: 5, enableExecuteCommand: true },
        reason: 'desiredCount 2 -> 5, enableExecuteCommand changed',
      },
    ]);
  });
});

describe('a field taken out of the spec', () => {
  const loadBalancers = [{ targetGroupArn: 'tg', containerName: 'web', containerPort: 80 }];
  const strategy = [{ capacityProvider: 'FARGATE', base: 0, weight: 1 }];

  test.each<[field: keyof ECSServiceSpec, live: Partial<Service>, reset: Partial<UpdateServiceCommandInput>]>([
    [
      'capacityProviderStrategy',
      { capacityProviderStrategy: strategy },
      { capacityProviderStrategy: [], forceNewDeployment: true },
    ],
    ['deploymentController', { deploymentController: { type: 'EXTERNAL' } }, { deploymentController: { type: 'ECS' } }],
    ['enableECSManagedTags', { enableECSManagedTags: true }, { enableECSManagedTags: false }],
    ['enableExecuteCommand', { enableExecuteCommand: true }, { enableExecuteCommand: false }],
    ['healthCheckGracePeriodSeconds', { healthCheckGracePeriodSeconds: 30 }, { healthCheckGracePeriodSeconds: 0 }],
    ['loadBalancers', { loadBalancers }, { loadBalancers: [] }],
    ['placementConstraints', { placementConstraints: [{ type: 'distinctInstance' }] }, { placementConstraints: [] }],
    ['placementStrategy', { placementStrategy: [{ type: 'random' }] }, { placementStrategy: [] }],
    ['platformVersion', { platformVersion: '1.3.0' }, { platformVersion: 'LATEST' }],
    ['propagateTags', { propagateTags: 'SERVICE' }, { propagateTags: 'NONE' }],
    ['serviceRegistries', { serviceRegistries: [{ registryArn: 'arn:registry' }] }, { serviceRegistries: [] }],
  ])('%s is reset in AWS if it was set before, and else left alone', (field, live, reset) => {
    expect(update({}, live, undefined, { settledFields: [field] })).toEqual({ ...named, ...reset });
    expect(update({}, live, undefined, { settledFields: ['desiredCount'] })).toBeUndefined();
    expect(update({}, {}, undefined, { settledFields: [field] })).toBeUndefined();
  });

  test.each<[field: keyof ECSServiceSpec, revision: ServiceRevision, reset: unknown]>([
    ['gatewayConnectors', { gatewayConnectors: [{ portName: 'http' }] }, []],
    ['serviceConnectConfiguration', { serviceConnectConfiguration: connect(80) }, { enabled: false }],
    ['volumeConfigurations', { volumeConfigurations: disk(10) }, []],
    ['vpcLatticeConfigurations', { vpcLatticeConfigurations: lattice('a') }, []],
  ])('%s, which only the service revision shows, too', (field, revision, reset) => {
    expect(update({}, {}, revision, { settledFields: [field] })).toEqual({ ...named, [field]: reset });
    expect(update({}, {}, revision)).toBeUndefined();
  });

  test('is left as it is where its default may not be guessed', () => {
    const settledFields = ['deploymentConfiguration', 'networkConfiguration', 'availabilityZoneRebalancing'];
    const live: Partial<Service> = { availabilityZoneRebalancing: 'ENABLED', networkConfiguration: awsvpc('subnet-1') };
    expect(update({}, live, undefined, { settledFields })).toBeUndefined();
  });
});

describe('no difference', () => {
  const twoBalancers = [
    { targetGroupArn: 'a', containerName: 'web', containerPort: 80 },
    { targetGroupArn: 'b', containerName: 'web', containerPort: 81 },
  ];

  test.each<[string, ECSServiceSpec, Partial<Service>]>([
    ['a minimal spec over what AWS fills in', {}, {}],
    [
      'reordered subnets',
      { networkConfiguration: awsvpc('s-1', 's-2') },
      { networkConfiguration: awsvpc('s-2', 's-1') },
    ],
    ['reordered load balancers', { loadBalancers: twoBalancers }, { loadBalancers: twoBalancers.toReversed() }],
    [
      'members that AWS adds',
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['s-1'] } } },
      {
        networkConfiguration: {
          awsvpcConfiguration: { subnets: ['s-1'], assignPublicIp: 'DISABLED', securityGroups: ['default'] },
        },
      },
    ],
    [
      'weight and base that AWS fills in',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }, { capacityProvider: 'FARGATE_SPOT', weight: 1 }] },
      {
        capacityProviderStrategy: [
          { capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 },
          { capacityProvider: 'FARGATE', weight: 0, base: 0 },
        ],
      },
    ],
    ['platformVersion LATEST', { platformVersion: 'LATEST' }, { platformVersion: 'LATEST' }],
    ['platformVersion LATEST that AWS does not show', { platformVersion: 'LATEST' }, { platformVersion: undefined }],
    ['the deployment controller ECS, which AWS leaves out', { deploymentController: { type: 'ECS' } }, {}],
    [
      'empty lists',
      { loadBalancers: [], placementStrategy: [], serviceRegistries: [] },
      { serviceRegistries: undefined },
    ],
    ['part of a deployment configuration', { deploymentConfiguration: { minimumHealthyPercent: 100 } }, {}],
    ['a bare family, whatever its revision', { taskDefinition: 'web' }, {}],
    ['family:revision', { taskDefinition: 'web:1' }, {}],
  ])('is in %s', (_what, spec, live) => {
    expect(update(spec, live)).toBeUndefined();
  });

  test('but the order of a placement strategy is one', () => {
    const wanted: ECSServiceSpec['placementStrategy'] = [{ type: 'spread', field: 'host' }, { type: 'random' }];
    const live: Service['placementStrategy'] = [{ type: 'random' }, { type: 'spread', field: 'host' }];
    expect(update({ placementStrategy: wanted }, { placementStrategy: live })).toMatchObject({
      placementStrategy: wanted,
    });
  });

  test('but a version of the platform that was pinned and shall be LATEST is one', () => {
    expect(update({ platformVersion: 'LATEST' }, { platformVersion: '1.3.0' })).toMatchObject({
      platformVersion: 'LATEST',
    });
  });
});

describe('desiredCount', () => {
  test('that is not in the spec is left to whoever owns it', () => {
    expect(update({ desiredCount: undefined }, { desiredCount: 40, runningCount: 40 })).toBeUndefined();
    expect(
      update({ desiredCount: undefined }, { desiredCount: 0 }, undefined, { settledFields: ['desiredCount'] }),
    ).toBeUndefined();
  });

  test('of a DAEMON is ECS own', () => {
    const daemon: ECSServiceSpec = { schedulingStrategy: 'DAEMON', desiredCount: undefined };
    expect(update(daemon, { schedulingStrategy: 'DAEMON', desiredCount: 7, runningCount: 7 })).toBeUndefined();
  });

  test('may be 0', () => {
    expect(update({ desiredCount: 0 })).toEqual({ ...named, desiredCount: 0 });
  });
});

test('the revision of a task definition reference is what the service shall run', () => {
  const of = ecsService('web', { clusterRef: { name: 'prod' }, taskDefinitionRef: { name: 'web' }, desiredCount: 2 });
  const wish = desired(of, {
    'spec.clusterRef': { arn: arns.cluster('prod'), name: 'prod', region },
    'spec.taskDefinitionRef': { arn: arns.taskDefinition('web:7'), name: 'web:7', region },
  });
  const observed = {
    service: liveService(of),
    revision: undefined,
    lastDeployment: undefined,
    lastTarget: undefined,
    unassociated: [],
  };
  expect(summaries(service.plan(wish, observed))).toEqual([
    {
      operation: 'UpdateService',
      input: { cluster: arns.cluster('prod'), service: 'web', taskDefinition: arns.taskDefinition('web:7') },
      reason: 'taskDefinition web:1 -> web:7',
    },
  ]);
});
