import {
  CreateLaunchTemplateCommand,
  DeleteLaunchTemplateCommand,
  DeleteTagsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  type LaunchTemplateVersion,
  ModifyLaunchTemplateCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownerTag } from '../../src/aws/ownership.ts';
import type { LaunchTemplateSpec, LaunchTemplateStatus } from '../../src/kinds/launch-template/api.ts';
import { pathOf } from '../../src/kube/paths.ts';
import { agentConfig } from '../sandbox/region/ecs/capacity/instances/user-data.ts';
import { connection } from '../sandbox/region/index.ts';
import { cluster } from '../support/manifests.ts';
import { condition, type Managed, type Manifest, namesOf, type TestBed, testBed } from '../support/test-bed.ts';

const KIND = 'LaunchTemplate';
const REGION = 'us-east-1';
const PARAMETER = '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended';
/** Longer than the operator takes AWS's answers for possibly older than its own last change. */
const STALE_READ_GRACE = 15_000;

const role = { iamInstanceProfile: { name: 'ecsInstanceRole' } };
const small: LaunchTemplateSpec = {
  launchTemplateData: { imageId: 'ami-0123456789abcdef0', instanceType: 'm5.large' },
};
const large: LaunchTemplateSpec = { launchTemplateData: { ...small.launchTemplateData, instanceType: 'm5.xlarge' } };

function template(name: string, spec: LaunchTemplateSpec = small): Manifest {
  return { kind: KIND, metadata: { name }, spec };
}

function statusOf(object: Managed): LaunchTemplateStatus {
  return object.status ?? {};
}

describe('a LaunchTemplate', () => {
  let bed: TestBed;
  let ec2: EC2Client;
  beforeAll(async () => {
    bed = await testBed({ adjustableClock: true });
    ec2 = new EC2Client(connection(bed.region, { region: REGION }));
  });
  afterAll(async () => {
    ec2.destroy();
    await bed.stop();
  });

  const live = async (name: string) => {
    const Filters = [{ Name: 'launch-template-name', Values: [name] }];
    return (await ec2.send(new DescribeLaunchTemplatesCommand({ Filters }))).LaunchTemplates?.[0];
  };
  const versions = async (name: string): Promise<readonly LaunchTemplateVersion[]> => {
    const found = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: name }));
    return (found.LaunchTemplateVersions ?? []).toSorted((a, b) => (a.VersionNumber ?? 0) - (b.VersionNumber ?? 0));
  };
  const defaultData = async (name: string) =>
    (await versions(name)).find(({ DefaultVersion }) => DefaultVersion === true)?.LaunchTemplateData;
  /** Ready, and with this version. */
  const readyWith = (name: string, version: number) =>
    bed.eventually(KIND, name, `is Ready with version ${version}`, (object) => {
      const ready = condition(object, 'Ready');
      const current = ready?.status === 'True' && ready.observedGeneration === object.metadata.generation;
      return current && statusOf(object).defaultVersionNumber === version;
    });
  const later = () => bed.later(STALE_READ_GRACE);

  it('makes a template with which instances join the cluster that it refers to', async () => {
    await bed.apply(
      cluster('joined'),
      template('joined', {
        launchTemplateData: { instanceType: 'm5.large', ...role },
        imageSelector: { family: 'AmazonLinux2023' },
        ecs: { clusterRef: { name: 'joined' }, agentConfig: { ECS_RESERVED_MEMORY: '256' } },
        versionDescription: 'the first',
        tags: [{ key: 'team', value: 'web' }],
      }),
    );
    const object = await bed.ready(KIND, 'joined');

    const found = await live('joined');
    expect(found?.Tags).toContainEqual({ Key: 'team', Value: 'web' });
    expect(found?.Tags).toContainEqual({ Key: ownerTag, Value: object.metadata.uid });
    const [version] = await versions('joined');
    expect(version?.VersionDescription).toMatch(/^the first ecs-operator\.dev\/content=[0-9a-f]{32}$/);
    const { ImageId, InstanceType, IamInstanceProfile, UserData } = version?.LaunchTemplateData ?? {};
    expect({ InstanceType, IamInstanceProfile }).toEqual({
      InstanceType: 'm5.large',
      IamInstanceProfile: { Name: 'ecsInstanceRole' },
    });
    expect(agentConfig(UserData)).toMatchObject({ cluster: 'joined', os: 'linux', reservedMemory: 256 });
    expect(statusOf(object)).toMatchObject({
      launchTemplateId: found?.LaunchTemplateId,
      launchTemplateName: 'joined',
      region: REGION,
      defaultVersionNumber: 1,
      latestVersionNumber: 1,
      image: { imageId: ImageId, parameter: `${PARAMETER}/image_id` },
      instanceType: 'm5.large',
      cluster: 'arn:aws:ecs:us-east-1:123456789012:cluster/joined',
    });
  });

  it('that has settled costs one read and nothing else, also after a restart', async () => {
    await bed.apply(template('quiet'));
    await bed.ready(KIND, 'quiet');
    await later();
    const mark = bed.region.journal.mark();
    expect(await bed.pass(KIND, 'quiet')).toEqual({ kind: 'settled' });
    expect(bed.region.journal.since(mark).map(({ operation }) => operation)).toEqual(['DescribeLaunchTemplates']);
    await bed.restartOperator();
    expect(await bed.pass(KIND, 'quiet')).toEqual({ kind: 'settled' });
    expect(bed.mutations(mark)).toEqual([]);
  });

  it('makes a version of a new content, and goes back to the one of an old content', async () => {
    await bed.apply(template('changed'));
    await readyWith('changed', 1);
    const mark = bed.region.journal.mark();
    await bed.apply(template('changed', large));
    await readyWith('changed', 2);
    expect(bed.mutations(mark)).toEqual(['CreateLaunchTemplateVersion', 'ModifyLaunchTemplate']);
    expect(await defaultData('changed')).toMatchObject({ InstanceType: 'm5.xlarge' });

    await bed.apply(template('changed'));
    await readyWith('changed', 1);
    expect(bed.mutations(mark).slice(2)).toEqual(['ModifyLaunchTemplate']);
    expect(await versions('changed')).toHaveLength(2);
  });

  it('keeps as many old versions as the spec says', async () => {
    const sized = (volumeSize: number): LaunchTemplateSpec => ({
      launchTemplateData: {
        ...small.launchTemplateData,
        blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: { volumeSize } }],
      },
      versionHistoryLimit: 1,
    });
    for (const version of [1, 2, 3, 4]) {
      await bed.apply(template('pruned', sized(30 + version)));
      await readyWith('pruned', version);
    }
    await bed.settled();
    expect((await versions('pruned')).map(({ VersionNumber }) => VersionNumber)).toEqual([3, 4]);
  });

  it.each(['CreateLaunchTemplate', 'CreateLaunchTemplateVersion', 'ModifyLaunchTemplate'])(
    'does nothing twice when the answer to %s is lost',
    async (operation) => {
      const name = `lost-${operation.toLowerCase()}`;
      if (operation !== 'CreateLaunchTemplate') {
        await bed.apply(template(name));
        await bed.ready(KIND, name);
      }
      bed.region.faults.add({ fault: { kind: 'dropResponse' }, operation });
      const version = operation === 'CreateLaunchTemplate' ? 1 : 2;
      await bed.apply(template(name, large));
      await readyWith(name, version);
      expect(await versions(name)).toHaveLength(version);
      expect(await defaultData(name)).toMatchObject({ InstanceType: 'm5.xlarge' });
    },
  );

  it('finds its version in a list that lags behind, and makes no second one', async () => {
    await bed.apply(template('lagging'));
    await readyWith('lagging', 1);
    const past = bed.region.snapshot();
    const end = bed.region.faults.add({
      fault: { kind: 'stale', past },
      operation: 'DescribeLaunchTemplateVersions',
      times: 3,
    });
    await bed.apply(template('lagging', large));
    await readyWith('lagging', 2);
    end();
    expect(await versions('lagging')).toHaveLength(2);
  });

  describe('when a newer image is published', () => {
    const LONG_AGO = '2026-01-01T00:00:00Z';
    /** As if it had been looked up long ago. */
    const lookedUpLongAgo = async (name: string) => {
      const path = `${pathOf(namesOf(KIND), bed.namespace, name)}/status`;
      const body = { status: { image: { resolvedAt: LONG_AGO } } };
      const contentType = 'application/merge-patch+json';
      await bed.admin.request({ method: 'PATCH', path, contentType, body, signal: AbortSignal.timeout(10_000) });
    };

    it('stays with its own until the schedule says so, and then follows as the user asked, drift policy or not', async () => {
      await bed.apply(
        template('imaged', {
          launchTemplateData: { instanceType: 'm5.large' },
          imageSelector: { family: 'AmazonLinux2023', schedule: '0 3 * * *', timeZone: 'Europe/Berlin' },
          driftPolicy: 'Report',
        }),
      );
      const first = statusOf(await readyWith('imaged', 1)).image;
      expect(bed.region.publishImage(PARAMETER, 'ami-0feedfeedfeedfeed', { region: REGION })).toBe(true);
      await later();
      expect(await bed.pass(KIND, 'imaged')).toEqual({ kind: 'settled' });
      expect(await defaultData('imaged')).toMatchObject({ ImageId: first?.imageId });

      await lookedUpLongAgo('imaged');
      await bed.pass(KIND, 'imaged');
      const object = await readyWith('imaged', 2);
      expect(statusOf(object).image).toMatchObject({ imageId: 'ami-0feedfeedfeedfeed' });
      expect(await defaultData('imaged')).toMatchObject({ ImageId: 'ami-0feedfeedfeedfeed' });
      expect(await bed.told(KIND, 'imaged', 'Updated')).toContain(`image ${first?.imageId} -> ami-0feedfeedfeedfeed`);
    });

    it('stays Ready with its own while Systems Manager does not answer', async () => {
      await bed.apply(
        template('unanswered', {
          launchTemplateData: {},
          imageSelector: { family: 'Bottlerocket', schedule: '0 3 * * *' },
        }),
      );
      await readyWith('unanswered', 1);
      await bed.settled();
      const end = bed.region.faults.add({ fault: { kind: 'serverError' }, service: 'ssm', times: 0 });
      await lookedUpLongAgo('unanswered');
      expect(await bed.pass(KIND, 'unanswered')).toEqual({ kind: 'settled' });
      end();
      await bed.pass(KIND, 'unanswered');
      const object = await readyWith('unanswered', 1);
      expect(statusOf(object).image?.resolvedAt).not.toBe(LONG_AGO);
    });
  });

  describe('that somebody changes in AWS', () => {
    it('gets its default version back, and tells groups of no other one meanwhile', async () => {
      await bed.apply(template('default'));
      await readyWith('default', 1);
      await bed.apply(template('default', large));
      await readyWith('default', 2);
      await ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateName: 'default', DefaultVersion: '1' }));
      await later();
      const mark = bed.region.journal.mark();
      expect(await bed.pass(KIND, 'default')).toEqual({ kind: 'settled' });
      expect(bed.mutations(mark)).toEqual(['ModifyLaunchTemplate']);
      expect(await bed.told(KIND, 'default', 'DriftCorrected')).toBe('default version 1 -> 2');
    });

    it('is left as it is under driftPolicy: Report, and stays with the version that was good', async () => {
      await bed.apply(template('told', { ...small, driftPolicy: 'Report' }));
      await readyWith('told', 1);
      await bed.apply(template('told', { ...large, driftPolicy: 'Report' }));
      await readyWith('told', 2);
      await ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateName: 'told', DefaultVersion: '1' }));
      await later();
      await bed.pass(KIND, 'told');
      const object = await bed.notReady(KIND, 'told', 'Drifted');
      expect(condition(object, 'Stalled')?.message).toContain('default version 1 -> 2');
      expect(statusOf(object).defaultVersionNumber).toBe(2);
      expect(await live('told')).toMatchObject({ DefaultVersionNumber: 1 });
    });

    it('gets its tags back, and is made again if it was deleted', async () => {
      await bed.apply(template('removed', { ...small, tags: [{ key: 'team', value: 'web' }] }));
      const before = statusOf(await readyWith('removed', 1));
      const Resources = [before.launchTemplateId ?? ''];
      await ec2.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: 'team' }] }));
      await later();
      expect(await bed.pass(KIND, 'removed')).toEqual({ kind: 'settled' });
      expect((await live('removed'))?.Tags).toContainEqual({ Key: 'team', Value: 'web' });

      await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName: 'removed' }));
      await later();
      await bed.pass(KIND, 'removed');
      const object = await bed.eventually(
        KIND,
        'removed',
        'has another id',
        (one) => statusOf(one).launchTemplateId !== before.launchTemplateId,
      );
      expect(statusOf(object).launchTemplateId).toBe((await live('removed'))?.LaunchTemplateId);
    });
  });

  describe('that cannot be', () => {
    it.each<[string, LaunchTemplateSpec, string, string]>([
      [
        'an instance type that there is not',
        { launchTemplateData: { instanceType: 'm5.lage' } },
        'InstanceTypeUnknown',
        'spec.launchTemplateData.instanceType "m5.lage"',
      ],
      [
        'an image that its instance type cannot run',
        { launchTemplateData: { instanceType: 'm6g.large' }, imageSelector: { family: 'AmazonLinux2023' } },
        'ArchitectureMismatch',
        'Set spec.imageSelector.architecture',
      ],
      [
        'a time zone that there is not',
        {
          launchTemplateData: {},
          imageSelector: { family: 'Bottlerocket', schedule: '0 3 * * *', timeZone: 'Mars/Base' },
        },
        'InvalidSchedule',
        'spec.imageSelector.timeZone "Mars/Base"',
      ],
    ])('says so and makes nothing: %s', async (_what, spec, reason, message) => {
      const name = reason.toLowerCase();
      const mark = bed.region.journal.mark();
      await bed.apply(template(name, spec));
      const object = await bed.notReady(KIND, name, reason);
      expect(condition(object, 'Stalled')).toMatchObject({ status: 'True', message: expect.stringContaining(message) });
      expect(bed.mutations(mark)).toEqual([]);
      await bed.delete(KIND, name);
      await bed.gone(KIND, name);
    });
  });

  describe('of a template that was there before', () => {
    it('takes it over with adoptionPolicy: Adopt, without a new version if nothing differs', async () => {
      const LaunchTemplateData = { ImageId: 'ami-0123456789abcdef0', InstanceType: 'm5.large' as const };
      await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'found', LaunchTemplateData }));
      await bed.apply(template('found'));
      const refused = await bed.notReady(KIND, 'found', 'NotOwned');
      expect(condition(refused, 'Stalled')?.message).toContain('spec.adoptionPolicy: Adopt');

      const mark = bed.region.journal.mark();
      await bed.apply(template('found', { ...small, adoptionPolicy: 'Adopt' }));
      await readyWith('found', 1);
      expect(bed.mutations(mark)).toEqual(['CreateTags']);
      await bed.apply(template('found', { ...large, adoptionPolicy: 'Adopt' }));
      await readyWith('found', 2);
    });
  });

  describe('that is deleted', () => {
    it('goes with its template, and before the cluster that it refers to', async () => {
      const spec: LaunchTemplateSpec = {
        launchTemplateData: { ...small.launchTemplateData, ...role },
        ecs: { clusterRef: { name: 'leaving' } },
      };
      await bed.apply(cluster('leaving'), template('leaving', spec));
      await bed.ready(KIND, 'leaving');
      await bed.delete('ECSCluster', 'leaving');
      const waiting = await bed.notReady('ECSCluster', 'leaving', 'InUse');
      expect(condition(waiting, 'Ready')?.message).toContain(`LaunchTemplate ${bed.namespace}/leaving`);
      await bed.delete(KIND, 'leaving');
      await bed.gone(KIND, 'leaving');
      await bed.gone('ECSCluster', 'leaving');
      expect(await live('leaving')).toBeUndefined();
    });

    it('leaves it with deletionPolicy: Retain', async () => {
      await bed.apply(template('kept', { ...small, deletionPolicy: 'Retain' }));
      await bed.ready(KIND, 'kept');
      await bed.delete(KIND, 'kept');
      await bed.gone(KIND, 'kept');
      expect(await live('kept')).toMatchObject({ LaunchTemplateName: 'kept' });
    });
  });
});
