import type { ContainerInstance } from '@aws-sdk/client-ecs';
import type { Step } from '../../engine/kind.ts';
import { hasTasks } from '../shared/container-instances.ts';
import { wait } from '../shared/step.ts';
import { isLeaving, stateSteps, tasksLeft } from './drain.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';

/**
 * How long tasks on an instance whose agent is disconnected are waited for when the group is deleted. An agent that restarts is back in seconds;
 * without one nobody can stop the tasks, and ECS would count them for ever.
 */
const AGENT_PATIENCE_MS = 5 * 60_000;

/**
 * Drains what ECS knows of the group and waits for the tasks. What is terminating already is drained by ECS, or past help.
 */
export function drainAll(desired: DesiredGroup, observed: ObservedGroup): readonly Step[] {
  const staying = (observed.containerInstances ?? []).filter(
    ({ ec2InstanceId }) => !isLeaving(observed, ec2InstanceId),
  );
  const active = staying.filter(({ status }) => status === 'ACTIVE');
  const calls = stateSteps(desired, active, 'DRAINING');
  const busy = staying.filter((instance) => hasTasks(instance) && (isConnected(instance) || isPatient(desired)));
  if (busy.length === 0) return calls;
  const remedy = 'To delete the group at once, with what runs on it, set spec.forceDelete.';
  return [...calls, wait('Draining', `${tasksLeft(busy)} ${remedy}`)];
}

function isConnected({ agentConnected }: ContainerInstance): boolean {
  return agentConnected === true;
}

function isPatient({ object, now }: DesiredGroup): boolean {
  return now - Date.parse(object.metadata.deletionTimestamp ?? '') < AGENT_PATIENCE_MS;
}
