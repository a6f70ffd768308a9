import { type Rule, vague } from './errorrule.ts';

/**
 * What ECS says of capacity providers and of what is in their clusters. Whoever deletes a cluster, a service and a provider at once meets each of these while the
 * others are on their way: they are waited for, and never taken for a mistake in the spec (CP-14, pain 6).
 */
export const capacityProviderRules: readonly Rule[] = [
  {
    // "The specified capacity provider is in use and cannot be removed." (aws-cdk#15366), "... cannot be deleted because it is associated
    // with cluster: x" (terraform-provider-aws#48156), "Cannot delete capacity provider. Daemon services are still associated" (aws-nuke#990).
    code: /^(ResourceInUse|InvalidParameter|Client)$/,
    message:
      /^(?=.*capacity provider)(?=.*(cannot|could not) (be )?(deleted?|removed?|disassociated?))(?=.*\b(in use|associated|attached|tasks?|services?|instances?)\b)/is,
    disposition: 'blocked',
    reason: 'InUse',
    advice: 'It can go when no service, task and cluster uses it.',
  },
  {
    // "The Cluster cannot be deleted while Cluster Scoped Capacity Providers are attached to the cluster." (terraform-provider-aws#45794)
    code: vague,
    message: /cluster cannot be deleted while/i,
    disposition: 'blocked',
    reason: 'InUse',
    advice: 'What is stopping goes by itself; delete what else the cluster contains.',
  },
  {
    code: vague,
    message: /capacity provider.*not associated with (the|this) cluster/i,
    disposition: 'blocked',
    reason: 'CapacityProviderNotAssociated',
    advice: 'Name it in spec.capacityProviders or spec.capacityProviderRefs of the cluster.',
  },
  {
    // containers-roadmap#632
    code: vague,
    message: /auto scaling group .*already being used by another capacity provider/i,
    disposition: 'terminal',
    reason: 'GroupInUse',
    advice:
      'A group has one capacity provider at most: name another group in spec.autoScalingGroupProvider, or delete the other provider first.',
  },
  {
    // Here it is what the request refers to that is missing, and not what the request is for.
    code: vague,
    message: /capacity provider.*(not found|not exist)/i,
    operation: /^(CreateCluster|PutClusterCapacityProviders|CreateService|UpdateService)$/,
    disposition: 'blocked',
    reason: 'DependencyNotFound',
    advice:
      'The capacity provider has to exist first. One that is declared here is waited for when it is named by reference (capacityProviderRefs, capacityProviderRef).',
  },
  {
    code: vague,
    message: /capacity provider already exists/i,
    disposition: 'rejected',
    reason: 'NameTaken',
    advice: 'Adopt it (spec.adoptionPolicy: Adopt) or choose another name.',
  },
  {
    code: vague,
    message: /running tasks on the (container )?instance/i,
    disposition: 'blocked',
    reason: 'InUse',
    advice: 'The container instance can go when its tasks have stopped.',
  },
  {
    code: vague,
    message: /in a busy state/i,
    disposition: 'progressing',
    reason: 'UpdateInProgress',
    advice: 'AWS is still working on an earlier change; this one follows.',
  },
];
