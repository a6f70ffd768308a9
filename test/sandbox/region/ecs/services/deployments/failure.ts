import type { World } from '../../../world.ts';
import { addEvent, EVENT, resolveCauses } from '../events.ts';
import type { DeploymentState, ServiceDeploymentState, ServiceState } from '../state.ts';
import { wake } from '../wake.ts';
import { finish, recordOf, setStatus } from './record.ts';
import { setRollout } from './rollout-state.ts';

/** What brings a deployment to its end before it is complete. */
export type FailureCause = 'breaker' | 'alarm' | 'hook' | 'hookTimeout' | 'request';

interface Words {
  /** Completes the event `deployment failed: `. */
  readonly event: string;
  readonly rolloutReason: string;
  /** Before `: rolling back to deploymentId`. */
  readonly rollingBack: string;
  readonly because: string;
}

/** Those of the circuit breaker and `hook execution failure(s) detected`, `alarm detected` are ECS's own; the others are like them. */
const WORDS: Readonly<Record<FailureCause, Words>> = {
  breaker: {
    event: 'tasks failed to start',
    rolloutReason: 'ECS deployment circuit breaker: tasks failed to start.',
    rollingBack: 'ECS deployment circuit breaker',
    because: 'because the circuit breaker threshold was exceeded.',
  },
  alarm: {
    event: 'alarm detected',
    rolloutReason: 'ECS deployment failed: alarm detected.',
    rollingBack: 'ECS deployment alarm',
    because: 'because an alarm was detected.',
  },
  hook: {
    event: 'hook execution failure(s) detected',
    rolloutReason: 'ECS deployment failed: hook execution failure(s) detected.',
    rollingBack: 'ECS deployment lifecycle hook',
    because: 'because of hook execution failure(s).',
  },
  hookTimeout: {
    event: 'lifecycle hook timed out',
    rolloutReason: 'ECS deployment failed: lifecycle hook timed out.',
    rollingBack: 'ECS deployment lifecycle hook',
    because: 'because a lifecycle hook timed out.',
  },
  request: {
    event: 'rollback requested',
    rolloutReason: 'ECS deployment stopped: rollback requested.',
    rollingBack: 'ECS deployment stopped',
    because: 'because a rollback was requested.',
  },
};

/** Ends the PRIMARY deployment: the service goes back to its newest completed one, or starts nothing more (CB-04, CB-05). */
export function failDeployment(world: World, service: ServiceState, cause: FailureCause, rollback: boolean): void {
  const [failed] = service.deployments;
  const record = recordOf(service);
  if (failed === undefined || record === undefined) return;
  const words = WORDS[cause];
  setRollout(world, failed, 'FAILED', words.rolloutReason);
  addEvent(world, service, EVENT.failed(failed.id, words.event));
  if (cause === 'breaker') record.breaker = 'TRIGGERED';
  if (cause === 'alarm') record.alarms.status = 'TRIGGERED';
  wake(world, service);
  if (!rollback) {
    finish(world, record, 'STOPPED', `Service deployment failed ${words.because}`);
    return;
  }
  // While a deployment is rolled back to, it is IN_PROGRESS, so a failing rollback finds none (CB-04).
  const target = service.deployments.find((deployment) => deployment.rolloutState === 'COMPLETED');
  if (target === undefined) {
    finish(world, record, 'ROLLBACK_FAILED', 'No rollback candidate was found to run the rollback.');
    return;
  }
  rollBack(world, service, target, record, words);
}

function rollBack(
  world: World,
  service: ServiceState,
  target: DeploymentState,
  record: ServiceDeploymentState,
  words: Words,
): void {
  service.deployments = [target, ...service.deployments.filter((deployment) => deployment !== target)];
  service.template = target.revision.template;
  target.failedTasks = 0;
  target.hasBeenHealthy = false;
  setRollout(world, target, 'IN_PROGRESS', `${words.rollingBack}: rolling back to deploymentId ${target.id}.`);
  addEvent(world, service, EVENT.rollingBack(target.id));
  service.failures = 0;
  service.throttledUntil = 0;
  service.steady = false;
  resolveCauses(service);
  const reason = `Service deployment rolled back ${words.because}`;
  setStatus(world, record, 'ROLLBACK_IN_PROGRESS', reason);
  record.rollback = { reason, startedAt: world.agenda.date, revision: target.revision };
  if (record.lifecycle === undefined) return;
  record.lifecycle.stage = 'CLEAN_UP';
  record.lifecycle.productionWeight = 0;
  record.lifecycle.testWeight = 0;
}
