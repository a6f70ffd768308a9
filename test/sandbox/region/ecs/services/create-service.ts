import { isDeepStrictEqual } from 'node:util';
import type { CreateServiceRequest, CreateServiceResponse } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../errors.ts';
import type { Caller } from '../../wire/caller.ts';
import type { World } from '../../world.ts';
import { tagsFrom } from '../account/tag-rules.ts';
import { arn } from '../arn.ts';
import type { ClusterState } from '../clusters/state.ts';
import { findCluster } from '../find.ts';
import { controllerOf } from './controller.ts';
import { beginDeployment } from './deployments/deployments.ts';
import { checkExternalService } from './rules/controllers.ts';
import { deploymentConfiguration } from './rules/deployment-configuration.ts';
import { checkCombination, checkGracePeriod, checkNewService, checkRole } from './rules/service.ts';
import type { Controller, ServiceSettings, ServiceState, Template } from './state.ts';
import { beginTaskSet } from './task-sets/begin.ts';
import { newTemplate } from './template.ts';
import { serviceView } from './view.ts';
import { wake } from './wake.ts';

/** Adjustable in AWS; this is the default (guide 4, section 23). */
const MAX_SERVICES = 5_000;

export function createService(world: World, input: CreateServiceRequest, caller: Caller): CreateServiceResponse {
  const cluster = findCluster(world, input.cluster);
  checkNewService(input);
  const existing = cluster.services.get(input.serviceName ?? '');
  if (existing !== undefined && existing.status !== 'INACTIVE') return repeated(existing, input);
  if (cluster.activeServices >= MAX_SERVICES) {
    throw invalidParameter(`The number of services in the cluster exceeds the limit of ${MAX_SERVICES}.`);
  }
  const controller = controllerOf(input);
  if (controller === 'EXTERNAL') checkExternalService(input);
  const template = controller === 'EXTERNAL' ? undefined : newTemplate(world, cluster, input);
  const service = newService(world, cluster, input, template, caller);
  cluster.services.set(service.name, service);
  cluster.activeServices += 1;
  if (template !== undefined) {
    if (controller === 'ECS') beginDeployment(world, service, template);
    // BG-11: what CodeDeploy deploys over is a task set that ECS makes.
    else beginTaskSet(world, service, template, { scale: { value: 100, unit: 'PERCENT' }, status: 'PRIMARY' });
  }
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

function newService(
  world: World,
  cluster: ClusterState,
  input: CreateServiceRequest,
  template: Template | undefined,
  caller: Caller,
): ServiceState {
  const name = input.serviceName ?? '';
  checkGracePeriod(
    input.healthCheckGracePeriodSeconds,
    // The load balancers of an external deployment are in its task sets.
    template === undefined || template.loadBalancers.length > 0,
  );
  checkRole(input, template);
  const scheduling = input.schedulingStrategy ?? 'REPLICA';
  const controller = controllerOf(input);
  const configuration = deploymentConfiguration({ scheduling, controller }, undefined, input.deploymentConfiguration);
  const settings = newSettings(world, input, controller, configuration.maximumPercent ?? 200);
  checkCombination(template, settings, configuration);
  return {
    cluster,
    name,
    arn: arn(world, `service/${cluster.name}/${name}`),
    createdAt: world.agenda.date,
    createdBy: caller.arn,
    created: input,
    status: 'ACTIVE',
    desiredCount: input.desiredCount ?? 0,
    template,
    deploymentConfiguration: configuration,
    settings,
    tags: tagsFrom(input.tags),
    deployments: [],
    taskSets: [],
    serviceDeployments: [],
    events: [],
    suppressed: new Map(),
    tasks: new Set(),
    targets: new Map(),
    unhealthy: new Map(),
    steady: false,
    awaitedAt: undefined,
    failures: 0,
    throttledUntil: 0,
    refusedUntil: 0,
    view: undefined,
  };
}

function newSettings(
  world: World,
  input: CreateServiceRequest,
  controller: Controller,
  maximumPercent: number,
): ServiceSettings {
  return {
    schedulingStrategy: input.schedulingStrategy ?? 'REPLICA',
    deploymentController: input.deploymentController,
    placementConstraints: input.placementConstraints ?? [],
    placementStrategy: input.placementStrategy ?? [],
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds,
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    propagateTags: input.propagateTags ?? 'NONE',
    availabilityZoneRebalancing:
      input.availabilityZoneRebalancing ?? (isRebalancable(input, controller, maximumPercent) ? 'ENABLED' : 'DISABLED'),
    roleArn: roleArn(world, input, controller),
  };
}

/** New services are rebalanced where that is possible (feature-bar section 6). */
function isRebalancable(input: CreateServiceRequest, controller: Controller, maximumPercent: number): boolean {
  const [first] = input.placementStrategy ?? [];
  const spreads = first === undefined || first.field === 'attribute:ecs.availability-zone';
  const classic = input.loadBalancers?.some(({ loadBalancerName }) => loadBalancerName !== undefined) ?? false;
  return input.schedulingStrategy !== 'DAEMON' && controller === 'ECS' && maximumPercent > 100 && spreads && !classic;
}

/** A given role, else the service-linked role, which awsvpc, load balancers and external deployments use. */
function roleArn(world: World, input: CreateServiceRequest, controller: Controller): string | undefined {
  if (input.role !== undefined) {
    return input.role.startsWith('arn:') ? input.role : `arn:aws:iam::${world.account}:role/${input.role}`;
  }
  const linked =
    controller === 'EXTERNAL' ||
    input.networkConfiguration !== undefined ||
    (input.loadBalancers ?? []).length > 0 ||
    (input.serviceRegistries ?? []).length > 0;
  return linked
    ? `arn:aws:iam::${world.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`
    : undefined;
}
