import { clusterNames } from '../../src/kinds/cluster/names.ts';
import { serviceNames } from '../../src/kinds/service/names.ts';
import { taskDefinitionNames } from '../../src/kinds/task-definition/names.ts';
import type { Manifest } from './bench-bed.ts';

export function cluster(name: string): Manifest {
  return { names: clusterNames, name, spec: { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] } };
}

export function taskDefinition(name: string, image = 'nginx:1.27'): Manifest {
  return {
    names: taskDefinitionNames,
    name,
    spec: {
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: 256,
      memory: 512,
      containerDefinitions: [
        { name: 'web', image, portMappings: [{ containerPort: 80 }] },
        { name: 'cache', image: 'redis:7.4', essential: false, environment: [{ name: 'MODE', value: 'lru' }] },
      ],
    },
  };
}

export function service(name: string, clusterName: string, taskDefinitionName: string): Manifest {
  return {
    names: serviceNames,
    name,
    spec: {
      clusterRef: { name: clusterName },
      taskDefinitionRef: { name: taskDefinitionName },
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d4e5f60718'] } },
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    },
  };
}

export function trio(name: string): readonly Manifest[] {
  return [cluster(name), taskDefinition(name), service(name, name, name)];
}
