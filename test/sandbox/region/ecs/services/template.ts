import { isDeepStrictEqual } from 'node:util';
import type { CapacityProviderStrategyItem, NetworkConfiguration, UpdateServiceRequest } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { shortName } from '../arn.ts';
import type { ClusterState } from '../clusters/state.ts';
import { usableTaskDefinition } from '../find.ts';
import type { TaskDefinitionState } from '../task-definitions/state.ts';
import type { Template } from './state.ts';

/** The fields of CreateService and UpdateService that make up a service revision. */
export type TemplateInput = Pick<
  UpdateServiceRequest,
  | 'taskDefinition'
  | 'capacityProviderStrategy'
  | 'platformVersion'
  | 'networkConfiguration'
  | 'loadBalancers'
  | 'serviceRegistries'
  | 'serviceConnectConfiguration'
  | 'volumeConfigurations'
  | 'vpcLatticeConfigurations'
> & { readonly launchType?: Template['launchType'] };

/** The template of a new service: launch type or strategy as given, else the cluster's default strategy, else EC2 (SV-10). */
export function newTemplate(world: World, cluster: ClusterState, input: TemplateInput): Template {
  const given = nonEmpty(input.capacityProviderStrategy);
  if (given !== undefined && input.launchType !== undefined) {
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  const strategy = given ?? (input.launchType === undefined ? nonEmpty(cluster.defaultStrategy) : undefined);
  const launchType = strategy === undefined ? (input.launchType ?? 'EC2') : undefined;
  return checked(cluster, {
    taskDefinition: usableTaskDefinition(world, input.taskDefinition),
    launchType,
    strategy: strategy?.map(strategyItem),
    platformVersion: platformVersion(input.platformVersion, launchType, strategy),
    networkConfiguration: network(input.networkConfiguration),
    loadBalancers: input.loadBalancers ?? [],
    serviceRegistries: input.serviceRegistries ?? [],
    serviceConnect: input.serviceConnectConfiguration,
    volumes: input.volumeConfigurations,
    lattice: input.vpcLatticeConfigurations,
  });
}

/** `current` with what the update sets. The same object comes back if nothing differs. */
export function changedTemplate(
  world: World,
  cluster: ClusterState,
  current: Template,
  input: TemplateInput,
): Template {
  const strategy = input.capacityProviderStrategy?.map(strategyItem) ?? current.strategy;
  const launchType = input.capacityProviderStrategy === undefined ? current.launchType : undefined;
  const next: Template = {
    taskDefinition:
      input.taskDefinition === undefined ? current.taskDefinition : usableTaskDefinition(world, input.taskDefinition),
    launchType,
    strategy,
    platformVersion: platformVersion(input.platformVersion ?? current.platformVersion, launchType, strategy),
    networkConfiguration: network(input.networkConfiguration) ?? current.networkConfiguration,
    loadBalancers: input.loadBalancers ?? current.loadBalancers,
    serviceRegistries: input.serviceRegistries ?? current.serviceRegistries,
    serviceConnect: input.serviceConnectConfiguration ?? current.serviceConnect,
    volumes: input.volumeConfigurations ?? current.volumes,
    lattice: input.vpcLatticeConfigurations ?? current.lattice,
  };
  if (sameTemplate(current, next)) return current;
  return checked(cluster, next);
}

export function isFargate(template: Pick<Template, 'launchType' | 'strategy'>): boolean {
  if (template.strategy === undefined) return template.launchType === 'FARGATE';
  return template.strategy.some((item) => /^FARGATE(_SPOT)?$/.test(item.capacityProvider ?? ''));
}

export function checkStrategy(
  cluster: Pick<ClusterState, 'capacityProviders'>,
  strategy: readonly CapacityProviderStrategyItem[],
): void {
  for (const item of strategy) {
    if (cluster.capacityProviders.includes(shortName(item.capacityProvider ?? ''))) continue;
    throw invalidParameter(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the ' +
        'cluster. Associate the capacity provider with the cluster and try again.',
    );
  }
  if (strategy.length > 0 && strategy.every((item) => item.weight === 0)) {
    throw invalidParameter('The specified capacity provider strategy must contain a provider with a weight above 0.');
  }
  if (strategy.filter((item) => (item.base ?? 0) > 0).length > 1) {
    throw invalidParameter('Only one capacity provider in a capacity provider strategy can have a base defined.');
  }
}

export function strategyItem(item: CapacityProviderStrategyItem): CapacityProviderStrategyItem {
  return { capacityProvider: shortName(item.capacityProvider ?? ''), weight: item.weight ?? 0, base: item.base ?? 0 };
}

function checked(cluster: ClusterState, template: Template): Template {
  if (template.strategy !== undefined) checkStrategy(cluster, template.strategy);
  checkCompatibility(template);
  checkNetwork(template);
  checkLoadBalancers(template);
  return template;
}

function checkCompatibility(template: Template): void {
  const launchType = isFargate(template) ? 'FARGATE' : 'EC2';
  if (!template.taskDefinition.definition.compatibilities?.includes(launchType)) {
    throw invalidParameter(`Task definition does not support launch_type ${launchType}.`);
  }
}

function checkNetwork(template: Template): void {
  const awsvpc = template.taskDefinition.definition.networkMode === 'awsvpc';
  const given = template.networkConfiguration?.awsvpcConfiguration;
  if (awsvpc && given === undefined) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (!awsvpc && given !== undefined) {
    throw invalidParameter('Network Configuration is not valid for the given networkMode of this task definition.');
  }
  if (given === undefined) return;
  if ((given.subnets ?? []).length === 0) throw invalidParameter('subnets can not be empty.');
  if ((given.subnets ?? []).length > 16) throw invalidParameter('subnets can have at most 16 items.');
  if ((given.securityGroups ?? []).length > 5) throw invalidParameter('securityGroups can have at most 5 items.');
}

function checkLoadBalancers(template: Template): void {
  if (template.loadBalancers.length > 5) throw invalidParameter('load balancers can have at most 5 items.');
  for (const { containerName, containerPort } of template.loadBalancers) {
    const container = containerOf(template.taskDefinition, containerName);
    if (container === undefined) {
      throw invalidParameter(`The container ${containerName} does not exist in the task definition.`);
    }
    if (container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) continue;
    throw invalidParameter(`The container ${containerName} did not have a container port ${containerPort} defined.`);
  }
}

function containerOf(taskDefinition: TaskDefinitionState, name: string | undefined) {
  return taskDefinition.definition.containerDefinitions?.find((container) => container.name === name);
}

function sameTemplate(a: Template, b: Template): boolean {
  const { taskDefinition: first, ...restOfA } = a;
  const { taskDefinition: second, ...restOfB } = b;
  return first === second && isDeepStrictEqual(restOfA, restOfB);
}

function platformVersion(
  version: string | undefined,
  launchType: Template['launchType'],
  strategy: readonly CapacityProviderStrategyItem[] | undefined,
): string | undefined {
  if (isFargate({ launchType, strategy })) return version ?? 'LATEST';
  if (version !== undefined && launchType === 'EC2') {
    throw invalidParameter('The platform version must be null when specifying an EC2 launch type.');
  }
  return undefined;
}

/** As AWS returns it: with the defaults filled in. */
function network(configuration: NetworkConfiguration | undefined): NetworkConfiguration | undefined {
  const given = configuration?.awsvpcConfiguration;
  if (given === undefined) return undefined;
  return {
    awsvpcConfiguration: {
      subnets: given.subnets,
      securityGroups: given.securityGroups ?? [],
      assignPublicIp: given.assignPublicIp ?? 'DISABLED',
    },
  };
}

function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}
