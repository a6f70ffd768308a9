import type { ContainerInstanceState } from '../state.ts';
import type { Misfit } from './fit.ts';

const EXPLAINED: Readonly<Partial<Record<Misfit, string>>> = {
  ATTRIBUTE: 'is missing an attribute required by your task',
  'RESOURCE:CPU': 'has insufficient CPU units available',
  'RESOURCE:MEMORY': 'has insufficient memory available',
  'RESOURCE:PORTS': 'is already using a port required by your task',
  'RESOURCE:PORTS_UDP': 'is already using a port required by your task',
};

/** How the reason begins when it is the instances'. */
export const UNMET = ' because no container instance met all of its requirements.';

/** How a service's event says why the closest instance did not do (section 12.2 of part 4). */
export function explained(instance: ContainerInstanceState, reason: Misfit): string {
  const why = EXPLAINED[reason] ?? `encountered error "${reason}"`;
  return `${UNMET} The closest matching (container-instance ${instance.id}) ${why}.`;
}
