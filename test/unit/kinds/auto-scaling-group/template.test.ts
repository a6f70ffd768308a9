import type { Instance } from '@aws-sdk/client-auto-scaling';
import { describe, expect, test } from 'vitest';
import { isOutdated, type WantedTemplate } from '../../../../src/kinds/auto-scaling-group/template.ts';
import { instance } from '../../../support/builders-auto-scaling-group.ts';

const version3 = { LaunchTemplateId: 'lt-1', Version: '3' };
const graviton = { LaunchTemplateId: 'lt-2', LaunchTemplateName: 'arm', Version: '8' };

const mixed: WantedTemplate = {
  specification: version3,
  policy: {
    LaunchTemplate: {
      LaunchTemplateSpecification: version3,
      Overrides: [
        { InstanceType: 'm7i.large' },
        { InstanceType: 'm7g.large', LaunchTemplateSpecification: { LaunchTemplateName: 'arm', Version: '8' } },
      ],
    },
  },
};

const byRequirements: WantedTemplate = {
  specification: version3,
  policy: {
    LaunchTemplate: {
      LaunchTemplateSpecification: version3,
      Overrides: [{ InstanceRequirements: { VCpuCount: { Min: 2 }, MemoryMiB: { Min: 1 } } }],
    },
  },
};

const group = (specification: WantedTemplate['specification']): WantedTemplate => ({
  specification,
  policy: undefined,
});

describe('an instance is outdated', () => {
  test.each<[string, Partial<Instance>, WantedTemplate, boolean]>([
    ['never of the version that is wanted', {}, group(version3), false],
    ['of another version', {}, group({ ...version3, Version: '4' }), true],
    ['of another template', {}, group({ LaunchTemplateId: 'lt-9', Version: '3' }), true],
    ['of another template by name', {}, group({ LaunchTemplateName: 'theirs', Version: '3' }), true],
    ['never of the template by its name', {}, group({ LaunchTemplateName: 'nodes', Version: '3' }), false],
    ['if it was attached by hand', { LaunchTemplate: undefined }, group(version3), true],
    ['never where only EC2 knows what $Latest is', {}, group({ LaunchTemplateId: 'lt-1', Version: '$Latest' }), false],
    ['never without a version', {}, group({ LaunchTemplateId: 'lt-1' }), false],
    ['never in a group of a launch configuration', { LaunchTemplate: undefined }, group(undefined), false],
    ['never of its override with the template of the policy', { InstanceType: 'm7i.large' }, mixed, false],
    ['never of its override with a template of its own', { LaunchTemplate: graviton }, mixed, false],
    ['of its override with another template', {}, mixed, true],
    ['of a type that no override lists', { InstanceType: 'c7g.large' }, mixed, true],
    ['never of a type where requirements choose it', { InstanceType: 'c7g.large' }, byRequirements, false],
  ])('%s', (_when, more, wanted, expected) => {
    expect(isOutdated(instance('i-1', more), wanted)).toBe(expected);
  });
});
