import type { AutoScalingGroup, LaunchTemplateOverrides } from '@aws-sdk/client-auto-scaling';
import type { LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { launchedTypes, typeOfTemplate } from '../../../../src/kinds/cluster/launched-types.ts';
import { groupInstance, scalingGroup } from '../../../support/builders-cluster.ts';

const template = (Version: string) => ({ LaunchTemplateId: 'lt-1', Version });

function mixed(...Overrides: readonly LaunchTemplateOverrides[]): Partial<AutoScalingGroup> {
  const policy = { LaunchTemplateSpecification: template('2'), Overrides: [...Overrides] };
  return { MixedInstancesPolicy: { LaunchTemplate: policy } };
}

const ofVersion = (Version: string) => groupInstance('i-1', { LaunchTemplate: template(Version) });

describe('the instance types that a group launches', () => {
  test.each<[string, Partial<AutoScalingGroup>, readonly string[] | undefined]>([
    [
      'are those of its overrides',
      mixed({ InstanceType: 'm5.large' }, { InstanceType: 'm5a.large' }, { InstanceType: 'm5.large' }),
      ['m5.large', 'm5a.large'],
    ],
    ['are not known where overrides say what an instance must have', mixed({ InstanceRequirements: undefined }), []],
    [
      'are that of an instance of its present version',
      { LaunchTemplate: template('2'), Instances: [ofVersion('2')] },
      ['m5.large'],
    ],
    ['are not that of an earlier version', { LaunchTemplate: template('2'), Instances: [ofVersion('1')] }, undefined],
    ['are known to the template only, before there is an instance', { LaunchTemplate: template('2') }, undefined],
    ['are known to the template only, without overrides too', mixed(), undefined],
  ])('%s', (_what, group, types) => {
    expect(launchedTypes(scalingGroup('ec2', group))).toEqual(types);
  });

  test('are in the version of the template that it names', () => {
    const version = (VersionNumber: number, InstanceType?: 'm5.large' | 'm5.xlarge'): LaunchTemplateVersion => ({
      VersionNumber,
      DefaultVersion: VersionNumber === 2,
      LaunchTemplateData: { InstanceType },
    });
    const versions = [version(3, 'm5.xlarge'), version(2, 'm5.large'), version(1)];
    expect(typeOfTemplate(template('3'), versions)).toEqual(['m5.xlarge']);
    expect(typeOfTemplate(template('$Latest'), versions)).toEqual(['m5.xlarge']);
    expect(typeOfTemplate(template('$Default'), versions)).toEqual(['m5.large']);
    expect(typeOfTemplate({ LaunchTemplateId: 'lt-1' }, versions)).toEqual(['m5.large']);
    expect(typeOfTemplate(template('1'), versions)).toEqual([]);
    expect(typeOfTemplate(template('9'), versions)).toEqual([]);
  });
});
