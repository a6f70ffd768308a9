import {
  CompleteLifecycleActionCommand,
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DeleteAutoScalingGroupCommand,
  DescribeLifecycleHooksCommand,
  PutLifecycleHookCommand,
  PutScalingPolicyCommand,
  SetDesiredCapacityCommand,
  type Tag,
} from '@aws-sdk/client-auto-scaling';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type GroupBed, group, groupBed, launchTemplate, templateData } from '../support/group-bed.ts';
import { cluster } from '../support/manifests.ts';

const LAUNCHING = 'autoscaling:EC2_INSTANCE_LAUNCHING';
const TERMINATING = 'autoscaling:EC2_INSTANCE_TERMINATING';

describe('an AutoScalingGroup', () => {
  let bed: GroupBed;
  beforeAll(async () => {
    bed = await groupBed({ adjustableClock: true });
  });
  afterAll(() => bed?.stop());

  const tag = (name: string, Key: string, Value = ''): Tag => ({
    ResourceId: name,
    ResourceType: 'auto-scaling-group',
    Key,
    Value,
    PropagateAtLaunch: true,
  });
  const tagsOf = async (name: string): Promise<Readonly<Record<string, [string | undefined, boolean | undefined]>>> =>
    Object.fromEntries(
      ((await bed.group(name))?.Tags ?? []).map(({ Key = '', Value, PropagateAtLaunch }) => [
        Key,
        [Value, PropagateAtLaunch],
      ]),
    );
  /** A pass over an object that has settled, and what it changed. */
  const changesOfAPass = async (name: string): Promise<readonly string[]> => {
    const mark = bed.region.journal.mark();
    expect(await bed.pass('AutoScalingGroup', name)).toMatchObject({ kind: 'settled' });
    const sent = bed.region.journal.mutations(mark);
    return sent.filter(({ input }) => JSON.stringify(input).includes(`"${name}"`)).map(({ operation }) => operation);
  };

  it('is made with the version of its template, with tags, and its instances join the cluster', async () => {
    const { status } = await bed.readyGroup('made', { minSize: 2, tags: [{ key: 'team', value: 'blue' }] });
    expect(await bed.group('made')).toMatchObject({
      LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '1' },
      MinSize: 2,
      MaxSize: 4,
    });
    const { metadata } = (await bed.get('AutoScalingGroup', 'made')) ?? {};
    expect(await tagsOf('made')).toEqual({
      'ecs-operator.dev/object': [`AutoScalingGroup/${bed.namespace}/made`, false],
      'ecs-operator.dev/owner': [metadata?.uid, false],
      team: ['blue', true],
    });
    expect(status).toMatchObject({ instances: { inService: 2, outdated: 0 }, desiredCapacity: 2 });
    expect(await bed.registered()).toHaveLength(2);
  });

  it('changes nothing when it is looked at again, whatever AWS fills in and reorders', async () => {
    await bed.readyGroup('calm', {
      vpcZoneIdentifier: 'subnet-2, subnet-1',
      availabilityZones: ['us-east-1b', 'us-east-1a'],
      healthCheckType: 'EC2,EBS',
      terminationPolicies: ['OldestInstance', 'Default'],
      defaultInstanceWarmup: 60,
      instanceMaintenancePolicy: { minHealthyPercentage: 90, maxHealthyPercentage: 120 },
      lifecycleHookSpecificationList: [
        { lifecycleHookName: 'calm', lifecycleTransition: TERMINATING, defaultResult: 'CONTINUE' },
      ],
      warmPool: { minSize: 1 },
      tags: [{ key: 'team' }, { key: 'quiet', value: 'x', propagateAtLaunch: false }],
    });
    expect(await changesOfAPass('calm')).toEqual([]);
  });

  it('gets only what changed', async () => {
    await bed.readyGroup('changed', { defaultInstanceWarmup: 60, tags: [{ key: 'old' }] });
    const mark = bed.region.journal.mark();
    await bed.apply(group('changed', { maxSize: 6, tags: [{ key: 'new' }] }));
    await bed.ready('AutoScalingGroup', 'changed');
    const sent = bed.region.journal.mutations(mark).map(({ operation, input }) => ({ operation, input }));
    expect(sent).toEqual([
      {
        operation: 'UpdateAutoScalingGroup',
        input: { AutoScalingGroupName: 'changed', MaxSize: 6, DefaultInstanceWarmup: -1 },
      },
      { operation: 'CreateOrUpdateTags', input: { Tags: [tag('changed', 'new')] } },
      {
        operation: 'DeleteTags',
        input: { Tags: [{ ResourceId: 'changed', ResourceType: 'auto-scaling-group', Key: 'old' }] },
      },
    ]);
    expect(await changesOfAPass('changed')).toEqual([]);
  });

  it('follows the version of its template at once, and its instances as they are replaced', async () => {
    await bed.apply(launchTemplate('moving'));
    await bed.readyGroup('moved', { launchTemplateRef: { name: 'moving' } });
    await bed.apply(
      launchTemplate('moving', {
        launchTemplateData: templateData('m5.xlarge'),
      }),
    );
    await bed.eventually('AutoScalingGroup', 'moved', 'has the new version', ({ status }) =>
      String(status?.launchTemplate).endsWith(':2'),
    );
    const { status } = await bed.ready('AutoScalingGroup', 'moved');
    expect(status).toMatchObject({ instances: { inService: 1, outdated: 1 } });
  });

  it('keeps the tags of ECS and of others, also when the spec has named them (CP-08)', async () => {
    await bed.readyGroup('tagged', { tags: [{ key: 'AmazonECSManaged', value: '' }, { key: 'mine' }] });
    await bed.autoScaling.send(new CreateOrUpdateTagsCommand({ Tags: [tag('tagged', 'theirs', 'x')] }));
    expect(await changesOfAPass('tagged')).toEqual([]);
    await bed.apply(group('tagged'));
    await bed.ready('AutoScalingGroup', 'tagged');
    expect(await tagsOf('tagged')).toMatchObject({ AmazonECSManaged: ['', true], theirs: ['x', true] });
    expect(await tagsOf('tagged')).not.toHaveProperty('mine');
  });

  it('leaves the desired capacity alone that the spec does not set', async () => {
    await bed.readyGroup('scaled');
    await bed.autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'scaled', DesiredCapacity: 3 }));
    const mark = bed.region.journal.mark();
    await bed.pass('AutoScalingGroup', 'scaled');
    const { status } = await bed.eventually('AutoScalingGroup', 'scaled', 'has three instances', (object) =>
      JSON.stringify(object.status?.instances).includes('"inService":3'),
    );
    expect(status).toMatchObject({ desiredCapacity: 3 });
    expect(bed.mutations(mark)).toEqual([]);
  });

  it('leaves the desired capacity to a capacity provider with managed scaling, and else sets what the spec says', async () => {
    const settled = { desiredCapacity: 1 };
    await bed.readyGroup('owned', settled);
    const setByHand = { AutoScalingGroupName: 'owned', DesiredCapacity: 2 };
    await bed.autoScaling.send(new SetDesiredCapacityCommand(setByHand));
    expect(await changesOfAPass('owned')).toEqual(['UpdateAutoScalingGroup']);
    expect(await bed.group('owned')).toMatchObject({ DesiredCapacity: 1 });

    await bed.autoScaling.send(
      new PutScalingPolicyCommand({
        AutoScalingGroupName: 'owned',
        PolicyName: 'ECSManagedAutoScalingPolicy-1',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingConfiguration: {
          PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
          TargetValue: 100,
        },
      }),
    );
    await bed.autoScaling.send(new SetDesiredCapacityCommand(setByHand));
    expect(await changesOfAPass('owned')).toEqual([]);
    expect(await bed.group('owned')).toMatchObject({ DesiredCapacity: 2 });
  });

  it('has the hooks of its spec beside those of others', async () => {
    const hook = (lifecycleHookName: string, more: object = {}) => ({
      lifecycleHookName,
      lifecycleTransition: TERMINATING,
      defaultResult: 'CONTINUE',
      heartbeatTimeout: 30,
      ...more,
    });
    const hooks = async (): Promise<readonly unknown[]> => {
      const command = new DescribeLifecycleHooksCommand({ AutoScalingGroupName: 'hooked' });
      const { LifecycleHooks = [] } = await bed.autoScaling.send(command);
      return LifecycleHooks.map(({ LifecycleHookName, HeartbeatTimeout }) => [
        LifecycleHookName,
        HeartbeatTimeout,
      ]).sort();
    };
    await bed.readyGroup('hooked', { lifecycleHookSpecificationList: [hook('a'), hook('b')] });
    await bed.autoScaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName: 'hooked',
        LifecycleHookName: 'ecs-managed-draining-termination-hook',
        LifecycleTransition: TERMINATING,
      }),
    );
    await bed.apply(group('hooked', { lifecycleHookSpecificationList: [hook('b', { heartbeatTimeout: 60 })] }));
    await bed.ready('AutoScalingGroup', 'hooked');
    expect(await hooks()).toEqual([
      ['b', 60],
      ['ecs-managed-draining-termination-hook', 3600],
    ]);
    await bed.apply(group('hooked'));
    await bed.ready('AutoScalingGroup', 'hooked');
    expect(await hooks()).toEqual([['ecs-managed-draining-termination-hook', 3600]]);
  });

  it('is Ready when its instances are: a launch hook holds them until somebody completes it', async () => {
    const lifecycleHookSpecificationList = [{ lifecycleHookName: 'wait', lifecycleTransition: LAUNCHING }];
    await bed.apply(group('waiting', { lifecycleHookSpecificationList }));
    await bed.notReady('AutoScalingGroup', 'waiting', 'Scaling');
    await bed.autoScaling.send(
      new CompleteLifecycleActionCommand({
        AutoScalingGroupName: 'waiting',
        LifecycleHookName: 'wait',
        InstanceId: (await bed.group('waiting'))?.Instances?.[0]?.InstanceId,
        LifecycleActionResult: 'CONTINUE',
      }),
    );
    await bed.ready('AutoScalingGroup', 'waiting');
  });

  it('gets a warm pool, another one, and none', async () => {
    await bed.readyGroup('warm', { warmPool: { minSize: 1, poolState: 'Stopped' } });
    expect(await bed.group('warm')).toMatchObject({ WarmPoolConfiguration: { MinSize: 1 } });
    await bed.apply(group('warm', { warmPool: { poolState: 'Running', maxGroupPreparedCapacity: 2 } }));
    await bed.ready('AutoScalingGroup', 'warm');
    expect(await bed.group('warm')).toMatchObject({
      WarmPoolConfiguration: { MinSize: 0, PoolState: 'Running', MaxGroupPreparedCapacity: 2 },
    });
    await bed.apply(group('warm'));
    await bed.ready('AutoScalingGroup', 'warm');
    await eventually('the warm pool is gone', async () => {
      const value = (await bed.group('warm'))?.WarmPoolConfiguration;
      return { value, done: value === undefined };
    });
    expect(await changesOfAPass('warm')).toEqual([]);
  });

  it('is made again when somebody deletes it, after AWS has deleted it', async () => {
    await bed.readyGroup('deleted');
    await bed.autoScaling.send(
      new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'deleted', ForceDelete: true }),
    );
    // As long as AWS may not show yet what was made a moment ago, nobody makes it again.
    await bed.later(20_000);
    await bed.pass('AutoScalingGroup', 'deleted');
    await bed.ready('AutoScalingGroup', 'deleted');
    expect(await bed.group('deleted')).toMatchObject({ Instances: [{ LifecycleState: 'InService' }] });
  });

  it('is refused with an instance type that there is not, and nothing is made', async () => {
    const overrides = [{ instanceType: 'm5.large' }, { instanceType: 'm5.enormous' }];
    await bed.apply(group('mistyped', { mixedInstancesPolicy: { launchTemplate: { overrides } } }));
    const { status } = await bed.notReady('AutoScalingGroup', 'mistyped', 'InstanceTypeUnknown');
    expect(JSON.stringify(status?.conditions)).toContain('overrides[1].instanceType');
    expect(await bed.group('mistyped')).toBeUndefined();
    await bed.apply(
      group('mistyped', { mixedInstancesPolicy: { launchTemplate: { overrides: overrides.slice(0, 1) } } }),
    );
    await bed.ready('AutoScalingGroup', 'mistyped');
    expect(await changesOfAPass('mistyped')).toEqual([]);
  });

  it('is not taken over from somebody else unless that is asked for', async () => {
    await bed.autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: 'theirs',
        LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '$Latest' },
        MinSize: 1,
        MaxSize: 2,
        VPCZoneIdentifier: 'subnet-1',
      }),
    );
    await bed.apply(group('theirs'));
    await bed.notReady('AutoScalingGroup', 'theirs', 'NotOwned');
    await bed.apply(group('theirs', { adoptionPolicy: 'Adopt' }));
    await bed.ready('AutoScalingGroup', 'theirs');
    expect(await bed.group('theirs')).toMatchObject({ MaxSize: 4, LaunchTemplate: { Version: '1' } });
  });

  it('waits for the cluster and the template that it refers to', async () => {
    await bed.apply(group('early', { launchTemplateRef: { name: 'late' }, clusterRef: { name: 'late' } }));
    await bed.notReady('AutoScalingGroup', 'early', 'ReferenceNotFound');
    await bed.apply(cluster('late'), launchTemplate('late', { ecs: { clusterRef: { name: 'late' } } }));
    const { status } = await bed.ready('AutoScalingGroup', 'early');
    expect(status).toMatchObject({ cluster: 'arn:aws:ecs:us-east-1:123456789012:cluster/late' });
  });
});
