import { expect, test } from 'vitest';
import { groupStatus } from '../../../../src/kinds/auto-scaling-group/status.ts';
import { desired } from '../../../support/builders.ts';
import {
  autoScalingGroup,
  liveGroup,
  observedGroup,
  template,
  templateField,
} from '../../../support/builders-auto-scaling-group.ts';

/** What the status says of who scales the group, when AWS shows it with or without ECS's mark and the status said so before. */
function told(marked: boolean, before?: boolean): boolean | undefined {
  const of = autoScalingGroup('nodes', {}, { status: { scaledByCapacityProvider: before } });
  const { Tags = [], ...live } = liveGroup(of, { DesiredCapacity: 0 });
  const mark = { Key: 'AmazonECSManaged', Value: '', ResourceId: 'nodes', PropagateAtLaunch: true };
  const group = { ...live, Tags: marked ? [...Tags, mark] : Tags };
  return groupStatus(desired(of, { [templateField]: template('3') }), observedGroup(group)).scaledByCapacityProvider;
}

test('a group that a capacity provider has marked since it was made is told to be scaled by it', () => {
  const first = told(false);
  expect(first).toBeUndefined();
  expect(told(true, first)).toBe(true);
});

test('what the policies told last of a marked group stays until they are read again', () => {
  expect([told(true, false), told(true, true)]).toEqual([false, true]);
});
