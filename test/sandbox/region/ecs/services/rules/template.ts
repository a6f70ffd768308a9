import { invalidParameter } from '../../../errors.ts';
import type { ClusterState } from '../../clusters/state.ts';
import { checkPlatform } from '../../fargate.ts';
import { checkLaunchVolumes } from '../../task-definitions/rules/launch-volumes.ts';
import type { Template } from '../state.ts';
import { isFargate, launchTypeOf } from '../template.ts';
import { checkConnections } from './connections.ts';
import { checkLoadBalancers } from './load-balancers.ts';
import { checkStrategy } from './strategy.ts';

/** What the members of a template may not be together, whoever uses it: a service, a task set or RunTask. */
export function checkTemplate(cluster: ClusterState, template: Template): Template {
  if (template.strategy !== undefined) checkStrategy(cluster, template.strategy);
  if (template.launchType === 'EXTERNAL') checkExternal(template);
  checkCompatibility(template);
  checkFargatePlatform(template);
  checkNetwork(template);
  checkLoadBalancers(template);
  checkConnections(cluster, template);
  checkLaunchVolumes(template.taskDefinition, template.volumes ?? [], isFargate(template));
  return template;
}

function checkCompatibility(template: Template): void {
  const launchType = launchTypeOf(template);
  if (!template.taskDefinition.definition.compatibilities?.includes(launchType)) {
    throw invalidParameter(`Task definition does not support launch_type ${launchType}.`);
  }
}

function checkFargatePlatform({ taskDefinition, platformVersion, strategy }: Template): void {
  if (platformVersion === undefined) return;
  const spot = strategy?.some(({ capacityProvider }) => capacityProvider === 'FARGATE_SPOT') ?? false;
  checkPlatform(taskDefinition.definition, platformVersion, spot);
}

/** What an external instance has not (EX-01). */
function checkExternal(template: Template): void {
  const refused =
    template.loadBalancers.length > 0 ||
    template.serviceRegistries.length > 0 ||
    template.serviceConnect?.enabled === true ||
    template.networkConfiguration !== undefined;
  if (!refused) return;
  throw invalidParameter(
    'Load balancers, service discovery, Service Connect and the awsvpc network mode are not supported with the EXTERNAL launch type.',
  );
}

/** SU-02, SC-13 and the limits of guide 4, 22.5. */
function checkNetwork(template: Template): void {
  const awsvpc = template.taskDefinition.definition.networkMode === 'awsvpc';
  const given = template.networkConfiguration?.awsvpcConfiguration;
  if (awsvpc && given === undefined) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (!awsvpc && given !== undefined) {
    throw invalidParameter('Network Configuration is not valid for the given networkMode of this task definition.');
  }
  if (given === undefined) return;
  if ((given.subnets ?? []).length === 0) throw invalidParameter('subnets can not be empty.');
  if ((given.subnets ?? []).length > 16) throw invalidParameter('subnets can have at most 16 items.');
  if ((given.securityGroups ?? []).length > 5) throw invalidParameter('securityGroups can have at most 5 items.');
  if (given.assignPublicIp === 'ENABLED' && template.launchType === 'EC2') {
    throw invalidParameter('Assign public IP is not supported for this launch type.');
  }
}
