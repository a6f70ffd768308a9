import {
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
  StartInstanceRefreshCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, DeleteLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import {
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteCapacityProviderCommand,
  DeleteClusterCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { AwsCommand } from '../../../src/aws/command.ts';
import type { RegionOptions } from '../../sandbox/region/index.ts';
import { type RegionBed, startBed } from './support.ts';

/** What AWS's refusal of a command means. */
async function refusal({ pass }: RegionBed, service: string, command: AwsCommand): Promise<readonly string[]> {
  const error: unknown = await pass()
    .send(service, command)
    .then(
      () => 'it was accepted',
      (thrown: unknown) => thrown,
    );
  return [String(Reflect.get(Object(error), 'disposition')), String(Reflect.get(Object(error), 'reason'))];
}

const associate = (...capacityProviders: string[]) =>
  new PutClusterCapacityProvidersCommand({
    cluster: 'main',
    capacityProviders,
    defaultCapacityProviderStrategy: [],
  });

const serviceOn = (serviceName: string, capacityProvider: string) =>
  new CreateServiceCommand({
    cluster: 'main',
    serviceName,
    taskDefinition: 'app',
    desiredCount: 1,
    capacityProviderStrategy: [{ capacityProvider, weight: 1 }],
  });

const group = (AutoScalingGroupName: string, size = 0) =>
  new CreateAutoScalingGroupCommand({
    AutoScalingGroupName,
    LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '1' },
    MinSize: size,
    MaxSize: 3,
    VPCZoneIdentifier: 'subnet-1',
  });

const template = (LaunchTemplateName: string) =>
  new CreateLaunchTemplateCommand({
    LaunchTemplateName,
    LaunchTemplateData: { ImageId: 'ami-0123456789abcdef0', InstanceType: 'm5.large' },
  });

/** A cluster `main` with a provider `nodes` of the group `nodes`, and a task definition `app`. */
async function startCapacity(
  options?: RegionOptions,
): Promise<{ readonly bed: RegionBed; readonly provider: (name: string) => AwsCommand }> {
  const bed = await startBed(options);
  const { send, reads } = bed.pass();
  await send('ecs', new CreateClusterCommand({ clusterName: 'main' }));
  await send('ec2', template('nodes'));
  await send('autoscaling', group('nodes'));
  const autoScalingGroupArn = (await reads.describeAutoScalingGroup('nodes'))?.AutoScalingGroupARN;
  const provider = (name: string) =>
    new CreateCapacityProviderCommand({ name, autoScalingGroupProvider: { autoScalingGroupArn } });
  await send('ecs', provider('nodes'));
  await send('ecs', associate('nodes'));
  await send(
    'ecs',
    new RegisterTaskDefinitionCommand({
      family: 'app',
      containerDefinitions: [{ name: 'app', image: 'app:1', cpu: 64, memory: 64 }],
    }),
  );
  bed.region.advance(60_000);
  return { bed, provider };
}

describe('capacity providers', () => {
  test('one that is in use is waited for, whoever wants it gone', async () => {
    const { bed } = await startCapacity();
    await bed.pass().send('ecs', serviceOn('web', 'nodes'));
    expect(await refusal(bed, 'ecs', associate())).toEqual(['blocked', 'InUse']);
    const remove = new DeleteCapacityProviderCommand({ capacityProvider: 'nodes' });
    expect(await refusal(bed, 'ecs', remove)).toEqual(['blocked', 'InUse']);
  });

  test('a cluster waits for its providers', async () => {
    const { bed } = await startCapacity();
    const remove = new DeleteClusterCommand({ cluster: 'main' });
    expect(await refusal(bed, 'ecs', remove)).toEqual(['blocked', 'InUse']);
  });

  test('a strategy waits for the association, and an association for its provider', async () => {
    const { bed } = await startCapacity();
    expect(await refusal(bed, 'ecs', serviceOn('web', 'other'))).toEqual(['blocked', 'CapacityProviderNotAssociated']);
    expect(await refusal(bed, 'ecs', associate('other'))).toEqual(['blocked', 'DependencyNotFound']);
  });

  test('a group that has a provider takes no other', async () => {
    const { bed, provider } = await startCapacity();
    expect(await refusal(bed, 'ecs', provider('other'))).toEqual(['terminal', 'GroupInUse']);
    expect(await refusal(bed, 'ecs', provider('nodes'))).toEqual(['rejected', 'NameTaken']);
  });
});

describe('groups', () => {
  test('one with instances is waited for', async () => {
    const { bed } = await startCapacity();
    await bed.pass().send('autoscaling', group('web', 1));
    bed.region.advance(60_000);
    const remove = new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'web' });
    expect(await refusal(bed, 'autoscaling', remove)).toEqual(['progressing', 'ResourceInUse']);
    expect(await refusal(bed, 'autoscaling', group('web'))).toEqual(['rejected', 'NameTaken']);
  });

  test('one that does not exist is absent', async () => {
    const { bed } = await startCapacity();
    const AutoScalingGroupName = 'gone';
    const update = new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MaxSize: 1 });
    expect(await refusal(bed, 'autoscaling', update)).toEqual(['absent', 'NotFound']);
    const remove = new DeleteAutoScalingGroupCommand({ AutoScalingGroupName });
    expect(await refusal(bed, 'autoscaling', remove)).toEqual(['absent', 'NotFound']);
  });

  test('one whose launch template is not there yet waits for it', async () => {
    const { bed } = await startCapacity();
    const early = new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: 'nodes',
      LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '2' },
    });
    expect(await refusal(bed, 'autoscaling', early)).toEqual(['blocked', 'LaunchTemplateNotFound']);
  });

  test('one that is being refreshed is waited for', async () => {
    const { bed } = await startCapacity({ timings: 'realistic' });
    await bed.pass().send('autoscaling', group('web', 1));
    bed.region.advance(60_000);
    const refresh = new StartInstanceRefreshCommand({
      AutoScalingGroupName: 'web',
      Preferences: { InstanceWarmup: 600 },
    });
    await bed.pass().send('autoscaling', refresh);
    expect(await refusal(bed, 'autoscaling', refresh)).toEqual(['progressing', 'UpdateInProgress']);
  });
});

describe('launch templates', () => {
  test('a name that is taken is no reason to give up at once, and one that is gone is absent', async () => {
    const { bed } = await startCapacity();
    expect(await refusal(bed, 'ec2', template('nodes'))).toEqual(['rejected', 'NameTaken']);
    for (const name of [{ LaunchTemplateName: 'gone' }, { LaunchTemplateId: 'lt-0123456789abcdef0' }]) {
      expect(await refusal(bed, 'ec2', new DeleteLaunchTemplateCommand(name))).toEqual(['absent', 'NotFound']);
    }
  });

  test('a throttle and a denial are understood in EC2’s words', async () => {
    const { bed } = await startCapacity();
    bed.region.faults.add({ service: 'ec2', fault: { kind: 'throttle' } });
    expect(await refusal(bed, 'ec2', template('web'))).toEqual(['throttled', 'Throttled']);
    bed.region.faults.add({ service: 'ec2', fault: { kind: 'accessDenied' } });
    expect(await refusal(bed, 'ec2', template('web'))).toEqual(['terminal', 'AccessDenied']);
    bed.region.faults.add({ service: 'autoscaling', fault: { kind: 'throttle' } });
    expect(await refusal(bed, 'autoscaling', group('web'))).toEqual(['throttled', 'Throttled']);
  });
});
