import type {
  DeploymentLifecycleHookDetail,
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceDeploymentLifecycleStage,
  ServiceRevisionSummary,
} from '@aws-sdk/client-ecs';
import { countTasks, requestedTasks } from '../counts.ts';
import type { HookState, LifecycleState, RevisionState, ServiceDeploymentState } from '../state.ts';
import { timeoutAction } from '../traffic/hooks.ts';
import { breakerThreshold } from './circuit-breaker.ts';

export function briefView(record: ServiceDeploymentState): ServiceDeploymentBrief {
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: record.service.arn,
    clusterArn: record.service.cluster.arn,
    createdAt: record.createdAt,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    targetServiceRevisionArn: record.target.arn,
    status: record.status,
    statusReason: record.statusReason,
  };
}

export function fullView(record: ServiceDeploymentState): ServiceDeployment {
  const { rollback, lifecycle, configuration } = record;
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: record.service.arn,
    clusterArn: record.service.cluster.arn,
    createdAt: record.createdAt,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    stoppedAt: record.stoppedAt,
    updatedAt: record.updatedAt,
    sourceServiceRevisions: record.sources.map((revision) => summary(record, revision)),
    targetServiceRevision: summary(record, record.target),
    status: record.status,
    statusReason: record.statusReason,
    lifecycleStage: lifecycle === undefined ? undefined : shownStage(lifecycle),
    lifecycleHookDetails: lifecycle === undefined ? undefined : lifecycle.hooks.map(hookDetail),
    deploymentConfiguration: configuration,
    rollback:
      rollback === undefined
        ? undefined
        : { reason: rollback.reason, startedAt: rollback.startedAt, serviceRevisionArn: rollback.revision.arn },
    deploymentCircuitBreaker: {
      status: record.breaker,
      failureCount: record.failureCount,
      threshold: breakerThreshold(configuration.deploymentCircuitBreaker, record.service.desiredCount),
    },
    alarms:
      configuration.alarms === undefined
        ? { status: 'DISABLED' }
        : {
            status: record.alarms.status,
            alarmNames: configuration.alarms.alarmNames,
            triggeredAlarmNames: [...record.alarms.triggered],
          },
  };
}

function shownStage({ stage }: LifecycleState): ServiceDeploymentLifecycleStage {
  return stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT' ? 'PRODUCTION_TRAFFIC_SHIFT' : stage;
}

function hookDetail({ id, hook, status, expiresAt }: HookState): DeploymentLifecycleHookDetail {
  return {
    hookId: id,
    targetType: hook.targetType ?? 'AWS_LAMBDA',
    targetArn: hook.hookTargetArn,
    status,
    expiresAt: new Date(expiresAt),
    timeoutAction: timeoutAction(hook),
  };
}

function summary(record: ServiceDeploymentState, revision: RevisionState): ServiceRevisionSummary {
  const { service } = record;
  const deployment = service.deployments.find((candidate) => candidate.revision === revision);
  const counts = countTasks(service);
  const count = deployment === undefined ? undefined : counts.get(deployment);
  return {
    arn: revision.arn,
    requestedTaskCount: deployment === undefined ? 0 : requestedTasks(service, deployment, counts),
    runningTaskCount: count?.running ?? 0,
    pendingTaskCount: count?.pending ?? 0,
    ...weights(record, revision),
  };
}

/** What does not go to the target revision goes to what served before. */
function weights(
  { lifecycle, target, source }: ServiceDeploymentState,
  revision: RevisionState,
): Pick<ServiceRevisionSummary, 'requestedProductionTrafficWeight' | 'requestedTestTrafficWeight'> {
  if (lifecycle === undefined) return {};
  const { productionWeight, testWeight } = lifecycle;
  if (revision === target) {
    return { requestedProductionTrafficWeight: productionWeight, requestedTestTrafficWeight: testWeight };
  }
  const serves = revision === source?.revision;
  return {
    requestedProductionTrafficWeight: serves ? round(100 - productionWeight) : 0,
    requestedTestTrafficWeight: serves ? round(100 - testWeight) : 0,
  };
}

/** Weights are multiples of 0.1, which floating point does not subtract exactly. */
const round = (percent: number): number => Math.round(percent * 10) / 10;
