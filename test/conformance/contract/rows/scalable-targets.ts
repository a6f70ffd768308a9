import { expect } from 'vitest';
import type { Aws } from '../aws.ts';
import { createService, describeService, type Placed } from '../builders.ts';
import { must, only, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

const TARGET = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

interface Registered {
  readonly placed: Placed;
  readonly ResourceId: string;
}

/** A service that may have 1 to 4 tasks. */
async function registered(aws: Aws, bounds = { MinCapacity: 1, MaxCapacity: 4 }): Promise<Registered> {
  const placed = await createService(aws);
  await aws.settle();
  const ResourceId = `service/${placed.cluster}/${placed.serviceName}`;
  await aws.applicationAutoScaling.registerScalableTarget({ ...TARGET, ResourceId, ...bounds });
  return { placed, ResourceId };
}

function tracking(
  ResourceId: string,
  TargetValue: number,
): Parameters<Aws['applicationAutoScaling']['putScalingPolicy']>[0] {
  return {
    ...TARGET,
    ResourceId,
    PolicyName: 'cpu',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    },
  };
}

export const scalableTargets: readonly Row[] = [
  row('AS-01', 'a service is registered as service/<cluster>/<service>', async (aws) => {
    const { ResourceId } = await registered(aws);
    const { ScalableTargets } = await aws.applicationAutoScaling.describeScalableTargets({
      ServiceNamespace: 'ecs',
      ResourceIds: [ResourceId],
    });
    expect(only(ScalableTargets)).toMatchObject({ ...TARGET, ResourceId, MinCapacity: 1, MaxCapacity: 4 });
  }),
  // go-to-k/cdk-real-drift, the recorded target HuntScalableTarget.
  row('AS-12', 'nothing is suspended unless told so', async (aws) => {
    const { ResourceId } = await registered(aws);
    const { ScalableTargets } = await aws.applicationAutoScaling.describeScalableTargets({
      ServiceNamespace: 'ecs',
      ResourceIds: [ResourceId],
    });
    expect(only(ScalableTargets).SuspendedState).toEqual({
      DynamicScalingInSuspended: false,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: false,
    });
  }),
  row('AS-12b', 'registering again changes what it names and keeps the rest', async (aws) => {
    const { ResourceId } = await registered(aws);
    await aws.applicationAutoScaling.registerScalableTarget({ ...TARGET, ResourceId, MaxCapacity: 8 });
    const { ScalableTargets } = await aws.applicationAutoScaling.describeScalableTargets({
      ServiceNamespace: 'ecs',
      ResourceIds: [ResourceId],
    });
    expect(only(ScalableTargets)).toMatchObject({ MinCapacity: 1, MaxCapacity: 8 });
  }),
  // aws/aws-cdk#14297.
  row('FB.6n', 'the id of a target is never an ARN', async (aws) => {
    const { created } = await createService(aws);
    await refused(
      aws.applicationAutoScaling.registerScalableTarget({
        ...TARGET,
        ResourceId: must(created.serviceArn),
        MinCapacity: 1,
        MaxCapacity: 2,
      }),
      'ValidationException',
    );
  }),
  row('API.RegisterScalableTarget', 'a service must exist', async (aws) => {
    const ResourceId = `service/${aws.name('nobody')}/web`;
    await refused(
      aws.applicationAutoScaling.registerScalableTarget({ ...TARGET, ResourceId, MinCapacity: 1, MaxCapacity: 2 }),
      'ValidationException',
      /^ECS service doesn't exist: /,
    );
  }),
  row('API.RegisterScalableTargetB', 'a new target needs both bounds', async (aws) => {
    const { cluster, serviceName } = await createService(aws);
    const ResourceId = `service/${cluster}/${serviceName}`;
    await refused(
      aws.applicationAutoScaling.registerScalableTarget({ ...TARGET, ResourceId, MinCapacity: 1 }),
      'ValidationException',
    );
  }),
  row('API.RegisterScalableTargetC', 'the minimum of a target is not above the maximum', async (aws) => {
    await refused(registered(aws, { MinCapacity: 4, MaxCapacity: 1 }), 'ValidationException');
  }),
  row('API.DeregisterScalableTarget', 'a target that is not registered cannot be deregistered', async (aws) => {
    const ResourceId = `service/${aws.name('nobody')}/web`;
    await refused(
      aws.applicationAutoScaling.deregisterScalableTarget({ ...TARGET, ResourceId }),
      'ObjectNotFoundException',
    );
  }),
  row('API.DeregisterScalableTargetB', 'a deregistered target takes its policies with it', async (aws) => {
    const { ResourceId } = await registered(aws);
    await aws.applicationAutoScaling.putScalingPolicy(tracking(ResourceId, 50));
    await aws.applicationAutoScaling.deregisterScalableTarget({ ...TARGET, ResourceId });
    const { ScalingPolicies } = await aws.applicationAutoScaling.describeScalingPolicies({
      ServiceNamespace: 'ecs',
      ResourceId,
    });
    expect(ScalingPolicies).toEqual([]);
  }),
  row('AS-05', 'a target tracking policy makes two alarms of its own', async (aws) => {
    const { ResourceId } = await registered(aws);
    const { Alarms, PolicyARN } = await aws.applicationAutoScaling.putScalingPolicy(tracking(ResourceId, 50));
    expect(Alarms).toHaveLength(2);
    expect(Alarms?.map(({ AlarmName }) => AlarmName)).toEqual(
      expect.arrayContaining([expect.stringContaining('AlarmHigh'), expect.stringContaining('AlarmLow')]),
    );
    expect(PolicyARN).toMatch(/^arn:aws:autoscaling:[a-z0-9-]+:\d{12}:scalingPolicy:/);
  }),
  row('AS-03', 'a policy comes back as it was put', async (aws) => {
    const { ResourceId } = await registered(aws);
    const policy = tracking(ResourceId, 50);
    await aws.applicationAutoScaling.putScalingPolicy(policy);
    const { ScalingPolicies } = await aws.applicationAutoScaling.describeScalingPolicies({
      ServiceNamespace: 'ecs',
      ResourceId,
    });
    expect(only(ScalingPolicies)).toMatchObject(policy);
  }),
  row('API.PutScalingPolicy', 'a policy needs a registered target', async (aws) => {
    const { cluster, serviceName } = await createService(aws);
    await refused(
      aws.applicationAutoScaling.putScalingPolicy(tracking(`service/${cluster}/${serviceName}`, 50)),
      'ObjectNotFoundException',
    );
  }),
  row('API.PutScalingPolicyB', 'a policy put again is changed and keeps its ARN', async (aws) => {
    const { ResourceId } = await registered(aws);
    const first = await aws.applicationAutoScaling.putScalingPolicy(tracking(ResourceId, 50));
    const second = await aws.applicationAutoScaling.putScalingPolicy(tracking(ResourceId, 60));
    expect(second.PolicyARN).toBe(first.PolicyARN);
    const { ScalingPolicies } = await aws.applicationAutoScaling.describeScalingPolicies({
      ServiceNamespace: 'ecs',
      ResourceId,
    });
    expect(only(ScalingPolicies).TargetTrackingScalingPolicyConfiguration?.TargetValue).toBe(60);
  }),
  row('API.DeleteScalingPolicy', 'a policy that does not exist cannot be deleted', async (aws) => {
    const { ResourceId } = await registered(aws);
    await refused(
      aws.applicationAutoScaling.deleteScalingPolicy({ ...TARGET, ResourceId, PolicyName: 'nobody' }),
      'ObjectNotFoundException',
    );
  }),
  row('AS-14', 'a scheduled action is stored and read back', async (aws) => {
    const { ResourceId } = await registered(aws);
    const action = {
      ...TARGET,
      ResourceId,
      ScheduledActionName: 'night',
      Schedule: 'cron(0 22 * * ? *)',
      ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 1 },
    };
    await aws.applicationAutoScaling.putScheduledAction(action);
    const { ScheduledActions } = await aws.applicationAutoScaling.describeScheduledActions({
      ServiceNamespace: 'ecs',
      ResourceId,
    });
    expect(only(ScheduledActions)).toMatchObject(action);
  }),
  row('AS-14b', 'a scheduled action moves the bounds, and with them the desired count', async (aws) => {
    const { ResourceId, placed } = await registered(aws);
    await aws.applicationAutoScaling.putScheduledAction({
      ...TARGET,
      ResourceId,
      ScheduledActionName: 'more',
      Schedule: 'rate(5 minutes)',
      ScalableTargetAction: { MinCapacity: 3, MaxCapacity: 4 },
    });
    await aws.settle(600);
    expect((await describeService(aws, placed)).desiredCount).toBe(3);
  }),
];
