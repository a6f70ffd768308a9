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
  ['placementStrategy', {}, [{ type: 'spread', field: 'attribute:ecs.availability-zone' }]],
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

describe('a member taken out of a field that stays', () => {
  const web = { containerName: 'web', containerPort: 80, targetGroupArn: 'tg' };
  const shifting = {
    ...web,
    advancedConfiguration: { alternateTargetGroupArn: 'green', productionListenerRule: 'rule' },
  };
  const hook = { hookTargetArn: 'fn', lifecycleStages: ['PRE_SCALE_UP' as const] };
  const inVpc = { subnets: ['subnet-1'] };

  test.each<[what: string, was: ECSServiceSpec, now: ECSServiceSpec, sent: Partial<UpdateServiceCommandInput>]>([
    [
      'security groups',
      { networkConfiguration: { awsvpcConfiguration: { ...inVpc, securityGroups: ['sg-open'] } } },
      { networkConfiguration: { awsvpcConfiguration: inVpc } },
      { networkConfiguration: { awsvpcConfiguration: { ...inVpc, securityGroups: [] } } },
    ],
    [
      'a public address',
      { networkConfiguration: { awsvpcConfiguration: { ...inVpc, assignPublicIp: 'ENABLED' } } },
      { networkConfiguration: { awsvpcConfiguration: inVpc } },
      { networkConfiguration: { awsvpcConfiguration: { ...inVpc, assignPublicIp: 'DISABLED' } } },
    ],
    [
      'the strategy and its hooks',
      { deploymentConfiguration: { maximumPercent: 150, strategy: 'BLUE_GREEN', lifecycleHooks: [hook] } },
      { deploymentConfiguration: { maximumPercent: 150 } },
      { deploymentConfiguration: { maximumPercent: 150, strategy: 'ROLLING', lifecycleHooks: [] } },
    ],
    [
      'all of the deployment configuration',
      {
        deploymentConfiguration: {
          maximumPercent: 150,
          alarms: { alarmNames: ['errors'], enable: true, rollback: true },
          deploymentCircuitBreaker: { enable: true, rollback: true },
        },
      },
      {},
      {
        deploymentConfiguration: {
          maximumPercent: 200,
          alarms: { alarmNames: [], enable: false, rollback: false },
          deploymentCircuitBreaker: { enable: false, rollback: false },
        },
      },
    ],
    [
      'what the second target group was for',
      { loadBalancers: [shifting] },
      { loadBalancers: [web] },
      { loadBalancers: [web] },
    ],
  ])('%s: AWS is told, once', (_what, was, now, sent) => {
    const settledFields = service.fields({ ...base, ...was });
    const live: Partial<Service> = { ...was, serviceRegistries: undefined, capacityProviderStrategy: undefined };
    expect(update(now, live, undefined, { settledFields })).toEqual({ ...named, ...sent });
    // Who never had it in the spec says nothing about it.
    expect(update(now, live, undefined, { settledFields: service.fields({ ...base, ...now }) })).toBeUndefined();
    const after: Partial<Service> = { ...live, ...sent };
    expect(update(now, after, undefined, { settledFields })).toBeUndefined();
  });

  test('what a Service Connect service offered', () => {
    const was = { serviceConnectConfiguration: connect(80) };
    const now = { serviceConnectConfiguration: { enabled: true, namespace: 'apps' } };
    const settledFields = service.fields({ ...base, ...was });
    expect(update(now, {}, was, { settledFields })).toEqual({ ...named, ...now });
    expect(update(now, {}, now, { settledFields })).toBeUndefined();
    expect(update(now, {}, was)).toBeUndefined();
  });

  test('of a DAEMON goes back to what a DAEMON has', () => {
    const daemon: ECSServiceSpec = { schedulingStrategy: 'DAEMON', desiredCount: undefined };
    const was = { deploymentConfiguration: { minimumHealthyPercent: 50 } };
    const live: Partial<Service> = { schedulingStrategy: 'DAEMON', ...was };
    const settledFields = service.fields({ ...base, ...was });
    expect(update(daemon, live, undefined, { settledFields })).toMatchObject({
      deploymentConfiguration: { minimumHealthyPercent: 0 },
    });
  });
});

describe('a service whose deployments CodeDeploy makes', () => {
  const byCodeDeploy: ECSServiceSpec = { deploymentController: { type: 'CODE_DEPLOY' } };
  const moved: Partial<Service> = {
    deploymentController: { type: 'CODE_DEPLOY' },
    taskDefinition: arns.taskDefinition('web:3'),
    loadBalancers: [{ targetGroupArn: 'green', containerName: 'web', containerPort: 80 }],
  };
  const spec: ECSServiceSpec = {
    ...byCodeDeploy,
    desiredCount: 3,
    loadBalancers: [{ targetGroupArn: 'blue', containerName: 'web', containerPort: 80 }],
  };

  test('is changed in what UpdateService takes, and left alone in what CodeDeploy has moved on', () => {
    expect(update(spec, moved)).toEqual({ ...named, desiredCount: 3 });
  });

  test('says in what it differs', () => {
    const of = ecsService('web', { ...base, ...spec });
    const observed = {
      service: liveService(of, moved),
      revision: undefined,
      lastDeployment: undefined,
      lastTarget: undefined,
      unassociated: [],
    };
    expect(service.conclude(desired(of), observed).conditions).toMatchObject([
      {
        type: 'LeftToCodeDeploy',
        reason: 'DiffersFromSpec',
        message: expect.stringMatching(/^taskDefinition web:3 -> web:1, loadBalancers changed: /),
      },
    ]);
    const alike = {
      ...observed,
      service: liveService(of, {
        ...moved,
        taskDefinition: arns.taskDefinition('web:1'),
        loadBalancers: spec.loadBalancers,
      }),
    };
    expect(service.conclude(desired(of), alike).conditions).toEqual([]);
  });

  test('is changed in everything once it is to be ECS that deploys', () => {
    expect(update({ ...spec, deploymentController: { type: 'ECS' } }, moved)).toMatchObject({
      taskDefinition: arns.taskDefinition('web:1'),
    });
  });
});

describe('an existing service that is adopted', () => {
  const plan = (spec: ECSServiceSpec, live: Partial<Service>) => update({ adoptionPolicy: 'Adopt', ...spec }, live);

  test.each<[what: string, spec: ECSServiceSpec, live: Partial<Service>, reason: string, message: string]>([
    [
      'of another scheduling strategy',
      {},
      { schedulingStrategy: 'DAEMON' },
      'ImmutableField',
      'The service "web" exists with schedulingStrategy DAEMON, and ECS cannot change that to REPLICA.',
    ],
    [
      'of another launch type',
      { launchType: 'FARGATE' },
      { launchType: 'EC2' },
      'ImmutableField',
      'The service "web" exists with launchType EC2, and ECS cannot change that to FARGATE.',
    ],
    [
      'that ECS itself manages',
      {},
      { resourceManagementType: 'ECS' },
      'ManagedByECS',
      'The service "web" belongs to an Express service, which ECS manages.',
    ],
  ])('%s is refused', (_what, spec, live, reason, message) => {
    expect(() => plan(spec, live)).toThrow(
      expect.objectContaining({ disposition: 'terminal', reason, message: expect.stringContaining(message) }),
    );
  });

  test('on capacity providers goes back to the launch type of the spec', () => {
    const live: Partial<Service> = {
      launchType: undefined,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 }],
    };
    expect(plan({ launchType: 'FARGATE' }, live)).toEqual({
      ...named,
      capacityProviderStrategy: [],
      forceNewDeployment: true,
    });
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
    [
      'the ARN of a family, whatever its revision',
      { taskDefinition: arns.taskDefinition('web:1').replace(/:1$/, '') },
      {},
    ],
    [
      'the names that AWS has for the fields of a placement strategy',
      {
        placementStrategy: [
          { type: 'binpack', field: 'memory' },
          { type: 'spread', field: 'host' },
        ],
      },
      {
        placementStrategy: [
          { type: 'binpack', field: 'MEMORY' },
          { type: 'spread', field: 'instanceId' },
        ],
      },
    ],
    ['family:revision', { taskDefinition: 'web:1' }, {}],
  ])('is in %s', (_what, spec, live) => {
    expect(update(spec, live)).toBeUndefined();
  });

  test('is in Service Connect that is disabled, which AWS does not show', () => {
    expect(update({ serviceConnectConfiguration: { enabled: false } }, {}, {})).toBeUndefined();
  });

  test('but another revision of the family of an ARN is one', () => {
    const wanted = arns.taskDefinition('web:2');
    expect(update({ taskDefinition: wanted })).toMatchObject({ taskDefinition: wanted });
    expect(update({ taskDefinition: arns.taskDefinition('web2') })).toBeDefined();
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
