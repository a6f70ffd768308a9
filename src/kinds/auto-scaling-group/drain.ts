import {
  type ContainerInstance,
  type ContainerInstanceStatus,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs';
import { chunks } from '../../aws/chunks.ts';
import type { CallStep, Step } from '../../engine/kind.ts';
import { hasTasks, tasksOn } from '../shared/container-instances.ts';
import { ecs, step, wait } from '../shared/step.ts';
import { counted, listedInOrder } from '../shared/text.ts';
import type { DrainedInstance } from './api.ts';
import { clusterOf } from './desired.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';

/**
 * Asks for container instances of the group to be drained: `all` that are there at that moment, or EC2 instance ids with commas between them.
 */
export const drainAnnotation = 'ecs-operator.dev/drain';

/** Of UpdateContainerInstancesState. */
const MOST_AT_ONCE = 10;

/**
 * How far the draining that the annotation asks for is, and what of an earlier one is still to be taken back; `undefined` when
 * there is neither.
 */
export function drainReport(desired: DesiredGroup, observed: ObservedGroup): readonly DrainedInstance[] | undefined {
  const asked = askedFor(desired, observed);
  const left = leftovers(desired, observed).flatMap(({ ec2InstanceId }) => ec2InstanceId ?? []);
  if (asked === undefined && left.length === 0) return undefined;
  const ids = [...new Set([...(asked ?? []), ...left])].sort();
  return ids.map((id) => reportOf(id, containerInstanceOf(observed, id)));
}

/** Sets what the annotation names to DRAINING, and what it named before to ACTIVE again. */
export function drainCalls(desired: DesiredGroup, observed: ObservedGroup): readonly CallStep[] {
  const asked = askedFor(desired, observed) ?? [];
  const undrained = (observed.containerInstances ?? []).filter(
    ({ ec2InstanceId = '', status }) => status === 'ACTIVE' && asked.includes(ec2InstanceId),
  );
  return [
    ...stateSteps(desired, undrained, 'DRAINING'),
    ...stateSteps(desired, leftovers(desired, observed), 'ACTIVE'),
  ];
}

/** The object is not Ready before what the annotation asks for is done. */
export function drainWaits(desired: DesiredGroup, observed: ObservedGroup): readonly Step[] {
  const asked = askedFor(desired, observed);
  if (asked === undefined) return [];
  if (clusterOf(desired) === undefined) {
    const message = `The annotation ${drainAnnotation} has no effect because it is not known which cluster the instances join: set spec.cluster or spec.clusterRef.`;
    return [wait('ClusterUnknown', message)];
  }
  const draining = asked.flatMap((id) => containerInstanceOf(observed, id) ?? []).filter(hasTasks);
  return draining.length === 0 ? [] : [wait('Draining', tasksLeft(draining))];
}

/** Steps that set the state of these container instances. */
export function stateSteps(
  desired: DesiredGroup,
  instances: readonly ContainerInstance[],
  status: Extract<ContainerInstanceStatus, 'ACTIVE' | 'DRAINING'>,
): readonly CallStep[] {
  return chunks(instances, MOST_AT_ONCE).map((some) => {
    const command = new UpdateContainerInstancesStateCommand({
      cluster: clusterOf(desired),
      containerInstances: some.map(({ containerInstanceArn = '' }) => containerInstanceArn),
      status,
    });
    const ids = some.map(({ ec2InstanceId }) => ec2InstanceId).join(', ');
    return step(ecs, command, `container instances set ${status}: ${ids}`);
  });
}

/** DR-04, DR-05. */
export function tasksLeft(instances: readonly ContainerInstance[]): string {
  const busy = instances.map((instance) => `${instance.ec2InstanceId} (${counted(tasksOn(instance), 'task')})`);
  return `Waiting for the tasks on ${listedInOrder(busy)}. ECS moves those of services as their minimumHealthyPercent and the room on other instances allow; tasks that no service started have to be stopped by hand.`;
}

/** True when instances are to be drained, or an earlier drain is to be taken back. */
export function concernsDrain(desired: DesiredGroup): boolean {
  return drainRequest(desired) !== undefined || (desired.status?.drain ?? []).length > 0;
}

/** What the annotation says; the status keeps it beside the report that answers it. */
export function drainRequest({ object }: DesiredGroup): string | undefined {
  return object.metadata.annotations?.[drainAnnotation]?.trim();
}

/** EC2 ids; only those of this group can be drained with it. `undefined` without the annotation. */
function askedFor(desired: DesiredGroup, { group }: ObservedGroup): readonly string[] | undefined {
  const asked = drainRequest(desired);
  if (asked !== 'all') return asked?.split(',').flatMap((id) => id.trim() || []);
  const ids = (group.Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []);
  const { drain = [], drainRequest: answered } = desired.status ?? {};
  if (answered !== 'all') return ids;
  // Not those that come later: a capacity provider launches instances for the tasks that leave, and would do so up to the group's maximum.
  return drain.map(({ instanceId }) => instanceId).filter((id) => ids.includes(id));
}

/**
 * What an earlier annotation drained and nobody has taken back. The status lists it until that is done, whatever comes between. An instance
 * that is terminating stays as it is: ECS drains those itself (MD-02).
 */
function leftovers(desired: DesiredGroup, observed: ObservedGroup): readonly ContainerInstance[] {
  const asked = askedFor(desired, observed) ?? [];
  return (desired.status?.drain ?? []).flatMap(({ instanceId }) => {
    const instance = containerInstanceOf(observed, instanceId);
    const isOurs = instance?.status === 'DRAINING' && !asked.includes(instanceId);
    return isOurs && !isLeaving(observed, instanceId) ? [instance] : [];
  });
}

/** True when AWS is terminating the instance, or has done so. One that it retains has only begun to end. */
export function isLeaving({ group }: ObservedGroup, id: string | undefined): boolean {
  const member = group.Instances?.find(({ InstanceId }) => InstanceId === id);
  if (member?.LifecycleState === undefined) return true;
  return member.LifecycleState.startsWith('Terminat') && member.LifecycleState !== 'Terminating:Retained';
}

function reportOf(instanceId: string, instance: ContainerInstance | undefined): DrainedInstance {
  if (instance === undefined) return { instanceId, state: 'NotRegistered', runningTasksCount: 0 };
  const drained = instance.status === 'DRAINING' && !hasTasks(instance);
  return { instanceId, state: drained ? 'Drained' : 'Draining', runningTasksCount: tasksOn(instance) };
}

function containerInstanceOf({ containerInstances }: ObservedGroup, id: string): ContainerInstance | undefined {
  return containerInstances?.find(({ ec2InstanceId }) => ec2InstanceId === id);
}
