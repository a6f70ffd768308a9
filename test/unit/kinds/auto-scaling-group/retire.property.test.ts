import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallStep, Step } from '../../../../src/engine/kind.ts';
import { autoScalingGroup as kind } from '../../../../src/kinds/auto-scaling-group/kind.ts';
import { deleted, desired } from '../../../support/builders.ts';
import { autoScalingGroup } from '../../../support/builders-auto-scaling-group.ts';
import { type Member, ModelGroup } from './retire-model.ts';

const DELETED_AT = Date.parse(deleted.deletionTimestamp ?? '');
const MINUTE = 60_000;

/** More than the largest group of these takes to lose its tasks one by one, some to each other. */
const ENOUGH_PASSES = 200;

const member: fc.Arbitrary<Omit<Member, 'id'>> = fc.record({
  state: fc.constantFrom(
    'InService',
    'InService',
    'InService',
    'Pending',
    'Standby',
    'Terminating',
    'Terminating:Retained',
  ),
  isProtected: fc.boolean(),
  registered: fc.boolean(),
  connected: fc.boolean(),
  draining: fc.boolean(),
  tasks: fc.nat({ max: 4 }),
  standalone: fc.nat({ max: 2 }),
});

const group = fc
  .record({
    members: fc.array(member, { maxLength: 12 }),
    missing: fc.nat({ max: 2 }),
    room: fc.nat({ max: 4 }),
    protectsNew: fc.boolean(),
    hasWarmPool: fc.boolean(),
  })
  .map(({ members, missing, room, ...more }) => {
    const wanted = members.filter(({ state }) => state === 'InService' || state === 'Pending').length + missing;
    const sizes = { min: Math.min(1, wanted), desired: wanted, max: wanted + room };
    return { members: members.map((each, index) => ({ ...each, id: `i-${index}.` })), sizes, more };
  });

/** Where a pass is cut off: after so many calls the operator is killed. */
const interruptions = fc.infiniteStream(fc.constantFrom(0, 1, 2, Number.POSITIVE_INFINITY));

test('a group is always deleted in the end, and tasks of services are moved off an instance before it goes, wherever the operator is killed', () => {
  fc.assert(
    fc.property(group, interruptions, ({ members, sizes, more }, cuts) => {
      const model = new ModelGroup(members, sizes, more);
      for (let pass = 0; pass < ENOUGH_PASSES && !model.isGone; pass += 1) {
        const of = autoScalingGroup('nodes', {}, { metadata: deleted, status: { cluster: 'prod' } });
        const now = DELETED_AT + pass * MINUTE;
        const calls = leading(kind.retire({ ...desired(of), now }, model.observed()));
        for (const call of calls.slice(0, cuts.next().value)) model.apply(call);
        model.tick();
      }
      expect(model.killed).toEqual([]);
      expect(model.isGone).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('with forceDelete one pass is enough', () => {
  fc.assert(
    fc.property(group, ({ members, sizes, more }) => {
      const of = autoScalingGroup('nodes', { forceDelete: true }, { metadata: deleted, status: { cluster: 'prod' } });
      const steps = kind.retire(desired(of), new ModelGroup(members, sizes, more).observed());
      expect(steps.at(-1)).toMatchObject({
        operation: 'DeleteAutoScalingGroup',
        command: { input: { ForceDelete: true } },
      });
    }),
  );
});

/** What the engine sends: the calls before the first wait. */
function leading(steps: readonly Step[]): readonly CallStep[] {
  const end = steps.findIndex(({ kind }) => kind === 'wait');
  return (end === -1 ? steps : steps.slice(0, end)).filter((step) => step.kind === 'call');
}
