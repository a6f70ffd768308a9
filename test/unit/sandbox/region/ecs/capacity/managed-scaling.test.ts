import { DeleteAutoScalingGroupCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import {
  CreateServiceCommand,
  DeleteCapacityProviderCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DescribeCapacityProvidersCommand,
  DescribeServicesCommand,
  PutClusterCapacityProvidersCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { alarmState } from '../../../../../sandbox/region/cloudwatch/alarms.ts';
import { expectError } from '../../support.ts';
import { createProvider, groupOf, instancesOf, MINUTE, startCapacity, tasksIn } from './support.ts';

it('CAS-17: managed scaling brings instances for the tasks of a service, takes them away, and all can be deleted', async () => {
  const fixture = await startCapacity();
  const { ecs, region, autoScaling } = fixture;
  await createProvider(fixture);
  await ecs.send(
    new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition: 'web', desiredCount: 10 }),
  );
  region.advance(5_000);
  expect((await tasksIn(ecs)).map(({ lastStatus }) => lastStatus)).toEqual(Array(10).fill('PROVISIONING'));

  // CAS-07: two first. Each takes 4 tasks of 512 CPU units.
  region.advance(2 * MINUTE);
  expect((await groupOf(autoScaling)).DesiredCapacity).toBe(2);
  expect((await tasksIn(ecs)).filter(({ lastStatus }) => lastStatus === 'RUNNING')).toHaveLength(8);
  // CAS-06: no more until they have warmed up.
  region.advance(2 * MINUTE);
  expect((await groupOf(autoScaling)).DesiredCapacity).toBe(2);
  region.advance(4 * MINUTE);
  expect((await groupOf(autoScaling)).DesiredCapacity).toBe(3);
  const tasks = await tasksIn(ecs);
  expect(tasks.every(({ lastStatus }) => lastStatus === 'RUNNING')).toBe(true);
  expect(new Set(tasks.map(({ containerInstanceArn }) => containerInstanceArn)).size).toBe(3);
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
  expect(services?.[0]).toMatchObject({ runningCount: 10, pendingCount: 0 });

  await ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 1 }));
  region.advance(10 * MINUTE);
  // CAS-08: fifteen minutes below the target first.
  expect((await groupOf(autoScaling)).DesiredCapacity).toBe(3);
  region.advance(20 * MINUTE);
  expect((await groupOf(autoScaling)).DesiredCapacity).toBe(1);
  expect(await instancesOf(ecs)).toHaveLength(1);
  expect((await tasksIn(ecs)).map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING']);

  await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
  region.advance(30 * MINUTE);
  expect(await instancesOf(ecs)).toEqual([]);
  const remove = new DeleteCapacityProviderCommand({ capacityProvider: 'nodes' });
  await expectError(
    ecs.send(remove),
    'ClientException',
    'The capacity provider cannot be deleted because it is associated with cluster: main. ' +
      'Remove the capacity provider from the cluster and try again.',
  );
  await ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: 'main',
      capacityProviders: [],
      defaultCapacityProviderStrategy: [],
    }),
  );
  region.advance(MINUTE);
  const group = await groupOf(autoScaling);
  expect(group.Tags?.map(({ Key }) => Key)).toEqual(['AmazonECSManaged']);
  expect((await ecs.send(remove)).capacityProvider).toMatchObject({
    status: 'ACTIVE',
    updateStatus: 'DELETE_IN_PROGRESS',
  });
  region.advance(MINUTE);
  const described = await ecs.send(new DescribeCapacityProvidersCommand({ capacityProviders: ['nodes'] }));
  expect(described.capacityProviders?.[0]).toMatchObject({ status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' });
  await autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'nodes' }));
  await ecs.send(new DeleteClusterCommand({ cluster: 'main' }));
  expect(region.inventory()).toMatchObject({ clusters: [], services: [], tasks: [] });
});

it('CAS-09: tasks that need more instances end the wait for fewer', async () => {
  const fixture = await startCapacity();
  const { ecs, region, autoScaling } = fixture;
  await createProvider(fixture);
  await autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'nodes', DesiredCapacity: 2 }));
  region.advance(12 * MINUTE);
  await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web', count: 9 }));
  // Eight tasks fill two instances, and the ninth asks for a third; what has warmed up is not looked at for 5 minutes.
  region.advance(3 * MINUTE);
  expect((await groupOf(autoScaling)).DesiredCapacity).toBe(3);
  for (const { taskArn } of await tasksIn(ecs)) await ecs.send(new StopTaskCommand({ cluster: 'main', task: taskArn }));
  region.advance(14 * MINUTE);
  expect((await groupOf(autoScaling)).DesiredCapacity).toBe(3);
  region.advance(3 * MINUTE);
  expect((await groupOf(autoScaling)).DesiredCapacity).toBeLessThan(3);
});

it('CAS-06: instances that have not registered yet count, however short the warm-up', async () => {
  const fixture = await startCapacity({ region: { speed: 0, timings: { agent: 20 * MINUTE } } });
  const { ecs, region, autoScaling } = fixture;
  await createProvider(fixture, { managedScaling: { status: 'ENABLED', instanceWarmupPeriod: 0 } });
  await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web', count: 6 }));
  region.advance(15 * MINUTE);
  expect((await groupOf(autoScaling)).DesiredCapacity).toBe(2);
});

it('CAS-02: every minute the reservation is published as a metric, which alarms can watch', async () => {
  const fixture = await startCapacity();
  const { ecs, region } = fixture;
  await createProvider(fixture);
  region.putMetricAlarm({
    name: 'short',
    condition: {
      metric: {
        namespace: 'AWS/ECS/ManagedScaling',
        name: 'CapacityProviderReservation',
        dimensions: { ClusterName: 'main', CapacityProviderName: 'nodes' },
      },
      statistic: 'Average',
      comparison: 'GreaterThanThreshold',
      threshold: 150,
      evaluationPeriods: 1,
    },
  });
  const alarm = () => alarmState(region.snapshot().at('123456789012', 'eu-central-1'), 'short');
  region.advance(2 * MINUTE);
  expect(alarm()).toBe('OK');
  await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }));
  region.advance(MINUTE);
  expect(alarm()).toBe('ALARM');
});
