import type { CreateServiceRequest, DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../errors.ts';
import type { ServiceSettings, Template } from './state.ts';
import { isFargate } from './template.ts';

/** What is wrong with a CreateService input before anything is looked up. */
export function checkNewService(input: CreateServiceRequest): void {
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(input.serviceName ?? '')) {
    throw invalidParameter('Service name must be up to 255 letters, numbers, hyphens, and underscores.');
  }
  if ((input.clientToken ?? '').length > 36) throw invalidParameter('Client token must be at most 36 characters.');
  if ((input.deploymentController?.type ?? 'ECS') !== 'ECS') {
    throw invalidParameter('The simulated region supports only the ECS deployment controller.');
  }
  if (input.taskDefinition === undefined) throw invalidParameter('TaskDefinition can not be blank.');
  if (input.schedulingStrategy === 'DAEMON') {
    if (input.desiredCount !== undefined) {
      throw invalidParameter('The desired count must not be specified for the DAEMON scheduling strategy.');
    }
    return;
  }
  if (input.desiredCount === undefined) throw invalidParameter('Desired count must be specified.');
  checkDesiredCount(input.desiredCount);
}

export function checkDesiredCount(desiredCount: number): void {
  if (desiredCount < 0 || !Number.isInteger(desiredCount)) throw invalidParameter('Desired count can not be negative.');
}

/** What template, settings and percentages may not be together. */
export function checkCombination(
  template: Template,
  settings: ServiceSettings,
  configuration: DeploymentConfiguration,
): void {
  if (isFargate(template)) checkFargate(settings);
  if (settings.enableExecuteCommand && template.taskDefinition.definition.taskRoleArn === undefined) {
    throw invalidParameter(
      "The service couldn't be created because a valid taskRoleArn is not being used. " +
        'Specify a valid task role in your task definition and try again.',
    );
  }
  if (settings.availabilityZoneRebalancing === 'ENABLED' && (configuration.maximumPercent ?? 200) <= 100) {
    throw invalidParameter('Availability Zone rebalancing requires a maximumPercent above 100.');
  }
  if (settings.placementConstraints.length > 10)
    throw invalidParameter('placementConstraints can have at most 10 items.');
  if (settings.placementStrategy.length > 5) throw invalidParameter('placementStrategy can have at most 5 items.');
}

export function checkGracePeriod(given: number | undefined, template: Template): void {
  if (given === undefined || template.loadBalancers.length > 0) return;
  throw invalidParameter('Health check grace period is only valid for services configured to use load balancers');
}

function checkFargate(settings: ServiceSettings): void {
  if (settings.schedulingStrategy === 'DAEMON') {
    throw invalidParameter('The DAEMON scheduling strategy is not supported with the FARGATE launch type.');
  }
  if (settings.placementConstraints.length > 0) {
    throw invalidParameter('Placement constraints are not supported with FARGATE launch type.');
  }
  if (settings.placementStrategy.length > 0) {
    throw invalidParameter('Placement strategies are not supported with FARGATE launch type.');
  }
}
