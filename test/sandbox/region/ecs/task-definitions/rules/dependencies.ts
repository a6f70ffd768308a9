import type { ContainerDefinition, ContainerDependency } from '@aws-sdk/client-ecs';
import { clientException } from '../../../errors.ts';

/** What containers depend on: known, fit for the condition, and without cycles (CD-22, TD-40, TD-41, TD-47). */
export function checkDependencies(containers: readonly ContainerDefinition[]): void {
  const byName = new Map(containers.map((container) => [container.name ?? '', container]));
  for (const container of containers) {
    for (const dependency of container.dependsOn ?? []) checkDependency(container.name ?? '', dependency, byName);
    for (const { sourceContainer = '' } of container.volumesFrom ?? []) {
      if (byName.has(sourceContainer) && sourceContainer !== container.name) continue;
      throw clientException(`Container '${container.name}' has volumes from unknown container '${sourceContainer}'.`);
    }
  }
  const cyclic = containers.find(({ name }) => reaches(name ?? '', name ?? '', byName, new Set()));
  if (cyclic !== undefined) throw clientException(`Container '${cyclic.name}' depends on itself.`);
}

function checkDependency(
  name: string,
  { containerName = '', condition }: ContainerDependency,
  byName: ReadonlyMap<string, ContainerDefinition>,
): void {
  const target = byName.get(containerName);
  if (target === undefined) {
    throw clientException(`Container '${name}' depends on unknown container '${containerName}'.`);
  }
  if ((condition === 'COMPLETE' || condition === 'SUCCESS') && target.essential !== false) {
    throw clientException(
      `Container '${name}' cannot depend on essential container '${containerName}' with condition ${condition}.`,
    );
  }
  if (condition === 'HEALTHY' && target.healthCheck === undefined) {
    throw clientException(
      `Container '${name}' depends on '${containerName}' to be HEALTHY, which has no health check.`,
    );
  }
}

function reaches(
  from: string,
  goal: string,
  byName: ReadonlyMap<string, ContainerDefinition>,
  seen: Set<string>,
): boolean {
  for (const { containerName = '' } of byName.get(from)?.dependsOn ?? []) {
    if (containerName === goal) return true;
    if (seen.has(containerName)) continue;
    seen.add(containerName);
    if (reaches(containerName, goal, byName, seen)) return true;
  }
  return false;
}
