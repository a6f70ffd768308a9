import { describe, expect, test } from 'vitest';
import { actionClasses, bucketOf } from '../../../src/aws/actionclasses.ts';
import { type BudgetOptions, RequestBudget } from '../../../src/aws/budget.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const never = new AbortController().signal;

async function admittedAtOnce(budget: RequestBudget, operation: string, service = 'ecs'): Promise<number> {
  let count = 0;
  try {
    for (; count < 500; ) {
      const { turn } = budget.acquire(service, operation, 'user', never);
      const first = await Promise.race([turn.then(() => true), new Promise((done) => setImmediate(done, false))]);
      if (first !== true) break;
      count += 1;
    }
  } catch {
    // Turned away.
  }
  return count;
}

function start(options: Partial<BudgetOptions> = {}) {
  const clock = new VirtualClock();
  return { clock, budget: new RequestBudget(clock, options) };
}

const classes = [...actionClasses].flatMap(([service, byName]) =>
  Object.entries(byName).map(([name, { burst, actions }]) => ({ service, name, burst, actions })),
);

describe('classes', () => {
  test.each(classes)(
    '$service $name lets AWS’s whole burst of $burst through, whichever of its actions asks',
    async ({ service, burst, actions }) => {
      const { budget } = start();
      const [first, last] = [actions[0] ?? '', actions.at(-1) ?? ''];
      for (let i = 0; i < burst - 1; i += 1) await budget.acquire(service, first, 'background', never).turn;
      expect(await admittedAtOnce(budget, last, service)).toBe(1);
    },
  );

  test('no action of a service is in two classes', () => {
    const actions = classes.flatMap(({ service, actions: all }) => all.map((action) => `${service}:${action}`));
    expect(new Set(actions).size).toBe(actions.length);
  });

  test('classes do not share tokens', async () => {
    const { budget } = start();
    await admittedAtOnce(budget, 'RegisterTaskDefinition');
    expect(await admittedAtOnce(budget, 'DescribeTaskDefinition')).toBe(50);
  });

  test('RunTask has the guide’s lower quota to itself, RT-5', async () => {
    const { budget } = start();
    expect(await admittedAtOnce(budget, 'RunTask')).toBe(20);
    expect(await admittedAtOnce(budget, 'StartTask')).toBe(100);
  });

  test('services do not share tokens, also when their actions have the same name', async () => {
    const { budget } = start();
    expect(await admittedAtOnce(budget, 'DescribeTags', 'autoscaling')).toBe(50);
    expect(await admittedAtOnce(budget, 'DescribeTags', 'ec2')).toBe(100);
    expect(bucketOf('ecs', 'DescribeTags').name).not.toBe(bucketOf('ssm', 'DescribeTags').name);
  });

  test('each action of EC2 has a bucket of its own, larger for reads', async () => {
    const { budget } = start();
    expect(await admittedAtOnce(budget, 'DescribeLaunchTemplates', 'ec2')).toBe(100);
    expect(await admittedAtOnce(budget, 'DescribeLaunchTemplateVersions', 'ec2')).toBe(100);
    expect(await admittedAtOnce(budget, 'CreateLaunchTemplate', 'ec2')).toBe(50);
    expect(await admittedAtOnce(budget, 'DeleteLaunchTemplate', 'ec2')).toBe(50);
  });

  test('all actions of Auto Scaling share one bucket', async () => {
    const { budget } = start();
    expect(await admittedAtOnce(budget, 'DescribeAutoScalingGroups', 'autoscaling')).toBe(50);
    expect(await admittedAtOnce(budget, 'UpdateAutoScalingGroup', 'autoscaling')).toBe(0);
  });

  test('an action that AWS does not list has a small bucket of its own', async () => {
    const { budget } = start();
    expect(bucketOf('ecs', 'CreateTaskSet').name).toBe('ecs:CreateTaskSet');
    expect(await admittedAtOnce(budget, 'CreateTaskSet')).toBe(10);
    expect(await admittedAtOnce(budget, 'DeleteTaskSet')).toBe(10);
  });
});

describe('shares', () => {
  test('half of AWS’s refill is ours, and a raised quota scales burst and refill', async () => {
    const { clock, budget } = start();
    expect(await admittedAtOnce(budget, 'UpdateService')).toBe(50);
    const raised = start({ quotaScale: 2 });
    expect(await admittedAtOnce(raised.budget, 'UpdateService')).toBe(100);
    clock.advance(4_000);
    raised.clock.advance(4_000);
    // 5 a second by AWS's table, so 2.5 for us; the one that was left waiting takes one.
    expect(await admittedAtOnce(budget, 'UpdateService')).toBe(9);
    expect(await admittedAtOnce(raised.budget, 'UpdateService')).toBe(19);
  });
});

describe('a line that is too long', () => {
  test('turns callers away as throttled, each to come back when his token is there, and nobody after too long', async () => {
    const { clock, budget } = start({ maxWaitMs: 4_000, maxAwayMs: 10_000 });
    const turns: Promise<void>[] = [];
    for (let i = 0; i < 22; i += 1)
      turns.push(budget.acquire('ecs', 'RegisterTaskDefinition', 'background', never).turn);
    const refused = (): unknown => {
      try {
        return budget.acquire('ecs', 'RegisterTaskDefinition', 'background', never);
      } catch (error) {
        return error;
      }
    };
    expect(refused()).toMatchObject({ disposition: 'throttled', reason: 'BudgetExhausted', retryAfterMs: 6_000 });
    expect(refused()).toMatchObject({ retryAfterMs: 8_000 });
    expect(refused()).toMatchObject({ retryAfterMs: 10_000 });
    clock.randomValue = 0;
    expect(refused()).toMatchObject({ retryAfterMs: 7_500 });
    clock.randomValue = 1;
    expect(refused()).toMatchObject({ retryAfterMs: 12_500 });
    // A user's change waits behind nobody here.
    expect(() => budget.acquire('ecs', 'RegisterTaskDefinition', 'user', never)).not.toThrow();
    clock.advance(6_000);
    await Promise.all(turns.slice(0, 22));
  });

  test('sends background callers away behind users, and users behind no background caller', () => {
    const { budget } = start({ maxWaitMs: 0 });
    for (let i = 0; i < 20; i += 1) budget.acquire('ecs', 'RegisterTaskDefinition', 'user', never);
    const refused = (priority: 'user' | 'background'): unknown => {
      try {
        return budget.acquire('ecs', 'RegisterTaskDefinition', priority, never);
      } catch (error) {
        return error;
      }
    };
    expect(refused('background')).toMatchObject({ retryAfterMs: 2_000 });
    expect(refused('background')).toMatchObject({ retryAfterMs: 4_000 });
    expect(refused('user')).toMatchObject({ retryAfterMs: 2_000 });
    expect(refused('user')).toMatchObject({ retryAfterMs: 4_000 });
    expect(refused('user')).toMatchObject({ retryAfterMs: 6_000 });
    expect(refused('background')).toMatchObject({ retryAfterMs: 8_000 });
  });

  test('a throttle answer lowers the rate of its class alone', () => {
    const { budget } = start();
    expect(budget.throttled('ecs', 'UpdateService')).toBe(1.25);
    expect(budget.throttled('ecs', 'DescribeServices')).toBe(5);
    expect(budget.throttled('autoscaling', 'PutWarmPool')).toBe(5);
    expect(budget.throttled('ssm', 'GetParameters')).toBe(10);
  });
});

describe('several replicas', () => {
  test('have together what one would have alone', async () => {
    const replicas = [start(), start(), start()];
    for (const { budget } of replicas) budget.share = 1 / 3;
    const counts = await Promise.all(replicas.map(({ budget }) => admittedAtOnce(budget, 'DescribeTaskDefinition')));
    const together = counts.reduce((sum, count) => sum + count, 0);
    const alone = await admittedAtOnce(start().budget, 'DescribeTaskDefinition');
    expect(together).toBeLessThanOrEqual(alone);
    expect(together).toBeGreaterThan(alone - replicas.length);
  });

  test('do not get a second burst by taking over a share', async () => {
    const { budget } = start();
    budget.share = 0.5;
    const first = await admittedAtOnce(budget, 'DescribeTaskDefinition');
    budget.share = 1;
    expect(first).toBe(25);
    expect(await admittedAtOnce(budget, 'DescribeTaskDefinition')).toBe(0);
  });

  test('can each send something, however small their shares', async () => {
    const { budget } = start();
    budget.share = 1 / 64;
    expect(await admittedAtOnce(budget, 'RegisterTaskDefinition')).toBe(1);
  });
});
