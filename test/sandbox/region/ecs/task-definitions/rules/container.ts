import type { ContainerDefinition, ContainerRestartPolicy, HealthCheck, LinuxParameters } from '@aws-sdk/client-ecs';
import { clientException } from '../../../errors.ts';

/** What is wrong with a container by itself. `sized`: the task has a memory size, so the container needs none. */
export function checkContainer(container: ContainerDefinition, sized: boolean): void {
  const name = container.name ?? '';
  checkIdentity(name, container.image ?? '');
  checkMemory(container, name, sized);
  if (container.healthCheck !== undefined) checkHealthCheck(container.healthCheck, name);
  if (container.linuxParameters !== undefined) checkLinuxParameters(container.linuxParameters, name);
  for (const { name: limit, softLimit = 0, hardLimit = 0 } of container.ulimits ?? []) {
    if (softLimit > hardLimit) throw invalid(name, `The soft limit of ulimit '${limit}' is above its hard limit.`);
  }
  between(container.startTimeout, 'startTimeout', 2, 86_400, name);
  between(container.stopTimeout, 'stopTimeout', 2, 86_400, name);
  if (container.restartPolicy !== undefined) checkRestartPolicy(container.restartPolicy, name);
  const domain = container.dnsSearchDomains?.find((text) => !/^[a-zA-Z0-9-.]{0,253}[a-zA-Z0-9]$/.test(text));
  if (domain !== undefined) throw invalid(name, `Invalid search domain '${domain}'.`);
  if ((container.credentialSpecs?.length ?? 0) > 1) throw invalid(name, 'Only one credential spec is allowed.');
}

function checkIdentity(name: string, image: string): void {
  if (name === '') throw clientException('Container.name should not be null or empty.');
  if (image === '') throw clientException('Container.image should not be null or empty.');
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name)) {
    throw invalid(name, 'Container names take up to 255 letters, numbers, hyphens and underscores.');
  }
  if (image.length > 255) throw invalid(name, "'image' can have at most 255 characters.");
}

/** Younger than the guide; the ranges are the API reference's. */
function checkRestartPolicy(
  { restartAttemptPeriod, ignoredExitCodes = [] }: ContainerRestartPolicy,
  name: string,
): void {
  between(restartAttemptPeriod, 'restartAttemptPeriod', 60, 1_800, name);
  if (ignoredExitCodes.length > 50) throw invalid(name, 'A restart policy can ignore at most 50 exit codes.');
}

/** TD-20, TD-21, SIZE-04. */
function checkMemory({ memory, memoryReservation }: ContainerDefinition, name: string, sized: boolean): void {
  if (!sized && (memory ?? 0) === 0 && (memoryReservation ?? 0) === 0) {
    throw invalid(name, "At least one of 'memory' or 'memoryReservation' must be specified.");
  }
  for (const [member, value] of Object.entries({ memory, memoryReservation })) {
    // Docker before 20.10 takes 4 MiB, and ECS does not know what is on the instance.
    if (value !== undefined && value !== 0 && value < 4) throw invalid(name, `'${member}' must be at least 4 MiB.`);
  }
  if (memory !== undefined && memoryReservation !== undefined && memory <= memoryReservation) {
    throw invalid(name, "'memory' must be greater than 'memoryReservation'.");
  }
}

/** Guide 4, 20.5. */
function checkHealthCheck(check: HealthCheck, name: string): void {
  if ((check.command ?? []).length === 0) throw invalid(name, 'The health check has no command.');
  between(check.interval, 'interval', 5, 300, name);
  between(check.timeout, 'timeout', 2, 60, name);
  between(check.retries, 'retries', 1, 10, name);
  between(check.startPeriod, 'startPeriod', 0, 300, name);
}

/** SWP-01, SWP-02, and what each list entry needs (guide 4, 20.8). */
function checkLinuxParameters(parameters: LinuxParameters, name: string): void {
  between(parameters.swappiness, 'swappiness', 0, 100, name);
  if ((parameters.maxSwap ?? 0) < 0) throw invalid(name, "'maxSwap' cannot be negative.");
  for (const { containerPath = '' } of parameters.tmpfs ?? []) {
    if (!containerPath.startsWith('/')) throw invalid(name, "The 'containerPath' of tmpfs must be absolute.");
  }
}

function between(value: number | undefined, member: string, from: number, to: number, name: string): void {
  if (value === undefined || (Number.isInteger(value) && value >= from && value <= to)) return;
  throw invalid(name, `'${member}' must be between ${from} and ${to}.`);
}

const invalid = (name: string, text: string): Error =>
  clientException(`Invalid setting for container '${name}'. ${text}`);
