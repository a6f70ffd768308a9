import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { ModifyLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import {
  allReady,
  group,
  groupIn,
  hooksIn,
  inAutoScaling,
  inEc2,
  launchTemplate,
  machine,
  ownTags,
  provider,
  providerIn,
  shows,
  templateIn,
  versionsIn,
} from './ec2-stage.ts';
import { type Scenario, userTags } from './stage.ts';

const larger = { launchTemplateData: { ...machine, instanceType: 'm5.xlarge' } };

export const ec2Changes: readonly Scenario[] = [
  {
    name: 'a launch template gets a new version, which its group follows, and goes back to the old one without a third',
    shows: ['LaunchTemplate update', 'AutoScalingGroup update'],
    async play(stage) {
      const made = [launchTemplate('lt-new'), group(stage, 'lt-new')];
      await stage.bed.apply(...made);
      await allReady(stage, made);
      for (const [spec, version, calls] of [
        [larger, 2, ['CreateLaunchTemplateVersion', 'ModifyLaunchTemplate', 'UpdateAutoScalingGroup']],
        [{}, 1, ['ModifyLaunchTemplate', 'UpdateAutoScalingGroup']],
      ] as const) {
        const mark = stage.mark();
        await stage.bed.apply(launchTemplate('lt-new', spec));
        await shows(stage, 'LaunchTemplate', 'lt-new', { defaultVersionNumber: version });
        const { LaunchTemplateId: id } = (await templateIn(stage, 'lt-new')) ?? {};
        await shows(stage, 'AutoScalingGroup', 'lt-new', { launchTemplate: `${id}:${version}` });
        expect((await groupIn(stage, 'lt-new'))?.LaunchTemplate?.Version).toBe(String(version));
        expect(stage.mutations(mark)).toEqual(calls);
      }
      const versions = await versionsIn(stage, 'lt-new');
      expect(versions.map(({ LaunchTemplateData }) => LaunchTemplateData?.InstanceType)).toEqual([
        'm5.large',
        'm5.xlarge',
      ]);
    },
  },
  {
    name: "a launch template's tags are changed without a new version",
    shows: ['LaunchTemplate update'],
    async play(stage) {
      const tagged = (key: string) => launchTemplate('lt-tags', { tags: [{ key, value: 'blue' }] });
      await stage.bed.apply(tagged('team'));
      await stage.bed.ready('LaunchTemplate', 'lt-tags');
      const mark = stage.mark();
      await stage.bed.apply(tagged('tier'));
      await stage.bed.ready('LaunchTemplate', 'lt-tags');
      expect(ownTags((await templateIn(stage, 'lt-tags'))?.Tags)).toEqual({ tier: 'blue' });
      expect(await versionsIn(stage, 'lt-tags')).toHaveLength(1);
      expect(stage.mutations(mark).toSorted()).toEqual(['CreateTags', 'DeleteTags']);
    },
  },
  {
    name: 'versions beyond the limit of the history are deleted',
    shows: ['LaunchTemplate update'],
    async play(stage) {
      for (const [index, instanceType] of ['m5.large', 'm5.xlarge', 'm5.2xlarge'].entries()) {
        const launchTemplateData = { ...machine, instanceType };
        await stage.bed.apply(launchTemplate('lt-old', { launchTemplateData, versionHistoryLimit: 1 }));
        await shows(stage, 'LaunchTemplate', 'lt-old', { defaultVersionNumber: index + 1 });
      }
      await stage.bed.pass('LaunchTemplate', 'lt-old');
      expect((await versionsIn(stage, 'lt-old')).map(({ VersionNumber }) => VersionNumber)).toEqual([2, 3]);
    },
  },
  {
    name: "a group's sizes, settings, hooks and tags are changed in place",
    shows: ['AutoScalingGroup update'],
    async play(stage) {
      const hook = (heartbeatTimeout: number) => ({
        lifecycleHookName: 'goodbye',
        lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        heartbeatTimeout,
      });
      await stage.bed.apply(
        launchTemplate('g-update'),
        group(stage, 'g-update', {
          tags: [
            { key: 'team', value: 'blue' },
            { key: 'stays', value: '1' },
          ],
          lifecycleHookSpecificationList: [hook(120)],
        }),
      );
      const { status } = await stage.bed.ready('AutoScalingGroup', 'g-update');
      const mark = stage.mark();
      await stage.bed.apply(
        group(stage, 'g-update', {
          minSize: 1,
          maxSize: 6,
          healthCheckGracePeriod: 100,
          tags: [
            { key: 'stays', value: '1' },
            { key: 'tier', value: 'web' },
          ],
          lifecycleHookSpecificationList: [hook(240)],
        }),
      );
      await stage.bed.ready('AutoScalingGroup', 'g-update');
      const live = await groupIn(stage, 'g-update');
      expect(live).toMatchObject({
        AutoScalingGroupARN: status?.autoScalingGroupArn,
        MinSize: 1,
        MaxSize: 6,
        DesiredCapacity: 1,
        HealthCheckGracePeriod: 100,
      });
      expect(ownTags(live?.Tags)).toEqual({ stays: '1', tier: 'web' });
      expect(await hooksIn(stage, 'g-update')).toMatchObject([{ HeartbeatTimeout: 240 }]);
      expect(stage.mutations(mark).toSorted()).toEqual([
        'CreateOrUpdateTags',
        'DeleteTags',
        'PutLifecycleHook',
        'UpdateAutoScalingGroup',
      ]);
    },
  },
  {
    name: "a capacity provider's settings and tags are changed in place",
    shows: ['ECSCapacityProvider update'],
    async play(stage) {
      const managedScaling = (targetCapacity: number) => ({
        managedScaling: { status: 'ENABLED' as const, targetCapacity },
      });
      const made = [launchTemplate('p-update'), group(stage, 'p-update')];
      await stage.bed.apply(
        ...made,
        provider('p-update', managedScaling(100), { tags: [{ key: 'team', value: '1' }] }),
      );
      const { status } = await stage.bed.ready('ECSCapacityProvider', 'p-update');
      const mark = stage.mark();
      await stage.bed.apply(provider('p-update', managedScaling(70), { tags: [{ key: 'tier', value: '2' }] }));
      await stage.bed.ready('ECSCapacityProvider', 'p-update');
      const live = await providerIn(stage, 'p-update');
      expect(live).toMatchObject({
        capacityProviderArn: status?.capacityProviderArn,
        autoScalingGroupProvider: { managedScaling: { status: 'ENABLED', targetCapacity: 70 } },
      });
      expect(userTags(live?.tags)).toEqual({ tier: '2' });
      expect(stage.mutations(mark).toSorted()).toEqual(['TagResource', 'UntagResource', 'UpdateCapacityProvider']);
    },
  },
  {
    name: 'instances are replaced by an instance refresh when their launch template changes',
    shows: ['AutoScalingGroup update'],
    async play(stage) {
      const made = [launchTemplate('g-roll'), group(stage, 'g-roll', { minSize: 2, instanceRefresh: {} })];
      await stage.bed.apply(...made);
      await allReady(stage, made);
      const before = (await groupIn(stage, 'g-roll'))?.Instances?.map(({ InstanceId }) => InstanceId) ?? [];
      await stage.bed.apply(launchTemplate('g-roll', larger));
      const { LaunchTemplateId: id } = (await templateIn(stage, 'g-roll')) ?? {};
      await shows(stage, 'AutoScalingGroup', 'g-roll', { launchTemplate: `${id}:2` });
      const live = await groupIn(stage, 'g-roll');
      expect(live?.Instances?.map(({ LaunchTemplate }) => LaunchTemplate?.Version)).toEqual(['2', '2']);
      expect(live?.Instances?.filter(({ InstanceId }) => before.includes(InstanceId))).toEqual([]);
    },
  },
  {
    name: 'what somebody changes of template and group in AWS is set right',
    shows: ['LaunchTemplate update', 'AutoScalingGroup update'],
    async play(stage) {
      const made = [launchTemplate('ec2-drift'), group(stage, 'ec2-drift')];
      await stage.bed.apply(...made);
      await allReady(stage, made);
      await stage.bed.apply(launchTemplate('ec2-drift', larger));
      await shows(stage, 'LaunchTemplate', 'ec2-drift', { defaultVersionNumber: 2 });
      const { LaunchTemplateId: id } = (await templateIn(stage, 'ec2-drift')) ?? {};
      await shows(stage, 'AutoScalingGroup', 'ec2-drift', { launchTemplate: `${id}:2` });
      const modify = new ModifyLaunchTemplateCommand({ LaunchTemplateName: 'ec2-drift', DefaultVersion: '1' });
      await inEc2(stage, (ec2) => ec2.send(modify));
      const update = new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'ec2-drift', MaxSize: 9 });
      await inAutoScaling(stage, (client) => client.send(update));
      const mark = stage.mark();
      // The default version was set just now; AWS may still answer from before, so the same is not sent again for a while.
      await stage.bed.later(20_000);
      for (const kind of ['LaunchTemplate', 'AutoScalingGroup']) {
        await stage.bed.pass(kind, 'ec2-drift');
        await stage.bed.told(kind, 'ec2-drift', 'DriftCorrected');
        await stage.bed.ready(kind, 'ec2-drift');
      }
      expect(stage.mutations(mark)).toEqual(['ModifyLaunchTemplate', 'UpdateAutoScalingGroup']);
      expect((await templateIn(stage, 'ec2-drift'))?.DefaultVersionNumber).toBe(2);
      expect(await groupIn(stage, 'ec2-drift')).toMatchObject({ MaxSize: 4, LaunchTemplate: { Version: '2' } });
    },
  },
];
