import type { ContainerDefinition, HealthCheck } from '@aws-sdk/client-ecs';
import type { TaskDefinitionState } from '../task-definitions/state.ts';

/** Why a container cannot be started (guide 4, 10.2). */
export type StartCause =
  | 'cannot-start'
  | 'cannot-create-volume'
  | 'log-driver'
  | 'runtime-timeout'
  | 'runtime-error'
  | 'internal-error';

/** What a container does, chosen by its image. */
export type Behaviour =
  | { readonly kind: 'runs' }
  /** `afterMs` undefined: as soon as the region's timings say. */
  | { readonly kind: 'exits'; readonly code: number; readonly afterMs: number | undefined }
  | { readonly kind: 'outOfMemory' }
  | { readonly kind: 'cannotPull' }
  | { readonly kind: 'secretMissing' }
  | { readonly kind: 'cannotStart'; readonly cause: StartCause }
  /** Its task's subnet has no address left; of no meaning without a network interface of its own. */
  | { readonly kind: 'noAddress' }
  | { readonly kind: 'slow'; readonly pullingMs: number }
  /** Its health checks fail from that time on. Without a health check nobody notices. */
  | { readonly kind: 'unhealthy'; readonly afterMs: number }
  /** The load balancer's health checks fail from that time on; of no meaning without a load balancer. */
  | { readonly kind: 'unhealthyTarget'; readonly afterMs: number }
  | { readonly kind: 'ignoresSigterm' }
  /** AWS takes the capacity of its task back; only on FARGATE_SPOT. */
  | { readonly kind: 'spotInterrupted'; readonly afterMs: number };

const SIMULATED = /(?:^|\/)sim\/([a-z-]+)(?::([^@]*))?(?:@.*)?$/;

/** Any image that is not one of the simulated ones runs. */
export function imageBehaviour(image: string): Behaviour {
  const [, name, tag] = SIMULATED.exec(image) ?? [];
  switch (name) {
    case 'exit':
      return { kind: 'exits', code: exitCode(tag, 1), afterMs: undefined };
    case 'exit-after': {
      const [duration, code] = tag?.split('-') ?? [];
      return { kind: 'exits', code: exitCode(code, 0), afterMs: durationMs(duration, 30_000) };
    }
    case 'oom':
      return { kind: 'outOfMemory' };
    case 'cannot-pull':
      return { kind: 'cannotPull' };
    case 'secret-missing':
      return { kind: 'secretMissing' };
    case 'cannot-start':
    case 'cannot-create-volume':
    case 'log-driver':
    case 'runtime-timeout':
    case 'runtime-error':
    case 'internal-error':
      return { kind: 'cannotStart', cause: name };
    case 'no-address':
      return { kind: 'noAddress' };
    case 'slow':
      return { kind: 'slow', pullingMs: durationMs(tag, 30_000) };
    case 'unhealthy':
      return { kind: 'unhealthy', afterMs: 0 };
    case 'unhealthy-after':
      return { kind: 'unhealthy', afterMs: durationMs(tag, 60_000) };
    case 'lb-unhealthy':
      return { kind: 'unhealthyTarget', afterMs: 0 };
    case 'lb-unhealthy-after':
      return { kind: 'unhealthyTarget', afterMs: durationMs(tag, 60_000) };
    case 'ignore-sigterm':
      return { kind: 'ignoresSigterm' };
    case 'spot-interrupted-after':
      return { kind: 'spotInterrupted', afterMs: durationMs(tag, 60_000) };
    default:
      return { kind: 'runs' };
  }
}

/** From when on, after the task runs, a load balancer finds this container of it unhealthy; `undefined` if it never does. */
export function unhealthyTargetAfterMs(
  taskDefinition: TaskDefinitionState,
  containerName: string | undefined,
): number | undefined {
  const container = taskDefinition.definition.containerDefinitions?.find(({ name }) => name === containerName);
  const behaviour = imageBehaviour(container?.image ?? '');
  return behaviour.kind === 'unhealthyTarget' ? behaviour.afterMs : undefined;
}

export interface HealthChange {
  /** Since the container's start. */
  readonly atMs: number;
  readonly status: 'HEALTHY' | 'UNHEALTHY';
}

/**
 * When a container's health changes. A check runs each `interval`; the first success is HEALTHY, and `retries` failures in a row are
 * UNHEALTHY. Failures within `startPeriod` do not count unless a check has succeeded before (guide 4, 20.5).
 * `share` is the part of the interval that passes before the first success: instant timings do not wait for good news, only for bad.
 */
export function healthChanges(check: HealthCheck, behaviour: Behaviour, share: number): HealthChange[] {
  const interval = (check.interval ?? 30) * 1_000;
  const healthy: HealthChange = { atMs: interval * share, status: 'HEALTHY' };
  if (behaviour.kind !== 'unhealthy') return [healthy];
  const wasHealthy = behaviour.afterMs > interval;
  const failsFrom = wasHealthy ? behaviour.afterMs : Math.max(behaviour.afterMs, (check.startPeriod ?? 0) * 1_000);
  const firstFailure = Math.max(1, Math.ceil(failsFrom / interval));
  const unhealthy: HealthChange = {
    atMs: (firstFailure + (check.retries ?? 3) - 1) * interval,
    status: 'UNHEALTHY',
  };
  return wasHealthy ? [healthy, unhealthy] : [unhealthy];
}

/** Docker's grace between SIGTERM and SIGKILL: 30 s unless the definition says otherwise. */
export const stopTimeoutMs = (container: ContainerDefinition): number => (container.stopTimeout ?? 30) * 1_000;

function exitCode(text: string | undefined, otherwise: number): number {
  const code = Number.parseInt(text ?? '', 10);
  return Number.isNaN(code) ? otherwise : code;
}

function durationMs(text: string | undefined, otherwise: number): number {
  const match = /^(\d+)(ms|s|m|h)?$/.exec(text ?? '');
  if (match === null) return otherwise;
  const factor = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[match[2] ?? 's'] ?? 1_000;
  return Number(match[1]) * factor;
}
