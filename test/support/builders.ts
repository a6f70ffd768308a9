import type { Cluster, Deployment, Service, Tag } from '@aws-sdk/client-ecs';
import { ownershipTags } from '../../src/aws/ownership.ts';
import { desiredOf } from '../../src/engine/desired.ts';
import type { CommonSpec, CommonStatus, Desired, Identity, Step } from '../../src/engine/kind.ts';
import type { ECSCluster, ECSClusterSpec, ECSClusterStatus } from '../../src/kinds/cluster/api.ts';
import { clusterNames } from '../../src/kinds/cluster/names.ts';
import type { ECSService, ECSServiceSpec, ECSServiceStatus } from '../../src/kinds/service/api.ts';
import { serviceNames } from '../../src/kinds/service/names.ts';
import type {
  ECSTaskDefinition,
  ECSTaskDefinitionSpec,
  ECSTaskDefinitionStatus,
} from '../../src/kinds/task-definition/api.ts';
import { taskDefinitionNames } from '../../src/kinds/task-definition/names.ts';
import {
  apiVersionOf,
  type Condition,
  type KubeObject,
  type ObjectMeta,
  type ResourceNames,
} from '../../src/kube/types.ts';

export const region = 'us-east-1';
export const account = '123456789012';

export const arns = {
  cluster: (name: string, where = region): string => `arn:aws:ecs:${where}:${account}:cluster/${name}`,
  service: (cluster: string, name: string): string => `arn:aws:ecs:${region}:${account}:service/${cluster}/${name}`,
  taskDefinition: (familyAndRevision: string, where = region): string =>
    `arn:aws:ecs:${where}:${account}:task-definition/${familyAndRevision}`,
};

/** What a test may want to say about an object, apart from its spec. */
export interface ObjectOptions<Status> {
  readonly metadata?: Partial<ObjectMeta> | undefined;
  readonly status?: Status | undefined;
}

/** An object in namespace `team`, as a store holds it. */
export function object<Spec, Status>(
  names: ResourceNames,
  name: string,
  spec: Spec,
  options: ObjectOptions<Status> = {},
): KubeObject<Spec, Status> {
  return {
    apiVersion: apiVersionOf(names),
    kind: names.kind,
    metadata: {
      name,
      namespace: 'team',
      uid: `uid-${name}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...options.metadata,
    },
    spec,
    ...(options.status === undefined ? {} : { status: options.status }),
  };
}

/** Metadata of an object that `kubectl delete` has been called on. */
export const deleted: Partial<ObjectMeta> = { deletionTimestamp: '2026-01-02T00:00:00Z' };

export function condition(
  type: string,
  status: Condition['status'],
  reason: string,
  more: Partial<Condition> = {},
): Condition {
  return {
    type,
    status,
    reason,
    message: '',
    observedGeneration: 1,
    lastTransitionTime: '2026-01-01T00:00:00Z',
    ...more,
  };
}

/** What the pure functions of a kind are given for this object. */
export function desired<Spec extends CommonSpec, Status extends CommonStatus>(
  of: KubeObject<Spec, Status>,
  references: Readonly<Record<string, Identity>> = {},
): Desired<Spec, Status> {
  const resolved = { identities: new Map(Object.entries(references)), unresolved: new Map() };
  const now = Date.parse('2026-01-03T00:00:00Z');
  return desiredOf(of, resolved, { accountId: account, region: of.spec.region ?? region, now });
}

/** The two tags by which AWS resources of this object are known. */
export function ownTags(of: KubeObject, ...more: readonly Tag[]): Tag[] {
  const { uid, namespace, name } = of.metadata;
  return [...ownershipTags({ kind: of.kind, uid, namespace, name }), ...more];
}

/** Tags of something that belongs to another object. */
export const foreignTags: readonly Tag[] = ownershipTags({
  kind: 'ECSService',
  uid: 'uid-of-another',
  namespace: 'other',
  name: 'theirs',
});

export type StepSummary =
  | { readonly operation: string; readonly input: object; readonly reason: string }
  | { readonly wait: string; readonly message: string };

/** Steps as plain values to compare with. */
export function summaries(steps: readonly Step[]): readonly StepSummary[] {
  return steps.map((step) =>
    step.kind === 'wait'
      ? { wait: step.reason, message: step.message }
      : { operation: step.operation, input: step.command.input, reason: step.reason },
  );
}

export function ecsCluster(
  name: string,
  spec: ECSClusterSpec = {},
  options: ObjectOptions<ECSClusterStatus> = {},
): ECSCluster {
  return object(clusterNames, name, spec, options);
}

/** A cluster as DescribeClusters shows one of ours that has settled. */
export function liveCluster(of: ECSCluster, more: Partial<Cluster> = {}): Cluster {
  const name = of.spec.clusterName ?? of.metadata.name;
  return {
    clusterArn: arns.cluster(name),
    clusterName: name,
    status: 'ACTIVE',
    activeServicesCount: 0,
    runningTasksCount: 0,
    pendingTasksCount: 0,
    registeredContainerInstancesCount: 0,
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    settings: [{ name: 'containerInsights', value: 'disabled' }],
    tags: ownTags(of),
    ...more,
  };
}

/** The least that ECS takes. */
export const smallTaskDefinition: ECSTaskDefinitionSpec = {
  containerDefinitions: [{ name: 'web', image: 'nginx:1.29', memory: 128 }],
};

export function ecsTaskDefinition(
  name: string,
  spec: ECSTaskDefinitionSpec = smallTaskDefinition,
  options: ObjectOptions<ECSTaskDefinitionStatus> = {},
): ECSTaskDefinition {
  return object(taskDefinitionNames, name, spec, options);
}

export function ecsService(
  name: string,
  spec: ECSServiceSpec = { cluster: 'prod', taskDefinition: arns.taskDefinition('web:1'), desiredCount: 2 },
  options: ObjectOptions<ECSServiceStatus> = {},
): ECSService {
  return object(serviceNames, name, spec, options);
}

export function primaryDeployment(more: Partial<Deployment> = {}): Deployment {
  return {
    id: 'ecs-svc/1',
    status: 'PRIMARY',
    taskDefinition: arns.taskDefinition('web:1'),
    desiredCount: 2,
    runningCount: 2,
    pendingCount: 0,
    failedTasks: 0,
    rolloutState: 'COMPLETED',
    ...more,
  };
}

/** A service as DescribeServices shows one of ours that has settled, with the defaults that ECS fills in. */
export function liveService(of: ECSService, more: Partial<Service> = {}): Service {
  const name = of.spec.serviceName ?? of.metadata.name;
  return {
    serviceArn: arns.service('prod', name),
    serviceName: name,
    clusterArn: arns.cluster('prod'),
    status: 'ACTIVE',
    createdAt: new Date('2026-01-01T00:00:00Z'),
    desiredCount: 2,
    runningCount: 2,
    pendingCount: 0,
    taskDefinition: arns.taskDefinition('web:1'),
    schedulingStrategy: 'REPLICA',
    launchType: 'EC2',
    deploymentConfiguration: {
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      deploymentCircuitBreaker: { enable: false, rollback: false },
      strategy: 'ROLLING',
      bakeTimeInMinutes: 0,
    },
    availabilityZoneRebalancing: 'DISABLED',
    enableECSManagedTags: false,
    enableExecuteCommand: false,
    healthCheckGracePeriodSeconds: 0,
    propagateTags: 'NONE',
    placementConstraints: [],
    placementStrategy: [],
    loadBalancers: [],
    serviceRegistries: [],
    deployments: [primaryDeployment()],
    events: [],
    tags: ownTags(of),
    ...more,
  };
}
