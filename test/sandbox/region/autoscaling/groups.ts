import { randomUUID } from 'node:crypto';
import type {
  CreateAutoScalingGroupType,
  DeleteAutoScalingGroupType,
  UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../errors.ts';
import type { World } from '../world.ts';
import { isActivityRunning, stamp } from './activities.ts';
import { activityInProgress, limitExceeded, resourceInUse, validationError } from './errors.ts';
import { findGroup, findLiveGroup } from './find.ts';
import { groupChanged } from './group-changed.ts';
import { hookFrom } from './hook-rules.ts';
import { proceedTerminating, retire } from './members.ts';
import { isRefreshing } from './refresh/facts.ts';
import { checkName, checkSettings, checkSizes, networkFrom, type Sizes } from './rules.ts';
import { oneSource, sourceFrom } from './source.ts';
import type { GroupState, KeptSettings, LaunchSource } from './state.ts';
import { withTags } from './tags.ts';
import { trafficFrom } from './traffic.ts';

export const MAX_GROUPS = 500;

export function createAutoScalingGroup(world: World, input: CreateAutoScalingGroupType): object {
  const name = input.AutoScalingGroupName ?? '';
  checkName(name);
  checkNameIsFree(world, name);
  checkSettings(input);
  const sizes: Sizes = {
    minSize: input.MinSize ?? 0,
    maxSize: input.MaxSize ?? 0,
    desiredCapacity: input.DesiredCapacity ?? input.MinSize ?? 0,
  };
  checkSizes(sizes);
  const network = networkFrom(world, input);
  if (network === undefined) throw validationError('At least one Availability Zone or VPC Subnet is required.');
  const launch = sourceFrom(world, input);
  if (launch === undefined) throw oneSource();
  if (world.autoScaling.groups.size >= MAX_GROUPS) {
    throw limitExceeded(`You have reached the limit of ${MAX_GROUPS} Auto Scaling groups in this region.`);
  }
  const traffic = trafficFrom(input);
  const hooks = (input.LifecycleHookSpecificationList ?? []).map(hookFrom);
  const group: GroupState = {
    name,
    arn: `arn:aws:autoscaling:${world.region}:${world.account}:autoScalingGroup:${randomUUID()}:autoScalingGroupName/${name}`,
    createdTime: world.agenda.date,
    launch,
    ...sizes,
    ...network,
    newInstancesProtectedFromScaleIn: input.NewInstancesProtectedFromScaleIn ?? false,
    terminationPolicies: input.TerminationPolicies ?? ['Default'],
    healthCheckType: input.HealthCheckType ?? 'EC2',
    healthCheckGracePeriod: input.HealthCheckGracePeriod ?? 0,
    defaultCooldown: input.DefaultCooldown ?? 300,
    defaultInstanceWarmup: warmup(input.DefaultInstanceWarmup),
    maxInstanceLifetime: input.MaxInstanceLifetime,
    kept: { ServiceLinkedRoleARN: serviceRole(world), ...keptFrom(input) },
    status: undefined,
    tags: withTags(new Map(), input.Tags ?? []),
    members: new Map(),
    traffic,
    hooks: new Map(hooks.map((hook) => [hook.name, hook])),
    policies: new Map(),
    suspended: new Map(),
    warmPool: undefined,
    refreshes: [],
    activities: [],
    cause: `At ${stamp(world.agenda.date)} a user request created an AutoScalingGroup changing the desired capacity from 0 to ${sizes.desiredCapacity}.`,
    lastActivityEnd: undefined,
    reconcileDue: false,
    nextLook: undefined,
    launchesResume: undefined,
  };
  world.autoScaling.groups.set(name, group);
  groupChanged(world, group);
  return {};
}

function checkNameIsFree(world: World, name: string): void {
  const existing = world.autoScaling.groups.get(name);
  if (existing === undefined) return;
  const pending =
    ' and is pending delete.  Please wait until Autoscaling completes the deletion process before creating another group ' +
    'with the same name.';
  throw new AwsError(
    'AlreadyExists',
    `AutoScalingGroup by this name already exists - A group with the name ${name} already exists` +
      (existing.status === undefined ? '' : pending),
  );
}

const serviceRole = (world: World): string =>
  `arn:aws:iam::${world.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;

/** -1 gives the setting up again. */
const warmup = (given: number | undefined): number | undefined => (given === -1 ? undefined : given);

/** What is given of the settings that have no effect here. */
function keptFrom(input: KeptSettings): KeptSettings {
  const given: KeptSettings = {
    AvailabilityZoneDistribution: input.AvailabilityZoneDistribution,
    AvailabilityZoneImpairmentPolicy: input.AvailabilityZoneImpairmentPolicy,
    CapacityRebalance: input.CapacityRebalance,
    CapacityReservationSpecification: input.CapacityReservationSpecification,
    Context: input.Context,
    DeletionProtection: input.DeletionProtection,
    DesiredCapacityType: input.DesiredCapacityType,
    InstanceLifecyclePolicy: input.InstanceLifecyclePolicy,
    InstanceMaintenancePolicy: input.InstanceMaintenancePolicy,
    PlacementGroup: input.PlacementGroup,
    ServiceLinkedRoleARN: input.ServiceLinkedRoleARN,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Running instances are not changed: only what is launched from now on. */
export function updateAutoScalingGroup(world: World, input: UpdateAutoScalingGroupType): object {
  const group = findLiveGroup(world, input.AutoScalingGroupName);
  checkSettings(input);
  const sizes = updatedSizes(group, input);
  const network = networkFrom(world, input) ?? group;
  const launch = updatedSource(world, group, input);
  if (sizes.desiredCapacity !== group.desiredCapacity) {
    group.cause =
      `At ${stamp(world.agenda.date)} a user request update of AutoScalingGroup constraints to min: ${sizes.minSize}, max: ` +
      `${sizes.maxSize}, desired: ${sizes.desiredCapacity} changing the desired capacity from ${group.desiredCapacity} to ` +
      `${sizes.desiredCapacity}.`;
  }
  Object.assign(group, sizes);
  group.subnets = network.subnets;
  group.availabilityZones = network.availabilityZones;
  group.launch = launch;
  group.newInstancesProtectedFromScaleIn =
    input.NewInstancesProtectedFromScaleIn ?? group.newInstancesProtectedFromScaleIn;
  group.terminationPolicies = input.TerminationPolicies ?? group.terminationPolicies;
  group.healthCheckType = input.HealthCheckType ?? group.healthCheckType;
  group.healthCheckGracePeriod = input.HealthCheckGracePeriod ?? group.healthCheckGracePeriod;
  group.defaultCooldown = input.DefaultCooldown ?? group.defaultCooldown;
  group.defaultInstanceWarmup = warmup(input.DefaultInstanceWarmup ?? group.defaultInstanceWarmup);
  group.maxInstanceLifetime = input.MaxInstanceLifetime ?? group.maxInstanceLifetime;
  group.kept = { ...group.kept, ...keptFrom(input) };
  group.launchesResume = undefined;
  groupChanged(world, group);
  return {};
}

/** While a refresh to a desired configuration runs, nothing else may say what is launched. */
function updatedSource(world: World, group: GroupState, input: UpdateAutoScalingGroupType): LaunchSource {
  const launch = sourceFrom(world, input, group.launch);
  if (launch === undefined) return group.launch;
  const [refresh] = group.refreshes;
  if (isRefreshing(refresh) && refresh.desiredConfiguration !== undefined) {
    throw validationError(
      'An active instance refresh with a desired configuration exists. All configuration options derived from the desired ' +
        'configuration are not available for update while the instance refresh is active.',
    );
  }
  return launch;
}

/** Without a desired capacity in the request, new bounds move the one there is. */
function updatedSizes(group: GroupState, input: UpdateAutoScalingGroupType): Sizes {
  const minSize = input.MinSize ?? group.minSize;
  const maxSize = input.MaxSize ?? group.maxSize;
  const moved = Math.max(minSize, Math.min(maxSize, group.desiredCapacity));
  const sizes = { minSize, maxSize, desiredCapacity: input.DesiredCapacity ?? moved };
  checkSizes(sizes);
  return sizes;
}

/** A group with instances goes only by force, which ends them without their hooks. */
export function deleteAutoScalingGroup(world: World, input: DeleteAutoScalingGroupType): object {
  const group = findGroup(world, input.AutoScalingGroupName);
  if (group.status !== undefined && input.ForceDelete !== true) {
    throw activityInProgress(`The Auto Scaling group ${group.name} is already pending delete.`);
  }
  const protection = group.kept.DeletionProtection;
  if (
    protection === 'prevent-all-deletion' ||
    (protection === 'prevent-force-deletion' && input.ForceDelete === true)
  ) {
    throw resourceInUse(
      `The Auto Scaling group ${group.name} cannot be deleted: its deletion protection is ${protection}.`,
    );
  }
  if (input.ForceDelete !== true) checkEmpty(group);
  group.status = 'Delete in progress';
  const cause = `At ${stamp(world.agenda.date)} an instance was taken out of service in response to the deletion of its group.`;
  group.hooks.clear();
  for (const member of [...group.members.values()]) {
    retire(world, member, cause);
    if (member.waiting.size > 0) proceedTerminating(world, member);
  }
  groupChanged(world, group);
  return {};
}

function checkEmpty(group: GroupState): void {
  const members = [...group.members.values()];
  if (members.some(({ lifecycleState }) => !/Terminating/.test(lifecycleState))) {
    throw resourceInUse(
      'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
    );
  }
  if (members.length > 0 || isActivityRunning(group)) {
    throw activityInProgress(
      'You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.',
    );
  }
}
