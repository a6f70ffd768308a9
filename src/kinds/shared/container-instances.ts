import { type ContainerInstance, DeregisterContainerInstanceCommand } from '@aws-sdk/client-ecs';
import type { CallStep, KindCondition } from '../../engine/kind.ts';
import { nameOfArn } from './owner.ts';
import { ecs, step } from './step.ts';
import { listedInOrder } from './text.ts';

/** As ECS itself counts them (CI-02). */
export function isRegistered({ status }: ContainerInstance): boolean {
  return status === 'ACTIVE' || status === 'DRAINING';
}

/** Such an instance stays until somebody terminates or deregisters it (section 4 of part 2 of the guide). */
export function hasFailedToRegister({ status }: ContainerInstance): boolean {
  return status === 'REGISTRATION_FAILED';
}

/** `i-...` on EC2, `mi-...` elsewhere. */
export function nameOfInstance({ ec2InstanceId, containerInstanceArn }: ContainerInstance): string {
  return ec2InstanceId ?? nameOfArn(containerInstanceArn ?? '');
}

export function tasksOn({ runningTasksCount = 0, pendingTasksCount = 0 }: ContainerInstance): number {
  return runningTasksCount + pendingTasksCount;
}

export function hasTasks(instance: ContainerInstance): boolean {
  return tasksOn(instance) > 0;
}

const CHANGING = new Set<string | undefined>(['REGISTERING', 'DEREGISTERING']);

/**
 * DE-01: an instance whose agent is connected leaves the cluster when it is terminated; any other has to be taken out by hand. The agent of
 * one that is still registering has yet to connect.
 */
export function deregisterDisconnected(
  cluster: string | undefined,
  instances: readonly ContainerInstance[],
): readonly CallStep[] {
  return instances
    .filter(({ agentConnected, status }) => agentConnected !== true && !CHANGING.has(status))
    .map((instance) => {
      const { containerInstanceArn: containerInstance } = instance;
      const command = new DeregisterContainerInstanceCommand({ cluster, containerInstance, force: true });
      const why = 'deregistered, because its agent is disconnected';
      return step(ecs, command, `container instance of ${nameOfInstance(instance)} ${why}`);
    });
}

/** The condition of a cluster or a group with instances whose agent ECS does not hear from. */
export function agentDisconnected(disconnected: readonly ContainerInstance[]): KindCondition | undefined {
  if (disconnected.length === 0) return undefined;
  const names = listedInOrder(disconnected.map(nameOfInstance));
  const message = `The container agent is not connected to ECS on ${names}: no task can be placed or stopped there. Check its network path to the ECS endpoints and the logs of its agent; if the instance itself is gone, deregister it.`;
  return { type: 'AgentDisconnected', reason: 'AgentDisconnected', message };
}

/** The condition of a cluster or a group with instances that did not become container instances; `sentences` say which and why. */
export function registrationFailed(sentences: readonly string[]): KindCondition | undefined {
  if (sentences.length === 0) return undefined;
  return { type: 'RegistrationFailed', reason: 'RegistrationFailed', message: sentences.join(' ') };
}

/** Which instances ECS refused to register, and why. */
export function refusedRegistrations(instances: readonly ContainerInstance[]): readonly string[] {
  const failed = instances.filter(hasFailedToRegister);
  if (failed.length === 0) return [];
  const names = failed.map((instance) => `${nameOfInstance(instance)} (${reasonOf(instance)})`);
  return [
    `ECS could not register ${listedInOrder(names)}. Remove the cause, then terminate or deregister the instance.`,
  ];
}

function reasonOf({ statusReason }: ContainerInstance): string {
  return statusReason?.replace(/\.$/, '') ?? 'ECS does not say why';
}
