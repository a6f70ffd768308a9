import type { ResolvedConfiguration, ServiceRevision } from '@aws-sdk/client-ecs';
import { resolvedPlatform } from '../../fargate.ts';
import { imageDigest } from '../../tasks/image-digest.ts';
import { groupsOf } from '../health/targets.ts';
import type { RevisionState } from '../state.ts';
import { compute, fargateEphemeralStorage, listOf } from '../view.ts';

/** A revision has everything that its tasks are made from, also what the service does not show (feature-bar section 6). */
export function revisionView(revision: RevisionState): ServiceRevision {
  const { template, service } = revision;
  return {
    serviceRevisionArn: revision.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    taskDefinition: template.taskDefinition.arn,
    ...compute(template),
    platformVersion: resolvedPlatform(template.taskDefinition.definition, template.platformVersion),
    loadBalancers: [...template.loadBalancers],
    serviceRegistries: [...template.serviceRegistries],
    networkConfiguration: template.networkConfiguration,
    containerImages: template.taskDefinition.definition.containerDefinitions?.map(({ name, image }) => ({
      containerName: name,
      imageDigest: imageDigest(image ?? ''),
      image,
    })),
    guardDutyEnabled: false,
    serviceConnectConfiguration: template.serviceConnect,
    volumeConfigurations: listOf(template.volumes),
    fargateEphemeralStorage: fargateEphemeralStorage(service, template),
    vpcLatticeConfigurations: listOf(template.lattice),
    gatewayConnectors: listOf(template.gatewayConnectors),
    monitoring: template.monitoring,
    resolvedConfiguration: resolved(revision),
    createdAt: revision.createdAt,
  };
}

/** Which target groups the tasks are in, and which listener rule leads there. */
function resolved(revision: RevisionState): ResolvedConfiguration | undefined {
  const groups = groupsOf(revision).filter(({ entry }) => entry.targetGroupArn !== undefined);
  if (groups.length === 0) return undefined;
  return {
    loadBalancers: groups.map(({ group, entry }) => ({
      targetGroupArn: group,
      productionListenerRule: entry.advancedConfiguration?.productionListenerRule,
    })),
  };
}
