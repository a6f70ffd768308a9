import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instancesNeeded, type WaitingTask } from '../../../../../sandbox/region/ecs/capacity/scaling/needed.ts';
import {
  type Capacity,
  hasSurplus,
  reservationOf,
  type ScalingLimits,
  type ScalingSettings,
  scaledIn,
  scaledOut,
} from '../../../../../sandbox/region/ecs/capacity/scaling/reservation.ts';

const capacity = (running: number, empty: number, missing: number): Capacity => ({ running, empty, missing });
const SETTINGS: ScalingSettings = { targetCapacity: 100, minimumScalingStepSize: 1, maximumScalingStepSize: 10_000 };
const limits = (desired: number, minimum = 0, maximum = 100): ScalingLimits => ({ desired, minimum, maximum });

describe('CapacityProviderReservation', () => {
  it.each([
    { says: 'nothing needed, nothing there', of: capacity(0, 0, 0), is: 100 },
    { says: 'something needed, nothing there', of: capacity(0, 0, 3), is: 200 },
    { says: 'all in use', of: capacity(4, 0, 0), is: 100 },
    { says: 'half of them empty', of: capacity(4, 2, 0), is: 50 },
    { says: 'all empty', of: capacity(4, 4, 0), is: 0 },
    { says: 'one missing', of: capacity(4, 0, 1), is: 125 },
    { says: 'one missing, and the empty ones are of no use', of: capacity(4, 1, 1), is: 125 },
  ])('CAS-02: $says', ({ of, is }) => {
    expect(reservationOf(of)).toBe(is);
  });
});

describe('scaling out', () => {
  it.each([
    { says: 'CAS-07: two from nothing', of: capacity(0, 0, 5), is: 2 },
    { says: 'CAS-05: what is missing', of: capacity(4, 0, 3), is: 7 },
    {
      says: 'CAS-05: at least the minimum step',
      of: capacity(4, 0, 1),
      settings: { minimumScalingStepSize: 3 },
      is: 7,
    },
    { says: 'CAS-05: at most the maximum step', of: capacity(4, 0, 9), settings: { maximumScalingStepSize: 2 }, is: 6 },
    {
      says: 'CAS-04: head room below a target of 100',
      of: capacity(10, 0, 0),
      settings: { targetCapacity: 90 },
      is: 12,
    },
    { says: 'CAS-03: nothing at the target', of: capacity(9, 0, 0), is: 9 },
    { says: 'CP-05: never above the maximum', of: capacity(4, 0, 9), limits: limits(4, 0, 5), is: 5 },
    { says: 'CP-05: not at all with a maximum of 0', of: capacity(0, 0, 9), limits: limits(0, 0, 0), is: 0 },
  ])('$says', ({ of, settings, limits: given, is }) => {
    expect(scaledOut(of, { ...SETTINGS, ...settings }, given ?? limits(of.running))).toBe(is);
  });
});

describe('scaling in', () => {
  it.each([
    { says: 'CAS-08: at most half at a time', of: capacity(10, 9, 0), is: 5 },
    { says: 'CAS-08: at least one', of: capacity(1, 1, 0), is: 0 },
    { says: 'CAS-03: only the surplus', of: capacity(10, 2, 0), is: 8 },
    { says: 'CAS-04: head room stays', of: capacity(2, 1, 0), settings: { targetCapacity: 90 }, is: 2 },
    { says: 'CP-05: never below the minimum', of: capacity(4, 4, 0), limits: limits(4, 3), is: 3 },
  ])('$says', ({ of, settings, limits: given, is }) => {
    expect(scaledIn(of, { ...SETTINGS, ...settings }, given ?? limits(of.running))).toBe(is);
  });

  it('never happens together with scaling out, and neither leaves the limits of the group', () => {
    const any = fc.record({
      running: fc.nat(50),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      missing: fc.nat(50),
    });
    const percent = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(
        any,
        percent,
        fc.nat(20),
        fc.nat(40),
        ({ running, share, missing }, targetCapacity, minimum, span) => {
          const of = capacity(running, Math.floor(running * share), missing);
          const settings = { ...SETTINGS, targetCapacity };
          const given = limits(Math.min(minimum + span, Math.max(minimum, running)), minimum, minimum + span);
          const out = scaledOut(of, settings, given);
          const back = scaledIn(of, settings, given);
          for (const desired of [out, back]) {
            expect(desired).toBeGreaterThanOrEqual(minimum);
            expect(desired).toBeLessThanOrEqual(minimum + span);
          }
          expect(out > given.desired && hasSurplus(of, settings)).toBe(false);
        },
      ),
    );
  });
});

describe('the instances that waiting tasks need', () => {
  const task = (
    cpu: number,
    memory: number,
    more: Partial<WaitingTask['demand']> = {},
    apart?: string,
  ): WaitingTask => ({
    demand: { cpu, memory, gpus: 0, enis: 0, ports: [], ...more },
    apart,
  });
  const SIZE = { cpu: 2048, memory: 7984, gpus: 0, enis: 2, ports: ['tcp/22'] };

  it.each([
    { says: 'CAS-13: by CPU', tasks: Array(5).fill(task(512, 100)), is: 2 },
    { says: 'CAS-13: by memory', tasks: Array(3).fill(task(1, 4000)), is: 3 },
    { says: 'CAS-13: by network interfaces', tasks: Array(3).fill(task(1, 1, { enis: 1 })), is: 2 },
    { says: 'CAS-13: by ports', tasks: Array(3).fill(task(1, 1, { ports: ['tcp/80'] })), is: 3 },
    { says: 'the largest first', tasks: [task(1024, 1), task(512, 1), task(1536, 1), task(1024, 1)], is: 2 },
    { says: 'CAS-12: none for a task that no instance could take', tasks: [task(4096, 1)], is: 0 },
    { says: 'none for a GPU that the type has not', tasks: [task(1, 1, { gpus: 1 })], is: 0 },
    {
      says: 'CAS-14: one for each of a distinctInstance group',
      tasks: Array(3).fill(task(1, 1, {}, 'service:a')),
      is: 3,
    },
    { says: 'nothing for no tasks', tasks: [], is: 0 },
  ])('$says', ({ tasks, is }) => {
    expect(instancesNeeded(tasks, SIZE)).toBe(is);
  });
});
