import { expect } from 'vitest';
import { createGroup, createTemplate, describeGroup } from '../builders.ts';
import { must, only, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

export const autoScalingGroups: readonly Row[] = [
  row('API.CreateAutoScalingGroup', 'the desired capacity is the minimum unless given', async (aws) => {
    const name = await createGroup(aws, { MinSize: 1, MaxSize: 3 });
    expect(await describeGroup(aws, name)).toMatchObject({ MinSize: 1, MaxSize: 3, DesiredCapacity: 1 });
  }),
  row('API.CreateAutoScalingGroupB', 'a group name is used once', async (aws) => {
    const AutoScalingGroupName = await createGroup(aws);
    await refused(createGroup(aws, { AutoScalingGroupName }), 'AlreadyExists(Fault)?');
  }),
  row('API.CreateAutoScalingGroupC', 'the minimum of a group is not above the maximum', async (aws) => {
    await refused(createGroup(aws, { MinSize: 3, MaxSize: 1 }), 'ValidationError');
  }),
  row('API.CreateAutoScalingGroupD', 'the desired capacity is between minimum and maximum', async (aws) => {
    await refused(createGroup(aws, { MinSize: 1, MaxSize: 2, DesiredCapacity: 3 }), 'ValidationError');
  }),
  row('API.CreateAutoScalingGroupE', 'a group needs a source for its instances', async (aws) => {
    await refused(createGroup(aws, { LaunchTemplate: undefined }), 'ValidationError');
  }),
  row('API.CreateAutoScalingGroupF', 'a group needs zones or subnets', async (aws) => {
    await refused(createGroup(aws, { VPCZoneIdentifier: undefined }), 'ValidationError');
  }),
  row('API.CreateAutoScalingGroupG', 'a launch template must exist', async (aws) => {
    const LaunchTemplate = { LaunchTemplateName: aws.name('nobody') };
    await refused(createGroup(aws, { LaunchTemplate }), 'ValidationError');
  }),
  // go-to-k/cdk-real-drift#639: the defaults of a group of Min, Max and Desired alone.
  row('API.DescribeAutoScalingGroups', "a group comes back with AWS's defaults", async (aws) => {
    const name = await createGroup(aws);
    expect(await describeGroup(aws, name)).toMatchObject({
      DefaultCooldown: 300,
      HealthCheckType: 'EC2',
      HealthCheckGracePeriod: 0,
      TerminationPolicies: ['Default'],
      NewInstancesProtectedFromScaleIn: false,
    });
  }),
  row('API.DescribeAutoScalingGroupsB', 'a group has the service-linked role unless told otherwise', async (aws) => {
    const name = await createGroup(aws);
    expect((await describeGroup(aws, name)).ServiceLinkedRoleARN).toMatch(
      /:role\/aws-service-role\/autoscaling\.amazonaws\.com\/AWSServiceRoleForAutoScaling$/,
    );
  }),
  row('API.DescribeAutoScalingGroupsC', 'a launch template comes back with id, name and version', async (aws) => {
    const { name: LaunchTemplateName, template } = await createTemplate(aws);
    const name = await createGroup(aws, { LaunchTemplate: { LaunchTemplateName, Version: '$Latest' } });
    expect((await describeGroup(aws, name)).LaunchTemplate).toEqual({
      LaunchTemplateName,
      LaunchTemplateId: template.LaunchTemplateId,
      Version: '$Latest',
    });
  }),
  row('API.DescribeAutoScalingGroupsD', 'the zones of a group are those of its subnets', async (aws) => {
    const name = await createGroup(aws, { VPCZoneIdentifier: aws.subnets.join(',') });
    const { AvailabilityZones } = await describeGroup(aws, name);
    expect(must(AvailabilityZones).toSorted()).toEqual([`${aws.region}a`, `${aws.region}b`]);
  }),
  row('API.DescribeAutoScalingGroupsE', 'a group that does not exist is not there, and no error', async (aws) => {
    const AutoScalingGroupNames = [aws.name('nobody')];
    expect((await aws.autoScaling.describeAutoScalingGroups({ AutoScalingGroupNames })).AutoScalingGroups).toEqual([]);
  }),
  row('API.DescribeAutoScalingGroupsF', 'tags of a group say whose they are', async (aws) => {
    const name = await createGroup(aws, { Tags: [{ Key: 'a', Value: 'b', PropagateAtLaunch: true }] });
    expect((await describeGroup(aws, name)).Tags).toEqual([
      { Key: 'a', Value: 'b', PropagateAtLaunch: true, ResourceId: name, ResourceType: 'auto-scaling-group' },
    ]);
  }),
  row('INV-11b', 'a group launches its desired capacity of instances', async (aws) => {
    const name = await createGroup(aws, { MinSize: 2, MaxSize: 2 });
    await aws.settle(600);
    const { Instances } = await describeGroup(aws, name);
    expect(Instances).toHaveLength(2);
    expect(Instances?.[0]).toMatchObject({
      LifecycleState: 'InService',
      HealthStatus: 'Healthy',
      ProtectedFromScaleIn: false,
    });
  }),
  row('INV-11c', 'instances carry the name of their group in a tag', async (aws) => {
    const name = await createGroup(aws, { MinSize: 1, MaxSize: 1 });
    await aws.settle(600);
    const { Instances } = await describeGroup(aws, name);
    const InstanceIds = [must(only(Instances).InstanceId)];
    const { Reservations } = await aws.ec2.describeInstances({ InstanceIds });
    expect(only(only(Reservations).Instances).Tags).toContainEqual({ Key: 'aws:autoscaling:groupName', Value: name });
  }),
  row(
    'API.SetDesiredCapacity',
    'a higher desired capacity launches instances, a lower one terminates them',
    async (aws) => {
      const AutoScalingGroupName = await createGroup(aws, { MinSize: 0, MaxSize: 3, DesiredCapacity: 1 });
      await aws.settle(600);
      await aws.autoScaling.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity: 3 });
      await aws.settle(600);
      expect((await describeGroup(aws, AutoScalingGroupName)).Instances).toHaveLength(3);
      await aws.autoScaling.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity: 1 });
      await aws.settle(1_200);
      expect((await describeGroup(aws, AutoScalingGroupName)).Instances).toHaveLength(1);
    },
  ),
  row('API.SetDesiredCapacityB', 'a desired capacity above the maximum is refused', async (aws) => {
    const AutoScalingGroupName = await createGroup(aws, { MinSize: 0, MaxSize: 1 });
    await refused(aws.autoScaling.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity: 2 }), 'ValidationError');
  }),
  row('API.UpdateAutoScalingGroup', 'an update of a group keeps what it does not name', async (aws) => {
    const AutoScalingGroupName = await createGroup(aws, { MinSize: 0, MaxSize: 3 });
    await aws.autoScaling.updateAutoScalingGroup({ AutoScalingGroupName, MaxSize: 5 });
    expect(await describeGroup(aws, AutoScalingGroupName)).toMatchObject({
      MinSize: 0,
      MaxSize: 5,
      DesiredCapacity: 0,
    });
  }),
  row('API.UpdateAutoScalingGroupB', 'a minimum above the desired capacity raises it', async (aws) => {
    const AutoScalingGroupName = await createGroup(aws, { MinSize: 0, MaxSize: 3 });
    await aws.autoScaling.updateAutoScalingGroup({ AutoScalingGroupName, MinSize: 2 });
    expect((await describeGroup(aws, AutoScalingGroupName)).DesiredCapacity).toBe(2);
  }),
  row('API.UpdateAutoScalingGroupC', 'a group that does not exist cannot be updated', async (aws) => {
    const AutoScalingGroupName = aws.name('nobody');
    await refused(aws.autoScaling.updateAutoScalingGroup({ AutoScalingGroupName, MaxSize: 5 }), 'ValidationError');
  }),
  row('API.DeleteAutoScalingGroup', 'a group with instances is deleted only by force', async (aws) => {
    const AutoScalingGroupName = await createGroup(aws, { MinSize: 1, MaxSize: 1 });
    await aws.settle(600);
    await refused(aws.autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName }), 'ResourceInUse(Fault)?');
    await aws.autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName, ForceDelete: true });
    await aws.settle(1_200);
    const answer = await aws.autoScaling.describeAutoScalingGroups({ AutoScalingGroupNames: [AutoScalingGroupName] });
    expect(answer.AutoScalingGroups).toEqual([]);
  }),
  row('CP-02', 'instances of a group that protects them are protected from scale-in', async (aws) => {
    const name = await createGroup(aws, { MinSize: 1, MaxSize: 1, NewInstancesProtectedFromScaleIn: true });
    await aws.settle(600);
    expect(only((await describeGroup(aws, name)).Instances).ProtectedFromScaleIn).toBe(true);
  }),
  row('API.SetInstanceProtection', 'protection can be taken away', async (aws) => {
    const name = await createGroup(aws, { MinSize: 1, MaxSize: 1, NewInstancesProtectedFromScaleIn: true });
    await aws.settle(600);
    const { Instances } = await describeGroup(aws, name);
    await aws.autoScaling.setInstanceProtection({
      AutoScalingGroupName: name,
      InstanceIds: [must(only(Instances).InstanceId)],
      ProtectedFromScaleIn: false,
    });
    expect(only((await describeGroup(aws, name)).Instances).ProtectedFromScaleIn).toBe(false);
  }),
  row('API.CreateOrUpdateTags', 'tags are added, overwritten and deleted', async (aws) => {
    const ResourceId = await createGroup(aws, { Tags: [{ Key: 'a', Value: '1', PropagateAtLaunch: false }] });
    const tag = { ResourceId, ResourceType: 'auto-scaling-group', PropagateAtLaunch: false };
    await aws.autoScaling.createOrUpdateTags({
      Tags: [
        { ...tag, Key: 'a', Value: '2' },
        { ...tag, Key: 'b', Value: '3' },
      ],
    });
    await aws.autoScaling.deleteTags({ Tags: [{ ResourceId, ResourceType: 'auto-scaling-group', Key: 'b' }] });
    expect((await describeGroup(aws, ResourceId)).Tags).toEqual([{ ...tag, Key: 'a', Value: '2' }]);
  }),
  // go-to-k/cdk-real-drift, its recorded hook HuntDeclaredHook; the API reference gives the two defaults.
  row('MD-04', 'a lifecycle hook waits an hour and then abandons, unless told otherwise', async (aws) => {
    const AutoScalingGroupName = await createGroup(aws);
    await aws.autoScaling.putLifecycleHook({
      AutoScalingGroupName,
      LifecycleHookName: 'drain',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    });
    const { LifecycleHooks } = await aws.autoScaling.describeLifecycleHooks({ AutoScalingGroupName });
    expect(only(LifecycleHooks)).toMatchObject({ HeartbeatTimeout: 3_600, DefaultResult: 'ABANDON' });
  }),
  row('MD-04b', 'an instance with a termination hook waits in Terminating:Wait', async (aws) => {
    const AutoScalingGroupName = await createGroup(aws, { MinSize: 0, MaxSize: 1, DesiredCapacity: 1 });
    await aws.settle(600);
    await aws.autoScaling.putLifecycleHook({
      AutoScalingGroupName,
      LifecycleHookName: 'drain',
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    });
    await aws.autoScaling.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity: 0 });
    await aws.settle(300);
    expect(only((await describeGroup(aws, AutoScalingGroupName)).Instances).LifecycleState).toBe('Terminating:Wait');
  }),
  // go-to-k/cdk-real-drift, the recorded warm pool.
  row('CP-12', 'a warm pool has a minimum of 0 and stopped instances unless told otherwise', async (aws) => {
    const AutoScalingGroupName = await createGroup(aws);
    await aws.autoScaling.putWarmPool({ AutoScalingGroupName });
    const { WarmPoolConfiguration } = await aws.autoScaling.describeWarmPool({ AutoScalingGroupName });
    expect(WarmPoolConfiguration).toMatchObject({ MinSize: 0, PoolState: 'Stopped' });
  }),
  row('API.TerminateInstanceInAutoScalingGroup', 'an instance is terminated and its place taken away', async (aws) => {
    const name = await createGroup(aws, { MinSize: 0, MaxSize: 2, DesiredCapacity: 2 });
    await aws.settle(600);
    const { Instances } = await describeGroup(aws, name);
    await aws.autoScaling.terminateInstanceInAutoScalingGroup({
      InstanceId: must(Instances?.[0]?.InstanceId),
      ShouldDecrementDesiredCapacity: true,
    });
    await aws.settle(1_200);
    const after = await describeGroup(aws, name);
    expect(after.DesiredCapacity).toBe(1);
    expect(only(after.Instances).InstanceId).toBe(Instances?.[1]?.InstanceId);
  }),
];
