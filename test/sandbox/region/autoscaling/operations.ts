import {
  RefreshStrategy,
  ScaleInProtectedInstances,
  StandbyInstances,
  WarmPoolState,
} from '@aws-sdk/client-auto-scaling';
import { constraintDialect, type Handlers } from '../service.ts';
import { describeScalingActivities } from './activities.ts';
import { attachInstances, detachInstances } from './attach.ts';
import { describeAutoScalingGroups } from './group-view.ts';
import { createAutoScalingGroup, deleteAutoScalingGroup, updateAutoScalingGroup } from './groups.ts';
import {
  completeLifecycleAction,
  deleteLifecycleHook,
  describeLifecycleHooks,
  putLifecycleHook,
  recordLifecycleActionHeartbeat,
} from './hooks.ts';
import {
  describeAutoScalingInstances,
  setDesiredCapacity,
  setInstanceHealth,
  setInstanceProtection,
  terminateInstanceInAutoScalingGroup,
} from './instances.ts';
import { deletePolicy, describePolicies, putScalingPolicy } from './policies.ts';
import { describeAccountLimits, resumeProcesses, suspendProcesses } from './processes.ts';
import {
  cancelInstanceRefresh,
  describeInstanceRefreshes,
  rollbackInstanceRefresh,
  startInstanceRefresh,
} from './refresh/refreshes.ts';
import { createOrUpdateTags, deleteTags, describeTags } from './tags.ts';
import {
  attachLoadBalancers,
  attachLoadBalancerTargetGroups,
  attachTrafficSources,
  describeLoadBalancers,
  describeLoadBalancerTargetGroups,
  describeTrafficSources,
  detachLoadBalancers,
  detachLoadBalancerTargetGroups,
  detachTrafficSources,
} from './traffic.ts';
import { deleteWarmPool, describeWarmPool, putWarmPool } from './warm-pool.ts';

export const AUTO_SCALING_HANDLERS: Handlers = {
  AttachInstances: attachInstances,
  AttachLoadBalancerTargetGroups: attachLoadBalancerTargetGroups,
  AttachLoadBalancers: attachLoadBalancers,
  AttachTrafficSources: attachTrafficSources,
  CancelInstanceRefresh: cancelInstanceRefresh,
  CompleteLifecycleAction: completeLifecycleAction,
  CreateAutoScalingGroup: createAutoScalingGroup,
  CreateOrUpdateTags: createOrUpdateTags,
  DeleteAutoScalingGroup: deleteAutoScalingGroup,
  DeleteLifecycleHook: deleteLifecycleHook,
  DeletePolicy: deletePolicy,
  DeleteTags: deleteTags,
  DeleteWarmPool: deleteWarmPool,
  DescribeAccountLimits: describeAccountLimits,
  DescribeAutoScalingGroups: describeAutoScalingGroups,
  DescribeAutoScalingInstances: describeAutoScalingInstances,
  DescribeInstanceRefreshes: describeInstanceRefreshes,
  DescribeLifecycleHooks: describeLifecycleHooks,
  DescribeLoadBalancerTargetGroups: describeLoadBalancerTargetGroups,
  DescribeLoadBalancers: describeLoadBalancers,
  DescribePolicies: describePolicies,
  DescribeScalingActivities: describeScalingActivities,
  DescribeTags: describeTags,
  DescribeTrafficSources: describeTrafficSources,
  DescribeWarmPool: describeWarmPool,
  DetachInstances: detachInstances,
  DetachLoadBalancerTargetGroups: detachLoadBalancerTargetGroups,
  DetachLoadBalancers: detachLoadBalancers,
  DetachTrafficSources: detachTrafficSources,
  PutLifecycleHook: putLifecycleHook,
  PutScalingPolicy: putScalingPolicy,
  PutWarmPool: putWarmPool,
  RecordLifecycleActionHeartbeat: recordLifecycleActionHeartbeat,
  ResumeProcesses: resumeProcesses,
  RollbackInstanceRefresh: rollbackInstanceRefresh,
  SetDesiredCapacity: setDesiredCapacity,
  SetInstanceHealth: setInstanceHealth,
  SetInstanceProtection: setInstanceProtection,
  StartInstanceRefresh: startInstanceRefresh,
  SuspendProcesses: suspendProcesses,
  TerminateInstanceInAutoScalingGroup: terminateInstanceInAutoScalingGroup,
  UpdateAutoScalingGroup: updateAutoScalingGroup,
};

const ENUMS = new Map<string, readonly string[]>([
  ['PutWarmPoolType.PoolState', Object.values(WarmPoolState)],
  ['RefreshPreferences.ScaleInProtectedInstances', Object.values(ScaleInProtectedInstances)],
  ['RefreshPreferences.StandbyInstances', Object.values(StandbyInstances)],
  ['StartInstanceRefreshType.Strategy', Object.values(RefreshStrategy)],
]);

export const AUTO_SCALING_DIALECT = constraintDialect('ValidationError', ENUMS);
