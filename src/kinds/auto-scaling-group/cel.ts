import type { Rule } from '../../generate/contract.ts';
import { immutable, regionRule } from '../../generate/shared.ts';
import { MANAGED_DRAINING_HOOK } from '../shared/managed-by-ecs.ts';

const ownTemplate = 'self.?mixedInstancesPolicy.?launchTemplate.?launchTemplateSpecification.hasValue()';
const sources = [
  'has(self.launchTemplate)',
  'has(self.launchTemplateRef)',
  ownTemplate,
  'has(self.launchConfigurationName)',
  'has(self.instanceId)',
];

const sourceRules: readonly Rule[] = [
  {
    rule: `[${sources.join(', ')}].filter(is, is).size() == 1`,
    message:
      'spec.launchTemplateRef, spec.launchTemplate, the launchTemplateSpecification of spec.mixedInstancesPolicy, spec.launchConfigurationName and spec.instanceId exclude one another: set exactly one',
  },
  {
    rule: '!has(self.mixedInstancesPolicy) || !(has(self.launchConfigurationName) || has(self.instanceId))',
    message:
      'spec.mixedInstancesPolicy needs a launch template: set spec.launchTemplateRef or spec.launchTemplate in place of launchConfigurationName or instanceId',
  },
  immutable('instanceId', 'it is only what the group is created from; create another AutoScalingGroup'),
];

const sizeRules: readonly Rule[] = [
  {
    rule: 'self.maxSize >= self.minSize',
    message: 'spec.maxSize is below spec.minSize: raise the one or lower the other',
  },
  {
    rule: '!has(self.desiredCapacity) || (self.desiredCapacity >= self.minSize && self.desiredCapacity <= self.maxSize)',
    message: 'spec.desiredCapacity is not between spec.minSize and spec.maxSize: change it, or leave it out',
  },
];

const policyOfDeletion = "self.?deletionProtection.orValue('none')";

export const specRules: readonly Rule[] = [
  regionRule,
  ...sizeRules,
  ...sourceRules,
  {
    rule: 'has(self.vpcZoneIdentifier) || has(self.availabilityZones) || has(self.availabilityZoneIds) || has(self.instanceId)',
    message:
      'spec.vpcZoneIdentifier, spec.availabilityZones or spec.availabilityZoneIds has to say where instances run: set one',
  },
  {
    rule: '!has(self.cluster) || !has(self.clusterRef)',
    message: 'spec.cluster and spec.clusterRef exclude each other: remove one',
  },
  {
    rule: '!has(self.maxInstanceLifetime) || self.maxInstanceLifetime == 0 || self.maxInstanceLifetime >= 86400',
    message: 'spec.maxInstanceLifetime is less than a day: set 0 for no limit, or at least 86400 seconds',
  },
  {
    rule: `!self.?forceDelete.orValue(false) || ${policyOfDeletion} == 'none'`,
    message: 'spec.forceDelete contradicts spec.deletionProtection, which forbids it: remove one',
  },
  {
    // Rollback goes to what the group had, and an alias may mean something else by then.
    rule: "!self.?instanceRefresh.?autoRollback.orValue(false) || !has(self.launchTemplate) || !self.launchTemplate.?version.orValue('$Default').startsWith('$')",
    message:
      'spec.instanceRefresh.autoRollback needs a version to go back to: set spec.launchTemplate.version to a number, or use spec.launchTemplateRef',
  },
];

const hasOverrides = 'has(self.launchTemplate) && has(self.launchTemplate.overrides)';

export const policyRules: readonly Rule[] = [
  {
    rule: `!(${hasOverrides}) || !self.launchTemplate.overrides.exists(o, has(o.instanceType)) || !self.launchTemplate.overrides.exists(o, has(o.instanceRequirements))`,
    message:
      'spec.mixedInstancesPolicy.launchTemplate.overrides has both instanceType and instanceRequirements: use one of them in all items',
  },
];

export const overrideRules: readonly Rule[] = [
  {
    rule: '!has(self.launchTemplateSpecification) || !has(self.launchTemplateRef)',
    message:
      'spec.mixedInstancesPolicy.launchTemplate.overrides: launchTemplateSpecification and launchTemplateRef of an item exclude each other; remove one',
  },
];

export const hookRules: readonly Rule[] = [
  {
    rule: `self != '${MANAGED_DRAINING_HOOK}'`,
    message: `spec.lifecycleHookSpecificationList: ${MANAGED_DRAINING_HOOK} is ECS's own for managed draining; choose another name, or leave it out`,
  },
];

const difference = 'self.maxHealthyPercentage - self.minHealthyPercentage <= 100';

export const maintenanceRules: readonly Rule[] = [
  {
    rule: 'has(self.minHealthyPercentage) && has(self.maxHealthyPercentage)',
    message: 'spec.instanceMaintenancePolicy needs both minHealthyPercentage and maxHealthyPercentage: set the other',
  },
  {
    rule: `!has(self.minHealthyPercentage) || !has(self.maxHealthyPercentage) || (self.minHealthyPercentage == -1 ? self.maxHealthyPercentage == -1 : self.maxHealthyPercentage >= 100 && ${difference})`,
    message:
      'spec.instanceMaintenancePolicy: maxHealthyPercentage is 100 to 200 and at most 100 above minHealthyPercentage, or both are -1; correct them',
  },
];

export const refreshRules: readonly Rule[] = [
  {
    rule: '!has(self.maxHealthyPercentage) || has(self.minHealthyPercentage)',
    message: 'spec.instanceRefresh.maxHealthyPercentage needs minHealthyPercentage: set both',
  },
  {
    rule: `!has(self.maxHealthyPercentage) || !has(self.minHealthyPercentage) || ${difference}`,
    message:
      'spec.instanceRefresh: maxHealthyPercentage is more than 100 above minHealthyPercentage; lower the one or raise the other',
  },
  {
    rule: '!has(self.checkpointDelay) || has(self.checkpointPercentages)',
    message: 'spec.instanceRefresh.checkpointDelay needs checkpointPercentages: set them, or remove it',
  },
  {
    rule: '!has(self.checkpointPercentages) || (self.checkpointPercentages.isSorted() && self.checkpointPercentages.all(p, self.checkpointPercentages.exists_one(q, q == p)))',
    message: 'spec.instanceRefresh.checkpointPercentages have to rise from one to the next: sort them',
  },
];
