import type { NetworkBinding } from '@aws-sdk/client-ecs';
import type { ContainerState, TaskState } from './state.ts';

/** Where Docker's ephemeral ports begin on Linux. */
const FIRST_DYNAMIC_PORT = 32_768;

/** Binds the ports of a task in bridge or host mode to its instance; a dynamic one gets the lowest that is free. */
export function bindPorts(task: TaskState): void {
  const mode = task.taskDefinition.definition.networkMode ?? 'bridge';
  if (mode !== 'bridge' && mode !== 'host') return;
  const others = [...(task.containerInstance?.tasks ?? [])];
  const taken = new Set(others.flatMap(({ containers }) => containers.flatMap(hostPorts)));
  for (const container of task.containers) container.networkBindings = bindingsOf(container, taken);
}

function hostPorts({ networkBindings }: ContainerState): number[] {
  return networkBindings.flatMap(({ hostPort, hostPortRange }) => {
    if (hostPortRange === undefined) return hostPort ?? [];
    const [first = 0, last = 0] = hostPortRange.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function bindingsOf({ definition }: ContainerState, taken: Set<number>): NetworkBinding[] {
  return (definition.portMappings ?? []).map((mapping) => {
    const { containerPortRange } = mapping;
    const protocol = mapping.protocol ?? 'tcp';
    if (containerPortRange !== undefined) {
      const [first = 0, last = 0] = containerPortRange.split('-').map(Number);
      const host = free(taken, last - first + 1);
      return { bindIP: '0.0.0.0', containerPortRange, hostPortRange: `${host}-${host + last - first}`, protocol };
    }
    const hostPort = mapping.hostPort === undefined || mapping.hostPort === 0 ? free(taken, 1) : mapping.hostPort;
    taken.add(hostPort);
    return { bindIP: '0.0.0.0', containerPort: mapping.containerPort, hostPort, protocol };
  });
}

/** The first of `count` ports in a row that are free, which it takes. */
function free(taken: Set<number>, count: number): number {
  for (let first = FIRST_DYNAMIC_PORT; ; first += 1) {
    const ports = Array.from({ length: count }, (_, index) => first + index);
    if (ports.some((port) => taken.has(port))) continue;
    for (const port of ports) taken.add(port);
    return first;
  }
}
