import type { PlacementStrategy } from '@aws-sdk/client-ecs';
import type { ContainerInstanceState } from '../state.ts';
import { remainingOf } from './remaining.ts';

/** Without a strategy a service favours the zone, then the instance, with the fewest of its tasks (SV-08). */
export const SERVICE_DEFAULT: readonly PlacementStrategy[] = [
  { type: 'spread', field: 'attribute:ecs.availability-zone' },
  { type: 'spread', field: 'instanceId' },
];

/** Picks one of several instances that fit. Strategies apply one after the other, each to what the one before it left (PL-03). */
export function pick(
  candidates: readonly ContainerInstanceState[],
  strategies: readonly PlacementStrategy[],
  group: string,
  seed: number,
): ContainerInstanceState | undefined {
  let left = candidates;
  for (const strategy of strategies) left = best(left, strategy, group, seed);
  return left[0];
}

function best(
  candidates: readonly ContainerInstanceState[],
  strategy: PlacementStrategy,
  group: string,
  seed: number,
): readonly ContainerInstanceState[] {
  switch (strategy.type) {
    case 'random':
      return candidates.slice(seed % Math.max(1, candidates.length)).slice(0, 1);
    case 'binpack':
      return lowest(
        candidates,
        (instance) => remainingOf(instance)[strategy.field?.toLowerCase() === 'cpu' ? 'cpu' : 'memory'],
      );
    case 'spread': {
      const counts = new Map<string, number>();
      for (const instance of candidates) {
        const place = placeOf(instance, strategy.field);
        counts.set(place, (counts.get(place) ?? 0) + tasksOf(instance, group));
      }
      return lowest(candidates, (instance) => counts.get(placeOf(instance, strategy.field)) ?? 0);
    }
    default:
      return candidates;
  }
}

function lowest(
  candidates: readonly ContainerInstanceState[],
  value: (instance: ContainerInstanceState) => number,
): ContainerInstanceState[] {
  const values = candidates.map(value);
  const least = Math.min(...values);
  return candidates.filter((_, index) => values[index] === least);
}

/** `instanceId` and its alias `host` are the instance itself; anything else is an attribute (PL-02). */
function placeOf(instance: ContainerInstanceState, field: string | undefined): string {
  const name = /^attribute:(.+)$/.exec(field ?? '')?.[1];
  return name === undefined ? instance.id : (instance.attributes.get(name) ?? '');
}

/** A service spreads its own tasks, a run those of its group (PL-04). */
function tasksOf(instance: ContainerInstanceState, group: string): number {
  return [...instance.tasks].filter((task) => task.group === group && task.desiredStatus === 'RUNNING').length;
}
