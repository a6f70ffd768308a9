import type { Deployment, Service, ServiceCurrentRevisionSummary } from '@aws-sdk/client-ecs';
import { tagList } from '../account/tag-rules.ts';
import type { DeploymentState, ServiceState, Template } from './state.ts';
import { isFargate } from './template.ts';

/** What LATEST resolves to; deployments show it, the service keeps what was asked for (SU-19). */
const RESOLVED_PLATFORM_VERSION = '1.4.0';

interface Counts {
  running: number;
  pending: number;
}

/**
 * A service as DescribeServices answers it. Service Connect, volumes and Lattice are not on the service, only on its deployments and
 * revisions; the deployment controller is left out unless it was set; tags come only when asked for.
 */
export function serviceView(service: ServiceState, withTags: boolean): Service {
  const { template, settings } = service;
  const counts = countTasks(service);
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: total(counts, 'running'),
    pendingCount: total(counts, 'pending'),
    ...compute(template),
    platformVersion: template.platformVersion,
    taskDefinition: template.taskDefinition.arn,
    loadBalancers: [...template.loadBalancers],
    serviceRegistries: [...template.serviceRegistries],
    networkConfiguration: template.networkConfiguration,
    deploymentConfiguration: service.deploymentConfiguration,
    deployments: service.deployments.map((deployment, index) => deploymentView(service, deployment, index, counts)),
    roleArn: settings.roleArn,
    events: service.events,
    createdAt: service.createdAt,
    createdBy: service.createdBy,
    currentServiceDeployment: service.serviceDeployments[0]?.arn,
    currentServiceRevisions: service.deployments.map((deployment) => revisionSummary(service, deployment, counts)),
    placementConstraints: settings.placementConstraints,
    placementStrategy: settings.placementStrategy,
    healthCheckGracePeriodSeconds:
      settings.healthCheckGracePeriodSeconds ?? (template.loadBalancers.length > 0 ? 0 : undefined),
    schedulingStrategy: settings.schedulingStrategy,
    deploymentController: settings.deploymentController,
    enableECSManagedTags: settings.enableECSManagedTags,
    propagateTags: settings.propagateTags,
    enableExecuteCommand: settings.enableExecuteCommand,
    availabilityZoneRebalancing: settings.availabilityZoneRebalancing,
    tags: withTags ? tagList(service.tags) : undefined,
  };
}

function deploymentView(
  service: ServiceState,
  deployment: DeploymentState,
  index: number,
  counts: ReadonlyMap<DeploymentState, Counts>,
): Deployment {
  const { template } = deployment.revision;
  return {
    id: deployment.id,
    status: index === 0 ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: template.taskDefinition.arn,
    desiredCount: requested(service, deployment, counts),
    pendingCount: counts.get(deployment)?.pending ?? 0,
    runningCount: counts.get(deployment)?.running ?? 0,
    failedTasks: deployment.failedTasks,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    ...compute(template),
    platformVersion: template.platformVersion === 'LATEST' ? RESOLVED_PLATFORM_VERSION : template.platformVersion,
    networkConfiguration: template.networkConfiguration,
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
    serviceConnectConfiguration: template.serviceConnect,
    volumeConfigurations: template.volumes === undefined ? undefined : [...template.volumes],
    vpcLatticeConfigurations: template.lattice === undefined ? undefined : [...template.lattice],
  };
}

function revisionSummary(
  service: ServiceState,
  deployment: DeploymentState,
  counts: ReadonlyMap<DeploymentState, Counts>,
): ServiceCurrentRevisionSummary {
  return {
    arn: deployment.revision.arn,
    requestedTaskCount: requested(service, deployment, counts),
    runningTaskCount: counts.get(deployment)?.running ?? 0,
    pendingTaskCount: counts.get(deployment)?.pending ?? 0,
  };
}

/** The PRIMARY deployment wants the whole count, or none once it has failed; the others want what they still have. */
function requested(
  service: ServiceState,
  deployment: DeploymentState,
  counts: ReadonlyMap<DeploymentState, Counts>,
): number {
  const primary = service.deployments[0] === deployment;
  if (primary && deployment.rolloutState !== 'FAILED') return service.desiredCount;
  const count = counts.get(deployment);
  return (count?.running ?? 0) + (count?.pending ?? 0);
}

/** Launch type or strategy, never both, and the platform that Fargate gives. */
export function compute(
  template: Template,
): Pick<Service, 'launchType' | 'capacityProviderStrategy' | 'platformFamily'> {
  return {
    launchType: template.strategy === undefined ? template.launchType : undefined,
    capacityProviderStrategy: template.strategy === undefined ? undefined : [...template.strategy],
    platformFamily: isFargate(template) ? 'Linux' : undefined,
  };
}

/** Live tasks of each deployment. A task that is to stop counts no more. */
export function countTasks(service: ServiceState): ReadonlyMap<DeploymentState, Counts> {
  const result = new Map<DeploymentState, Counts>();
  for (const task of service.tasks) {
    if (task.deployment === undefined || task.desiredStatus === 'STOPPED') continue;
    const counts = result.get(task.deployment) ?? { running: 0, pending: 0 };
    counts[task.lastStatus === 'RUNNING' ? 'running' : 'pending'] += 1;
    result.set(task.deployment, counts);
  }
  return result;
}

function total(counts: ReadonlyMap<DeploymentState, Counts>, key: keyof Counts): number {
  let sum = 0;
  for (const entry of counts.values()) sum += entry[key];
  return sum;
}
