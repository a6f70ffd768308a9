import type { CreateServiceRequest, DeploymentConfiguration, UpdateServiceRequest } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../../errors.ts';
import { checkPlacementRules } from '../../capacity/placement/rules.ts';
import { incompatible, isWindows } from '../../fargate.ts';
import { controllerOf } from '../controller.ts';
import type { Controller, ServiceSettings, Template } from '../state.ts';
import { isFargate } from '../template.ts';

/** Tasks of one service, which is not adjustable (guide 4, section 23). */
const MAX_TASKS = 5_000;

/** What is wrong with a CreateService input before anything is looked up. */
export function checkNewService(input: CreateServiceRequest): void {
  // SU-14
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(input.serviceName ?? '')) {
    throw invalidParameter('Service name must be up to 255 letters, numbers, hyphens, and underscores.');
  }
  if ((input.clientToken ?? '').length > 36) throw invalidParameter('Client token must be at most 36 characters.');
  const controller = controllerOf(input);
  if (input.taskDefinition === undefined && controller !== 'EXTERNAL') {
    throw invalidParameter('TaskDefinition can not be blank.');
  }
  if (input.schedulingStrategy === 'DAEMON') {
    if (controller !== 'ECS') {
      throw invalidParameter(
        `The DAEMON scheduling strategy is not supported with the ${controller} deployment controller.`,
      );
    }
    checkDaemonCount(input.desiredCount);
    return;
  }
  // SV-13; external deployments may leave it out (XD-02).
  if (input.desiredCount === undefined && controller !== 'EXTERNAL') {
    throw invalidParameter('Desired count must be specified.');
  }
  checkDesiredCount(input.desiredCount ?? 0);
}

export function checkDesiredCount(desiredCount: number): void {
  if (desiredCount < 0 || !Number.isInteger(desiredCount)) throw invalidParameter('Desired count can not be negative.');
  if (desiredCount > MAX_TASKS) throw invalidParameter(`Desired count can be at most ${MAX_TASKS}.`);
}

/** The count of a DAEMON service is ECS's own (SV-01). */
export function checkDaemonCount(desiredCount: number | undefined): void {
  if (desiredCount === undefined) return;
  throw invalidParameter('The desired count must not be specified for the DAEMON scheduling strategy.');
}

/** What template, settings and deployment configuration may not be together (guide 2, section 31). */
export function checkCombination(
  template: Template | undefined,
  settings: ServiceSettings,
  configuration: DeploymentConfiguration,
): void {
  if (settings.schedulingStrategy === 'DAEMON' && settings.placementStrategy.length > 0) {
    throw invalidParameter('Placement strategies are not supported with the DAEMON scheduling strategy.');
  }
  if (settings.availabilityZoneRebalancing === 'ENABLED' && (configuration.maximumPercent ?? 200) <= 100) {
    throw invalidParameter('Availability Zone rebalancing requires a maximumPercent above 100.');
  }
  checkPlacement(template, settings);
  if (template === undefined) return;
  if (isFargate(template)) checkFargate(settings);
  // SU-18
  if (settings.enableExecuteCommand && template.taskDefinition.definition.taskRoleArn === undefined) {
    throw invalidParameter(
      "The service couldn't be created because a valid taskRoleArn is not being used. " +
        'Specify a valid task role in your task definition and try again.',
    );
  }
  checkController(template, controllerOf(settings));
  checkTraffic(template, configuration);
}

/** PL-06, where the guide says 5 and 4: the SDK says 5. PL-12: constraints of the task definition count too. */
function checkPlacement(template: Template | undefined, settings: ServiceSettings): void {
  const own = settings.placementConstraints.length;
  if (own + (template?.taskDefinition.definition.placementConstraints?.length ?? 0) > 10) {
    throw invalidParameter('placementConstraints can have at most 10 items.');
  }
  if (settings.placementStrategy.length > 5) throw invalidParameter('placementStrategy can have at most 5 items.');
  checkPlacementRules(settings.placementConstraints, settings.placementStrategy);
}

export function checkGracePeriod(given: number | undefined, loadBalanced: boolean): void {
  if (given === undefined) return;
  // SU-15
  if (given < 0 || given > 2_147_483_647) {
    throw invalidParameter('Health check grace period must be between 0 and 2147483647 seconds.');
  }
  if (loadBalanced) return;
  throw invalidParameter('Health check grace period is only valid for services configured to use load balancers');
}

/** LB-04: a role of one's own is for services that do not need the service-linked one. */
export function checkRole(input: CreateServiceRequest, template: Template | undefined): void {
  if (input.role === undefined) return;
  if ((input.loadBalancers ?? []).length === 0) {
    throw invalidParameter('IAM roles are only valid for services configured to use load balancers.');
  }
  const linked =
    template?.taskDefinition.definition.networkMode === 'awsvpc' ||
    (input.loadBalancers ?? []).length > 1 ||
    (input.serviceRegistries ?? []).length > 0 ||
    input.deploymentController?.type === 'EXTERNAL';
  if (linked) throw invalidParameter('Cannot specify an IAM role for services that require a service linked role.');
}

/** CPS-09 and TF#22823. */
export function checkStrategyChange(current: Template, next: Template, input: UpdateServiceRequest): void {
  if (input.capacityProviderStrategy === undefined || input.forceNewDeployment === true) return;
  if (current.strategy === next.strategy || JSON.stringify(current.strategy) === JSON.stringify(next.strategy)) return;
  throw invalidParameter(
    'When switching from launch type to capacity provider strategy on an existing service, or making a change to a ' +
      'capacity provider strategy on a service that is already using one, you must force a new deployment.',
  );
}

/** On Fargate a service stays with Linux or with Windows (SU-07). */
export function checkSystemChange(current: Template, next: Template): void {
  if (!isFargate(current) || !isFargate(next)) return;
  if (isWindows(current.taskDefinition.definition) !== isWindows(next.taskDefinition.definition)) throw incompatible();
}

function checkFargate(settings: ServiceSettings): void {
  if (settings.schedulingStrategy === 'DAEMON') {
    throw invalidParameter('The DAEMON scheduling strategy is not supported with the FARGATE launch type.');
  }
  // PL-07
  if (settings.placementConstraints.length > 0) {
    throw invalidParameter('Placement constraints are not supported with FARGATE launch type.');
  }
  if (settings.placementStrategy.length > 0) {
    throw invalidParameter('Placement strategies are not supported with FARGATE launch type.');
  }
}

/** What only works when ECS itself deploys (guide 2, section 31; LB-05, SC-W, EBS-06). */
function checkController(template: Template, controller: Controller): void {
  if (controller === 'ECS') return;
  if (controller === 'CODE_DEPLOY' && template.loadBalancers.length === 0) {
    throw invalidParameter('A load balancer is required for services with a CODE_DEPLOY deployment controller.');
  }
  const refused = {
    'Multiple target groups': template.loadBalancers.length > 1,
    'Service Connect': template.serviceConnect?.enabled === true,
    'Volume configurations': (template.volumes ?? []).length > 0,
  };
  for (const [what, is] of Object.entries(refused)) {
    if (is) throw invalidParameter(`${what} can only be configured with ECS deployment controller.`);
  }
}

/** Whoever shifts traffic must know where to: between two target groups, by a listener rule. */
function checkTraffic(template: Template, configuration: DeploymentConfiguration): void {
  const { strategy = 'ROLLING' } = configuration;
  if (strategy === 'ROLLING') return;
  for (const { advancedConfiguration } of template.loadBalancers) {
    const { alternateTargetGroupArn, productionListenerRule, roleArn } = advancedConfiguration ?? {};
    if (alternateTargetGroupArn !== undefined && productionListenerRule !== undefined && roleArn !== undefined)
      continue;
    throw invalidParameter(
      `advancedConfiguration with alternateTargetGroupArn, productionListenerRule and roleArn is required for load balancers with the ${strategy} deployment strategy.`,
    );
  }
}
