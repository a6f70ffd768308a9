import { expect } from 'vitest';
import { cluster } from '../../support/manifests.ts';
import {
  allReady,
  circle,
  group,
  groupIn,
  hooksIn,
  launchTemplate,
  machine,
  ownTags,
  provider,
  providerIn,
  templateIn,
  versionsIn,
} from './ec2-stage.ts';
import { clusterIn, isOwned, type Scenario, userTags } from './stage.ts';

const tags = [{ key: 'team', value: 'blue' }];

export const ec2Creation: readonly Scenario[] = [
  {
    name: 'a launch template is created with its data, its tags and user data that joins its cluster',
    shows: ['LaunchTemplate create'],
    async play(stage) {
      await stage.bed.apply(
        cluster('lt-full'),
        launchTemplate('lt-full', {
          launchTemplateData: {
            ...machine,
            securityGroupIds: [stage.securityGroup],
            blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: { volumeSize: 30, volumeType: 'gp3' } }],
            tagSpecifications: [{ resourceType: 'instance', tags: [{ key: 'role', value: 'node' }] }],
          },
          ecs: { clusterRef: { name: 'lt-full' }, agentConfig: { ECS_RESERVED_MEMORY: '64' } },
          tags,
        }),
      );
      const { status } = await stage.bed.ready('LaunchTemplate', 'lt-full');
      const live = await templateIn(stage, 'lt-full');
      expect(live).toMatchObject({
        LaunchTemplateId: status?.launchTemplateId,
        DefaultVersionNumber: 1,
        LatestVersionNumber: 1,
      });
      expect(ownTags(live?.Tags)).toEqual({ team: 'blue' });
      const [version] = await versionsIn(stage, 'lt-full');
      const data = version?.LaunchTemplateData;
      expect(data).toMatchObject({
        ImageId: machine.imageId,
        InstanceType: 'm5.large',
        SecurityGroupIds: [stage.securityGroup],
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 30, VolumeType: 'gp3' } }],
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'role', Value: 'node' }] }],
      });
      const userData = Buffer.from(data?.UserData ?? '', 'base64').toString();
      expect(userData).toMatch(/ECS_CLUSTER=.*lt-full/);
      expect(userData).toContain('ECS_RESERVED_MEMORY=64');
    },
  },
  {
    name: 'an image is found by its family and architecture, and pinned',
    shows: ['LaunchTemplate create'],
    async play(stage) {
      const { imageId: _, ...rest } = machine;
      const launchTemplateData = { ...rest, instanceType: 'm6g.large' };
      const imageSelector = { family: 'AmazonLinux2023', architecture: 'arm64' } as const;
      await stage.bed.apply(launchTemplate('lt-image', { launchTemplateData, imageSelector }));
      const { status } = await stage.bed.ready('LaunchTemplate', 'lt-image');
      const [version] = await versionsIn(stage, 'lt-image');
      const imageId = version?.LaunchTemplateData?.ImageId;
      expect(imageId).toMatch(/^ami-[0-9a-f]{17}$/);
      expect(status?.image).toMatchObject({
        imageId,
        parameter: '/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id',
      });
    },
  },
  {
    name: 'a group is created from its launch template, with its sizes, hooks and tags',
    shows: ['AutoScalingGroup create'],
    async play(stage) {
      const hook = {
        lifecycleHookName: 'goodbye',
        lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        heartbeatTimeout: 120,
        defaultResult: 'CONTINUE',
      };
      await stage.bed.apply(
        launchTemplate('g-full'),
        group(stage, 'g-full', {
          minSize: 2,
          maxSize: 5,
          healthCheckGracePeriod: 60,
          newInstancesProtectedFromScaleIn: true,
          terminationPolicies: ['OldestInstance'],
          lifecycleHookSpecificationList: [hook],
          tags: [{ ...tags[0], key: 'team', propagateAtLaunch: false }],
        }),
      );
      const { status } = await stage.bed.ready('AutoScalingGroup', 'g-full');
      const template = await templateIn(stage, 'g-full');
      const live = await groupIn(stage, 'g-full');
      expect(live).toMatchObject({
        AutoScalingGroupARN: status?.autoScalingGroupArn,
        LaunchTemplate: { LaunchTemplateId: template?.LaunchTemplateId, Version: '1' },
        MinSize: 2,
        MaxSize: 5,
        DesiredCapacity: 2,
        HealthCheckGracePeriod: 60,
        NewInstancesProtectedFromScaleIn: true,
        TerminationPolicies: ['OldestInstance'],
      });
      expect(live?.VPCZoneIdentifier?.split(',').toSorted()).toEqual(stage.subnets.toSorted());
      expect(live?.Instances?.map(({ LifecycleState }) => LifecycleState)).toEqual(['InService', 'InService']);
      expect(ownTags(live?.Tags)).toEqual({ team: 'blue' });
      expect(await hooksIn(stage, 'g-full')).toMatchObject([{ LifecycleHookName: 'goodbye', HeartbeatTimeout: 120 }]);
      expect(status).toMatchObject({ desiredCapacity: 2, instances: { inService: 2 } });
    },
  },
  {
    name: 'a capacity provider is created on its group, with its settings and tags',
    shows: ['ECSCapacityProvider create'],
    async play(stage) {
      const managedScaling = {
        status: 'ENABLED',
        targetCapacity: 80,
        minimumScalingStepSize: 1,
        maximumScalingStepSize: 2,
        instanceWarmupPeriod: 60,
      } as const;
      const settings = { managedScaling, managedTerminationProtection: 'ENABLED' } as const;
      await stage.bed.apply(
        launchTemplate('p-full'),
        group(stage, 'p-full', { newInstancesProtectedFromScaleIn: true }),
        provider('p-full', settings, { tags }),
      );
      const { status } = await stage.bed.ready('ECSCapacityProvider', 'p-full');
      const live = await providerIn(stage, 'p-full');
      expect(live).toMatchObject({
        status: 'ACTIVE',
        capacityProviderArn: status?.capacityProviderArn,
        autoScalingGroupProvider: {
          autoScalingGroupArn: (await groupIn(stage, 'p-full'))?.AutoScalingGroupARN,
          ...settings,
        },
      });
      expect(userTags(live?.tags)).toEqual({ team: 'blue' });
      expect(isOwned(live?.tags)).toBe(true);
    },
  },
  {
    name: 'a cluster and all that its instances come from are applied in one go, and a second pass changes nothing',
    shows: ['ECSCluster create', 'LaunchTemplate create', 'AutoScalingGroup create', 'ECSCapacityProvider create'],
    async play(stage) {
      const mark = stage.mark();
      const all = circle(stage, 'c-ec2');
      await stage.bed.apply(...all);
      await allReady(stage, all);
      expect(await clusterIn(stage, 'c-ec2')).toMatchObject({
        capacityProviders: ['c-ec2'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'c-ec2', weight: 1 }],
      });
      expect(stage.mutations(mark).toSorted()).toEqual([
        'CreateAutoScalingGroup',
        'CreateCapacityProvider',
        'CreateCluster',
        'CreateLaunchTemplate',
        'PutClusterCapacityProviders',
      ]);
      const idle = stage.mark();
      for (const { kind } of all) {
        expect(await stage.bed.pass(kind, 'c-ec2'), kind).toMatchObject({ kind: 'settled' });
      }
      expect(stage.mutations(idle)).toEqual([]);
    },
  },
];
