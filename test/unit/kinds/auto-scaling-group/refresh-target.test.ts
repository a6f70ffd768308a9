import type { DesiredConfiguration, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import { describe, expect, test } from 'vitest';
import { refreshesTo, templateLabel } from '../../../../src/kinds/auto-scaling-group/refresh-target.ts';
import type { WantedTemplate } from '../../../../src/kinds/auto-scaling-group/template.ts';
import { autoScalingGroup, liveGroup } from '../../../support/builders-auto-scaling-group.ts';
import { refreshTo } from '../../../support/builders-instance-refresh.ts';

/** Its template is `lt-1`, which is called `nodes`. */
const group = liveGroup(autoScalingGroup('nodes'));

function knownAgain(target: DesiredConfiguration | undefined, wanted: WantedTemplate): boolean {
  return refreshesTo(refreshTo('4', { DesiredConfiguration: target }), group, wanted);
}

const plain = (specification: LaunchTemplateSpecification): WantedTemplate => ({ specification, policy: undefined });

describe('whether a refresh rolls out what is wanted', () => {
  const byId = { LaunchTemplateId: 'lt-1', Version: '4' };
  const byName = { LaunchTemplateName: 'nodes', Version: '4' };
  const cases: readonly (readonly [string, LaunchTemplateSpecification, LaunchTemplateSpecification, boolean])[] = [
    ['the same id and version', byId, byId, true],
    ['the same name and version', byName, byName, true],
    ['an answer with id and name', { ...byId, ...byName }, byName, true],
    ['an id for the name that the group has', byId, byName, true],
    ['a name for the id that the group has', byName, byId, true],
    [
      'a name that nobody can tell from the id',
      { LaunchTemplateId: 'lt-9', Version: '4' },
      { LaunchTemplateName: 'else', Version: '4' },
      true,
    ],
    ['another version', { ...byId, Version: '5' }, byId, false],
    ['another id', { ...byId, LaunchTemplateId: 'lt-2' }, byId, false],
    ['another name', { LaunchTemplateName: 'arm', Version: '4' }, byName, false],
    ['a number for an alias', byId, { LaunchTemplateId: 'lt-1', Version: '$Latest' }, true],
    ['no version for the default', byId, { LaunchTemplateId: 'lt-1' }, true],
  ];
  test.each(cases)('%s', (_name, have, want, same) => {
    expect(knownAgain({ LaunchTemplate: have }, plain(want))).toBe(same);
  });

  const policy = (version: string, own: string, type: 'm7g.large' | 'c7g.large' = 'm7g.large', id = 'lt-2') => ({
    LaunchTemplate: {
      LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: version },
      Overrides: [{ InstanceType: type, LaunchTemplateSpecification: { LaunchTemplateId: id, Version: own } }],
    },
  });
  const mixed = (version: string, own: string): WantedTemplate => {
    const wanted = policy(version, own);
    return { specification: wanted.LaunchTemplate.LaunchTemplateSpecification, policy: wanted };
  };

  test('of a mixed instances policy all versions and types count', () => {
    expect(knownAgain({ MixedInstancesPolicy: policy('4', '7') }, mixed('4', '7'))).toBe(true);
    expect(knownAgain({ MixedInstancesPolicy: policy('3', '7') }, mixed('4', '7'))).toBe(false);
    expect(knownAgain({ MixedInstancesPolicy: policy('4', '6') }, mixed('4', '7'))).toBe(false);
    expect(knownAgain({ MixedInstancesPolicy: policy('4', '7', 'c7g.large') }, mixed('4', '7'))).toBe(false);
  });

  test('a policy is no template, and a template no policy', () => {
    expect(knownAgain({ LaunchTemplate: byId }, mixed('4', '7'))).toBe(false);
    expect(knownAgain({ MixedInstancesPolicy: policy('4', '7') }, plain(byId))).toBe(false);
  });

  test('one without a configuration rolls out what the group has', () => {
    expect(knownAgain(undefined, plain({ LaunchTemplateId: 'lt-1', Version: '3' }))).toBe(true);
    expect(knownAgain({}, plain(byId))).toBe(false);
  });
});

test('a template is called by its id, else by its name, with its version', () => {
  expect(templateLabel({ LaunchTemplateId: 'lt-1', LaunchTemplateName: 'nodes', Version: '4' })).toBe('lt-1:4');
  expect(templateLabel({ LaunchTemplateName: 'nodes' })).toBe('nodes:$Default');
  expect(templateLabel(undefined)).toBeUndefined();
});
