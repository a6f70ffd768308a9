import type { ContainerInstance, Resource, Task } from '@aws-sdk/client-ecs';

/** CPU units (1024 are a vCPU) and MiB of memory: what is compared when it is asked whether a task fits. */
export interface Resources {
  readonly cpu: number;
  readonly memory: number;
}

/** What the agent registered: less memory than the instance type has (ME-01). */
export function registeredResources({ registeredResources: resources }: ContainerInstance): Resources {
  return resourcesFrom(resources);
}

export function remainingResources({ remainingResources: resources }: ContainerInstance): Resources {
  return resourcesFrom(resources);
}

/** What ECS reserves for the task: its own size, or that of its containers together. */
export function requestedResources({ cpu, memory }: Task): Resources {
  return { cpu: numberFrom(cpu), memory: numberFrom(memory) };
}

export function fits(task: Resources, into: Resources): boolean {
  return task.cpu <= into.cpu && task.memory <= into.memory;
}

/** `512 CPU units, 1024 MiB`. */
export function described({ cpu, memory }: Resources): string {
  return `${cpu} CPU units, ${memory} MiB`;
}

function resourcesFrom(resources: readonly Resource[] | undefined): Resources {
  const value = (name: string): number => resources?.find((resource) => resource.name === name)?.integerValue ?? 0;
  return { cpu: value('CPU'), memory: value('MEMORY') };
}

/** DescribeTasks answers with numbers as text. */
function numberFrom(text: string | undefined): number {
  const value = Number(text ?? 0);
  return Number.isFinite(value) ? value : 0;
}
