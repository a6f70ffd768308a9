import type {
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceRevision,
  ServiceRevisionSummary,
} from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { findCluster, serviceOrThrow } from '../find.ts';
import { page } from '../pages.ts';
import { breakerThreshold } from './circuit-breaker.ts';
import type { RevisionState, ServiceDeploymentState } from './state.ts';
import { compute, countTasks } from './view.ts';

const MAX_ARNS = 20;

export function listServiceDeployments(
  world: World,
  input: ListServiceDeploymentsRequest,
): ListServiceDeploymentsResponse {
  const service = serviceOrThrow(findCluster(world, input.cluster), input.service);
  const records = service.serviceDeployments.filter((record) => isListed(record, input));
  const { items, nextToken } = page(
    records.map((record) => record.arn),
    input,
    { size: 20, max: 100 },
  );
  const wanted = new Set(items);
  return { serviceDeployments: records.filter((record) => wanted.has(record.arn)).map(briefView), nextToken };
}

function isListed(record: ServiceDeploymentState, input: ListServiceDeploymentsRequest): boolean {
  if (input.status !== undefined && input.status.length > 0 && !input.status.includes(record.status)) return false;
  if (input.createdAt?.after !== undefined && record.createdAt < input.createdAt.after) return false;
  return input.createdAt?.before === undefined || record.createdAt <= input.createdAt.before;
}

export function describeServiceDeployments(
  world: World,
  input: DescribeServiceDeploymentsRequest,
): DescribeServiceDeploymentsResponse {
  const { found, failures } = lookUp(
    world.ecs.serviceDeployments,
    input.serviceDeploymentArns,
    'serviceDeploymentArns',
  );
  return { serviceDeployments: found.map(fullView), failures };
}

export function describeServiceRevisions(
  world: World,
  input: DescribeServiceRevisionsRequest,
): DescribeServiceRevisionsResponse {
  const { found, failures } = lookUp(world.ecs.revisions, input.serviceRevisionArns, 'serviceRevisionArns');
  return { serviceRevisions: found.map(revisionView), failures };
}

function lookUp<T>(
  all: ReadonlyMap<string, T>,
  arns: readonly string[] | undefined,
  field: string,
): { readonly found: T[]; readonly failures: { arn: string; reason: string }[] } {
  if (arns === undefined || arns.length === 0) throw invalidParameter(`${field} cannot be empty.`);
  if (arns.length > MAX_ARNS) throw invalidParameter(`${field} can have at most ${MAX_ARNS} items.`);
  const found: T[] = [];
  const failures: { arn: string; reason: string }[] = [];
  for (const arn of arns) {
    const entry = all.get(arn);
    if (entry === undefined) failures.push({ arn, reason: 'MISSING' });
    else found.push(entry);
  }
  return { found, failures };
}

function briefView(record: ServiceDeploymentState): ServiceDeploymentBrief {
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: record.service.arn,
    clusterArn: record.service.cluster.arn,
    createdAt: record.createdAt,
    startedAt: record.createdAt,
    finishedAt: record.finishedAt,
    targetServiceRevisionArn: record.target.arn,
    status: record.status,
    statusReason: record.statusReason,
  };
}

function fullView(record: ServiceDeploymentState): ServiceDeployment {
  const { rollback } = record;
  const breaker = record.configuration.deploymentCircuitBreaker;
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: record.service.arn,
    clusterArn: record.service.cluster.arn,
    createdAt: record.createdAt,
    startedAt: record.createdAt,
    finishedAt: record.finishedAt,
    stoppedAt: record.stoppedAt,
    updatedAt: record.updatedAt,
    sourceServiceRevisions: record.sources.map((revision) => summary(record, revision)),
    targetServiceRevision: summary(record, record.target),
    status: record.status,
    statusReason: record.statusReason,
    deploymentConfiguration: record.configuration,
    rollback:
      rollback === undefined
        ? undefined
        : { reason: rollback.reason, startedAt: rollback.startedAt, serviceRevisionArn: rollback.revision.arn },
    deploymentCircuitBreaker: {
      status: record.breaker,
      failureCount: record.failureCount,
      threshold: breakerThreshold(breaker, record.service.desiredCount),
    },
    alarms:
      record.configuration.alarms === undefined
        ? undefined
        : { status: 'DISABLED', alarmNames: record.configuration.alarms.alarmNames, triggeredAlarmNames: [] },
  };
}

function summary(record: ServiceDeploymentState, revision: RevisionState): ServiceRevisionSummary {
  const { service } = record;
  const deployment = service.deployments.find((candidate) => candidate.revision === revision);
  const counts = deployment === undefined ? undefined : countTasks(service).get(deployment);
  const running = counts?.running ?? 0;
  const pending = counts?.pending ?? 0;
  return {
    arn: revision.arn,
    requestedTaskCount:
      deployment !== undefined && deployment === service.deployments[0] ? service.desiredCount : running + pending,
    runningTaskCount: running,
    pendingTaskCount: pending,
  };
}

function revisionView(revision: RevisionState): ServiceRevision {
  const { template } = revision;
  return {
    serviceRevisionArn: revision.arn,
    serviceArn: revision.service.arn,
    clusterArn: revision.service.cluster.arn,
    taskDefinition: template.taskDefinition.arn,
    ...compute(template),
    platformVersion: template.platformVersion === 'LATEST' ? '1.4.0' : template.platformVersion,
    loadBalancers: [...template.loadBalancers],
    serviceRegistries: [...template.serviceRegistries],
    networkConfiguration: template.networkConfiguration,
    containerImages: template.taskDefinition.definition.containerDefinitions?.map((container) => ({
      containerName: container.name,
      image: container.image,
    })),
    guardDutyEnabled: false,
    serviceConnectConfiguration: template.serviceConnect,
    volumeConfigurations: template.volumes === undefined ? undefined : [...template.volumes],
    vpcLatticeConfigurations: template.lattice === undefined ? undefined : [...template.lattice],
    createdAt: revision.createdAt,
  };
}
