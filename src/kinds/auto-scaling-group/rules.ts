import type { KindRules } from '../../generate/contract.ts';
import { instanceRequirements } from '../../generate/instance-requirements.ts';
import { rules as cel, cron, fixedName, int64, mapList, tags, timeZone } from '../../generate/shared.ts';
import { ECS_MANAGED_TAG } from '../shared/managed-by-ecs.ts';
import { hookRules, maintenanceRules, overrideRules, policyRules, refreshRules, specRules } from './cel.ts';
import { autoScalingGroupNames } from './names.ts';

/** Seconds, up to two days. */
const delay = { minimum: 0, maximum: 172_800 };

export const rules: KindRules = {
  names: autoScalingGroupNames,
  description: 'An Amazon EC2 Auto Scaling group. The fields of spec are those of CreateAutoScalingGroup.',
  spec: 'AutoScalingGroupSpec',
  status: 'AutoScalingGroupStatus',
  request: { type: 'CreateAutoScalingGroupType', nameField: 'autoScalingGroupName' },
  overlays: {
    Object: cel(fixedName('AutoScalingGroup', 'autoScalingGroupName', 'a group', 'Auto Scaling')),
    Spec: cel(...specRules),
    'Spec.autoScalingGroupName': {
      description: 'The name in AWS. The default is metadata.name.',
      pattern: '^[^:\\x00-\\x1f]{1,255}$',
      maxLength: 255,
    },
    'Spec.minSize': { minimum: 0 },
    'Spec.maxSize': { minimum: 0 },
    'Spec.desiredCapacity': {
      description: 'Left as it is in AWS when not set, or while a capacity provider with managed scaling owns it.',
      minimum: 0,
    },
    'Spec.launchTemplate': { description: 'A launch template that is not a LaunchTemplate of ours.' },
    'Spec.launchTemplateRef': { description: 'The LaunchTemplate. The group gets its version by number.' },
    'Spec.mixedInstancesPolicy': {
      description: 'Without a launchTemplateSpecification its template is launchTemplate or launchTemplateRef.',
    },
    'Spec.instanceRefresh': {
      description:
        'Rolls instances when the template changes. Without it they are replaced as they come to be replaced.',
    },
    'Spec.forceDelete': { description: 'Deletes the group with its instances at once, without draining.' },
    'Spec.cluster': {
      description: "Name or ARN of the cluster of the instances. The default is that of the LaunchTemplate's ecs.",
      maxLength: 2048,
    },
    'Spec.clusterRef': { description: 'The ECSCluster of the instances.' },
    'Spec.tags': {
      ...tags,
      description: `Tags in AWS, also of instances. Those of the operator and of ECS (${ECS_MANAGED_TAG}) stay beside them.`,
    },
    'Spec.vpcZoneIdentifier': { description: 'Subnets, with commas between them.', maxLength: 5000 },
    'Spec.defaultCooldown': { minimum: 0 },
    'Spec.healthCheckGracePeriod': { minimum: 0 },
    'Spec.defaultInstanceWarmup': { minimum: -1 },
    'Spec.maxInstanceLifetime': { minimum: 0, maximum: 31_536_000 },
    'Spec.lifecycleHookSpecificationList': { maxItems: 50, ...mapList('lifecycleHookName') },
    'LifecycleHookSpecification.lifecycleHookName': {
      pattern: '^[A-Za-z0-9_/-]{1,255}$',
      maxLength: 255,
      ...cel(...hookRules),
    },
    'LifecycleHookSpecification.lifecycleTransition': {
      enum: ['autoscaling:EC2_INSTANCE_LAUNCHING', 'autoscaling:EC2_INSTANCE_TERMINATING'],
    },
    // MD-04
    'LifecycleHookSpecification.defaultResult': {
      description: "CONTINUE for a termination hook: ABANDON cuts short the other hooks, and with them ECS's draining.",
      enum: ['ABANDON', 'CONTINUE'],
    },
    'LifecycleHookSpecification.heartbeatTimeout': { minimum: 30, maximum: 7200 },
    LaunchTemplateSpecification: cel({
      rule: 'has(self.launchTemplateId) != has(self.launchTemplateName)',
      message:
        'spec: a launch template is named by launchTemplateId or launchTemplateName; in spec.launchTemplate or the launchTemplateSpecification set exactly one',
    }),
    GroupMixedInstancesPolicy: cel(...policyRules),
    'GroupLaunchTemplate.overrides': { maxItems: 40 },
    InstanceOverride: cel(...overrideRules),
    'InstanceOverride.launchTemplateRef': { description: 'The LaunchTemplate of this override.' },
    // CP-06
    'InstanceOverride.weightedCapacity': {
      description: 'Weights do not work in groups of capacity providers with managed scaling.',
      pattern: '^[0-9]{1,3}$',
    },
    'InstancesDistribution.onDemandBaseCapacity': { minimum: 0 },
    'InstancesDistribution.onDemandPercentageAboveBaseCapacity': { minimum: 0, maximum: 100 },
    ...instanceRequirements('InstanceRequirements', 'spec.mixedInstancesPolicy.launchTemplate.overrides'),
    InstanceMaintenancePolicy: cel(...maintenanceRules),
    'InstanceMaintenancePolicy.minHealthyPercentage': { minimum: -1, maximum: 100 },
    'InstanceMaintenancePolicy.maxHealthyPercentage': { minimum: -1, maximum: 200 },
    InstanceRefreshPolicy: cel(...refreshRules),
    'InstanceRefreshPolicy.minHealthyPercentage': { minimum: 0, maximum: 100 },
    'InstanceRefreshPolicy.maxHealthyPercentage': { minimum: 100, maximum: 200 },
    'InstanceRefreshPolicy.instanceWarmup': { minimum: 0 },
    'InstanceRefreshPolicy.checkpointPercentages': { maxItems: 20, items: { minimum: 1, maximum: 100 } },
    'InstanceRefreshPolicy.checkpointDelay': delay,
    'InstanceRefreshPolicy.bakeTime': delay,
    'InstanceRefreshPolicy.skipMatching': { description: 'The default is true.' },
    'InstanceRefreshPolicy.scaleInProtectedInstances': {
      description: "The default is Refresh in a group of ECS's managed draining, else Wait.",
    },
    'InstanceRefreshPolicy.window': {
      description: 'Outside of it nothing is begun, and what is under way is cancelled, to go on in the next one.',
    },
    'InstanceRefreshPolicy.paused': { description: 'Begins nothing, and cancels what is under way.' },
    'AlarmSpecification.alarms': { maxItems: 10 },
    'Window.schedule': { ...cron, description: 'When it opens: five cron fields.' },
    'Window.duration': {
      description: 'How long it stays open, such as 4h30m or 1d.',
      pattern: '^([0-9]{1,4}d)?([0-9]{1,5}h)?([0-9]{1,6}m)?([0-9]{1,8}s)?$',
      minLength: 2,
      maxLength: 27,
    },
    'Window.timeZone': timeZone,
    'WarmPool.minSize': { minimum: 0 },
    'WarmPool.maxGroupPreparedCapacity': { minimum: -1 },
    // CP-12
    'InstanceReusePolicy.reuseOnScaleIn': {
      description: 'ECS does not work with it: leave it out in a group of a capacity provider.',
    },
    'GroupTag.key': { minLength: 1, maxLength: 128 },
    'GroupTag.value': { maxLength: 256 },
    'GroupTag.propagateAtLaunch': { description: 'The default is true.' },
    'Status.launchTemplate': { description: 'Template and version of the group.' },
    'InstanceRefreshStatus.generation': int64,
    'Status.drain': { description: 'What the annotation ecs-operator.dev/drain asked for.' },
    'Status.scaledByCapacityProvider': { description: 'True while ECS owns the desired capacity.' },
  },
  columns: [
    { name: 'Desired', type: 'integer', jsonPath: '.status.desiredCapacity' },
    { name: 'Min', type: 'integer', jsonPath: '.status.minSize' },
    { name: 'Max', type: 'integer', jsonPath: '.status.maxSize' },
    { name: 'In Service', type: 'integer', jsonPath: '.status.instances.inService' },
    { name: 'Refresh', type: 'string', jsonPath: '.status.instanceRefresh.status' },
    { name: 'ARN', type: 'string', jsonPath: '.status.autoScalingGroupArn', priority: 1 },
  ],
};
