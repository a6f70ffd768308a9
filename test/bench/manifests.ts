import { autoScalingGroupNames } from '../../src/kinds/auto-scaling-group/names.ts';
import { capacityProviderNames } from '../../src/kinds/capacity-provider/names.ts';
import { clusterNames } from '../../src/kinds/cluster/names.ts';
import { launchTemplateNames } from '../../src/kinds/launch-template/names.ts';
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

/** Cluster, capacity provider, group and launch template of one name: all that a service on EC2 instances needs. */
export function group(name: string): readonly Manifest[] {
  const ref = { name };
  return [
    {
      names: clusterNames,
      name,
      spec: { capacityProviderRefs: [ref], defaultCapacityProviderStrategy: [{ capacityProviderRef: ref, weight: 1 }] },
    },
    {
      names: capacityProviderNames,
      name,
      spec: {
        autoScalingGroupProvider: {
          autoScalingGroupRef: ref,
          managedScaling: { status: 'ENABLED', targetCapacity: 100 },
          managedTerminationProtection: 'ENABLED',
          managedDraining: 'ENABLED',
        },
      },
    },
    {
      names: autoScalingGroupNames,
      name,
      spec: {
        minSize: 1,
        maxSize: 10,
        vpcZoneIdentifier: 'subnet-a,subnet-b',
        launchTemplateRef: ref,
        newInstancesProtectedFromScaleIn: true,
        instanceRefresh: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
      },
    },
    {
      names: launchTemplateNames,
      name,
      spec: {
        imageSelector: { family: 'AmazonLinux2023' },
        ecs: { clusterRef: ref },
        launchTemplateData: { instanceType: 'm5.large', iamInstanceProfile: { name: 'ecsInstanceRole' } },
      },
    },
  ];
}
