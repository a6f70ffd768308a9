import { describe, expect, test } from 'vitest';
import type { AutoScalingGroupStatus } from '../../../../src/kinds/auto-scaling-group/api.ts';
import { concernsRefresh, refreshStatus } from '../../../../src/kinds/auto-scaling-group/refresh-record.ts';
import { wantedTemplate } from '../../../../src/kinds/auto-scaling-group/template.ts';
import { deleted, desired } from '../../../support/builders.ts';
import {
  autoScalingGroup,
  liveGroup,
  observedGroup,
  template,
  templateField,
} from '../../../support/builders-auto-scaling-group.ts';

const ended = {
  id: 'r',
  status: 'Successful',
  generation: 1,
  startTime: '2026-01-01T00:00:00Z',
  endTime: '2026-01-01T01:00:00Z',
} as const;

function situation({ version = '3', ...status }: AutoScalingGroupStatus & { version?: string } = {}, metadata = {}) {
  const of = autoScalingGroup('nodes', { instanceRefresh: { minHealthyPercentage: 90 } }, { status, metadata });
  return { desired: desired(of, { [templateField]: template(version) }), group: liveGroup(of) };
}

describe('the newest refresh is read', () => {
  test.each([
    ['not of a group that has what it wants', situation({ instanceRefresh: ended }), false],
    ['while one was under way', situation({ instanceRefresh: { ...ended, endTime: undefined } }), true],
    ['when another version is wanted', situation({ instanceRefresh: ended, version: '4' }), true],
    ['of a group that is being deleted', situation({}, deleted), true],
  ])('%s', (_when, { desired, group }, isRead) => {
    expect(concernsRefresh(desired, group)).toBe(isRead);
  });
});

describe('what was told of the newest refresh', () => {
  const told = (status: AutoScalingGroupStatus) => {
    const { desired, group } = situation(status);
    return refreshStatus(desired, observedGroup(group), wantedTemplate(desired));
  };
  const { AutoScalingGroupARN: autoScalingGroupArn } = situation().group;

  test('stays while it is not read again', () => {
    expect(told({ instanceRefresh: ended, autoScalingGroupArn })).toEqual(ended);
  });

  test('goes with a group of the same name that has been deleted', () => {
    expect(told({ instanceRefresh: ended, autoScalingGroupArn: `${autoScalingGroupArn}-earlier` })).toBeUndefined();
  });
});
