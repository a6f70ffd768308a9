import type { ECSClusterSpec } from '../../src/kinds/cluster/api.ts';
import type { ECSServiceSpec } from '../../src/kinds/service/api.ts';
import type { ECSTaskDefinitionSpec } from '../../src/kinds/task-definition/api.ts';
import type { Manifest } from './test-bed.ts';

/** Manifests with everything that is required, and nothing that a test has not asked for. */

export function cluster(name: string, spec: Partial<ECSClusterSpec> = {}): Manifest {
  return { kind: 'ECSCluster', metadata: { name }, spec };
}

export function taskDefinition(name: string, spec: Partial<ECSTaskDefinitionSpec> = {}): Manifest {
  return {
    kind: 'ECSTaskDefinition',
    metadata: { name },
    spec: {
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      ...running('nginx:1'),
      ...spec,
    },
  };
}

/** A task definition's containers: one, from this image. */
export function running(image: string): Pick<ECSTaskDefinitionSpec, 'containerDefinitions'> {
  return { containerDefinitions: [{ name: 'app', image }] };
}

/** A Fargate service that refers to a cluster and a task definition of its own name. */
export function service(name: string, spec: Partial<ECSServiceSpec> = {}): Manifest {
  return {
    kind: 'ECSService',
    metadata: { name },
    spec: {
      ...(spec.cluster === undefined ? { clusterRef: { name } } : {}),
      ...(spec.taskDefinition === undefined ? { taskDefinitionRef: { name } } : {}),
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration: network,
      ...spec,
    },
  };
}

export const network = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

/** Gives up after three failed tasks and goes back. */
export const rollingBack = {
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
};

/** A cluster, a task definition and a service that belong together. */
export function trio(name: string, spec: Partial<ECSServiceSpec> = {}): readonly [Manifest, Manifest, Manifest] {
  return [cluster(name), taskDefinition(name), service(name, spec)];
}

/** Every order in which three things can be done. */
export const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;
