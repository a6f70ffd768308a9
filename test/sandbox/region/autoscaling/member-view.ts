import type { AutoScalingInstanceDetails, Instance, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import { zoneId } from '../ec2/network.ts';
import type { MemberState, TemplateRef } from './state.ts';

export function groupMember(member: MemberState): Instance {
  return { ...poolMember(member), ProtectedFromScaleIn: member.protectedFromScaleIn };
}

/** In a warm pool AWS says nothing of protection. */
export function poolMember(member: MemberState): Instance {
  const { instance } = member;
  return {
    InstanceId: instance.id,
    InstanceType: instance.instanceType,
    AvailabilityZone: instance.availabilityZone,
    AvailabilityZoneId: zoneId(instance.availabilityZone),
    LifecycleState: member.lifecycleState,
    HealthStatus: member.healthStatus,
    LaunchTemplate: templateView(member.template),
    ProtectedFromScaleIn: undefined,
  };
}

/** Here AWS writes the health in capitals. */
export function memberDetails(member: MemberState): AutoScalingInstanceDetails {
  return {
    ...groupMember(member),
    AutoScalingGroupName: member.group.name,
    HealthStatus: member.healthStatus.toUpperCase(),
  };
}

export function templateView(template: TemplateRef | undefined): LaunchTemplateSpecification | undefined {
  if (template === undefined) return undefined;
  return { LaunchTemplateId: template.id, LaunchTemplateName: template.name, Version: template.version };
}
