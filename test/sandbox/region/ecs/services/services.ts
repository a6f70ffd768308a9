import { isDeepStrictEqual } from 'node:util';
import type {
  CreateServiceRequest,
  CreateServiceResponse,
  DeleteServiceRequest,
  DeleteServiceResponse,
  DescribeServicesRequest,
  DescribeServicesResponse,
  ListServicesRequest,
  ListServicesResponse,
  UpdateServiceRequest,
  UpdateServiceResponse,
} from '@aws-sdk/client-ecs';
import { AwsError, invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { tagsFrom } from '../account/tag-rules.ts';
import { arn, resourceOf } from '../arn.ts';
import type { ClusterState } from '../clusters/state.ts';
import { findCluster, findService, serviceOrThrow } from '../find.ts';
import { page } from '../pages.ts';
import { stopTask } from '../tasks/life.ts';
import { deploymentConfiguration } from './deployment-configuration.ts';
import { beginDeployment } from './deployments.ts';
import { checkCombination, checkDesiredCount, checkGracePeriod, checkNewService } from './rules.ts';
import { wake } from './scheduler.ts';
import type { ServiceSettings, ServiceState } from './state.ts';
import { changedTemplate, isFargate, newTemplate } from './template.ts';
import { serviceView } from './view.ts';

export function createService(world: World, input: CreateServiceRequest): CreateServiceResponse {
  const cluster = findCluster(world, input.cluster);
  checkNewService(input);
  const existing = cluster.services.get(input.serviceName ?? '');
  if (existing !== undefined && existing.status !== 'INACTIVE') return repeated(existing, input);
  const service = newService(world, cluster, input);
  cluster.services.set(service.name, service);
  cluster.activeServices += 1;
  beginDeployment(world, service);
  wake(world, service);
  return { service: serviceView(service, true) };
}

/** CreateService of a name in use: the same call again is answered again, anything else is refused (SV-11). */
function repeated(existing: ServiceState, input: CreateServiceRequest): CreateServiceResponse {
  if (existing.status === 'DRAINING') throw invalidParameter('Unable to Start a service that is still Draining.');
  const sameToken = input.clientToken !== undefined && input.clientToken === existing.created.clientToken;
  if (!sameToken || !isDeepStrictEqual(input, existing.created)) {
    throw invalidParameter('Creation of service was not idempotent.');
  }
  return { service: serviceView(existing, true) };
}

function newService(world: World, cluster: ClusterState, input: CreateServiceRequest): ServiceState {
  const name = input.serviceName ?? '';
  const template = newTemplate(world, cluster, input);
  checkGracePeriod(input.healthCheckGracePeriodSeconds, template);
  const schedulingStrategy = input.schedulingStrategy ?? 'REPLICA';
  const configuration = deploymentConfiguration(schedulingStrategy, undefined, input.deploymentConfiguration);
  const rebalancable = schedulingStrategy === 'REPLICA' && (configuration.maximumPercent ?? 200) > 100;
  const settings: ServiceSettings = {
    schedulingStrategy,
    deploymentController: input.deploymentController,
    placementConstraints: input.placementConstraints ?? [],
    placementStrategy: input.placementStrategy ?? [],
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds,
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    propagateTags: input.propagateTags ?? 'NONE',
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? (rebalancable ? 'ENABLED' : 'DISABLED'),
    roleArn: roleArn(world, input),
  };
  checkCombination(template, settings, configuration);
  return {
    cluster,
    name,
    arn: arn(world, `service/${cluster.name}/${name}`),
    createdAt: world.agenda.date,
    createdBy: `arn:aws:iam::${world.account}:role/simulated`,
    created: input,
    status: 'ACTIVE',
    desiredCount: input.desiredCount ?? 0,
    template,
    deploymentConfiguration: configuration,
    settings,
    tags: tagsFrom(input.tags),
    deployments: [],
    serviceDeployments: [],
    events: [],
    tasks: new Set(),
    steady: false,
    awaitedAt: undefined,
    failures: 0,
    throttledUntil: 0,
  };
}

/** A given role, else the service-linked role, which awsvpc and load balancers use. */
function roleArn(world: World, input: CreateServiceRequest): string | undefined {
  if (input.role !== undefined) {
    return input.role.startsWith('arn:') ? input.role : `arn:aws:iam::${world.account}:role/${input.role}`;
  }
  const linked = input.networkConfiguration !== undefined || (input.loadBalancers ?? []).length > 0;
  return linked
    ? `arn:aws:iam::${world.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`
    : undefined;
}

export function updateService(world: World, input: UpdateServiceRequest): UpdateServiceResponse {
  const cluster = findCluster(world, input.cluster);
  const service = serviceOrThrow(cluster, input.service);
  if (service.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  const template = changedTemplate(world, cluster, service.template, input);
  checkGracePeriod(input.healthCheckGracePeriodSeconds, template);
  const { schedulingStrategy } = service.settings;
  if (input.desiredCount !== undefined) {
    if (schedulingStrategy === 'DAEMON') {
      throw invalidParameter('The desired count must not be specified for the DAEMON scheduling strategy.');
    }
    checkDesiredCount(input.desiredCount);
  }
  const configuration = deploymentConfiguration(
    schedulingStrategy,
    service.deploymentConfiguration,
    input.deploymentConfiguration,
  );
  const settings = changedSettings(service.settings, input);
  checkCombination(template, settings, configuration);
  // Nothing is stored before everything has been checked: a refused update changes nothing.
  const rolls = template !== service.template || input.forceNewDeployment === true;
  service.template = template;
  service.deploymentConfiguration = configuration;
  service.settings = settings;
  service.desiredCount = input.desiredCount ?? service.desiredCount;
  service.failures = 0;
  service.throttledUntil = 0;
  if (rolls) beginDeployment(world, service);
  wake(world, service);
  return { service: serviceView(service, false) };
}

function changedSettings(current: ServiceSettings, input: UpdateServiceRequest): ServiceSettings {
  return {
    schedulingStrategy: current.schedulingStrategy,
    roleArn: current.roleArn,
    deploymentController: input.deploymentController ?? current.deploymentController,
    placementConstraints: input.placementConstraints ?? current.placementConstraints,
    placementStrategy: input.placementStrategy ?? current.placementStrategy,
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? current.healthCheckGracePeriodSeconds,
    enableECSManagedTags: input.enableECSManagedTags ?? current.enableECSManagedTags,
    enableExecuteCommand: input.enableExecuteCommand ?? current.enableExecuteCommand,
    propagateTags: input.propagateTags ?? current.propagateTags,
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? current.availabilityZoneRebalancing,
  };
}

export function deleteService(world: World, input: DeleteServiceRequest): DeleteServiceResponse {
  const cluster = findCluster(world, input.cluster);
  const service = serviceOrThrow(cluster, input.service);
  if (service.status === 'INACTIVE') throw new AwsError('ServiceNotFoundException', 'Service not found.');
  if (service.status === 'DRAINING') return { service: serviceView(service, false) };
  if (input.force !== true && service.settings.schedulingStrategy === 'REPLICA' && service.desiredCount > 0) {
    throw invalidParameter('The service cannot be stopped while it is scaled above 0.');
  }
  service.status = 'DRAINING';
  service.desiredCount = 0;
  cluster.activeServices -= 1;
  for (const task of service.tasks) {
    const reason = `Scaling activity initiated by (deployment ${task.deployment?.id ?? ''})`;
    stopTask(world, task, 'ServiceSchedulerInitiated', reason);
  }
  wake(world, service);
  return { service: serviceView(service, false) };
}

export function describeServices(world: World, input: DescribeServicesRequest): DescribeServicesResponse {
  const cluster = findCluster(world, input.cluster);
  const names = input.services ?? [];
  if (names.length === 0) throw invalidParameter('Services cannot be empty.');
  if (names.length > 10) throw invalidParameter('Services can have at most 10 items.');
  const withTags = input.include?.includes('TAGS') ?? false;
  const services = [];
  const failures = [];
  for (const name of new Set(names)) {
    const found = findService(cluster, name);
    if (found !== undefined) services.push(serviceView(found, withTags));
    else failures.push({ arn: missingArn(world, cluster, name), reason: 'MISSING' });
  }
  return { services, failures };
}

function missingArn(world: World, cluster: ClusterState, name: string): string {
  return resourceOf(name) === undefined ? arn(world, `service/${cluster.name}/${name}`) : name;
}

/** Only ACTIVE services: DRAINING ones are hidden (SV-10). */
export function listServices(world: World, input: ListServicesRequest): ListServicesResponse {
  const cluster = findCluster(world, input.cluster);
  const arns: string[] = [];
  for (const service of cluster.services.values()) if (isListed(service, input)) arns.push(service.arn);
  const { items, nextToken } = page(arns, input, { size: 10, max: 100 });
  return { serviceArns: items, nextToken };
}

function isListed(service: ServiceState, input: ListServicesRequest): boolean {
  if (service.status !== 'ACTIVE') return false;
  if (input.schedulingStrategy !== undefined && service.settings.schedulingStrategy !== input.schedulingStrategy) {
    return false;
  }
  if (input.launchType === undefined) return true;
  return (isFargate(service.template) ? 'FARGATE' : 'EC2') === input.launchType;
}
