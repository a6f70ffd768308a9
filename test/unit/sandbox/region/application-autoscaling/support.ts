import {
  ApplicationAutoScalingClient,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
  type ScalingActivity,
  type StepScalingPolicyConfiguration,
  type TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../../../src/clock.ts';
import type { Metric } from '../../../../sandbox/region/cloudwatch/state.ts';
import { createService, describe1, type Fixture, startPopulated } from '../support.ts';

export const WEB = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/main/web',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const;

export const CPU = {
  namespace: 'AWS/ECS',
  name: 'CPUUtilization',
  dimensions: { ClusterName: 'main', ServiceName: 'web' },
};

export const MEMORY = { ...CPU, name: 'MemoryUtilization' };

export const CPU_50: TargetTrackingScalingPolicyConfiguration = {
  TargetValue: 50,
  PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
};

export const MEMORY_50: TargetTrackingScalingPolicyConfiguration = {
  TargetValue: 50,
  PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageMemoryUtilization' },
};

/** A Monday, and the start of a minute, so that a test's minutes are CloudWatch's. */
export const START = new Date('2026-01-05T08:00:00Z');

const MINUTE = 60_000;

export interface ScalingFixture extends Fixture {
  readonly scaling: ApplicationAutoScalingClient;
}

/** A region in which all is instant, with the service `web` of so many tasks, all of them running, and its deployment completed. */
export async function startScaling(desiredCount = 2): Promise<ScalingFixture> {
  const clock = { ...systemClock, wallMs: () => START.getTime() };
  const fixture = await startPopulated({ speed: 0, timings: 'instant', clock });
  const scaling = new ApplicationAutoScalingClient({
    endpoint: fixture.region.endpoint,
    region: fixture.region.env.AWS_REGION ?? '',
    credentials: { accessKeyId: fixture.region.env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: 'simulated' },
    maxAttempts: 1,
  });
  onTestFinished(() => scaling.destroy());
  await createService(fixture.ecs, { desiredCount });
  fixture.region.advance(0);
  return { ...fixture, scaling };
}

export async function register(
  { scaling }: ScalingFixture,
  input: Partial<RegisterScalableTargetCommandInput> = {},
): Promise<string> {
  const answer = await scaling.send(
    new RegisterScalableTargetCommand({ ...WEB, MinCapacity: 1, MaxCapacity: 10, ...input }),
  );
  return answer.ScalableTargetARN ?? '';
}

/** Puts a policy and returns its ARN. */
export async function putPolicy(
  { scaling }: ScalingFixture,
  PolicyName: string,
  configuration: Partial<PutScalingPolicyCommandInput>,
): Promise<string> {
  const answer = await scaling.send(new PutScalingPolicyCommand({ ...WEB, PolicyName, ...configuration }));
  return answer.PolicyARN ?? '';
}

export const tracking = (
  configuration: TargetTrackingScalingPolicyConfiguration,
): Partial<PutScalingPolicyCommandInput> => ({
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: configuration,
});

export const stepping = (configuration: StepScalingPolicyConfiguration): Partial<PutScalingPolicyCommandInput> => ({
  PolicyType: 'StepScaling',
  StepScalingPolicyConfiguration: configuration,
});

/** Publishes these values of a metric, one a minute; the last one is published, and its minute not over. */
export function publish({ region }: Fixture, metric: Metric, values: readonly number[]): void {
  for (const [index, value] of values.entries()) {
    if (index > 0) region.advance(MINUTE);
    region.publishMetric({ ...metric, value });
  }
}

export const minutes = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

export const pass = ({ region }: Fixture, count: number): void => region.advance(count * MINUTE);

export async function desired({ ecs }: Fixture): Promise<number> {
  return (await describe1(ecs)).desiredCount ?? -1;
}

/** Sets the count by hand. */
export async function setCount({ ecs, region }: Fixture, desiredCount: number): Promise<void> {
  await ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount }));
  region.advance(0);
}

/** Newest first, with those that did not scale. */
export async function activities({ scaling }: ScalingFixture): Promise<ScalingActivity[]> {
  const { ScalingActivities = [] } = await scaling.send(
    new DescribeScalingActivitiesCommand({ ...WEB, IncludeNotScaledActivities: true }),
  );
  return ScalingActivities;
}

/** Codes of why nothing was scaled, newest first. */
export async function notScaled(fixture: ScalingFixture): Promise<(string | undefined)[]> {
  return (await activities(fixture)).flatMap(({ NotScaledReasons = [] }) => NotScaledReasons.map(({ Code }) => Code));
}

/** The names of the alarms that trigger a policy. */
export async function alarmsOf({ scaling }: ScalingFixture, policy: string): Promise<string[]> {
  const { ScalingPolicies = [] } = await scaling.send(
    new DescribeScalingPoliciesCommand({ ...WEB, PolicyNames: [policy] }),
  );
  return ScalingPolicies.flatMap(({ Alarms = [] }) => Alarms.map(({ AlarmName = '' }) => AlarmName));
}
