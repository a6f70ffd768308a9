import type { Deployment, PlacementStrategy, Service, ServiceCurrentRevisionSummary } from '@aws-sdk/client-ecs';
import { tagList } from '../account/tag-rules.ts';
import { platformFamily, resolvedPlatform } from '../fargate.ts';
import { connectResources } from './connect-resources.ts';
import { controllerOf } from './controller.ts';
import { type Counts, countTasks, requestedTasks } from './counts.ts';
import { recordOf } from './deployments/record.ts';
import type { DeploymentState, ServiceState, Template } from './state.ts';
import { taskSetView } from './task-sets/view.ts';
import { isFargate } from './template.ts';

/** A service as DescribeServices answers it. The same object comes back until something changes. */
export function serviceView(service: ServiceState, withTags: boolean): Service {
  service.view ??= build(service);
  return withTags ? { ...service.view, tags: tagList(service.tags) } : service.view;
}

/**
 * Service Connect, volumes and Lattice are not on the service, only on its deployments and revisions; the deployment controller is left out
 * unless it was set; tags come only when asked for (feature-bar section 6).
 */
function build(service: ServiceState): Service {
  const { settings } = service;
  const template = shownTemplate(service);
  const counts = countTasks(service);
  const loadBalancers = template?.loadBalancers ?? [];
  const external = controllerOf(settings) !== 'ECS';
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: total(counts, 'running'),
    pendingCount: total(counts, 'pending'),
    ...(template === undefined ? { launchType: 'EC2' } : compute(template)),
    platformVersion: template?.platformVersion,
    taskDefinition: template?.taskDefinition.arn,
    loadBalancers: [...loadBalancers],
    serviceRegistries: [...(template?.serviceRegistries ?? [])],
    networkConfiguration: template?.networkConfiguration,
    deploymentConfiguration: service.deploymentConfiguration,
    taskSets: external ? service.taskSets.map((taskSet) => taskSetView(service, taskSet, false)) : undefined,
    deployments: service.deployments.map((deployment, index) => deploymentView(service, deployment, index, counts)),
    roleArn: settings.roleArn,
    events: service.events,
    createdAt: service.createdAt,
    createdBy: service.createdBy,
    currentServiceDeployment: recordOf(service)?.arn,
    currentServiceRevisions: external
      ? undefined
      : service.deployments.map((deployment) => revisionSummary(service, deployment, counts)),
    placementConstraints: settings.placementConstraints,
    placementStrategy: settings.placementStrategy?.map(shownStrategy),
    healthCheckGracePeriodSeconds: settings.healthCheckGracePeriodSeconds ?? (loadBalancers.length > 0 ? 0 : undefined),
    schedulingStrategy: settings.schedulingStrategy,
    deploymentController: settings.deploymentController,
    enableECSManagedTags: settings.enableECSManagedTags,
    propagateTags: settings.propagateTags,
    enableExecuteCommand: settings.enableExecuteCommand,
    availabilityZoneRebalancing: settings.availabilityZoneRebalancing,
    resourceManagementType: 'CUSTOMER',
  };
}

/** An EXTERNAL service shows what its primary task set has, and nothing without one (guide 2, section 24: L30136). */
function shownTemplate({ template, taskSets }: ServiceState): Template | undefined {
  return template ?? taskSets.find(({ status }) => status === 'PRIMARY')?.deployment.revision.template;
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
    desiredCount: requestedTasks(service, deployment, counts),
    pendingCount: counts.get(deployment)?.pending ?? 0,
    runningCount: counts.get(deployment)?.running ?? 0,
    failedTasks: deployment.failedTasks,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    ...compute(template),
    platformVersion: resolvedPlatform(template.taskDefinition.definition, template.platformVersion),
    networkConfiguration: template.networkConfiguration,
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
    serviceConnectConfiguration: template.serviceConnect,
    serviceConnectResources: connectResources(service, template),
    volumeConfigurations: listOf(template.volumes),
    vpcLatticeConfigurations: listOf(template.lattice),
    fargateEphemeralStorage: fargateEphemeralStorage(service, template),
  };
}

function revisionSummary(
  service: ServiceState,
  deployment: DeploymentState,
  counts: ReadonlyMap<DeploymentState, Counts>,
): ServiceCurrentRevisionSummary {
  return {
    arn: deployment.revision.arn,
    requestedTaskCount: requestedTasks(service, deployment, counts),
    runningTaskCount: counts.get(deployment)?.running ?? 0,
    pendingTaskCount: counts.get(deployment)?.pending ?? 0,
  };
}

/** In the words of AWS: `memory` is shown as `MEMORY` (aws/amazon-ecs-cli#586), and `host` is another name. */
function shownStrategy({ type, field }: PlacementStrategy): PlacementStrategy {
  if (field === undefined) return { type };
  if (/^(cpu|memory)$/i.test(field)) return { type, field: field.toUpperCase() };
  return { type, field: field === 'host' ? 'instanceId' : field };
}

/** Launch type or strategy, never both, and the platform that Fargate gives. */
export function compute(
  template: Template,
): Pick<Service, 'launchType' | 'capacityProviderStrategy' | 'platformFamily'> {
  return {
    launchType: template.strategy === undefined ? template.launchType : undefined,
    capacityProviderStrategy: listOf(template.strategy),
    platformFamily: isFargate(template) ? platformFamily(template.taskDefinition.definition) : undefined,
  };
}

/** The key of the cluster's managed storage, where tasks on Fargate have their disks. */
export function fargateEphemeralStorage(
  service: ServiceState,
  template: Template,
): Deployment['fargateEphemeralStorage'] {
  const kmsKeyId = service.cluster.configuration?.managedStorageConfiguration?.fargateEphemeralStorageKmsKeyId;
  return kmsKeyId === undefined || !isFargate(template) ? undefined : { kmsKeyId };
}

export const listOf = <T>(list: readonly T[] | undefined): T[] | undefined =>
  list === undefined ? undefined : [...list];

function total(counts: ReadonlyMap<DeploymentState, Counts>, key: keyof Counts): number {
  let sum = 0;
  for (const entry of counts.values()) sum += entry[key];
  return sum;
}
