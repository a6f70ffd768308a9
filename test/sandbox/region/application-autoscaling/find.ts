import { deleteMetricAlarm } from '../cloudwatch/alarms.ts';
import type { ServiceState } from '../ecs/services/state.ts';
import type { World } from '../world.ts';
import { objectNotFound, unsupported, validation } from './errors.ts';
import type { ScalableTargetState, ScalingPolicyState } from './state.ts';

export const NAMESPACE = 'ecs';
export const DIMENSION = 'ecs:service:DesiredCount';

/** The three members by which every operation names a scalable target. */
export interface TargetReference {
  readonly ServiceNamespace: string | undefined;
  readonly ResourceId?: string | undefined;
  readonly ScalableDimension?: string | undefined;
}

/** Checks that namespace, kind of resource and dimension belong together, and that they are ECS's. */
export function checkReference(reference: TargetReference): string {
  const { ServiceNamespace: namespace, ResourceId: resourceId = '', ScalableDimension: dimension } = reference;
  if (namespace !== NAMESPACE) throw unsupported('The simulated region scales ECS services only.');
  if (dimension !== DIMENSION || !resourceId.startsWith('service/')) {
    throw validation('Unsupported service namespace, resource type or scalable dimension');
  }
  return resourceId;
}

/** The service that a resource ID names: by plain names, never by ARNs (cdk#14297). */
export function serviceOf(world: World, resourceId: string): ServiceState {
  const [, clusterName = '', serviceName = '', ...rest] = resourceId.split('/');
  const service = rest.length > 0 ? undefined : world.ecs.clusters.get(clusterName)?.services.get(serviceName);
  if (service?.status !== 'ACTIVE') throw validation(`ECS service doesn't exist: ${resourceId}`);
  return service;
}

/** All scalable targets. A service takes its target, policies and scheduled actions along when it is deleted (eagletmt/hako#69). */
export function liveTargets(world: World): ScalableTargetState[] {
  const { targets } = world.applicationAutoScaling;
  for (const target of [...targets.values()]) if (target.service.status !== 'ACTIVE') removeTarget(world, target);
  return [...targets.values()];
}

export function findTarget(world: World, resourceId: string): ScalableTargetState | undefined {
  const target = world.applicationAutoScaling.targets.get(resourceId);
  if (target === undefined || target.service.status === 'ACTIVE') return target;
  removeTarget(world, target);
  return undefined;
}

/** The target that policies and scheduled actions are put on. */
export function registeredTarget(world: World, reference: TargetReference): ScalableTargetState {
  const resourceId = checkReference(reference);
  const target = findTarget(world, resourceId);
  if (target === undefined) throw objectNotFound(`No scalable target registered for ${described(resourceId)}`);
  return target;
}

export function described(resourceId: string): string {
  return `service namespace: ${NAMESPACE}, resource ID: ${resourceId}, scalable dimension: ${DIMENSION}`;
}

/** Policies, their alarms and scheduled actions go with their target. */
export function removeTarget(world: World, target: ScalableTargetState): void {
  for (const policy of target.policies.values()) removePolicy(world, policy);
  target.scheduledActions.clear();
  world.applicationAutoScaling.targets.delete(target.resourceId);
}

/** Alarms of a target tracking policy go with it (AS-05); that of a step policy belongs to whoever made it. */
export function removePolicy(world: World, policy: ScalingPolicyState): void {
  const { settings, target } = policy;
  if (settings.type === 'TargetTrackingScaling') {
    deleteMetricAlarm(world, settings.alarms.high);
    if (settings.alarms.low !== undefined) deleteMetricAlarm(world, settings.alarms.low);
  }
  target.policies.delete(policy.name);
  world.applicationAutoScaling.policies.delete(policy.arn);
}
