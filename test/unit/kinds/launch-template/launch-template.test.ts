import type {
  AutoScalingGroup,
  LaunchTemplateSpecification,
  LaunchTemplate as MixedLaunchTemplate,
} from '@aws-sdk/client-auto-scaling';
import type { LaunchTemplateVersion, LaunchTemplate as LiveTemplate } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { absent } from '../../../../src/engine/kind.ts';
import type {
  LaunchTemplate,
  LaunchTemplateSpec,
  LaunchTemplateStatus,
  ResolvedImage,
} from '../../../../src/kinds/launch-template/api.ts';
import { contentOf } from '../../../../src/kinds/launch-template/data.ts';
import { launchingFrom } from '../../../../src/kinds/launch-template/groups.ts';
import { launchTemplate as kind } from '../../../../src/kinds/launch-template/kind.ts';
import { arns, deleted, desired, foreignTags, ownTags, region, summaries } from '../../../support/builders.ts';
import {
  launchTemplate,
  liveTemplate,
  ownVersion,
  settledStatus,
  smallTemplate,
  templateId,
} from '../../../support/builders-launch-template.ts';

const PARAMETER = '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id';
const pinned: ResolvedImage = { imageId: 'ami-1', parameter: PARAMETER, resolvedAt: '2026-01-02T12:00:00Z' };
const newer: ResolvedImage = { ...pinned, imageId: 'ami-2', resolvedAt: '2026-01-03T00:00:00Z' };
const selecting: LaunchTemplateSpec = { launchTemplateData: {}, imageSelector: { family: 'AmazonLinux2023' } };
const larger: LaunchTemplateSpec = {
  launchTemplateData: { ...smallTemplate.launchTemplateData, instanceType: 'm5.xlarge' },
};

const token = expect.stringMatching(/^[0-9a-f]{32}$/);
const pascal = (tags: readonly { readonly key?: string | undefined; readonly value?: string | undefined }[]) =>
  tags.map(({ key, value }) => ({ Key: key, Value: value }));

interface Seen {
  readonly template?: Partial<LiveTemplate>;
  readonly versions?: readonly LaunchTemplateVersion[];
  readonly image?: ResolvedImage;
  readonly groups?: readonly AutoScalingGroup[];
}

const observed = (of: LaunchTemplate, { template = {}, versions, image, groups = [] }: Seen) => ({
  template: liveTemplate(of, template),
  versions,
  image,
  groups,
});
/** A group that launches from version 1 of the template, unless said otherwise. */
const launching = (
  AutoScalingGroupName: string,
  own: LaunchTemplateSpecification | undefined,
  mixed?: MixedLaunchTemplate,
): AutoScalingGroup => ({
  AutoScalingGroupName,
  MinSize: 0,
  MaxSize: 1,
  DesiredCapacity: 0,
  DefaultCooldown: 300,
  AvailabilityZones: [],
  HealthCheckType: 'EC2',
  CreatedTime: new Date(0),
  ...(own === undefined ? {} : { LaunchTemplate: { LaunchTemplateId: templateId, Version: '1', ...own } }),
  ...(mixed === undefined ? {} : { MixedInstancesPolicy: { LaunchTemplate: mixed } }),
});
const plan = (of: LaunchTemplate, seen: Seen = {}) => summaries(kind.plan(desired(of), observed(of, seen)));
/** The object with another spec than the one that AWS agreed with. */
const changed = (spec: LaunchTemplateSpec, status: Partial<LaunchTemplateStatus> = {}) =>
  launchTemplate('web', spec, { status: settledStatus(launchTemplate('web'), status), metadata: { generation: 2 } });

describe('creating a launch template', () => {
  test('makes its first version with our mark and tags', () => {
    const of = launchTemplate('web', {
      ...smallTemplate,
      region,
      deletionPolicy: 'Retain',
      versionDescription: 'first',
      tags: [{ key: 'team', value: 'x' }],
    });
    const { description } = contentOf(desired(of), undefined);
    expect(summaries(kind.plan(desired(of), absent))).toEqual([
      {
        operation: 'CreateLaunchTemplate',
        input: {
          LaunchTemplateName: 'web',
          VersionDescription: description,
          LaunchTemplateData: { ImageId: 'ami-0123456789abcdef0', InstanceType: 'm5.large' },
          TagSpecifications: [
            { ResourceType: 'launch-template', Tags: pascal(ownTags(of, { key: 'team', value: 'x' })) },
          ],
          ClientToken: token,
        },
        reason: 'launch template web created',
      },
    ]);
  });

  test('takes the name that the user gave', () => {
    const of = launchTemplate('web', { ...smallTemplate, launchTemplateName: 'Web.Blue' });
    expect(summaries(kind.plan(desired(of), absent))).toMatchObject([{ input: { LaunchTemplateName: 'Web.Blue' } }]);
  });

  test('has a token that stays, until one that was there has been deleted', () => {
    const tokenOf = (status?: LaunchTemplateStatus) => {
      const [create] = summaries(kind.plan(desired(launchTemplate('web', smallTemplate, { status })), absent));
      return create !== undefined && 'input' in create
        ? Object.assign({ ClientToken: '' }, create.input).ClientToken
        : '';
    };
    expect(tokenOf()).toBe(tokenOf({ observedGeneration: 1 }));
    const again = tokenOf(settledStatus(launchTemplate('web')));
    expect(again).not.toBe(tokenOf());
    expect(tokenOf(settledStatus(launchTemplate('web'), { launchTemplateId: 'lt-2' }))).not.toBe(again);
  });

  test('waits until the status pins the image that was resolved', () => {
    const of = launchTemplate('web', selecting);
    const seen = { template: undefined, versions: undefined, image: newer, groups: [] };
    expect(summaries(kind.plan(desired(of), seen))).toMatchObject([{ wait: 'ResolvingImage' }]);
    expect(summaries(kind.plan(desired(of), absent))).toMatchObject([{ wait: 'ResolvingImage' }]);
    expect(kind.conclude(desired(of), seen).status).toEqual({ image: newer });
  });

  test('uses the image that the status pins', () => {
    const of = launchTemplate('web', selecting, { status: { image: pinned } });
    expect(summaries(kind.plan(desired(of), absent))).toMatchObject([
      { input: { LaunchTemplateData: { ImageId: 'ami-1' } } },
    ]);
  });
});

describe('a new content', () => {
  test('becomes a version first', () => {
    const of = changed({ ...larger, versionDescription: 'larger' });
    expect(plan(of, { versions: [ownVersion(launchTemplate('web'), 1)] })).toEqual([
      {
        operation: 'CreateLaunchTemplateVersion',
        input: {
          LaunchTemplateId: templateId,
          VersionDescription: contentOf(desired(of), undefined).description,
          LaunchTemplateData: { ImageId: 'ami-0123456789abcdef0', InstanceType: 'm5.xlarge' },
          ClientToken: token,
        },
        reason: 'version created: content changed',
      },
    ]);
  });

  test('becomes the default when the version is there', () => {
    const of = changed(larger);
    const versions = [ownVersion(of, 2), ownVersion(launchTemplate('web'), 1)];
    expect(plan(of, { versions })).toEqual([
      {
        operation: 'ModifyLaunchTemplate',
        input: { LaunchTemplateId: templateId, DefaultVersion: '2' },
        reason: 'default version 1 -> 2',
      },
    ]);
  });

  test('that there was before makes no version', () => {
    const of = changed(smallTemplate, { defaultVersionNumber: 2 });
    const versions = [ownVersion(launchTemplate('web', larger), 2), ownVersion(of, 1)];
    expect(plan(of, { template: { DefaultVersionNumber: 2 }, versions })).toMatchObject([
      { operation: 'ModifyLaunchTemplate', input: { DefaultVersion: '1' } },
    ]);
  });

  test('is asked for with one token until it is seen, and with another one after a version was deleted', () => {
    const versions = [ownVersion(launchTemplate('web'), 1)];
    const [first, again, later] = [
      plan(changed(larger), { versions, template: { LatestVersionNumber: 1 } }),
      plan(changed(larger), { versions, template: { LatestVersionNumber: 2 } }),
      plan(changed(larger, { latestVersionNumber: 2 }), { versions }),
    ];
    expect(again).toEqual(first);
    expect(later).not.toEqual(first);
  });

  test('takes old versions away, two hundred a call', () => {
    const of = changed({ ...larger, versionHistoryLimit: 1 });
    const old = Array.from({ length: 250 }, (_, index) => ownVersion(launchTemplate('web'), index + 1));
    const steps = plan(of, { template: { DefaultVersionNumber: 250 }, versions: [ownVersion(of, 251), ...old] });
    expect(steps).toMatchObject([
      { operation: 'ModifyLaunchTemplate', input: { DefaultVersion: '251' } },
      { operation: 'DeleteLaunchTemplateVersions', input: { LaunchTemplateId: templateId } },
      { operation: 'DeleteLaunchTemplateVersions', input: { LaunchTemplateId: templateId } },
    ]);
    const deletions = steps.flatMap((step) =>
      'input' in step && 'Versions' in step.input ? [step.input.Versions] : [],
    );
    // Version 1 is the one that groups have been told of; 249 is the history of one beside the default of before.
    expect(deletions.map((list) => (Array.isArray(list) ? list.length : 0))).toEqual([200, 48]);
    expect(deletions.flat()).not.toContain('1');
    expect(deletions.flat()).not.toContain('250');
  });

  test('takes no version away that a group launches from, whatever the limit', () => {
    const of = changed({ ...larger, versionHistoryLimit: 0 }, { defaultVersionNumber: 5 });
    const old = [4, 3, 2, 1].map((number) => ownVersion(launchTemplate('web'), number));
    const groups = [launching('a', { Version: '1' }), launching('b', { LaunchTemplateId: 'lt-other', Version: '2' })];
    const template = { DefaultVersionNumber: 5 };
    expect(plan(of, { template, versions: [ownVersion(of, 5), ...old], groups })).toMatchObject([
      { operation: 'DeleteLaunchTemplateVersions', input: { Versions: ['4', '3', '2'] } },
    ]);
  });
});

describe('a newer image', () => {
  const status = settledStatus(launchTemplate('web', selecting, { status: { image: pinned } }), { image: pinned });
  const of = launchTemplate('web', selecting, { status });
  const old = ownVersion(of, 1);

  test('makes a version, which the spec asked for and nobody changed', () => {
    const steps = kind.plan(desired(of), observed(of, { versions: [old], image: newer }));
    expect(summaries(steps)).toMatchObject([
      {
        operation: 'CreateLaunchTemplateVersion',
        input: { LaunchTemplateData: { ImageId: 'ami-2' } },
        reason: 'version created: image ami-1 -> ami-2',
      },
    ]);
    expect(steps).toMatchObject([{ scheduled: true }]);
  });

  test('becomes the default likewise', () => {
    const pinnedAnew = launchTemplate('web', selecting, { status: { ...status, image: newer } });
    const versions = [ownVersion(pinnedAnew, 2), old];
    const steps = kind.plan(desired(pinnedAnew), observed(of, { versions, image: newer }));
    expect(steps).toMatchObject([{ operation: 'ModifyLaunchTemplate', scheduled: true }]);
  });

  test('does not hide that somebody changed the default version', () => {
    const versions = [ownVersion(launchTemplate('web', larger), 2), old];
    const steps = kind.plan(
      desired(of),
      observed(of, { template: { DefaultVersionNumber: 2 }, versions, image: newer }),
    );
    expect(steps).toHaveLength(1);
    expect(steps).not.toMatchObject([{ scheduled: true }]);
  });
});

describe('what somebody else changed', () => {
  const of = launchTemplate('web', smallTemplate, { status: settledStatus(launchTemplate('web')) });

  test('is nothing when template and status agree, though no version was read', () => {
    expect(plan(of)).toEqual([]);
  });

  test('the default version is set back', () => {
    const steps = kind.plan(
      desired(of),
      observed(of, {
        template: { DefaultVersionNumber: 2 },
        versions: [{ VersionNumber: 2, VersionDescription: 'by hand' }, ownVersion(of, 1)],
      }),
    );
    expect(summaries(steps)).toEqual([
      {
        operation: 'ModifyLaunchTemplate',
        input: { LaunchTemplateId: templateId, DefaultVersion: '1' },
        reason: 'default version 2 -> 1',
      },
    ]);
    expect(steps).not.toMatchObject([{ scheduled: true }]);
  });

  test('tags of ours come back, tags of others stay, and tags that left the spec go', () => {
    const tagged = launchTemplate(
      'web',
      { ...smallTemplate, tags: [{ key: 'team', value: 'x' }] },
      { status: settledStatus(of, { settledFields: ['launchTemplateData', 'tags/team', 'tags/old'] }) },
    );
    const Tags = [
      { Key: 'team', Value: 'y' },
      { Key: 'old', Value: '1' },
      { Key: 'theirs', Value: '1' },
    ];
    const adopting = { ...tagged, spec: { ...tagged.spec, adoptionPolicy: 'Adopt' as const } };
    expect(plan(adopting, { template: { Tags } })).toEqual([
      {
        operation: 'CreateTags',
        input: { Resources: [templateId], Tags: pascal(ownTags(of, { key: 'team', value: 'x' })) },
        reason: 'tags set: ecs-operator.dev/object, ecs-operator.dev/owner, team',
      },
      {
        operation: 'DeleteTags',
        input: { Resources: [templateId], Tags: [{ Key: 'old' }] },
        reason: 'tags removed: old',
      },
    ]);
  });
});

describe('a template that was there before', () => {
  const data = { ImageId: 'ami-0123456789abcdef0', InstanceType: 'm5.large' as const };
  const adopting = launchTemplate('web', { ...smallTemplate, adoptionPolicy: 'Adopt' });

  test('is not touched without adoptionPolicy: Adopt', () => {
    expect(() => plan(launchTemplate('web'), { template: { Tags: [] }, versions: [] })).toThrow(
      expect.objectContaining({
        reason: 'NotOwned',
        message: expect.stringMatching(/^The launch template "web" exists .*adoptionPolicy: Adopt/),
      }),
    );
  });

  test('of another object is never touched', () => {
    expect(() => plan(adopting, { template: { Tags: pascal(foreignTags) }, versions: [] })).toThrow(
      /ECSService\/other/,
    );
  });

  test('is taken over as it is if it has what the spec says', () => {
    const versions = [{ VersionNumber: 1, LaunchTemplateData: data }];
    expect(plan(adopting, { template: { Tags: [] }, versions })).toMatchObject([{ operation: 'CreateTags' }]);
  });

  test('is taken over with a version of our own otherwise', () => {
    const versions = [{ VersionNumber: 1, LaunchTemplateData: { ...data, KeyName: 'mine' } }];
    expect(plan(adopting, { template: { Tags: [] }, versions })).toMatchObject([
      { operation: 'CreateTags' },
      { operation: 'CreateLaunchTemplateVersion' },
    ]);
  });
});

describe('deleting', () => {
  const of = launchTemplate('web', smallTemplate, { metadata: deleted });

  test('deletes the template with all its versions', () => {
    expect(summaries(kind.retire(desired(of), observed(of, {})))).toEqual([
      {
        operation: 'DeleteLaunchTemplate',
        input: { LaunchTemplateId: templateId },
        reason: 'launch template web deleted',
      },
    ]);
  });

  test('waits for the groups in AWS that launch from it, also by a mixed instances policy or an override', () => {
    const own = launching('own', {});
    const { LaunchTemplate: specification } = own;
    const other = { LaunchTemplateId: 'lt-other', Version: '1' };
    const groups = [
      own,
      launching('mixed', undefined, { LaunchTemplateSpecification: specification }),
      launching('override', undefined, {
        LaunchTemplateSpecification: other,
        Overrides: [{ InstanceType: 'm5.large' }, { LaunchTemplateSpecification: specification }],
      }),
      launching('another', other),
    ];
    expect(summaries(kind.retire(desired(of), observed(of, { groups: launchingFrom(groups, templateId) })))).toEqual([
      {
        wait: 'InUse',
        message:
          'Waiting until no Auto Scaling group launches from it: in AWS these do: mixed, override, own. Delete them or give them another launch template; to keep this one for them, set spec.deletionPolicy to Retain.',
      },
    ]);
  });

  test.each([
    ['nobody', []],
    ['another object', pascal(foreignTags)],
  ])('leaves what belongs to %s, whatever the adoption policy', (_whose, Tags) => {
    const adopting = launchTemplate('web', { ...smallTemplate, adoptionPolicy: 'Adopt' }, { metadata: deleted });
    expect(() => kind.retire(desired(adopting), observed(adopting, { template: { Tags } }))).toThrow(
      expect.objectContaining({ reason: 'NotOwned' }),
    );
  });
});

describe('the status', () => {
  const conclude = (of: LaunchTemplate, seen: Seen = {}) => kind.conclude(desired(of), observed(of, seen));

  test('tells what the default version was made from', () => {
    const cluster = arns.cluster('prod');
    const of = launchTemplate('web', { ...smallTemplate, ecs: { cluster } });
    expect(conclude(of, { versions: [ownVersion(of, 1)] })).toEqual({
      status: {
        launchTemplateId: templateId,
        launchTemplateName: 'web',
        defaultVersionNumber: 1,
        latestVersionNumber: 1,
        contentHash: contentOf(desired(of), undefined).hash,
        image: undefined,
        instanceType: 'm5.large',
        cluster,
      },
      progress: { kind: 'live' },
    });
  });

  test('has the ARN of a cluster that is referred to', () => {
    const of = launchTemplate('web', { ...smallTemplate, ecs: { clusterRef: { name: 'prod' } } });
    const wanted = desired(of, { 'spec.ecs.clusterRef': { arn: arns.cluster('prod'), name: 'prod', region } });
    const { description } = contentOf(wanted, undefined);
    const versions = [{ VersionNumber: 1, VersionDescription: description }];
    expect(kind.conclude(wanted, observed(of, { versions })).status.cluster).toBe(arns.cluster('prod'));
  });

  test.each<[string, Seen]>([
    ['is not there yet', { versions: [ownVersion(launchTemplate('web'), 1)] }],
    [
      'is not the default yet',
      { versions: [ownVersion(launchTemplate('web', larger), 2), ownVersion(launchTemplate('web'), 1)] },
    ],
    [
      'is not the default because somebody set another one',
      {
        template: { DefaultVersionNumber: 3 },
        versions: [ownVersion(launchTemplate('web', larger), 2), { VersionNumber: 3 }],
      },
    ],
  ])('keeps the last good version while the new one %s', (_what, seen) => {
    const { status } = conclude(changed(larger), seen);
    expect(status).toMatchObject({
      defaultVersionNumber: 1,
      contentHash: settledStatus(launchTemplate('web')).contentHash,
      instanceType: 'm5.large',
    });
  });

  test('takes the new version once it is the default', () => {
    const of = changed(larger);
    const seen = {
      template: { DefaultVersionNumber: 2, LatestVersionNumber: 2 },
      versions: [ownVersion(of, 2), ownVersion(launchTemplate('web'), 1)],
    };
    expect(conclude(of, seen).status).toMatchObject({
      defaultVersionNumber: 2,
      latestVersionNumber: 2,
      instanceType: 'm5.xlarge',
    });
  });

  test('knows nothing of the versions of a template that somebody made in the place of ours', () => {
    const seen = { template: { LaunchTemplateId: 'lt-2' }, versions: [{ VersionNumber: 1 }] };
    const { status } = conclude(changed(larger), seen);
    expect(status).toMatchObject({ launchTemplateId: 'lt-2' });
    expect(status.defaultVersionNumber).toBeUndefined();
    expect(status.contentHash).toBeUndefined();
  });

  test('stays as it is while the object is being deleted', () => {
    const status = settledStatus(launchTemplate('web'));
    const { settledHash, region, ...own } = status;
    const of = launchTemplate(
      'web',
      { ...larger, ecs: { clusterRef: { name: 'gone' } } },
      { status, metadata: deleted },
    );
    expect(conclude(of).status).toEqual(own);
  });
});

describe('for those that refer to it, a launch template', () => {
  const identity = (status?: LaunchTemplateStatus) => kind.identity(launchTemplate('web', smallTemplate, { status }));

  test('is nothing until a version of ours is the default', () => {
    expect(identity()).toBeUndefined();
    expect(identity({ image: pinned })).toBeUndefined();
    expect(identity({ launchTemplateId: templateId, region })).toBeUndefined();
  });

  test('is its id, the version that was last good, and the cluster that instances join', () => {
    expect(identity(settledStatus(launchTemplate('web'), { defaultVersionNumber: 7 }))).toEqual({
      arn: templateId,
      name: 'web',
      region,
      details: { version: '7' },
    });
    expect(identity(settledStatus(launchTemplate('web'), { cluster: 'prod' }))?.details).toEqual({
      version: '1',
      cluster: 'prod',
    });
  });

  test('refers itself to the cluster, if that is one of ours', () => {
    expect(kind.references(smallTemplate)).toEqual([]);
    expect(kind.references({ ...smallTemplate, ecs: { cluster: 'prod' } })).toEqual([]);
    expect(kind.references({ ...smallTemplate, ecs: { clusterRef: { name: 'prod' } } })).toEqual([
      { field: 'spec.ecs.clusterRef', kind: 'ECSCluster', to: { name: 'prod' } },
    ]);
  });
});
