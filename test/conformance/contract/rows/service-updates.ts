import { expect } from 'vitest';
import type { Aws } from '../aws.ts';
import {
  createCluster,
  createProvider,
  createService,
  describeService,
  ec2Definition,
  fargateDefinition,
  type Placed,
  primary,
  register,
} from '../builders.ts';
import { must, only, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

type Change = Omit<Parameters<Aws['ecs']['updateService']>[0], 'service'>;

async function steady(aws: Aws, overrides: Parameters<typeof createService>[1] = {}): Promise<Placed> {
  const placed = await createService(aws, overrides);
  await aws.settle();
  return placed;
}

function update(aws: Aws, { cluster, serviceName: service }: Placed, change: Change): Promise<unknown> {
  return aws.ecs.updateService({ cluster, service, ...change });
}

/** Whether the change begins a deployment. */
async function rolls(aws: Aws, placed: Placed, change: Change): Promise<boolean> {
  const before = await primary(aws, placed);
  await update(aws, placed, change);
  return (await primary(aws, placed)).id !== before.id;
}

async function withProviders(aws: Aws): Promise<string> {
  const { clusterName } = await createCluster(aws, { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  await aws.settle();
  return clusterName;
}

const LOAD_BALANCER = {
  targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/group/73e2d6bc24d8a067',
  containerName: 'app',
  containerPort: 80,
};

export const serviceUpdates: readonly Row[] = [
  row('SU-05', 'a deployment configuration can be changed without a deployment, in part', async (aws) => {
    const placed = await steady(aws);
    expect(await rolls(aws, placed, { deploymentConfiguration: { minimumHealthyPercent: 50 } })).toBe(false);
    expect((await describeService(aws, placed)).deploymentConfiguration).toMatchObject({
      minimumHealthyPercent: 50,
      maximumPercent: 200,
    });
  }),
  row('SU-06', 'another network configuration begins a deployment', async (aws) => {
    const placed = await steady(aws);
    const networkConfiguration = { awsvpcConfiguration: { subnets: [aws.subnets[1]] } };
    expect(await rolls(aws, placed, { networkConfiguration })).toBe(true);
    expect((await describeService(aws, placed)).networkConfiguration?.awsvpcConfiguration?.subnets).toEqual([
      aws.subnets[1],
    ]);
  }),
  row('LB-07', 'a load balancer can be added, which begins a deployment', async (aws) => {
    const placed = await steady(aws);
    expect(await rolls(aws, placed, { loadBalancers: [LOAD_BALANCER] })).toBe(true);
    expect((await describeService(aws, placed)).loadBalancers).toMatchObject([LOAD_BALANCER]);
  }),
  row('LB-07b', 'an empty list takes the load balancers away', async (aws) => {
    const placed = await steady(aws, { loadBalancers: [LOAD_BALANCER] });
    await update(aws, placed, { loadBalancers: [] });
    expect((await describeService(aws, placed)).loadBalancers).toEqual([]);
  }),
  row('SU-15b', 'with a load balancer there is a grace period, which is changed without a deployment', async (aws) => {
    const placed = await steady(aws, { loadBalancers: [LOAD_BALANCER], healthCheckGracePeriodSeconds: 30 });
    expect(await rolls(aws, placed, { healthCheckGracePeriodSeconds: 60 })).toBe(false);
    expect((await describeService(aws, placed)).healthCheckGracePeriodSeconds).toBe(60);
  }),
  row('CPS-09', 'from launch type to strategy in place, with forceNewDeployment', async (aws) => {
    const placed = await steady(aws, { cluster: await withProviders(aws) });
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    await update(aws, placed, { capacityProviderStrategy, forceNewDeployment: true });
    const service = await describeService(aws, placed);
    expect(service.launchType).toBeUndefined();
    expect(service.capacityProviderStrategy).toEqual([{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }]);
  }),
  // The text is from pipe-cd/pipecd#6385.
  row('CPS-09b', 'another strategy without forceNewDeployment is refused', async (aws) => {
    const placed = await steady(aws, {
      cluster: await withProviders(aws),
      launchType: undefined,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    });
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    await refused(
      update(aws, placed, { capacityProviderStrategy }),
      'InvalidParameterException',
      'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
    );
  }),
  // The API reference of UpdateService lists this among the valid transitions. The guide, of 2024, still has it refused (SU-08).
  row('CPS-08', 'a service on Fargate providers can move to those of a group', async (aws) => {
    const { name } = await createProvider(aws);
    const capacityProvider = must(name);
    const { clusterName: cluster } = await createCluster(aws, { capacityProviders: ['FARGATE', capacityProvider] });
    await aws.settle();
    const placed = await steady(aws, {
      cluster,
      launchType: undefined,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    });
    const capacityProviderStrategy = [{ capacityProvider, weight: 1, base: 0 }];
    await update(aws, placed, { capacityProviderStrategy, forceNewDeployment: true });
    expect((await describeService(aws, placed)).capacityProviderStrategy).toEqual(capacityProviderStrategy);
  }),
  row('CPS-08b', 'an empty strategy takes a service back to its launch type', async (aws) => {
    const placed = await steady(aws, {
      cluster: await withProviders(aws),
      launchType: undefined,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    });
    await update(aws, placed, { capacityProviderStrategy: [], forceNewDeployment: true });
    const service = await describeService(aws, placed);
    expect(service.capacityProviderStrategy ?? []).toEqual([]);
    expect(service.launchType).toBe('FARGATE');
  }),
  row('CPS-03b', 'a provider that the cluster does not have is refused', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws, { capacityProviders: ['FARGATE'] });
    await aws.settle();
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    await refused(
      createService(aws, { cluster, launchType: undefined, capacityProviderStrategy }),
      'InvalidParameterException',
    );
  }),
  row('CPS-02', 'a strategy has at most 20 items', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws, { capacityProviders: ['FARGATE'] });
    await aws.settle();
    const capacityProviderStrategy = Array.from({ length: 21 }, () => ({ capacityProvider: 'FARGATE', weight: 1 }));
    await refused(
      createService(aws, { cluster, launchType: undefined, capacityProviderStrategy }),
      'InvalidParameterException',
    );
  }),
  row('TDL-11', 'a service keeps its revision when the family has a newer one', async (aws) => {
    const input = fargateDefinition(aws);
    const first = (await register(aws, input)).taskDefinitionArn;
    const placed = await steady(aws, { taskDefinition: first });
    await register(aws, input);
    await aws.settle();
    expect((await describeService(aws, placed)).taskDefinition).toBe(first);
  }),
  row('TDL-03e', 'a service does not move to an INACTIVE definition', async (aws) => {
    const placed = await steady(aws);
    const { taskDefinitionArn: taskDefinition } = await register(aws, fargateDefinition(aws));
    await aws.ecs.deregisterTaskDefinition({ taskDefinition });
    await refused(update(aws, placed, { taskDefinition }), 'ClientException', 'TaskDefinition is inactive');
  }),
  row('SU-09c', 'a new definition still has the container of the load balancer', async (aws) => {
    const placed = await steady(aws, { loadBalancers: [LOAD_BALANCER] });
    const containerDefinitions = [
      { name: 'other', image: 'nginx', memory: 256, portMappings: [{ containerPort: 80 }] },
    ];
    const { taskDefinitionArn: taskDefinition } = await register(aws, fargateDefinition(aws, { containerDefinitions }));
    await refused(
      update(aws, placed, { taskDefinition }),
      'InvalidParameterException',
      'The container app does not exist in the task definition.',
    );
  }),
  row('AS-13', 'an update that names no desired count keeps it', async (aws) => {
    const placed = await steady(aws, { desiredCount: 3 });
    await update(aws, placed, { forceNewDeployment: true });
    expect((await describeService(aws, placed)).desiredCount).toBe(3);
  }),
  row('SU-18b', 'ECS Exec is turned on for a definition with a task role', async (aws) => {
    const taskRoleArn = 'arn:aws:iam::123456789012:role/task';
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws, { taskRoleArn }));
    const placed = await steady(aws, { taskDefinition: taskDefinitionArn });
    await update(aws, placed, { enableExecuteCommand: true });
    expect((await describeService(aws, placed)).enableExecuteCommand).toBe(true);
  }),
  row('PV-04b', 'more tasks of a service that was created with LATEST still show 1.4.0', async (aws) => {
    const placed = await steady(aws);
    await update(aws, placed, { desiredCount: 2 });
    await aws.settle();
    expect((await primary(aws, placed)).platformVersion).toBe('1.4.0');
  }),
  row('SC-01', 'Service Connect names a port of the definition', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws, { serviceConnectDefaults: { namespace: 'internal' } });
    await aws.settle();
    await refused(
      createService(aws, {
        cluster,
        serviceConnectConfiguration: { enabled: true, services: [{ portName: 'nobody' }] },
      }),
      'InvalidParameterException',
    );
  }),
  row('EBS-02', 'a volume of the service is one that the definition leaves to launch', async (aws) => {
    const volumeConfigurations = [
      { name: 'nobody', managedEBSVolume: { roleArn: 'arn:aws:iam::123456789012:role/ecs', sizeInGiB: 10 } },
    ];
    await refused(createService(aws, { volumeConfigurations }), 'InvalidParameterException');
  }),
  row('G4.22.8', 'a registry of awsvpc with SRV has a port or a container and its port, not both', async (aws) => {
    const registryArn = 'arn:aws:servicediscovery:us-east-1:123456789012:service/srv-0123456789abcdef';
    const serviceRegistries = [{ registryArn, port: 80, containerName: 'app', containerPort: 80 }];
    await refused(createService(aws, { serviceRegistries }), 'InvalidParameterException');
  }),
  row('FB.6o', 'a service deployment can be stopped, which rolls the service back', async (aws) => {
    const input = fargateDefinition(aws);
    const first = (await register(aws, input)).taskDefinitionArn;
    const placed = await steady(aws, { taskDefinition: first });
    const containerDefinitions = [{ name: 'app', image: 'sim/slow:300s', memory: 256 }];
    const second = (await register(aws, { ...input, containerDefinitions })).taskDefinitionArn;
    await update(aws, placed, { taskDefinition: second });
    await aws.settle(10);
    const { cluster, serviceName: service } = placed;
    const { serviceDeployments } = await aws.ecs.listServiceDeployments({ cluster, service, status: ['IN_PROGRESS'] });
    const serviceDeploymentArn = must(only(serviceDeployments).serviceDeploymentArn);
    await aws.ecs.stopServiceDeployment({ serviceDeploymentArn, stopType: 'ROLLBACK' });
    await aws.settle(120);
    expect((await describeService(aws, placed)).taskDefinition).toBe(first);
    const stopped = await aws.ecs.describeServiceDeployments({ serviceDeploymentArns: [serviceDeploymentArn] });
    expect(only(stopped.serviceDeployments).status).toBe('ROLLBACK_SUCCESSFUL');
  }),
  // go-to-k/cdk-real-drift#1733: the band is filled in under BLUE_GREEN too.
  row('FB.6p', 'a blue/green service comes back with bake time and percentages filled in', async (aws) => {
    const placed = await createService(aws, {
      deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 },
    });
    expect((await describeService(aws, placed)).deploymentConfiguration).toMatchObject({
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 5,
      maximumPercent: 200,
      minimumHealthyPercent: 100,
    });
  }),
  row('FB.6q', 'a strategy that does not exist is refused', async (aws) => {
    // The wrong value is the point of the row.
    const strategy = 'PURPLE' as 'ROLLING';
    await refused(createService(aws, { deploymentConfiguration: { strategy } }), 'InvalidParameterException');
  }),
  row('FB.6r', 'a blue/green deployment ends after its bake time, with the new definition alone', async (aws) => {
    const input = fargateDefinition(aws);
    const placed = await steady(aws, {
      taskDefinition: (await register(aws, input)).taskDefinitionArn,
      deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 },
    });
    await aws.settle(900);
    const second = (await register(aws, input)).taskDefinitionArn;
    await update(aws, placed, { taskDefinition: second });
    await aws.settle(120);
    expect((await primary(aws, placed)).rolloutState).toBe('IN_PROGRESS');
    await aws.settle(900);
    expect(only((await describeService(aws, placed)).deployments)).toMatchObject({
      taskDefinition: second,
      rolloutState: 'COMPLETED',
    });
  }),
  row('TH-02', 'a new definition begins at once, however long the old one was throttled', async (aws) => {
    const input = fargateDefinition(aws);
    const broken = { ...input, containerDefinitions: [{ name: 'app', image: 'sim/cannot-pull', memory: 256 }] };
    const placed = await createService(aws, { taskDefinition: (await register(aws, broken)).taskDefinitionArn });
    await aws.settle(3_600);
    const { taskDefinitionArn: taskDefinition } = await register(aws, input);
    await update(aws, placed, { taskDefinition });
    await aws.settle();
    expect((await describeService(aws, placed)).runningCount).toBe(1);
  }),
  row('SD-03', 'DAEMON is not for CODE_DEPLOY', async (aws) => {
    const { taskDefinitionArn: taskDefinition } = await register(aws, ec2Definition(aws));
    await refused(
      createService(aws, {
        taskDefinition,
        launchType: 'EC2',
        networkConfiguration: undefined,
        desiredCount: undefined,
        schedulingStrategy: 'DAEMON',
        deploymentController: { type: 'CODE_DEPLOY' },
      }),
      'InvalidParameterException',
    );
  }),
  row('CB-01b', 'the circuit breaker is for the rolling controller', async (aws) => {
    await refused(
      createService(aws, {
        loadBalancers: [LOAD_BALANCER],
        deploymentController: { type: 'CODE_DEPLOY' },
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      }),
      'InvalidParameterException',
    );
  }),
  row('BG-04', 'CODE_DEPLOY needs a load balancer', async (aws) => {
    await refused(createService(aws, { deploymentController: { type: 'CODE_DEPLOY' } }), 'InvalidParameterException');
  }),
];
