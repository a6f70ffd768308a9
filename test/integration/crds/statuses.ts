import type { AutoScalingGroupStatus } from '../../../src/kinds/auto-scaling-group/api.ts';
import type { AWSAccountStatus } from '../../../src/kinds/aws-account/api.ts';
import type { ECSCapacityProviderStatus } from '../../../src/kinds/capacity-provider/api.ts';
import type { ECSClusterStatus } from '../../../src/kinds/cluster/api.ts';
import type { LaunchTemplateStatus } from '../../../src/kinds/launch-template/api.ts';
import type { ECSServiceStatus } from '../../../src/kinds/service/api.ts';
import type { ECSTaskDefinitionStatus } from '../../../src/kinds/task-definition/api.ts';

/** A type whose every member, at every depth, has to be written out. */
type Complete<T> = T extends readonly (infer Item)[]
  ? Complete<Item>[]
  : T extends object
    ? { [Member in keyof T]-?: Complete<Exclude<T[Member], undefined>> }
    : T;

const time = '2026-11-21T22:18:00Z';
const common = {
  observedGeneration: 3_000_000_000,
  conditions: [
    { type: 'Ready', status: 'True', reason: 'Live', message: 'ok', observedGeneration: 1, lastTransitionTime: time },
  ] satisfies Complete<ECSClusterStatus['conditions']>,
  settledHash: 'abc',
  settledFields: ['tags'],
  accountId: '111122223333',
  region: 'eu-west-1',
};

export const clusterStatus: Complete<ECSClusterStatus> = {
  ...common,
  clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/prod',
  clusterName: 'prod',
  status: 'ACTIVE',
  activeServicesCount: 1,
  runningTasksCount: 2,
  pendingTasksCount: 3,
  registeredContainerInstancesCount: 4,
  capacityProviders: ['FARGATE'],
  containerInstances: { registered: 4, draining: 1, disconnected: 1, registrationFailed: 0, external: 1 },
  capacityProviderStatuses: [
    {
      name: 'gpu',
      status: 'ACTIVE',
      autoScalingGroupName: 'gpu',
      minSize: 0,
      maxSize: 5,
      desiredInstances: 2,
      runningInstances: 1,
      reservation: 150,
      notScaling: 'the group is at its maximum of 5',
    },
  ],
};

const revision = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7';

export const taskDefinitionStatus: Complete<ECSTaskDefinitionStatus> = {
  ...common,
  taskDefinitionArn: revision,
  family: 'web',
  revision: 7,
  contentHash: 'abc',
  revisions: [{ taskDefinitionArn: revision, contentHash: 'abc' }],
  status: 'ACTIVE',
};

export const serviceStatus: Complete<ECSServiceStatus> = {
  ...common,
  serviceArn: 'arn:aws:ecs:eu-west-1:111122223333:service/prod/web',
  serviceName: 'web',
  clusterArn: clusterStatus.clusterArn,
  status: 'ACTIVE',
  createdAt: time,
  desiredCount: 2,
  runningCount: 1,
  pendingCount: 1,
  taskDefinition: revision,
  taskDefinitionRevision: 'web:7',
  deployments: [
    {
      id: 'ecs-svc/1',
      status: 'PRIMARY',
      taskDefinition: revision,
      desiredCount: 2,
      runningCount: 1,
      pendingCount: 1,
      failedTasks: 1,
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: 'starting',
      createdAt: time,
      updatedAt: time,
    },
  ],
  rolloutState: 'IN_PROGRESS',
  rolloutStateReason: 'starting',
  events: [{ id: 'e', createdAt: time, message: 'steady state' }],
  rolledBack: { deployment: 'ecs-svc/0', hash: 'def', reason: 'circuit breaker', taskDefinition: revision },
};

const group = 'arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:0-0:autoScalingGroupName/gpu';

export const launchTemplateStatus: Complete<LaunchTemplateStatus> = {
  ...common,
  launchTemplateId: 'lt-0123456789abcdef0',
  launchTemplateName: 'gpu',
  defaultVersionNumber: 7,
  latestVersionNumber: 8,
  contentHash: 'abc',
  image: { imageId: 'ami-0123456789abcdef0', parameter: '/aws/service/ecs/x', resolvedAt: time },
  instanceType: 'm5.large',
  cluster: 'prod',
};

export const autoScalingGroupStatus: Complete<AutoScalingGroupStatus> = {
  ...common,
  autoScalingGroupArn: group,
  autoScalingGroupName: 'gpu',
  minSize: 0,
  maxSize: 5,
  desiredCapacity: 2,
  scaledByCapacityProvider: true,
  newInstancesProtectedFromScaleIn: true,
  launchTemplate: 'lt-0123456789abcdef0:7',
  instances: {
    total: 8,
    pending: 1,
    inService: 2,
    terminating: 1,
    standby: 1,
    warmed: 1,
    unhealthy: 1,
    protectedFromScaleIn: 1,
    outdated: 1,
  },
  instanceRefresh: {
    id: 'refresh-1',
    status: 'InProgress',
    statusReason: 'waiting',
    percentageComplete: 50,
    instancesToUpdate: 1,
    startTime: time,
    endTime: time,
    generation: 3_000_000_000,
    version: '7',
    skippedInstances: ['i-2'],
  },
  drain: [{ instanceId: 'i-1', state: 'Draining', runningTasksCount: 2 }],
  drainRequest: 'i-1',
  cluster: 'prod',
};

export const awsAccountStatus: Complete<AWSAccountStatus> = {
  ...common,
  callerArn: 'arn:aws:sts::111122223333:assumed-role/ecs/ecs-operator',
};

export const capacityProviderStatus: Complete<ECSCapacityProviderStatus> = {
  ...common,
  capacityProviderArn: 'arn:aws:ecs:eu-west-1:111122223333:capacity-provider/gpu',
  name: 'gpu',
  status: 'ACTIVE',
  updateStatus: 'UPDATE_COMPLETE',
  updateStatusReason: 'none',
  attemptedGeneration: 3_000_000_000,
  type: 'EC2_AUTOSCALING',
  autoScalingGroupArn: group,
  cluster: 'prod',
};
