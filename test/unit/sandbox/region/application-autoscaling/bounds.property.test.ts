import {
  DescribeScalableTargetsCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describe1 } from '../support.ts';
import {
  CPU,
  CPU_50,
  MEMORY,
  MEMORY_50,
  minutes,
  pass,
  publish,
  putPolicy,
  register,
  type ScalingFixture,
  startScaling,
  stepping,
  tracking,
  WEB,
} from './support.ts';

const bounds = fc
  .tuple(fc.nat(6), fc.nat(6))
  .map(([MinCapacity, more]) => ({ MinCapacity, MaxCapacity: MinCapacity + more }));

type Run = (fixture: ScalingFixture) => unknown;
/** Named, so that a counterexample can be read. */
type Step = readonly [string, Run];

const named = (name: string, run: Run): Step => [name, run];
const json = JSON.stringify;

const suspended = fc.record({
  DynamicScalingInSuspended: fc.boolean(),
  DynamicScalingOutSuspended: fc.boolean(),
  ScheduledScalingSuspended: fc.boolean(),
});
const published = fc.tuple(fc.constantFrom(CPU, MEMORY), fc.integer({ min: 1, max: 20 }), fc.nat(300));
const alarm = fc.tuple(fc.constantFrom('more', 'less'), fc.constantFrom('ALARM', 'OK'));

/** Anything that scales or changes what scaling is bound by; counts set by hand may lie outside the bounds, so there are none. */
const step: fc.Arbitrary<Step> = fc.oneof(
  bounds.map((given) => named(`register ${json(given)}`, (fixture) => register(fixture, given))),
  suspended.map((SuspendedState) =>
    named(`suspend ${json(SuspendedState)}`, ({ scaling }) =>
      scaling.send(new RegisterScalableTargetCommand({ ...WEB, SuspendedState })),
    ),
  ),
  published.map(([metric, count, value]) =>
    named(`${metric.name} ${value} for ${count} min`, (fixture) => publish(fixture, metric, minutes(count, value))),
  ),
  alarm.map(([name, state]) => named(`${name} ${state}`, ({ region }) => region.setAlarm(name, state))),
  fc.integer({ min: 1, max: 30 }).map((count) => named(`${count} min`, (fixture) => pass(fixture, count))),
  bounds.map((ScalableTargetAction) =>
    named(`schedule ${json(ScalableTargetAction)}`, ({ scaling }) => {
      const plan = { ScheduledActionName: 'plan', Schedule: 'rate(7 minutes)', ScalableTargetAction };
      return scaling.send(new PutScheduledActionCommand({ ...WEB, ...plan }));
    }),
  ),
  fc.constant(
    named('deploy', ({ ecs }) =>
      ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', forceNewDeployment: true })),
    ),
  ),
);

it('whatever scales a service, its count stays within the bounds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      const fixture = await startScaling(3);
      await register(fixture, { MinCapacity: 1, MaxCapacity: 5 });
      await putPolicy(fixture, 'cpu', tracking(CPU_50));
      await putPolicy(fixture, 'memory', tracking({ ...MEMORY_50, ScaleOutCooldown: 0, ScaleInCooldown: 0 }));
      const more = await putPolicy(
        fixture,
        'more',
        stepping({
          AdjustmentType: 'PercentChangeInCapacity',
          Cooldown: 0,
          StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 70 }],
        }),
      );
      const less = await putPolicy(
        fixture,
        'less',
        stepping({
          AdjustmentType: 'ChangeInCapacity',
          Cooldown: 60,
          StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -3 }],
        }),
      );
      fixture.region.putMetricAlarm({ name: 'more', actions: [more] });
      fixture.region.putMetricAlarm({ name: 'less', actions: [less] });
      for (const [, run] of steps) {
        await run(fixture);
        const { ScalableTargets = [] } = await fixture.scaling.send(
          new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }),
        );
        const { desiredCount } = await describe1(fixture.ecs);
        expect(desiredCount).toBeGreaterThanOrEqual(ScalableTargets[0]?.MinCapacity ?? Number.NaN);
        expect(desiredCount).toBeLessThanOrEqual(ScalableTargets[0]?.MaxCapacity ?? Number.NaN);
      }
    }),
    { numRuns: 20 },
  );
}, 60_000);
