import {
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CreateClusterCommand, CreateServiceCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { Stage } from './stage.ts';

const TARGET = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const;

/** Makes the service, and unless the command does it, its scalable target and what hangs on that. */
export async function prepareApplicationAutoScaling(stage: Stage): Promise<void> {
  const { command, applicationAutoScaling } = stage;
  const resource = command.first('resource-id') ?? 'service/default/web-app';
  const [kind, cluster, service] = resource.split('/');
  if (kind !== 'service' || service === undefined) return;
  await createService(stage, cluster ?? 'default', service);
  const target = { ...TARGET, ResourceId: resource };
  if (command.name === 'register-scalable-target') return;
  const { ScalableTargetARN } = await applicationAutoScaling.send(
    new RegisterScalableTargetCommand({
      ...target,
      MinCapacity: 1,
      MaxCapacity: 10,
      Tags: { environment: 'production' },
    }),
  );
  const arn = command.first('resource-arn');
  if (arn !== undefined) stage.replace(arn, ScalableTargetARN);
  if (/^(describe-scaling-policies|delete-scaling-policy)$/.test(command.name)) {
    await applicationAutoScaling.send(
      new PutScalingPolicyCommand({
        ...target,
        PolicyName: command.first('policy-name') ?? 'web-app-cpu-gt-75',
        PolicyType: 'StepScaling',
        StepScalingPolicyConfiguration: {
          AdjustmentType: 'PercentChangeInCapacity',
          StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 200 }],
          Cooldown: 60,
        },
      }),
    );
  }
  if (/^describe-scaling-activities$/.test(command.name)) {
    const at = { ScheduledActionName: 'up', Schedule: 'rate(1 minute)', ScalableTargetAction: { MinCapacity: 3 } };
    await applicationAutoScaling.send(new PutScheduledActionCommand({ ...target, ...at }));
    stage.settle();
  }
}

async function createService({ ecs }: Stage, cluster: string, serviceName: string): Promise<void> {
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'nginx' }],
    }),
  );
  await ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName,
      taskDefinition: 'web',
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    }),
  );
}
