import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cluster, service, taskDefinition, trio } from '../support/manifests.ts';
import { condition, type Manifest, type TestBed, testBed } from '../support/test-bed.ts';

describe('a spec that passes the CRD and cannot work', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed();
  });
  afterAll(() => bed.stop());

  it('because a capacity provider does not exist is told with what AWS says, and heals with a better spec', async () => {
    await bed.apply(cluster('provider', { capacityProviders: ['nowhere'] }));
    const object = await bed.notReady('ECSCluster', 'provider', 'DependencyNotFound');
    expect(condition(object, 'Ready')?.message).toBe(
      'CreateCluster: The specified capacity provider does not exist. Specify a valid name or ARN and try again. ' +
        'The capacity provider has to exist first. One that is declared here is waited for when it is named by reference ' +
        '(capacityProviderRefs, capacityProviderRef).',
    );
    expect(bed.region.inventory().clusters.filter((arn) => arn.endsWith('/provider'))).toEqual([]);
    await bed.apply(cluster('provider', { capacityProviders: ['FARGATE'] }));
    await bed.ready('ECSCluster', 'provider');
  });

  it('because its cluster does not associate the capacity provider is told, and changes nothing', async () => {
    await bed.apply(...trio('strategy'));
    await bed.ready('ECSService', 'strategy');
    const strategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    await bed.apply(service('strategy', { launchType: undefined, capacityProviderStrategy: strategy }));
    const object = await bed.notReady('ECSService', 'strategy', 'CapacityProviderNotAssociated');
    expect(condition(object, 'Ready')?.message).toContain('Associate the capacity provider with the cluster');
    expect(object.status).toMatchObject({ runningCount: 1, taskDefinitionRevision: 'strategy:1' });
    await bed.apply(service('strategy'));
    await bed.ready('ECSService', 'strategy');
  });

  it('is believed to be wrong after AWS has refused it five times', async () => {
    await bed.apply(cluster('believed', { settings: [{ name: 'containerInsights', value: 'perhaps' }] }));
    await bed.notReady('ECSCluster', 'believed', 'InvalidParameter');
    const results = [];
    for (let pass = 0; pass < 4; pass += 1) results.push(await bed.pass('ECSCluster', 'believed'));
    expect(results.map(({ kind }) => kind)).toContain('terminal');
    const stalled = await bed.get('ECSCluster', 'believed');
    expect(condition(stalled, 'Stalled')).toMatchObject({ status: 'True', reason: 'InvalidParameter' });
  });

  it('because the cluster it names does not exist is told, and heals when somebody makes it', async () => {
    await bed.apply(taskDefinition('absent'), service('absent', { cluster: 'absent' }));
    const object = await bed.notReady('ECSService', 'absent', 'ClusterNotFound');
    expect(condition(object, 'Ready')?.message).toBe(
      'The cluster absent does not exist in AWS. Create it, or correct spec.cluster.',
    );
    await bed.aws.send(new CreateClusterCommand({ clusterName: 'absent' }));
    await bed.pass('ECSService', 'absent');
    await bed.ready('ECSService', 'absent');
  });

  it('because the task definition it names does not exist is told, and heals with a better spec', async () => {
    await bed.apply(cluster('revision'), service('revision', { taskDefinition: 'revision:9' }));
    const object = await bed.notReady('ECSService', 'revision', 'DependencyNotFound');
    expect(condition(object, 'Ready')?.message).toContain('What it refers to has to exist first');
    await bed.apply(taskDefinition('revision'), service('revision'));
    await bed.ready('ECSService', 'revision');
  });

  it('because it refers into another region is told before AWS is asked', async () => {
    await bed.apply(cluster('abroad', { region: 'eu-west-1' }), taskDefinition('abroad'));
    await bed.ready('ECSCluster', 'abroad');
    await bed.ready('ECSTaskDefinition', 'abroad');
    const mark = bed.region.journal.mark();
    await bed.apply(service('abroad'));
    const object = await bed.notReady('ECSService', 'abroad', 'RegionMismatch');
    expect(condition(object, 'Stalled')?.message).toBe(
      'spec.clusterRef is in eu-west-1 but this service is in us-east-1. Set spec.region to eu-west-1, or refer to an object in us-east-1.',
    );
    expect(bed.region.journal.count(mark)).toEqual({});
    await bed.delete('ECSService', 'abroad');
    await bed.gone('ECSService', 'abroad');
  });

  it('of another region works when all of it is there', async () => {
    const region = 'eu-west-1';
    const manifests = trio('far', { region }).map((manifest) => ({
      ...manifest,
      spec: { ...manifest.spec, region },
    }));
    await bed.apply(...manifests);
    const { status } = await bed.ready('ECSService', 'far');
    expect(status?.serviceArn).toBe('arn:aws:ecs:eu-west-1:123456789012:service/far/far');
  });
});

describe('a spec that cannot work is refused by the API server, and AWS never hears of it:', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed();
  });
  afterAll(() => bed.stop());

  const object = (kind: string, name: string, spec: object): Manifest => ({ kind, metadata: { name }, spec });
  const group = { launchTemplateRef: { name: 'web' }, vpcZoneIdentifier: 'subnet-1' };
  const provider = (name: string, settings: object = {}): Manifest =>
    object('ECSCapacityProvider', name, {
      autoScalingGroupProvider: { autoScalingGroupRef: { name: 'web' }, ...settings },
    });
  const strategy = [{ capacityProvider: 'FARGATE', weight: 1 }, { capacityProviderRef: { name: 'web' } }];

  it.each<[string, Manifest, string]>([
    [
      'a maximum below the minimum',
      object('AutoScalingGroup', 'sizes', { ...group, minSize: 3, maxSize: 2 }),
      'spec.maxSize is below spec.minSize',
    ],
    [
      'a group without a template',
      object('AutoScalingGroup', 'template', { minSize: 0, maxSize: 2, vpcZoneIdentifier: 'subnet-1' }),
      'exclude one another: set exactly one',
    ],
    ['a provider called after AWS', provider('aws-gpu'), 'begins with aws, ecs or fargate'],
    ['a provider called after ECS', provider('ecs'), 'begins with aws, ecs or fargate'],
    ['a provider called after Fargate', provider('fargate-spot'), 'begins with aws, ecs or fargate'],
    [
      'termination protection without managed scaling',
      provider('protected', { managedTerminationProtection: 'ENABLED' }),
      'set managedScaling.status to ENABLED',
    ],
    [
      'Fargate and a group in one strategy of a service',
      service('mixed', { launchType: undefined, capacityProviderStrategy: strategy }),
      'spec.capacityProviderStrategy mixes FARGATE',
    ],
    [
      'Fargate and a group in one strategy of a cluster',
      cluster('mixed', { capacityProviderRefs: [{ name: 'web' }], defaultCapacityProviderStrategy: strategy }),
      'spec.defaultCapacityProviderStrategy mixes FARGATE',
    ],
    [
      'user data beside spec.ecs',
      object('LaunchTemplate', 'rendered', {
        launchTemplateData: { userData: 'IyEvYmluL3NoCg==', iamInstanceProfile: { name: 'ecsInstanceRole' } },
        ecs: { clusterRef: { name: 'web' } },
      }),
      'spec.launchTemplateData.userData has to be removed',
    ],
    [
      'something that is no name of an instance type',
      object('LaunchTemplate', 'type', { launchTemplateData: { instanceType: 'large' } }),
      'spec.launchTemplateData.instanceType',
    ],
  ])('%s', async (_, manifest, says) => {
    const mark = bed.region.journal.mark();
    await expect(bed.apply(manifest)).rejects.toThrow(says);
    expect(await bed.get(manifest.kind, manifest.metadata.name)).toBeUndefined();
    expect(bed.region.journal.count(mark)).toEqual({});
  });

  it('another group for a provider that has one, with the way to it', async () => {
    await bed.apply(provider('settled'));
    const mark = bed.region.journal.mark();
    const change = provider('settled', { autoScalingGroupRef: { name: 'other' } });
    await expect(bed.apply(change)).rejects.toThrow(
      'create a new ECSCapacityProvider beside this one, move the weight in the strategies to it, then delete this one',
    );
    expect(bed.mutations(mark)).toEqual([]);
    await bed.delete('ECSCapacityProvider', 'settled');
    await bed.gone('ECSCapacityProvider', 'settled');
  });
});
