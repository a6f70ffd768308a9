import type { ContainerDefinition, TaskOverride } from '@aws-sdk/client-ecs';
import type { TaskDefinitionState } from '../../task-definitions/state.ts';
import type { Resources } from '../state.ts';

export interface Demand extends Resources {
  /** `tcp/80`: host ports that are asked for by number. */
  readonly ports: readonly string[];
}

type Definition = TaskDefinitionState['definition'];

/** What a task takes of a container instance: the task's own size, or else the sum of its containers'. */
export function demandOf(taskDefinition: TaskDefinitionState, overrides?: TaskOverride): Demand {
  const { definition } = taskDefinition;
  const containers = (definition.containerDefinitions ?? []).map((container) => overridden(container, overrides));
  const cpu = overrides?.cpu ?? definition.cpu;
  const memory = overrides?.memory ?? definition.memory;
  return {
    cpu: cpu === undefined ? sum(containers, ({ cpu = 0 }) => cpu) : Number(cpu),
    // The reservation is what counts where there is one; the hard limit may be above it.
    memory:
      memory === undefined
        ? sum(containers, (container) => container.memoryReservation ?? container.memory ?? 0)
        : Number(memory),
    gpus: sum(containers, gpusOf),
    enis: definition.networkMode === 'awsvpc' ? 1 : 0,
    ports: containers.flatMap((container) => fixedPorts(definition, container)),
  };
}

function overridden(container: ContainerDefinition, overrides: TaskOverride | undefined): ContainerDefinition {
  const override = overrides?.containerOverrides?.find(({ name }) => name === container.name);
  if (override === undefined) return container;
  return {
    ...container,
    cpu: override.cpu ?? container.cpu,
    memory: override.memory ?? container.memory,
    memoryReservation: override.memoryReservation ?? container.memoryReservation,
    resourceRequirements: override.resourceRequirements ?? container.resourceRequirements,
  };
}

function gpusOf(container: ContainerDefinition): number {
  const gpu = container.resourceRequirements?.find(({ type }) => type === 'GPU');
  return Number(gpu?.value ?? 0);
}

/** Host port 0, or none in bridge mode, is given at random when the container starts. With awsvpc the ports are those of the task's interface. */
function fixedPorts(definition: Definition, container: ContainerDefinition): string[] {
  const mode = definition.networkMode ?? 'bridge';
  if (mode !== 'bridge' && mode !== 'host') return [];
  return (container.portMappings ?? []).flatMap(({ hostPort, containerPort, protocol }) => {
    const port = mode === 'host' ? (hostPort ?? containerPort ?? 0) : (hostPort ?? 0);
    return port === 0 ? [] : [`${protocol ?? 'tcp'}/${port}`];
  });
}

function sum(containers: readonly ContainerDefinition[], value: (container: ContainerDefinition) => number): number {
  return containers.reduce((total, container) => total + value(container), 0);
}
