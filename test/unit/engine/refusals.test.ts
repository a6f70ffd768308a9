import { InvalidParameterException } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { fromAws } from '../../../src/aws/errors.ts';
import type { OperatorError } from '../../../src/errors.ts';
import { Harness, promises, shown } from './harness.ts';

const unattached = 'The target group with targetGroupArn arn:t does not have an associated load balancer.';

function refusal(message: string): OperatorError {
  const error = new InvalidParameterException({ message, $metadata: { httpStatusCode: 400, requestId: 'r-1' } });
  return fromAws(error, 'CreateService');
}

/** A new object whose creation AWS refuses until it is told not to, and what can be seen of it second by second. */
async function refused(message: string) {
  const world = new Harness();
  world.controller().start();
  const refusals = Array.from({ length: 1_000 }, () => refusal(message));
  const { sendErrors } = world.cloud;
  sendErrors.push(...refusals);
  world.put('a', { size: 1 });
  await promises();
  const conditions = (): string => shown(world.get('team/a')?.status?.conditions);
  return {
    conditions,
    message: () => world.get('team/a')?.status?.conditions?.[0]?.message,
    heal: () => sendErrors.splice(0),
    tries: () => refusals.length - sendErrors.length,
    /** How many seconds pass until the conditions are these, or undefined if they never are. */
    async secondsUntil(expected: string, seconds: number): Promise<number | undefined> {
      for (let second = 0; second <= seconds; second += 1) {
        if (conditions() === expected) return second;
        const end = world.clock.monotonicMs() + 1_000;
        while (world.clock.monotonicMs() < end) {
          world.clock.advance(Math.min(world.clock.pending[0] ?? 1_000, end - world.clock.monotonicMs()));
          await promises();
        }
      }
      return undefined;
    },
  };
}

const waiting = 'Ready=False TargetGroupNotAttached, Reconciling=True TargetGroupNotAttached';
const stalled = 'Ready=False TargetGroupNotAttached, Stalled=True TargetGroupNotAttached';

describe('a refusal that heals by itself', () => {
  test('is waited for, told from the first, and over soon after it has healed', async () => {
    const world = await refused(unattached);
    expect(world.conditions()).toBe(waiting);
    expect(world.message()).toContain(unattached);
    expect(await world.secondsUntil(stalled, 60)).toBeUndefined();
    expect(world.conditions()).toBe(waiting);
    world.heal();
    expect(await world.secondsUntil('Ready=True Live', 30)).toBeLessThanOrEqual(30);
  });

  test('is believed after five minutes, and not tried all the time until then', async () => {
    const world = await refused(unattached);
    const seconds = await world.secondsUntil(stalled, 600);
    expect(seconds).toBeGreaterThanOrEqual(300);
    expect(seconds).toBeLessThanOrEqual(330);
    expect(world.tries()).toBeLessThanOrEqual(30);
    expect(await world.secondsUntil(waiting, 700)).toBeUndefined();
  });
});

test('another refusal is believed at the fifth try, within seconds', async () => {
  const world = await refused('The subnet ID subnet-1 does not exist.');
  const seconds = await world.secondsUntil('Ready=False InvalidParameter, Stalled=True InvalidParameter', 60);
  expect(seconds).toBeLessThanOrEqual(15);
  expect(world.tries()).toBe(5);
});
