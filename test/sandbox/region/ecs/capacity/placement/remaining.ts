import type { ContainerInstanceState } from '../state.ts';
import { type Demand, demandOf } from './demand.ts';

/** Ports of the agent, Docker and SSH, taken on every container instance. */
export const AGENT_PORTS: readonly string[] = ['tcp/22', 'tcp/2375', 'tcp/2376', 'tcp/51678', 'tcp/51679'];

/** What is left of an instance; `ports` are those taken. `reserved` is kept for tasks that are still to come. */
export function remainingOf(instance: ContainerInstanceState, reserved: readonly Demand[] = []): Demand {
  const demands = [...instance.tasks].map((task) => demandOf(task.taskDefinition, task.overrides));
  return [...demands, ...reserved].reduce(minus, { ...instance.registered, ports: AGENT_PORTS });
}

/** `left` without what a task takes. */
export function minus(left: Demand, demand: Demand): Demand {
  return {
    cpu: left.cpu - demand.cpu,
    memory: left.memory - demand.memory,
    gpus: left.gpus - demand.gpus,
    enis: left.enis - demand.enis,
    ports: [...left.ports, ...demand.ports],
  };
}
