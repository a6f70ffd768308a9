import type { DeploymentConfiguration, DeploymentLifecycleHook } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../../errors.ts';
import type { ConfiguredService } from './deployment-configuration.ts';

const MAX_MINUTES = 1_440;
const MAX_HOOK_MINUTES = 20_160;

/** The ranges that the SDK gives for each setting, and which of them go together. */
export function checkDeploymentConfiguration(service: ConfiguredService, configuration: DeploymentConfiguration): void {
  checkPercents(service, configuration);
  checkController(service, configuration);
  checkStrategy(service, configuration);
  checkDetection(configuration);
  for (const hook of configuration.lifecycleHooks ?? []) checkHook(hook);
}

function checkPercents({ scheduling }: ConfiguredService, configuration: DeploymentConfiguration): void {
  const { maximumPercent = 200, minimumHealthyPercent = 100, strategy = 'ROLLING' } = configuration;
  if (maximumPercent < 0 || minimumHealthyPercent < 0) {
    throw invalidParameter('Deployment percentages cannot be negative.');
  }
  if (scheduling === 'DAEMON') {
    // SV-04: the guide says "must be 100" and "default 200" in one breath; AWS refuses anything but 100 (contradiction 32.1).
    if (maximumPercent !== 100) {
      throw invalidParameter('maximumPercent must be 100 for the DAEMON scheduling strategy.');
    }
    return;
  }
  if (strategy !== 'ROLLING') return;
  if (minimumHealthyPercent === 100 && maximumPercent === 100) {
    throw invalidParameter(
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    );
  }
  if (maximumPercent < minimumHealthyPercent) {
    throw invalidParameter('maximumPercent must not be below minimumHealthyPercent.');
  }
}

/** CB-01, AL-01: only ECS's own deployments can be judged by ECS. */
function checkController({ controller }: ConfiguredService, configuration: DeploymentConfiguration): void {
  if (controller === 'ECS') return;
  if (configuration.deploymentCircuitBreaker?.enable) {
    throw invalidParameter('Deployment circuit breaker feature can only be configured with ECS deployment controller.');
  }
  if (configuration.alarms?.enable) {
    throw invalidParameter('Deployment alarms feature can only be configured with ECS deployment controller.');
  }
  if ((configuration.strategy ?? 'ROLLING') !== 'ROLLING') {
    throw invalidParameter('Deployment strategies can only be configured with ECS deployment controller.');
  }
}

function checkStrategy({ scheduling }: ConfiguredService, configuration: DeploymentConfiguration): void {
  const { strategy = 'ROLLING', linearConfiguration, canaryConfiguration, earlySuccessCriteria } = configuration;
  if (scheduling === 'DAEMON' && strategy !== 'ROLLING') {
    throw invalidParameter(`The ${strategy} deployment strategy is not supported with the DAEMON scheduling strategy.`);
  }
  checkRange('bakeTimeInMinutes', configuration.bakeTimeInMinutes, 0, MAX_MINUTES);
  if (linearConfiguration !== undefined) {
    if (strategy !== 'LINEAR') throw onlyWith('linearConfiguration', 'LINEAR');
    checkPercent('stepPercent', linearConfiguration.stepPercent, 3);
    checkRange('stepBakeTimeInMinutes', linearConfiguration.stepBakeTimeInMinutes, 0, MAX_MINUTES);
  }
  if (canaryConfiguration !== undefined) {
    if (strategy !== 'CANARY') throw onlyWith('canaryConfiguration', 'CANARY');
    checkPercent('canaryPercent', canaryConfiguration.canaryPercent, 0.1);
    checkRange('canaryBakeTimeInMinutes', canaryConfiguration.canaryBakeTimeInMinutes, 0, MAX_MINUTES);
  }
  if (earlySuccessCriteria?.enable) {
    if (strategy !== 'ROLLING') throw onlyWith('earlySuccessCriteria', 'ROLLING');
    const { healthyPercent, sourceServiceRevisionCleanup } = earlySuccessCriteria;
    if (healthyPercent === undefined || sourceServiceRevisionCleanup === undefined) {
      throw invalidParameter('earlySuccessCriteria requires healthyPercent and sourceServiceRevisionCleanup.');
    }
    checkRange('healthyPercent', healthyPercent, configuration.minimumHealthyPercent ?? 100, 100);
  }
}

function checkDetection({ alarms, deploymentCircuitBreaker: breaker }: DeploymentConfiguration): void {
  if (alarms?.enable && (alarms.alarmNames ?? []).length === 0) {
    throw invalidParameter('alarmNames can not be empty when deployment alarms are enabled.');
  }
  const threshold = breaker?.thresholdConfiguration;
  if (threshold === undefined) return;
  checkRange('thresholdConfiguration.value', threshold.value, 1, Number.MAX_SAFE_INTEGER);
}

/** A PAUSE hook has no function, and cannot be where traffic moves. */
function checkHook(hook: DeploymentLifecycleHook): void {
  const stages = hook.lifecycleStages ?? [];
  if (stages.length === 0) throw invalidParameter('lifecycleStages can not be empty.');
  checkRange('timeoutInMinutes', hook.timeoutConfiguration?.timeoutInMinutes, 1, MAX_HOOK_MINUTES);
  if (hook.targetType === 'PAUSE') {
    if (hook.hookTargetArn !== undefined) {
      throw invalidParameter('hookTargetArn is not valid for lifecycle hooks with the PAUSE target type.');
    }
    const moving = stages.find((stage) => stage === 'TEST_TRAFFIC_SHIFT' || stage === 'PRODUCTION_TRAFFIC_SHIFT');
    if (moving === undefined) return;
    throw invalidParameter(`Lifecycle hooks with the PAUSE target type are not supported at the ${moving} stage.`);
  }
  if (hook.hookTargetArn === undefined || hook.roleArn === undefined) {
    throw invalidParameter(
      'hookTargetArn and roleArn are required for lifecycle hooks with the AWS_LAMBDA target type.',
    );
  }
}

const onlyWith = (member: string, strategy: string): Error =>
  invalidParameter(`${member} is only valid with the ${strategy} deployment strategy.`);

function checkRange(member: string, value: number | undefined, minimum: number, maximum: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= minimum && value <= maximum)) return;
  throw invalidParameter(`${member} must be an integer between ${minimum} and ${maximum}.`);
}

/** Multiples of 0.1; those that floating point cannot hold exactly are meant as well. */
function checkPercent(member: string, value: number | undefined, minimum: number): void {
  if (value === undefined) return;
  const tenths = value * 10;
  if (value >= minimum && value <= 100 && Math.abs(tenths - Math.round(tenths)) < 1e-6) return;
  throw invalidParameter(`${member} must be a multiple of 0.1 between ${minimum.toFixed(1)} and 100.0.`);
}
