import {
  type CreateServiceCommandInput,
  DescribeServiceRevisionsCommand,
  ListServicesByNamespaceCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import {
  createService,
  describe1,
  expectError,
  type Fixture,
  isCompleted,
  NETWORK,
  startPopulated,
  tasksOf,
} from '../../support.ts';
import { BALANCER, BLUE, GREEN, SHIFTING, servicesOf, update } from './support.ts';

type Input = Partial<CreateServiceCommandInput>;

const PAUSE = { targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] } as const;
const LAMBDA = {
  hookTargetArn: 'arn:aws:lambda:eu-central-1:123456789012:function:check',
  roleArn: 'arn:aws:iam::123456789012:role/hooks',
  lifecycleStages: ['POST_SCALE_UP'],
} as const;
const configured = (deploymentConfiguration: CreateServiceCommandInput['deploymentConfiguration']): Input => ({
  deploymentConfiguration,
});

describe('CreateService refuses', () => {
  it.each<[string, Input, string | RegExp]>([
    ['a name with a dot (SU-14)', { serviceName: 'a.b' }, /Service name must be/],
    ['a REPLICA service without a count (SV-13)', { desiredCount: undefined }, 'Desired count must be specified.'],
    [
      'a launch type besides a strategy (SV-10)',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      /both/,
    ],
    ['more than 5000 tasks (guide 4, 23)', { desiredCount: 5_001 }, /at most 5000/],
    ['a provider that the cluster has not (CPS-03)', strategy('FARGATE'), /not associated with the cluster/],
    ['DAEMON on Fargate (SV-12)', { schedulingStrategy: 'DAEMON', desiredCount: undefined }, /DAEMON/],
    ['constraints on Fargate (PL-07)', { placementConstraints: [{ type: 'distinctInstance' }] }, /not supported/],
    ['strategies on Fargate (PL-07)', { placementStrategy: [{ type: 'random' }] }, /not supported/],
    ['an unknown platform version', { platformVersion: '9.9.9' }, 'The specified platform does not exist.'],
    ['six target groups (LB-02)', { loadBalancers: Array.from({ length: 6 }, () => BALANCER) }, /at most 5/],
    ['a load balancer without a reference', { loadBalancers: [{ containerName: 'app', containerPort: 80 }] }, /either/],
    ['both kinds of load balancer at once', { loadBalancers: [{ ...BALANCER, loadBalancerName: 'x' }] }, /cannot both/],
    ['a port that the container has not (SU-09)', { loadBalancers: [{ ...BALANCER, containerPort: 81 }] }, /port 81/],
    ['a grace period without a load balancer (SU-15)', { healthCheckGracePeriodSeconds: 5 }, /only valid for services/],
    ['a role without a load balancer', { role: 'ecsServiceRole' }, /IAM roles are only valid/],
    ['a role with awsvpc (LB-04)', { role: 'r', loadBalancers: [BALANCER] }, /require a service linked role/],
    ['two service registries', { serviceRegistries: [{ registryArn: 'a' }, { registryArn: 'b' }] }, /at most 1/],
    ['Service Connect without a namespace', { serviceConnectConfiguration: { enabled: true } }, /namespace/],
    ['exec without a task role (SU-18)', { enableExecuteCommand: true }, /taskRoleArn/],
    ['minimum and maximum of 100', configured({ minimumHealthyPercent: 100, maximumPercent: 100 }), /cannot be 100/],
    ['a bake time of more than a day', configured({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1_441 }), /1440/],
    ['a step below 3 percent', configured({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 2.9 } }), /3\.0/],
    [
      'hundredths of a percent',
      configured({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 1.25 } }),
      /0\.1/,
    ],
    ['steps without LINEAR', configured({ linearConfiguration: { stepPercent: 10 } }), /only valid with the LINEAR/],
    ['alarms without names', configured({ alarms: { alarmNames: [], enable: true, rollback: true } }), /alarmNames/],
    [
      'a pause while traffic moves',
      hooked({ ...PAUSE, lifecycleStages: ['TEST_TRAFFIC_SHIFT'] }),
      /TEST_TRAFFIC_SHIFT/,
    ],
    ['a pause with a function', hooked({ ...PAUSE, hookTargetArn: LAMBDA.hookTargetArn }), /hookTargetArn/],
    ['a function without a role', hooked({ ...LAMBDA, roleArn: undefined }), /roleArn are required/],
    ['a hook without stages', hooked({ ...LAMBDA, lifecycleStages: [] }), /lifecycleStages/],
    ['a hook that waits too long', hooked({ ...PAUSE, timeoutConfiguration: { timeoutInMinutes: 20_161 } }), /20160/],
    [
      'blue/green with a load balancer that has one target group',
      { ...configured({ strategy: 'BLUE_GREEN' }), loadBalancers: [BALANCER] },
      /advancedConfiguration/,
    ],
    [
      'early success without a share',
      configured({ earlySuccessCriteria: { enable: true } }),
      /healthyPercent and sourceServiceRevisionCleanup/,
    ],
  ])('%s', async (_what, input, message) => {
    const { ecs } = await startPopulated();
    const name =
      message === 'The specified platform does not exist.' ? 'PlatformUnknownException' : 'InvalidParameterException';
    await expectError(createService(ecs, input), name, message);
    expect(await servicesOf(ecs, input.serviceName ?? 'web')).toEqual([]);
  });
});

function strategy(capacityProvider: string): Input {
  return { launchType: undefined, capacityProviderStrategy: [{ capacityProvider, weight: 1 }] };
}

function hooked(hook: object): Input {
  return configured({ strategy: 'BLUE_GREEN', lifecycleHooks: [hook] });
}

/** A cluster with the providers of Fargate. */
async function startWithProviders(): Promise<Fixture> {
  const fixture = await startPopulated({ timings: 'instant' });
  await fixture.ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'main',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    }),
  );
  return fixture;
}

describe('a capacity provider strategy', () => {
  it('spreads tasks by base and weight (CPS-10)', async () => {
    const { ecs } = await startWithProviders();
    await createService(ecs, {
      launchType: undefined,
      desiredCount: 6,
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE', base: 1, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 4 },
      ],
    });
    const providers = (await tasksOf(ecs, 'RUNNING')).map(({ capacityProviderName }) => capacityProviderName);
    expect(providers.filter((name) => name === 'FARGATE')).toHaveLength(2);
    expect(providers.filter((name) => name === 'FARGATE_SPOT')).toHaveLength(4);
  });

  it('comes and goes only with a new deployment (CPS-09, TF#22823)', async () => {
    const { ecs } = await startWithProviders();
    await createService(ecs);
    const change: Partial<UpdateServiceCommandInput> = {
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    };
    await expectError(update(ecs, change), 'InvalidParameterException', /you must force a new deployment\.$/);
    await update(ecs, { ...change, forceNewDeployment: true });
    const changed = await describe1(ecs);
    expect(changed).toMatchObject({ capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] });
    expect(changed.launchType).toBeUndefined();
    await update(ecs, change);
    await update(ecs, { capacityProviderStrategy: [], forceNewDeployment: true });
    const back = await describe1(ecs);
    expect(back).toMatchObject({ launchType: 'FARGATE' });
    expect(back.capacityProviderStrategy).toBeUndefined();
  });
});

describe('what AWS fills in', () => {
  it('is the whole deployment configuration (cdk-real-drift#1740)', async () => {
    const { ecs } = await startPopulated();
    await createService(ecs, configured({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 20 } }));
    expect((await describe1(ecs)).deploymentConfiguration).toEqual({
      strategy: 'CANARY',
      bakeTimeInMinutes: 0,
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 10 },
      deploymentCircuitBreaker: {
        enable: false,
        rollback: false,
        resetOnHealthyTask: true,
        thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
      },
    });
    await update(ecs, { deploymentConfiguration: { strategy: 'ROLLING' } });
    expect((await describe1(ecs)).deploymentConfiguration?.canaryConfiguration).toBeUndefined();
  });

  it('is Availability Zone rebalancing, where that is possible', async () => {
    const { ecs } = await startPopulated();
    const rebalancing = async (serviceName: string, input: Input) =>
      (await createService(ecs, { serviceName, ...input })).availabilityZoneRebalancing;
    expect(await rebalancing('a', {})).toBe('ENABLED');
    expect(await rebalancing('b', configured({ minimumHealthyPercent: 50, maximumPercent: 100 }))).toBe('DISABLED');
    expect(await rebalancing('c', { launchType: 'EC2', placementStrategy: [{ type: 'random' }] })).toBe('DISABLED');
    expect(await rebalancing('d', { launchType: 'EC2', schedulingStrategy: 'DAEMON', desiredCount: undefined })).toBe(
      'DISABLED',
    );
  });

  it('is in the revision what the service does not show', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'named',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'app', image: 'nginx', portMappings: [{ name: 'http', containerPort: 80 }] }],
      }),
    );
    const monitoring = { metricConfigurations: [{ metricNames: ['CPUUtilization'], resolutionSeconds: 20 }] };
    await createService(ecs, {
      taskDefinition: 'named',
      loadBalancers: [SHIFTING],
      serviceConnectConfiguration: { enabled: true, namespace: 'shop', services: [{ portName: 'http' }] },
      gatewayConnectors: [{ portName: 'http' }],
      monitoring,
    });
    const service = await describe1(ecs);
    expect(service).toMatchObject({ resourceManagementType: 'CUSTOMER', healthCheckGracePeriodSeconds: 0 });
    expect(service).not.toHaveProperty('serviceConnectConfiguration');
    expect(service.deployments?.[0]?.serviceConnectResources).toMatchObject([
      { discoveryName: 'http', discoveryArn: expect.stringMatching(/^arn:aws:servicediscovery:eu-central-1:/) },
    ]);
    const { serviceRevisions } = await ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: [service.currentServiceRevisions?.[0]?.arn ?? ''] }),
    );
    expect(serviceRevisions?.[0]).toMatchObject({
      containerImages: [{ containerName: 'app', image: 'nginx', imageDigest: expect.stringMatching(/^sha256:/) }],
      serviceConnectConfiguration: { namespace: 'shop' },
      gatewayConnectors: [{ portName: 'http' }],
      monitoring,
      resolvedConfiguration: {
        loadBalancers: [
          { targetGroupArn: BLUE, productionListenerRule: SHIFTING.advancedConfiguration?.productionListenerRule },
        ],
      },
      loadBalancers: [{ advancedConfiguration: { alternateTargetGroupArn: GREEN } }],
    });
    const listed = await ecs.send(new ListServicesByNamespaceCommand({ namespace: 'shop' }));
    expect(listed.serviceArns).toEqual([service.serviceArn]);
    await expectError(
      ecs.send(new ListServicesByNamespaceCommand({ namespace: 'other' })),
      'NamespaceNotFoundException',
    );
  });
});

describe('what an update may change', () => {
  it('is a load balancer, which takes a new deployment (LB-07)', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    const before = await createService(ecs);
    await update(ecs, { loadBalancers: [BALANCER] });
    const after = await describe1(ecs);
    expect(after.loadBalancers).toMatchObject([BALANCER]);
    expect(after.deployments?.[0]?.id).not.toBe(before.deployments?.[0]?.id);
    expect(isCompleted(after)).toBe(true);
  });

  it('is the deployment configuration and the tag settings, which take none', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    const before = await createService(ecs);
    await update(ecs, {
      deploymentConfiguration: { maximumPercent: 150 },
      propagateTags: 'SERVICE',
      enableECSManagedTags: true,
      networkConfiguration: NETWORK,
    });
    const after = await describe1(ecs);
    expect(after).toMatchObject({
      deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 100 },
      propagateTags: 'SERVICE',
      enableECSManagedTags: true,
    });
    expect(after.deployments?.[0]?.id).toBe(before.deployments?.[0]?.id);
  });
});
