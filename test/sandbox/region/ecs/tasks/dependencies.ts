import type { ContainerDependency } from '@aws-sdk/client-ecs';
import type { ContainerState } from './state.ts';

export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waiting' }
  /** A dependency can no longer be met, so the container will never start (TD-42). */
  | { readonly kind: 'never'; readonly reason: string };

const READY: Readiness = { kind: 'ready' };
const WAITING: Readiness = { kind: 'waiting' };

/** Whether a container may start, judged by the containers that it depends on. */
export function readiness(container: ContainerState, containers: readonly ContainerState[], now: number): Readiness {
  let result = READY;
  for (const dependency of container.definition.dependsOn ?? []) {
    const target = containers.find(({ name }) => name === dependency.containerName);
    const single = target === undefined ? READY : met(dependency, target, container.name, now);
    if (single.kind === 'never') return single;
    if (single.kind === 'waiting') result = single;
  }
  return result;
}

/** Whether another container waits for this one to finish. */
export function isAwaitedToExit(container: ContainerState, containers: readonly ContainerState[]): boolean {
  return containers.some((other) =>
    other.definition.dependsOn?.some(
      ({ containerName, condition }) =>
        containerName === container.name && (condition === 'COMPLETE' || condition === 'SUCCESS'),
    ),
  );
}

/** Containers stop in the reverse order: first those that nothing running depends on (guide 4, 20.8). */
export function mayStop(container: ContainerState, containers: readonly ContainerState[]): boolean {
  return !containers.some(
    (other) =>
      other.lastStatus === 'RUNNING' &&
      other.definition.dependsOn?.some(({ containerName }) => containerName === container.name),
  );
}

function met(dependency: ContainerDependency, target: ContainerState, dependant: string, now: number): Readiness {
  const failure = unmeetable(dependency, target);
  if (failure === undefined && isMet(dependency, target)) return READY;
  const reason = failure ?? (timedOut(target, now) ? 'has timed out.' : undefined);
  if (reason === undefined) return WAITING;
  return {
    kind: 'never',
    reason: `dependency graph: container ordering dependency [${target.name}] for target [${dependant}] ${reason}`,
  };
}

function isMet({ condition }: ContainerDependency, target: ContainerState): boolean {
  switch (condition) {
    case 'COMPLETE':
    case 'SUCCESS':
      return target.lastStatus === 'STOPPED';
    case 'HEALTHY':
      return target.healthStatus === 'HEALTHY';
    default:
      return target.startedAt !== undefined;
  }
}

/** Why a dependency that has stopped can no longer be met. */
function unmeetable({ condition }: ContainerDependency, target: ContainerState): string | undefined {
  if (target.lastStatus !== 'STOPPED') return undefined;
  if (target.startedAt === undefined) return 'will never start.';
  if (condition === 'HEALTHY') return 'is not running.';
  return condition === 'SUCCESS' && target.exitCode !== 0 ? 'did not exit successfully.' : undefined;
}

/** `startTimeout` belongs to the container that is depended upon (TD-43). */
function timedOut({ startedAt, definition }: ContainerState, now: number): boolean {
  if (startedAt === undefined || definition.startTimeout === undefined) return false;
  return now - startedAt.getTime() >= definition.startTimeout * 1_000;
}
