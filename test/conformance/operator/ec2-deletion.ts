import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { CreateCapacityProviderCommand } from '@aws-sdk/client-ecs';
import { expect } from 'vitest';
import { condition, type Manifest } from '../../support/namespace-bed.ts';
import {
  allReady,
  circle,
  group,
  groupIn,
  inAutoScaling,
  inEc2,
  launchTemplate,
  ownTags,
  provider,
  providerIn,
  templateIn,
  versionsIn,
} from './ec2-stage.ts';
import { clusterIn, isOwned, type Scenario, type Stage, withSpec } from './stage.ts';

const everyKind = [
  'LaunchTemplate delete',
  'AutoScalingGroup delete',
  'ECSCapacityProvider delete',
  'ECSCluster delete',
] as const;

export const ec2Deletion: readonly Scenario[] = [
  {
    name: 'a cluster and all that its instances come from are deleted at once, and nothing is left',
    shows: everyKind,
    async play(stage) {
      const all = circle(stage, 'd-ec2');
      await stage.bed.apply(...all);
      await allReady(stage, all);
      for (const { kind } of all) await stage.bed.delete(kind, 'd-ec2');
      for (const { kind } of all) await stage.bed.gone(kind, 'd-ec2');
      await nothingLeft(stage, 'd-ec2');
    },
  },
  {
    name: 'a launch template waits for its group, the group for its provider, and each says so',
    shows: everyKind,
    async play(stage) {
      const made = [launchTemplate('d-line'), group(stage, 'd-line'), provider('d-line')];
      await stage.bed.apply(...made);
      await allReady(stage, made);
      const mark = stage.mark();
      for (const kind of ['LaunchTemplate', 'AutoScalingGroup']) {
        await stage.bed.delete(kind, 'd-line');
        const isInUse = (object: Parameters<typeof condition>[0]) => condition(object, 'Ready')?.reason === 'InUse';
        await stage.bed.eventually(kind, 'd-line', 'waits', isInUse);
      }
      expect(stage.mutations(mark)).toEqual([]);
      await stage.bed.delete('ECSCapacityProvider', 'd-line');
      for (const { kind } of made) await stage.bed.gone(kind, 'd-line');
      await nothingLeft(stage, 'd-line');
      expect(stage.mutations(mark).filter((operation) => operation.startsWith('Delete'))).toEqual([
        'DeleteCapacityProvider',
        'DeleteAutoScalingGroup',
        'DeleteLaunchTemplate',
      ]);
    },
  },
  {
    name: 'what somebody else has made of EC2 capacity is refused and not touched',
    shows: ['LaunchTemplate create', 'AutoScalingGroup create', 'ECSCapacityProvider create'],
    async play(stage) {
      const wanted = await existing(stage, 'ec2-theirs');
      const mark = stage.mark();
      await stage.bed.apply(...wanted);
      for (const { kind } of wanted) await stage.bed.notReady(kind, 'ec2-theirs', 'NotOwned');
      for (const { kind } of wanted) await stage.bed.delete(kind, 'ec2-theirs');
      for (const { kind } of wanted) await stage.bed.gone(kind, 'ec2-theirs');
      expect(stage.mutations(mark)).toEqual([]);
      expect(await templateIn(stage, 'ec2-theirs')).toBeDefined();
      expect(await groupIn(stage, 'ec2-theirs')).toMatchObject({ MaxSize: 4 });
      expect(await providerIn(stage, 'ec2-theirs')).toMatchObject({ status: 'ACTIVE' });
    },
  },
  {
    name: 'what somebody else has made of EC2 capacity is taken over with adoptionPolicy Adopt, and only tagged',
    shows: ['LaunchTemplate update', 'AutoScalingGroup update', 'ECSCapacityProvider update'],
    async play(stage) {
      const wanted = await existing(stage, 'ec2-adopted');
      const mark = stage.mark();
      await stage.bed.apply(...wanted.map((one) => withSpec(one, { adoptionPolicy: 'Adopt' })));
      await allReady(stage, wanted);
      expect(stage.mutations(mark).toSorted()).toEqual(['CreateOrUpdateTags', 'CreateTags', 'TagResource']);
      expect(await versionsIn(stage, 'ec2-adopted')).toHaveLength(1);
      expect(ownTags((await groupIn(stage, 'ec2-adopted'))?.Tags)).toEqual({});
      expect(isOwned((await providerIn(stage, 'ec2-adopted'))?.tags)).toBe(true);
    },
  },
];

async function nothingLeft(stage: Stage, name: string): Promise<void> {
  expect(await clusterIn(stage, name)).toBeUndefined();
  expect(await providerIn(stage, name)).toBeUndefined();
  expect(await groupIn(stage, name)).toBeUndefined();
  expect(await templateIn(stage, name)).toBeUndefined();
}

/** A template, a group and a provider as another tool makes them, and the manifests that say the same of each by itself. */
async function existing(stage: Stage, name: string): Promise<readonly Manifest[]> {
  const template = { ImageId: 'ami-12c6146b', InstanceType: 'm5.large' } as const;
  const made = await inEc2(stage, (ec2) =>
    ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData: template })),
  );
  const launchTemplateId = made.LaunchTemplate?.LaunchTemplateId;
  await inAutoScaling(stage, (client) =>
    client.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        LaunchTemplate: { LaunchTemplateId: launchTemplateId, Version: '1' },
        MinSize: 0,
        MaxSize: 4,
        VPCZoneIdentifier: stage.subnets.join(','),
      }),
    ),
  );
  const autoScalingGroupArn = (await groupIn(stage, name))?.AutoScalingGroupARN ?? '';
  await stage.bed.aws.send(
    new CreateCapacityProviderCommand({ name, autoScalingGroupProvider: { autoScalingGroupArn } }),
  );
  const byId = { launchTemplateRef: undefined, launchTemplate: { launchTemplateId, version: '1' } };
  return [
    launchTemplate(name, { launchTemplateData: { imageId: template.ImageId, instanceType: template.InstanceType } }),
    group(stage, name, byId),
    provider(name, { autoScalingGroupRef: undefined, autoScalingGroupArn }),
  ];
}
