import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs';
import { AwsError, invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { findCluster, serviceOrThrow } from '../find.ts';
import { changeController } from './change-controller.ts';
import { controllerOf } from './controller.ts';
import { beginDeployment } from './deployments/deployments.ts';
import { isOpen, recordOf } from './deployments/record.ts';
import { resolveCauses } from './events.ts';
import { checkControllerUpdate } from './rules/controllers.ts';
import { deploymentConfiguration } from './rules/deployment-configuration.ts';
import {
  checkCombination,
  checkDaemonCount,
  checkDesiredCount,
  checkGracePeriod,
  checkStrategyChange,
  checkSystemChange,
} from './rules/service.ts';
import type { ServiceSettings, ServiceState, Template } from './state.ts';
import { changedTemplate, newTemplate } from './template.ts';
import { serviceView } from './view.ts';
import { wake } from './wake.ts';

export function updateService(world: World, input: UpdateServiceRequest): UpdateServiceResponse {
  const service = serviceOrThrow(findCluster(world, input.cluster), input.service);
  if (service.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  const before = controllerOf(service.settings);
  const controller = input.deploymentController?.type ?? before;
  checkControllerUpdate(controller, input);
  if (controller !== before) checkControllerChange(service);
  const template = controller === 'EXTERNAL' ? undefined : templateOf(world, service, input);
  checkCount(service, input.desiredCount);
  checkGracePeriod(input.healthCheckGracePeriodSeconds, template === undefined || template.loadBalancers.length > 0);
  const configuration = deploymentConfiguration(
    { scheduling: service.settings.schedulingStrategy, controller },
    service.deploymentConfiguration,
    input.deploymentConfiguration,
  );
  const settings = changedSettings(service.settings, input);
  checkCombination(template, settings, configuration);
  // Nothing is stored before everything has been checked: a refused update changes nothing.
  const changed = template !== undefined && template !== service.template;
  service.deploymentConfiguration = configuration;
  service.settings = settings;
  service.desiredCount = input.desiredCount ?? service.desiredCount;
  // TH-02, and guide 4, 12.2: an update resets the throttle.
  service.failures = 0;
  service.throttledUntil = 0;
  service.refusedUntil = 0;
  resolveCauses(service);
  if (controller !== before) changeController(world, service, controller);
  if (controller === 'CODE_DEPLOY') service.template = template;
  if (template !== undefined && controller === 'ECS' && (changed || input.forceNewDeployment || before !== 'ECS')) {
    beginDeployment(world, service, template);
  }
  wake(world, service);
  return { service: serviceView(service, false) };
}

/** What the service's tasks are to be made from; the same object as before if the update does not change it. */
function templateOf(world: World, service: ServiceState, input: UpdateServiceRequest): Template {
  const primary = service.taskSets.find(({ status }) => status === 'PRIMARY');
  const current = service.template ?? primary?.deployment.revision.template;
  if (current === undefined) return newTemplate(world, service.cluster, input);
  const next = changedTemplate(world, service.cluster, current, input);
  checkStrategyChange(current, next, input);
  checkSystemChange(current, next);
  return next;
}

function checkCount(service: ServiceState, desiredCount: number | undefined): void {
  if (desiredCount === undefined) return;
  if (service.settings.schedulingStrategy === 'DAEMON') checkDaemonCount(desiredCount);
  checkDesiredCount(desiredCount);
}

function checkControllerChange(service: ServiceState): void {
  const record = recordOf(service);
  const moving = record !== undefined && isOpen(record);
  if (moving) {
    throw invalidParameter('The deployment controller cannot be updated while a service deployment is in progress.');
  }
  if (service.settings.schedulingStrategy === 'DAEMON') {
    throw invalidParameter('The deployment controller cannot be updated for the DAEMON scheduling strategy.');
  }
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
