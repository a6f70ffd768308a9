import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../errors.ts';

/** The configuration as AWS returns it: defaults filled in, what an update leaves out kept. */
export function deploymentConfiguration(
  strategy: 'REPLICA' | 'DAEMON',
  current: DeploymentConfiguration | undefined,
  given: DeploymentConfiguration | undefined,
): DeploymentConfiguration {
  const daemon = strategy === 'DAEMON';
  const defaults: DeploymentConfiguration = {
    deploymentCircuitBreaker: { enable: false, rollback: false },
    maximumPercent: daemon ? 100 : 200,
    minimumHealthyPercent: daemon ? 0 : 100,
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
  };
  const result = { ...defaults, ...current, ...given };
  check(result, daemon);
  return result;
}

function check(configuration: DeploymentConfiguration, daemon: boolean): void {
  const maximum = configuration.maximumPercent ?? 200;
  const minimum = configuration.minimumHealthyPercent ?? 100;
  if (maximum < 0 || minimum < 0) throw invalidParameter('Deployment percentages cannot be negative.');
  if (daemon) {
    if (maximum !== 100) throw invalidParameter('maximumPercent must be 100 for the DAEMON scheduling strategy.');
    return;
  }
  if (minimum === 100 && maximum === 100) {
    throw invalidParameter(
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    );
  }
  if (maximum < minimum) throw invalidParameter('maximumPercent must not be below minimumHealthyPercent.');
}
