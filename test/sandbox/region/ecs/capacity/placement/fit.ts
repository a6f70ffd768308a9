import type { NetworkConfiguration, PlacementConstraint, TaskOverride } from '@aws-sdk/client-ecs';
import { zoneOfSubnet } from '../../../ec2/network.ts';
import { AwsError } from '../../../errors.ts';
import type { World } from '../../../world.ts';
import type { TaskDefinitionState } from '../../task-definitions/state.ts';
import { answers } from '../query/evaluate.ts';
import { parseQuery } from '../query/parse.ts';
import type { ContainerInstanceState } from '../state.ts';
import { type Demand, demandOf } from './demand.ts';
import { AGENT_PORTS, remainingOf } from './remaining.ts';

/** Why an instance cannot take a task, as in `failures[]` (section 18 of part 4). */
export type Misfit =
  | 'AGENT'
  | 'ATTRIBUTE'
  | 'LOCATION'
  | 'RESOURCE:CPU'
  | 'RESOURCE:MEMORY'
  | 'RESOURCE:PORTS'
  | 'RESOURCE:PORTS_UDP'
  | 'RESOURCE:ENI'
  | 'RESOURCE:GPU'
  | 'DistinctInstance placement constraint unsatisfied.'
  | 'MemberOf placement constraint unsatisfied.';

/** What is asked of an instance for one task. */
export interface Wanted {
  readonly taskDefinition: TaskDefinitionState;
  readonly group: string;
  readonly constraints: readonly PlacementConstraint[];
  readonly networkConfiguration?: NetworkConfiguration | undefined;
  readonly overrides?: TaskOverride | undefined;
}

/** Host ports that tasks may reserve on one instance. */
const MAX_PORTS = 100;

/** The first reason why the instance cannot take the task now: what it is first, what it has left then, constraints last (PL-08). */
export function misfit(
  world: World,
  instance: ContainerInstanceState,
  wanted: Wanted,
  reserved: readonly Demand[] = [],
): Misfit | undefined {
  if (!instance.agentConnected) return 'AGENT';
  return (
    lacksAttribute(world, instance, wanted) ??
    lacksResource(instance, wanted, reserved) ??
    breaksConstraint(instance, wanted)
  );
}

/** Whether a DAEMON service wants a task there, whatever is left of the instance (SV-01). */
export function isEligible(world: World, instance: ContainerInstanceState, wanted: Wanted): boolean {
  return (
    lacksAttribute(world, instance, wanted) === undefined &&
    breaksConstraint(instance, wanted, 'memberOf') === undefined
  );
}

function lacksAttribute(
  world: World,
  instance: ContainerInstanceState,
  { taskDefinition, ...wanted }: Wanted,
): Misfit | undefined {
  for (const attribute of taskDefinition.definition.requiresAttributes ?? []) {
    const value = instance.attributes.get(attribute.name ?? '');
    if (value === undefined || (attribute.value ?? value) !== value) return 'ATTRIBUTE';
  }
  const zone = instance.attributes.get('ecs.availability-zone');
  const subnets = wanted.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  // The task's network interface has to be in the zone of its instance.
  if (zone === undefined || subnets.length === 0) return undefined;
  return subnets.some((subnet) => zoneOfSubnet(world, subnet) === zone) ? undefined : 'LOCATION';
}

function lacksResource(
  instance: ContainerInstanceState,
  wanted: Wanted,
  reserved: readonly Demand[],
): Misfit | undefined {
  const demand = demandOf(wanted.taskDefinition, wanted.overrides);
  const left = remainingOf(instance, reserved);
  if (demand.cpu > left.cpu) return 'RESOURCE:CPU';
  if (demand.memory > left.memory) return 'RESOURCE:MEMORY';
  if (demand.gpus > left.gpus) return 'RESOURCE:GPU';
  if (demand.enis > left.enis) return 'RESOURCE:ENI';
  const clash = demand.ports.find((port) => left.ports.includes(port));
  if (clash !== undefined) return clash.startsWith('udp') ? 'RESOURCE:PORTS_UDP' : 'RESOURCE:PORTS';
  const taken = left.ports.length - AGENT_PORTS.length;
  return demand.ports.length > 0 && taken + demand.ports.length > MAX_PORTS ? 'RESOURCE:PORTS' : undefined;
}

/** Constraints of the task definition and of the service or run count together (PL-12). */
function breaksConstraint(
  instance: ContainerInstanceState,
  wanted: Wanted,
  only?: PlacementConstraint['type'],
): Misfit | undefined {
  const constraints = [...(wanted.taskDefinition.definition.placementConstraints ?? []), ...wanted.constraints];
  for (const { type, expression } of constraints) {
    if (only !== undefined && type !== only) continue;
    switch (type) {
      case 'distinctInstance':
        if ([...instance.tasks].some(({ group }) => group === wanted.group)) {
          return 'DistinctInstance placement constraint unsatisfied.';
        }
        break;
      case 'memberOf':
        if (!isMember(instance, expression ?? '')) return 'MemberOf placement constraint unsatisfied.';
        break;
    }
  }
  return undefined;
}

/** RegisterTaskDefinition takes any expression; one that cannot be read matches nothing. */
function isMember(instance: ContainerInstanceState, expression: string): boolean {
  try {
    return answers(parseQuery(expression), queried(instance));
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
}

/** The instance as the cluster query language sees it. */
export function queried(instance: ContainerInstanceState) {
  const tasks = [...instance.tasks];
  return {
    agentConnected: instance.agentConnected,
    agentVersion: instance.agentVersion,
    ec2InstanceId: instance.ec2InstanceId,
    registeredAt: instance.registeredAt,
    attributes: instance.attributes,
    runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    taskGroups: tasks.map(({ group }) => group),
  };
}
