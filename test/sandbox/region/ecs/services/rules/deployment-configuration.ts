import type { DeploymentCircuitBreaker, DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { Controller } from '../state.ts';
import { checkDeploymentConfiguration } from './deployment-limits.ts';

/** What kind of service a configuration is for. */
export interface ConfiguredService {
  readonly scheduling: 'REPLICA' | 'DAEMON';
  readonly controller: Controller;
}

/** The configuration as AWS returns it: defaults filled in, what an update leaves out kept (feature-bar section 6). */
export function deploymentConfiguration(
  service: ConfiguredService,
  current: DeploymentConfiguration | undefined,
  given: DeploymentConfiguration | undefined,
): DeploymentConfiguration {
  const daemon = service.scheduling === 'DAEMON';
  const percents = { maximumPercent: daemon ? 100 : 200, minimumHealthyPercent: daemon ? 0 : 100 };
  if (service.controller !== 'ECS') {
    const result = { ...percents, ...current, ...given };
    checkDeploymentConfiguration(service, result);
    return { maximumPercent: result.maximumPercent, minimumHealthyPercent: result.minimumHealthyPercent };
  }
  const merged: DeploymentConfiguration = {
    ...percents,
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
    ...withoutOtherStrategies(current, given?.strategy),
    ...given,
  };
  const result = withStrategyDefaults({
    ...merged,
    deploymentCircuitBreaker: circuitBreaker(merged.deploymentCircuitBreaker),
  });
  checkDeploymentConfiguration(service, result);
  return result;
}

/** Settings of a strategy go with it. */
function withoutOtherStrategies(
  current: DeploymentConfiguration | undefined,
  strategy: DeploymentConfiguration['strategy'],
): DeploymentConfiguration {
  const { linearConfiguration, canaryConfiguration, earlySuccessCriteria, ...rest } = current ?? {};
  const kept = strategy ?? current?.strategy;
  return {
    ...rest,
    ...(kept === 'LINEAR' && linearConfiguration !== undefined ? { linearConfiguration } : {}),
    ...(kept === 'CANARY' && canaryConfiguration !== undefined ? { canaryConfiguration } : {}),
    ...(kept === 'ROLLING' && earlySuccessCriteria !== undefined ? { earlySuccessCriteria } : {}),
  };
}

function withStrategyDefaults(configuration: DeploymentConfiguration): DeploymentConfiguration {
  switch (configuration.strategy) {
    case 'LINEAR':
      return {
        ...configuration,
        linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 6, ...configuration.linearConfiguration },
      };
    case 'CANARY':
      return {
        ...configuration,
        canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 10, ...configuration.canaryConfiguration },
      };
    default:
      return configuration;
  }
}

function circuitBreaker(given: DeploymentCircuitBreaker | undefined): DeploymentCircuitBreaker {
  return {
    enable: given?.enable ?? false,
    rollback: given?.rollback ?? false,
    resetOnHealthyTask: given?.resetOnHealthyTask ?? true,
    thresholdConfiguration: given?.thresholdConfiguration ?? { type: 'BOUNDED_PERCENT', value: 50 },
  };
}
