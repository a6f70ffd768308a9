import type { LoadBalancer } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../../errors.ts';
import type { TaskDefinitionState } from '../../task-definitions/state.ts';
import type { Template } from '../state.ts';

const MAX_TARGET_GROUPS = 5;

/** Elastic Load Balancing is not here: whether a target group exists is not known (guide 4, 22.6). */
export function checkLoadBalancers(template: Template): void {
  const { loadBalancers } = template;
  // LB-02
  if (loadBalancers.length > MAX_TARGET_GROUPS) {
    throw invalidParameter(`load balancers can have at most ${MAX_TARGET_GROUPS} items.`);
  }
  loadBalancers.forEach(checkReference);
  const classic = loadBalancers.filter(({ loadBalancerName }) => loadBalancerName !== undefined);
  if (classic.length > 1) throw invalidParameter('A service can have at most 1 Classic Load Balancer.');
  if (classic.length > 0 && template.taskDefinition.definition.networkMode === 'awsvpc') {
    throw invalidParameter('Classic Load Balancers are not supported with the awsvpc network mode.');
  }
  const seen = new Set<string>();
  for (const entry of loadBalancers) {
    checkPort(template.taskDefinition, entry);
    // A target group is registered with one port of a service only: the same one twice would be one target.
    const target = `${entry.targetGroupArn}|${entry.containerName}|${entry.containerPort}`;
    if (seen.has(target)) throw invalidParameter('Duplicate load balancers are not supported.');
    seen.add(target);
  }
}

function checkReference({ targetGroupArn, loadBalancerName }: LoadBalancer): void {
  if (targetGroupArn !== undefined && loadBalancerName !== undefined) {
    throw invalidParameter(
      'loadBalancerName and targetGroupArn cannot both be specified. You must specify either a loadBalancerName or a targetGroupArn.',
    );
  }
  if (targetGroupArn === undefined && loadBalancerName === undefined) {
    throw invalidParameter('You must specify either a loadBalancerName or a targetGroupArn.');
  }
}

/** The container and its port must be in the task definition, also in a new revision of it (SU-09, SV-2). */
function checkPort(taskDefinition: TaskDefinitionState, { containerName, containerPort }: LoadBalancer): void {
  const container = taskDefinition.definition.containerDefinitions?.find(({ name }) => name === containerName);
  if (container === undefined) {
    throw invalidParameter(`The container ${containerName} does not exist in the task definition.`);
  }
  if (container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) return;
  throw invalidParameter(`The container ${containerName} did not have a container port ${containerPort} defined.`);
}
