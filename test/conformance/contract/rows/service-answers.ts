import { expect } from 'vitest';
import {
  awsvpc,
  createCluster,
  createService,
  describeService,
  ec2Definition,
  fargateDefinition,
  register,
} from '../builders.ts';
import { must } from '../expect.ts';
import { type Row, row } from '../row.ts';

export const serviceAnswers: readonly Row[] = [
  row('ARN-01', 'a service ARN names its cluster', async (aws) => {
    const { cluster, serviceName, created } = await createService(aws);
    expect(created.serviceArn).toMatch(
      new RegExp(`^arn:aws:ecs:${aws.region}:\\d{12}:service/${cluster}/${serviceName}$`),
    );
  }),
  row('SU-04', 'REPLICA comes back with 200 and 100 percent', async (aws) => {
    const placed = await createService(aws);
    expect((await describeService(aws, placed)).deploymentConfiguration).toMatchObject({
      maximumPercent: 200,
      minimumHealthyPercent: 100,
    });
  }),
  // go-to-k/cdk-real-drift#1740 and #653, live answers of 2026-07 and 2026-08.
  row('FB.6f', 'the deployment configuration comes back filled in', async (aws) => {
    const placed = await createService(aws);
    expect((await describeService(aws, placed)).deploymentConfiguration).toMatchObject({
      strategy: 'ROLLING',
      bakeTimeInMinutes: 0,
      deploymentCircuitBreaker: {
        enable: false,
        rollback: false,
        resetOnHealthyTask: true,
        thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
      },
    });
  }),
  // go-to-k/cdk-real-drift#1733.
  row('FB.6g', 'a deployment configuration given in part is filled up', async (aws) => {
    const placed = await createService(aws, { deploymentConfiguration: { minimumHealthyPercent: 50 } });
    expect((await describeService(aws, placed)).deploymentConfiguration).toMatchObject({
      minimumHealthyPercent: 50,
      maximumPercent: 200,
      strategy: 'ROLLING',
    });
  }),
  // go-to-k/cdk-real-drift#1740: DAEMON reads back 100 and 0.
  row(
    'G4.SV-15',
    'DAEMON comes back with 100 and 0 percent, and without Availability Zone rebalancing',
    async (aws) => {
      const { taskDefinitionArn } = await register(aws, ec2Definition(aws));
      const placed = await createService(aws, {
        taskDefinition: taskDefinitionArn,
        launchType: 'EC2',
        networkConfiguration: undefined,
        schedulingStrategy: 'DAEMON',
        desiredCount: undefined,
      });
      expect(await describeService(aws, placed)).toMatchObject({
        schedulingStrategy: 'DAEMON',
        desiredCount: 0,
        availabilityZoneRebalancing: 'DISABLED',
        deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 },
      });
    },
  ),
  // cloudformation-coverage-roadmap#1259 (2022) saw it left out; the AWS CLI's example 5 of create-service (2025) shows it unasked.
  row('FB.6h', 'the deployment controller ECS comes back, or is left out', async (aws) => {
    const placed = await createService(aws, { deploymentController: { type: 'ECS' } });
    expect((await describeService(aws, placed)).deploymentController?.type ?? 'ECS').toBe('ECS');
  }),
  // go-to-k/cdk-real-drift#1610.
  row('G4.22.5', 'assignPublicIp comes back as DISABLED and security groups as an empty list', async (aws) => {
    const networkConfiguration = { awsvpcConfiguration: { subnets: [aws.subnets[0]] } };
    const placed = await createService(aws, { networkConfiguration });
    expect((await describeService(aws, placed)).networkConfiguration).toEqual({
      awsvpcConfiguration: { subnets: [aws.subnets[0]], securityGroups: [], assignPublicIp: 'DISABLED' },
    });
  }),
  row('SU-19', 'a service keeps the platform version LATEST, its deployments show the real one', async (aws) => {
    const placed = await createService(aws);
    const service = await describeService(aws, placed);
    expect(service.platformVersion).toBe('LATEST');
    expect(service.deployments?.[0]?.platformVersion).toBe('1.4.0');
  }),
  row('SU-19b', 'a Fargate service has the platform family Linux', async (aws) => {
    const placed = await createService(aws);
    expect((await describeService(aws, placed)).platformFamily).toBe('Linux');
  }),
  row('SU-19c', 'awsvpc services have the service-linked role', async (aws) => {
    const placed = await createService(aws);
    expect((await describeService(aws, placed)).roleArn).toMatch(
      /^arn:aws:iam::\d{12}:role\/aws-service-role\/ecs\.amazonaws\.com\/AWSServiceRoleForECS$/,
    );
  }),
  row('SU-19d', 'a service lists empty load balancers, registries, constraints and strategies', async (aws) => {
    const placed = await createService(aws);
    expect(await describeService(aws, placed)).toMatchObject({
      loadBalancers: [],
      serviceRegistries: [],
      placementConstraints: [],
      placementStrategy: [],
    });
  }),
  row('SU-19e', 'flags that were not given are false and propagateTags is NONE', async (aws) => {
    const placed = await createService(aws);
    expect(await describeService(aws, placed)).toMatchObject({
      enableECSManagedTags: false,
      enableExecuteCommand: false,
      propagateTags: 'NONE',
      schedulingStrategy: 'REPLICA',
    });
  }),
  row('SU-19f', 'a task definition given by family comes back as the ARN of its latest revision', async (aws) => {
    const input = fargateDefinition(aws);
    await register(aws, input);
    const { taskDefinitionArn } = await register(aws, input);
    const placed = await createService(aws, { taskDefinition: must(input.family) });
    expect((await describeService(aws, placed)).taskDefinition).toBe(taskDefinitionArn);
  }),
  // ansible-collections/amazon.aws#2483 and hashicorp/terraform-provider-aws#43577: ENABLED for new services since September 2025.
  row('FB.6i', 'a new REPLICA service has Availability Zone rebalancing', async (aws) => {
    const placed = await createService(aws);
    expect((await describeService(aws, placed)).availabilityZoneRebalancing).toBe('ENABLED');
  }),
  row('FB.6j', 'an update keeps Availability Zone rebalancing as it is', async (aws) => {
    const placed = await createService(aws, { availabilityZoneRebalancing: 'DISABLED' });
    await aws.ecs.updateService({ cluster: placed.cluster, service: placed.serviceName, desiredCount: 2 });
    expect((await describeService(aws, placed)).availabilityZoneRebalancing).toBe('DISABLED');
  }),
  row('FB.6k', 'a service does not show its Service Connect configuration, its deployment does', async (aws) => {
    const placed = await createService(aws, { serviceConnectConfiguration: { enabled: true, namespace: 'apps' } });
    const service = await describeService(aws, placed);
    expect(service).not.toHaveProperty('serviceConnectConfiguration');
    expect(service.deployments?.[0]?.serviceConnectConfiguration).toMatchObject({ enabled: true });
  }),
  row('FB.6s', 'Service Connect that is turned off is shown nowhere', async (aws) => {
    const placed = await createService(aws, { serviceConnectConfiguration: { enabled: false } });
    const service = await describeService(aws, placed);
    expect(service.deployments?.[0]?.serviceConnectConfiguration).toBeUndefined();
  }),
  row('FB.6t', 'the fields of a placement strategy are shown in the words of AWS', async (aws) => {
    const placed = await createService(aws, {
      launchType: 'EC2',
      networkConfiguration: undefined,
      taskDefinition: (await register(aws, ec2Definition(aws))).taskDefinitionArn,
      placementStrategy: [
        { type: 'spread', field: 'host' },
        { type: 'binpack', field: 'memory' },
      ],
    });
    expect((await describeService(aws, placed)).placementStrategy).toEqual([
      { type: 'spread', field: 'instanceId' },
      { type: 'binpack', field: 'MEMORY' },
    ]);
  }),
  row('CPS-11', "neither launch type nor strategy means the cluster's default strategy", async (aws) => {
    const { clusterName: cluster } = await createCluster(aws, {
      capacityProviders: ['FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    });
    await aws.settle();
    const placed = await createService(aws, { cluster, launchType: undefined });
    const service = await describeService(aws, placed);
    expect(service.launchType).toBeUndefined();
    expect(service.capacityProviderStrategy).toEqual([{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }]);
  }),
  row('TAG-01', 'tags of a service come only when asked for', async (aws) => {
    const { cluster, serviceName } = await createService(aws, { tags: [{ key: 'a', value: 'b' }] });
    const plain = await aws.ecs.describeServices({ cluster, services: [serviceName] });
    expect(plain.services?.[0]?.tags ?? []).toEqual([]);
    const full = await aws.ecs.describeServices({ cluster, services: [serviceName], include: ['TAGS'] });
    expect(full.services?.[0]?.tags).toEqual([{ key: 'a', value: 'b' }]);
  }),
  row('API.ListServices', 'ListServices answers 10 services at a time unless told otherwise', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    const { taskDefinitionArn: taskDefinition } = await register(aws, fargateDefinition(aws));
    for (let index = 0; index < 11; index += 1) await createService(aws, { cluster, taskDefinition, desiredCount: 0 });
    const first = await aws.ecs.listServices({ cluster });
    expect(first.serviceArns).toHaveLength(10);
    const second = await aws.ecs.listServices({ cluster, nextToken: must(first.nextToken) });
    expect(second.serviceArns).toHaveLength(1);
  }),
  row('API.ListServicesB', 'ListServices filters by launch type', async (aws) => {
    const { cluster, created } = await createService(aws, { desiredCount: 0 });
    expect((await aws.ecs.listServices({ cluster, launchType: 'EC2' })).serviceArns).toEqual([]);
    expect((await aws.ecs.listServices({ cluster, launchType: 'FARGATE' })).serviceArns).toEqual([created.serviceArn]);
  }),
  row('ARN-05b', 'services and clusters can be named by ARN', async (aws) => {
    const { cluster, created } = await createService(aws, { networkConfiguration: awsvpc(aws) });
    const { services } = await aws.ecs.describeServices({
      cluster: must(created.clusterArn),
      services: [must(created.serviceArn)],
    });
    expect(services?.[0]?.clusterArn).toMatch(new RegExp(`:cluster/${cluster}$`));
  }),
];
