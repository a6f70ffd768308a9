import type { Task } from '@aws-sdk/client-ecs';
import type { KindCondition } from '../../engine/kind.ts';
import { lacksCapacity } from '../shared/launch-failures.ts';
import { STATUS_INCOMPLETE } from '../shared/status-reads.ts';
import { listedInOrder } from '../shared/text.ts';
import { failedLaunch, isAtMaximum } from './not-scaling.ts';
import { describedSize, describedTasks, holds, type Sizes } from './placement.ts';
import type { ProviderSituation } from './providers.ts';

/** All conditions of this kind's own. */
export const conditionTypes = [
  'AgentDisconnected',
  'RegistrationFailed',
  'CapacityUnavailable',
  'TasksUnplaceable',
  STATUS_INCOMPLETE,
];

/** What keeps tasks waiting and does not pass by itself, or nobody knows when. */
export function capacityConditions(situations: readonly ProviderSituation[]): readonly KindCondition[] {
  return [...capacityUnavailable(situations), ...tasksUnplaceable(situations)];
}

function capacityUnavailable(situations: readonly ProviderSituation[]): readonly KindCondition[] {
  const failures = situations.flatMap((situation) => {
    const failure = situation.waiting.length > 0 ? failedLaunch(situation) : undefined;
    return failure !== undefined && lacksCapacity(failure) ? [`${situation.name}: ${failure}`] : [];
  });
  if (failures.length === 0) return [];
  const message = `EC2 has no capacity for what the groups of these capacity providers launch. ${failures.join(' ')} The groups keep trying; more instance types or Availability Zones find capacity sooner.`;
  return [{ type: 'CapacityUnavailable', reason: 'InsufficientInstanceCapacity', message }];
}

function tasksUnplaceable(situations: readonly ProviderSituation[]): readonly KindCondition[] {
  const tooLarge = situations.flatMap(tooLargeFor);
  const atMaximum = situations.flatMap(beyondMaximum);
  const sentences = [...tooLarge, ...atMaximum];
  if (sentences.length === 0) return [];
  const reason = tooLarge.length > 0 ? 'TaskTooLarge' : 'GroupAtMaximum';
  return [{ type: 'TasksUnplaceable', reason, message: sentences.join(' ') }];
}

function tooLargeFor({ name, tooLarge, sizes }: ProviderSituation): readonly string[] {
  if (sizes === undefined) return [];
  return [...largerThanAll(name, tooLarge, sizes), ...largerThanSmallest(name, tooLarge, sizes)];
}

/** ME-02. */
function largerThanAll(name: string, tooLarge: readonly Task[], { largest }: Sizes): readonly string[] {
  const tasks = describedTasks(tooLarge.filter((task) => !holds(largest, task)));
  if (tasks.length === 0) return [];
  return [
    `Capacity provider ${name} has no instance that could hold tasks of ${listedInOrder(tasks)}: the largest is ${describedSize(largest)}. Make the tasks smaller, or the instances larger.`,
  ];
}

/** CAS-12. */
function largerThanSmallest(name: string, tooLarge: readonly Task[], { smallest, largest }: Sizes): readonly string[] {
  const tasks = describedTasks(tooLarge.filter((task) => holds(largest, task)));
  if (tasks.length === 0) return [];
  return [
    `ECS starts no instances of capacity provider ${name} for tasks of ${listedInOrder(tasks)}, because they are larger than its smallest, ${describedSize(smallest)}. Make the tasks smaller, or give each size of instances a group and a capacity provider of its own.`,
  ];
}

function beyondMaximum(situation: ProviderSituation): readonly string[] {
  const { name, group, waiting } = situation;
  if (waiting.length === 0 || !isAtMaximum(situation)) return [];
  return [
    `Tasks of ${listedInOrder(describedTasks(waiting))} wait for capacity provider ${name}, whose Auto Scaling group ${group?.AutoScalingGroupName} is at its maximum of ${group?.MaxSize}. Raise its maxSize, or run fewer tasks.`,
  ];
}
