import {
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  PutLifecycleHookCommand,
  PutScalingPolicyCommand,
  PutWarmPoolCommand,
  SetDesiredCapacityCommand,
  StartInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { countCalls, names, type RegionBed, startBed } from './support.ts';

async function startGroups(): Promise<RegionBed> {
  const bed = await startBed();
  await bed.pass().send(
    'ec2',
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'nodes',
      LaunchTemplateData: { ImageId: 'ami-0123456789abcdef0', InstanceType: 'm5.large' },
    }),
  );
  return bed;
}

async function createGroup(
  { pass, region }: RegionBed,
  AutoScalingGroupName: string,
  input: Partial<CreateAutoScalingGroupCommandInput> = {},
): Promise<void> {
  await pass().send(
    'autoscaling',
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      LaunchTemplate: { LaunchTemplateName: 'nodes', Version: '1' },
      MinSize: 0,
      MaxSize: 3,
      VPCZoneIdentifier: 'subnet-1',
      Tags: [{ Key: 'team', Value: 'shop', PropagateAtLaunch: true }],
      ...input,
    }),
  );
  region.advance(60_000);
}

describe('describeAutoScalingGroup', () => {
  test('asks for fifty names a call, with tags and instances, and leaves out what does not exist', async () => {
    const bed = await startGroups();
    await createGroup(bed, 'web-0', { DesiredCapacity: 2 });
    await createGroup(bed, 'web-50');
    const { result, calls } = await bed.callsOf(() =>
      Promise.all(names(51).map((name) => bed.pass().reads.describeAutoScalingGroup(name))),
    );
    expect(result.filter((group) => group !== undefined)).toMatchObject([
      {
        AutoScalingGroupName: 'web-0',
        Tags: [{ Key: 'team', Value: 'shop' }],
        Instances: [{ LifecycleState: 'InService' }, { LifecycleState: 'InService' }],
      },
      { AutoScalingGroupName: 'web-50' },
    ]);
    expect(countCalls(calls)).toEqual({ DescribeAutoScalingGroups: 2 });
  });

  test('a failure is everybody’s and says of no group that it does not exist', async () => {
    const bed = await startGroups();
    bed.region.faults.add({ operation: 'DescribeAutoScalingGroups', fault: { kind: 'accessDenied' } });
    const answers = await Promise.allSettled(names(3).map((name) => bed.pass().reads.describeAutoScalingGroup(name)));
    for (const answer of answers) expect(answer).toMatchObject({ reason: { reason: 'AccessDenied' } });
  });
});

describe('listAutoScalingGroups', () => {
  test('walks all pages, once for all who ask at the same moment', async () => {
    const bed = await startGroups();
    for (const name of names(101)) await createGroup(bed, name);
    const { result, calls } = await bed.callsOf(() =>
      Promise.all([bed.pass().reads.listAutoScalingGroups(), bed.pass().reads.listAutoScalingGroups()]),
    );
    for (const groups of result) {
      expect(groups.map(({ AutoScalingGroupName }) => AutoScalingGroupName).toSorted()).toEqual(names(101).toSorted());
    }
    expect(countCalls(calls)).toEqual({ DescribeAutoScalingGroups: 2 });
  });

  test('is empty in a region without groups', async () => {
    expect(await (await startGroups()).pass().reads.listAutoScalingGroups()).toEqual([]);
  });
});

describe('what belongs to a group', () => {
  test('is nothing when there is no such group', async () => {
    const { reads } = (await startGroups()).pass();
    expect(await reads.latestInstanceRefresh('gone')).toBeUndefined();
    expect(await reads.describeLifecycleHooks('gone')).toEqual([]);
    expect(await reads.describeWarmPool('gone')).toBeUndefined();
    expect(await reads.latestScalingActivities('gone')).toEqual([]);
    expect(await reads.describeScalingPolicies('gone')).toEqual([]);
  });

  test('is nothing when the group has none of it', async () => {
    const bed = await startGroups();
    await createGroup(bed, 'web');
    const { reads } = bed.pass();
    expect(await reads.latestInstanceRefresh('web')).toBeUndefined();
    expect(await reads.describeLifecycleHooks('web')).toEqual([]);
    expect(await reads.describeWarmPool('web')).toBeUndefined();
    expect(await reads.latestScalingActivities('web')).toEqual([]);
    expect(await reads.describeScalingPolicies('web')).toEqual([]);
  });

  test('the newest instance refresh alone', async () => {
    const bed = await startGroups();
    await createGroup(bed, 'web', { DesiredCapacity: 1 });
    const refresh = async (): Promise<unknown> => {
      const answer = await bed
        .pass()
        .send('autoscaling', new StartInstanceRefreshCommand({ AutoScalingGroupName: 'web' }));
      bed.region.advance(30 * 60_000);
      return answer;
    };
    await refresh();
    const { InstanceRefreshId } = (await refresh()) as { readonly InstanceRefreshId: string };
    const { result, calls } = await bed.callsOf(() => bed.pass().reads.latestInstanceRefresh('web'));
    expect(result).toMatchObject({ InstanceRefreshId, Status: 'Successful' });
    expect(calls.map(({ input }) => input)).toEqual([{ AutoScalingGroupName: 'web', MaxRecords: 1 }]);
  });

  test('its lifecycle hooks and policies, page by page', async () => {
    const bed = await startGroups();
    await createGroup(bed, 'web');
    const { send, reads } = bed.pass();
    await send(
      'autoscaling',
      new PutLifecycleHookCommand({
        AutoScalingGroupName: 'web',
        LifecycleHookName: 'drain',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      }),
    );
    await send(
      'autoscaling',
      new PutScalingPolicyCommand({
        AutoScalingGroupName: 'web',
        PolicyName: 'ECSManagedAutoScalingPolicy-1',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingConfiguration: {
          TargetValue: 100,
          PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
        },
      }),
    );
    expect(await reads.describeLifecycleHooks('web')).toMatchObject([{ LifecycleHookName: 'drain' }]);
    expect(await reads.describeScalingPolicies('web')).toMatchObject([{ PolicyName: 'ECSManagedAutoScalingPolicy-1' }]);
  });

  test('its warm pool’s configuration without a page of instances for each', async () => {
    const bed = await startGroups();
    await createGroup(bed, 'web');
    await bed.pass().send('autoscaling', new PutWarmPoolCommand({ AutoScalingGroupName: 'web', MinSize: 3 }));
    bed.region.advance(60_000);
    const { result, calls } = await bed.callsOf(() => bed.pass().reads.describeWarmPool('web'));
    expect(result).toMatchObject({ MinSize: 3, PoolState: 'Stopped' });
    expect(countCalls(calls)).toEqual({ DescribeWarmPool: 1 });
  });

  test('its ten newest activities, newest first', async () => {
    const bed = await startGroups();
    await createGroup(bed, 'web', { MaxSize: 20, DesiredCapacity: 8 });
    await bed
      .pass()
      .send('autoscaling', new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 16 }));
    bed.region.advance(60_000);
    const activities = await bed.pass().reads.latestScalingActivities('web');
    expect(activities).toHaveLength(10);
    const starts = activities.map(({ StartTime }) => StartTime?.getTime() ?? 0);
    expect(starts).toEqual(starts.toSorted((a, b) => b - a));
    expect(new Set(starts).size).toBe(2);
  });
});
