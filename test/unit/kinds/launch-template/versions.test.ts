import type { LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentOf } from '../../../../src/kinds/launch-template/data.ts';
import { liveVersion, supersededVersions } from '../../../../src/kinds/launch-template/versions.ts';
import { desired } from '../../../support/builders.ts';
import { launchTemplate, liveTemplate, ownVersion, smallTemplate } from '../../../support/builders-launch-template.ts';

const web = launchTemplate('web');
const own = (...numbers: readonly number[]) => numbers.map((number) => ownVersion(web, number));
const foreign = (number: number, data: LaunchTemplateVersion['LaunchTemplateData'] = {}): LaunchTemplateVersion => ({
  VersionNumber: number,
  VersionDescription: 'by hand',
  LaunchTemplateData: data,
});

describe('versions that are too old', () => {
  test.each<
    [
      string,
      readonly LaunchTemplateVersion[],
      { live: number; inUse: readonly number[] },
      number | undefined,
      readonly number[],
    ]
  >([
    ['none, up to the limit', own(1, 2, 3), { live: 3, inUse: [3] }, 2, []],
    ['the oldest, beyond it', own(1, 2, 3, 4), { live: 4, inUse: [4] }, 2, [1]],
    ['several', own(1, 2, 3, 4, 5), { live: 5, inUse: [5] }, 1, [3, 2, 1]],
    ['all, without a history', own(1, 2, 3), { live: 3, inUse: [3] }, 0, [2, 1]],
    ['not the one that is live again', own(1, 2, 3, 4), { live: 1, inUse: [1] }, 1, [3, 2]],
    ['none that is in use', own(1, 2, 3, 4), { live: 4, inUse: [1, 2] }, 0, [3]],
    ['none that somebody else made', [...own(2, 4), foreign(1), foreign(3)], { live: 4, inUse: [4] }, 0, [2]],
    ['ten are kept if the spec does not say', own(...range(1, 12)), { live: 12, inUse: [12] }, undefined, [1]],
  ])('%s', (_what, versions, which, limit, expected) => {
    expect(supersededVersions(versions, which, limit)).toEqual(expected);
  });

  test('are never the default, the live one, or so many that fewer are left than the limit', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, fc.nat(), fc.nat(), fc.nat(12), (all, a, b, limit) => {
        const live = all[a % all.length] ?? 0;
        const used = all[b % all.length] ?? 0;
        const gone = supersededVersions(own(...all), { live, inUse: [used] }, limit);
        expect(gone).not.toContain(live);
        expect(gone).not.toContain(used);
        expect(all.length - gone.length).toBeGreaterThanOrEqual(Math.min(all.length, limit + 1));
        expect(all.length - gone.length).toBeLessThanOrEqual(limit + 2);
      }),
    );
  });
});

describe('the version of a content', () => {
  const find = (versions: readonly LaunchTemplateVersion[], current = 1, of = web) => {
    const wanted = desired(of);
    const template = liveTemplate(of, { DefaultVersionNumber: current });
    return liveVersion(wanted, template, versions, contentOf(wanted, undefined))?.VersionNumber;
  };
  const other = launchTemplate('web', { ...smallTemplate, versionDescription: 'other' });
  const adopting = launchTemplate('web', { ...smallTemplate, adoptionPolicy: 'Adopt' });
  const data = { ImageId: 'ami-0123456789abcdef0', InstanceType: 'm5.large' as const };

  test.each<[string, readonly LaunchTemplateVersion[], number, number | undefined]>([
    ['is found by its mark', [ownVersion(other, 1), ownVersion(web, 2), ownVersion(other, 3)], 1, 2],
    ['is the default one of several', own(1, 2, 3), 2, 2],
    ['is the newest of several otherwise', [ownVersion(other, 1), ...own(2, 4, 3)], 1, 4],
    ['is not one of other content', [ownVersion(other, 1)], 1, undefined],
    ['is not one of the same data that somebody else made', [foreign(1, data)], 1, undefined],
  ])('%s', (_what, versions, current, expected) => {
    expect(find(versions, current)).toBe(expected);
  });

  test('is one of the same data when the template is being taken over', () => {
    expect(find([foreign(1, data)], 1, adopting)).toBe(1);
    expect(find([foreign(1, { ...data, Monitoring: {}, SecurityGroupIds: [] })], 1, adopting)).toBe(1);
    expect(find([foreign(1, { ...data, KeyName: 'x' })], 1, adopting)).toBeUndefined();
    expect(find([foreign(1, { ImageId: data.ImageId })], 1, adopting)).toBeUndefined();
  });

  test('is so in spite of the state that EC2 adds to the metadata options', () => {
    const hardened = launchTemplate('web', {
      adoptionPolicy: 'Adopt',
      launchTemplateData: { ...smallTemplate.launchTemplateData, metadataOptions: { httpTokens: 'required' } },
    });
    const live = { ...data, MetadataOptions: { HttpTokens: 'required' as const, State: 'pending' as const } };
    expect(find([foreign(1, live)], 1, hardened)).toBe(1);
  });
});

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
