import { isDeepStrictEqual } from 'node:util';
import type {
  CapacityProviderStrategyItem,
  CreateServiceRequest,
  LaunchType,
  NetworkConfiguration,
  ServiceConnectConfiguration,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { shortName } from '../arn.ts';
import type { ClusterState } from '../clusters/state.ts';
import { isFargateProvider } from '../fargate.ts';
import { usableTaskDefinition } from '../find.ts';
import { checkTemplate } from './rules/template.ts';
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
  | 'gatewayConnectors'
  | 'monitoring'
> &
  Pick<CreateServiceRequest, 'launchType'>;

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
  return checkTemplate(cluster, {
    taskDefinition: usableTaskDefinition(world, input.taskDefinition),
    launchType,
    strategy: strategy?.map(strategyItem),
    platformVersion: platformVersion(input.platformVersion, launchType, strategy),
    networkConfiguration: network(input.networkConfiguration),
    loadBalancers: input.loadBalancers ?? [],
    serviceRegistries: input.serviceRegistries ?? [],
    serviceConnect: enabled(input.serviceConnectConfiguration),
    volumes: nonEmpty(input.volumeConfigurations),
    lattice: nonEmpty(input.vpcLatticeConfigurations),
    gatewayConnectors: nonEmpty(input.gatewayConnectors),
    monitoring: input.monitoring,
  });
}

/** `current` with what the update sets. The same object comes back if nothing differs. */
export function changedTemplate(
  world: World,
  cluster: ClusterState,
  current: Template,
  input: TemplateInput,
): Template {
  const { strategy, launchType } = computeOf(current, input);
  // A platform version belongs to Fargate: it goes when the service does, and is LATEST when it comes.
  const platform = input.platformVersion ?? (isFargate({ strategy, launchType }) ? current.platformVersion : undefined);
  const next: Template = {
    taskDefinition:
      input.taskDefinition === undefined ? current.taskDefinition : usableTaskDefinition(world, input.taskDefinition),
    launchType,
    strategy,
    platformVersion: platformVersion(platform, launchType, strategy),
    networkConfiguration: network(input.networkConfiguration) ?? current.networkConfiguration,
    loadBalancers: input.loadBalancers ?? current.loadBalancers,
    serviceRegistries: input.serviceRegistries ?? current.serviceRegistries,
    serviceConnect:
      input.serviceConnectConfiguration === undefined
        ? current.serviceConnect
        : enabled(input.serviceConnectConfiguration),
    volumes: changedList(input.volumeConfigurations, current.volumes),
    lattice: changedList(input.vpcLatticeConfigurations, current.lattice),
    gatewayConnectors: changedList(input.gatewayConnectors, current.gatewayConnectors),
    monitoring: input.monitoring ?? current.monitoring,
  };
  if (sameTemplate(current, next)) return current;
  return checkTemplate(cluster, next);
}

/** An empty strategy takes the service back to the launch type that it had, or would have had (TF#22823). */
function computeOf(current: Template, input: TemplateInput): Pick<Template, 'strategy' | 'launchType'> {
  const given = input.capacityProviderStrategy;
  if (given === undefined) return current;
  if (given.length > 0) return { strategy: given.map(strategyItem), launchType: undefined };
  if (current.strategy === undefined) return current;
  return { strategy: undefined, launchType: launchTypeOf(current) };
}

export function isFargate(template: Pick<Template, 'launchType' | 'strategy'>): boolean {
  if (template.strategy === undefined) return template.launchType === 'FARGATE';
  return template.strategy.some((item) => isFargateProvider(item.capacityProvider));
}

/** The launch type that counts: that of its providers, or its own. */
export function launchTypeOf(template: Pick<Template, 'launchType' | 'strategy'>): LaunchType {
  return isFargate(template) ? 'FARGATE' : (template.launchType ?? 'EC2');
}

/** As AWS returns it: the name, and the defaults filled in. */
export function strategyItem(item: CapacityProviderStrategyItem): CapacityProviderStrategyItem {
  return { capacityProvider: shortName(item.capacityProvider ?? ''), weight: item.weight ?? 0, base: item.base ?? 0 };
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

/** AWS does not show Service Connect that is disabled (hashicorp/terraform-provider-aws#43871). */
function enabled(configuration: ServiceConnectConfiguration | undefined): ServiceConnectConfiguration | undefined {
  return configuration?.enabled === true ? configuration : undefined;
}

/** Left out means unchanged, empty means none. */
function changedList<T>(given: readonly T[] | undefined, current: readonly T[] | undefined): readonly T[] | undefined {
  return given === undefined ? current : nonEmpty(given);
}
