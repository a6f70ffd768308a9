import { expect } from 'vitest';
import { createCluster, createService, ec2Definition, register, serviceInput } from '../builders.ts';
import { reasonOf, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

export const serviceRefusals: readonly Row[] = [
  row('SU-14', 'a service name has letters, digits, hyphens and underscores', async (aws) => {
    await refused(createService(aws, { serviceName: 'not a name' }), 'InvalidParameterException');
    expect((await createService(aws, { serviceName: aws.name('With_under-score') })).created.status).toBe('ACTIVE');
  }),
  row('SU-14b', 'a service name has at most 255 characters', async (aws) => {
    await refused(createService(aws, { serviceName: 'x'.repeat(256) }), 'InvalidParameterException');
  }),
  row('SU-14c', 'two clusters can have services of the same name', async (aws) => {
    const serviceName = aws.name('same');
    const first = await createService(aws, { serviceName });
    const second = await createService(aws, { serviceName });
    expect(first.created.serviceArn).not.toBe(second.created.serviceArn);
    expect((await aws.ecs.listServices({ cluster: first.cluster })).serviceArns).toEqual([first.created.serviceArn]);
  }),
  row('G4.SV-10', 'launch type and capacity provider strategy exclude each other', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws, { capacityProviders: ['FARGATE'] });
    await aws.settle();
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE', weight: 1 }];
    await refused(createService(aws, { cluster, capacityProviderStrategy }), 'InvalidParameterException');
  }),
  row('G4.SV-12', 'DAEMON is not for Fargate', async (aws) => {
    await refused(
      createService(aws, { schedulingStrategy: 'DAEMON', desiredCount: undefined }),
      'InvalidParameterException',
    );
  }),
  row('G4.SV-13', 'REPLICA needs a desired count', async (aws) => {
    await refused(createService(aws, { desiredCount: undefined }), 'InvalidParameterException');
  }),
  row('SV-01', 'DAEMON takes no desired count', async (aws) => {
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws));
    await refused(
      createService(aws, {
        taskDefinition: taskDefinitionArn,
        launchType: 'EC2',
        networkConfiguration: undefined,
        schedulingStrategy: 'DAEMON',
        desiredCount: 2,
      }),
      'InvalidParameterException',
    );
  }),
  row('G4.SV-14', 'Fargate takes no placement constraints', async (aws) => {
    const placementConstraints = [{ type: 'distinctInstance' as const }];
    await refused(createService(aws, { placementConstraints }), 'InvalidParameterException');
  }),
  row('PL-07', 'Fargate takes no placement strategy', async (aws) => {
    const placementStrategy = [{ type: 'spread' as const, field: 'host' }];
    await refused(createService(aws, { placementStrategy }), 'InvalidParameterException');
  }),
  row('SU-15', 'a grace period needs a load balancer', async (aws) => {
    await refused(
      createService(aws, { healthCheckGracePeriodSeconds: 60 }),
      'InvalidParameterException',
      'Health check grace period is only valid for services configured to use load balancers',
    );
  }),
  row('SU-18', 'ECS Exec needs a task role', async (aws) => {
    await refused(createService(aws, { enableExecuteCommand: true }), 'InvalidParameterException', /taskRoleArn/);
  }),
  row('SU-09', 'a load balancer names a container of the definition', async (aws) => {
    await refused(
      createService(aws, {
        loadBalancers: [{ targetGroupArn: targetGroup(1), containerName: 'nobody', containerPort: 80 }],
      }),
      'InvalidParameterException',
      'The container nobody does not exist in the task definition.',
    );
  }),
  row('SU-09b', 'a load balancer names a port of that container', async (aws) => {
    await refused(
      createService(aws, {
        loadBalancers: [{ targetGroupArn: targetGroup(1), containerName: 'app', containerPort: 81 }],
      }),
      'InvalidParameterException',
      'The container app did not have a container port 81 defined.',
    );
  }),
  row('LB-02', 'a service has at most five target groups', async (aws) => {
    const loadBalancers = [1, 2, 3, 4, 5, 6].map((number) => ({
      targetGroupArn: targetGroup(number),
      containerName: 'app',
      containerPort: 80,
    }));
    await refused(createService(aws, { loadBalancers }), 'InvalidParameterException');
  }),
  row('NET-07', 'an awsvpc configuration has at most 16 subnets', async (aws) => {
    const subnets = Array.from({ length: 17 }, (_, index) => `subnet-${index}`);
    const networkConfiguration = { awsvpcConfiguration: { subnets } };
    await refused(createService(aws, { networkConfiguration }), 'InvalidParameterException');
  }),
  row('NET-07b', 'an awsvpc configuration has at least one subnet', async (aws) => {
    const networkConfiguration = { awsvpcConfiguration: { subnets: [] } };
    await refused(
      createService(aws, { networkConfiguration }),
      'InvalidParameterException',
      /subnets can not be empty/,
    );
  }),
  row('NET-07c', 'an awsvpc configuration has at most 5 security groups', async (aws) => {
    const securityGroups = ['sg-1', 'sg-2', 'sg-3', 'sg-4', 'sg-5', 'sg-6'];
    const networkConfiguration = { awsvpcConfiguration: { subnets: [aws.subnets[0]], securityGroups } };
    await refused(createService(aws, { networkConfiguration }), 'InvalidParameterException');
  }),
  row('NET-08', 'on container instances no public IP is assigned', async (aws) => {
    const { taskDefinitionArn } = await register(aws, ec2Definition(aws, { networkMode: 'awsvpc' }));
    await refused(
      createService(aws, {
        taskDefinition: taskDefinitionArn,
        launchType: 'EC2',
        networkConfiguration: { awsvpcConfiguration: { subnets: [aws.subnets[0]], assignPublicIp: 'ENABLED' } },
      }),
      'InvalidParameterException',
      'Assign public IP is not supported for this launch type.',
    );
  }),
  row('G4.22.2', 'a service needs a task definition that exists', async (aws) => {
    await refused(
      createService(aws, { taskDefinition: aws.name('nobody') }),
      'ClientException',
      'TaskDefinition not found.',
    );
  }),
  row('PV-05', 'a platform version that does not exist is refused', async (aws) => {
    await refused(createService(aws, { platformVersion: '9.9.9' }), 'PlatformUnknownException');
  }),
  row('API.CreateService', 'a service in a cluster that does not exist is refused', async (aws) => {
    await refused(
      createService(aws, { cluster: aws.name('nobody') }),
      'ClusterNotFoundException',
      'Cluster not found.',
    );
  }),
  row('API.CreateServiceB', 'the same call with the same client token is answered again', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    const input = await serviceInput(aws, { cluster, clientToken: aws.name('token') });
    const first = await aws.ecs.createService(input);
    const second = await aws.ecs.createService(input);
    expect(second.service?.serviceArn).toBe(first.service?.serviceArn);
    expect((await aws.ecs.listServices({ cluster })).serviceArns).toHaveLength(1);
  }),
  row('API.UpdateService', 'a service that does not exist cannot be updated', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    await refused(
      aws.ecs.updateService({ cluster, service: 'nobody', desiredCount: 1 }),
      'ServiceNotFoundException',
      'Service not found.',
    );
  }),
  row('API.UpdateServiceB', 'a deleted service cannot be updated', async (aws) => {
    const { cluster, serviceName: service } = await createService(aws);
    await aws.settle();
    await aws.ecs.deleteService({ cluster, service, force: true });
    await refused(
      aws.ecs.updateService({ cluster, service, desiredCount: 1 }),
      'ServiceNotActiveException',
      'Service was not ACTIVE.',
    );
  }),
  row('API.DeleteService', 'a service that does not exist cannot be deleted', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    await refused(
      aws.ecs.deleteService({ cluster, service: 'nobody' }),
      'ServiceNotFoundException',
      'Service not found.',
    );
  }),
  row('API.DescribeServices', 'DescribeServices takes at most 10 names', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    const services = Array.from({ length: 11 }, (_, index) => `service-${index}`);
    await refused(aws.ecs.describeServices({ cluster, services }), 'InvalidParameterException');
  }),
  // aws-actions/amazon-ecs-deploy-task-definition#312 and #369, of 2022: `arn:aws:ecs:us-east-2:***:service/pawebapp-service is MISSING`.
  row(
    'G4.18b',
    'DescribeServices answers a missing name with the failure MISSING and an ARN without the cluster',
    async (aws) => {
      const { clusterName: cluster } = await createCluster(aws);
      const answer = await aws.ecs.describeServices({ cluster, services: ['nobody'] });
      expect(reasonOf(answer)).toBe('MISSING');
      expect(answer.failures?.[0]?.arn).toMatch(/:service\/nobody$/);
    },
  ),
];

function targetGroup(number: number): string {
  return `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/group-${number}/73e2d6bc24d8a067`;
}
