import type { CreateAutoScalingGroupType, UpdateAutoScalingGroupType } from '@aws-sdk/client-auto-scaling';
import { isSubnet, zoneOfSubnet, zonesOf } from '../ec2/network.ts';
import type { World } from '../world.ts';
import { validationError } from './errors.ts';

type Given = Partial<CreateAutoScalingGroupType> | Partial<UpdateAutoScalingGroupType>;

const TERMINATION_POLICIES = [
  'AllocationStrategy',
  'ClosestToNextInstanceHour',
  'Default',
  'NewestInstance',
  'OldestInstance',
  'OldestLaunchConfiguration',
  'OldestLaunchTemplate',
];

export interface Sizes {
  readonly minSize: number;
  readonly maxSize: number;
  readonly desiredCapacity: number;
}

export function checkName(name: string): void {
  if (name.length === 0 || name.length > 255 || /[:\r\n]/.test(name)) {
    throw validationError(
      `1 validation error detected: Value '${name}' at 'autoScalingGroupName' failed to satisfy constraint: ` +
        'Member must have length between 1 and 255 and must not contain a colon.',
    );
  }
}

/** Desired never leaves its bounds: a request that would make it do so is refused as a whole. */
export function checkSizes({ minSize, maxSize, desiredCapacity }: Sizes): void {
  for (const [name, value] of [
    ['minSize', minSize],
    ['maxSize', maxSize],
    ['desiredCapacity', desiredCapacity],
  ] as const) {
    if (Number.isInteger(value) && value >= 0) continue;
    throw validationError(
      `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ` +
        'Member must have value greater than or equal to 0',
    );
  }
  if (maxSize < minSize) {
    throw validationError(`Max bound, ${maxSize}, must be greater than or equal to min bound, ${minSize}`);
  }
  if (desiredCapacity < minSize || desiredCapacity > maxSize) {
    throw validationError(
      `Desired capacity:${desiredCapacity} must be between the specified min size:${minSize} and max size:${maxSize}`,
    );
  }
}

/** What create and update refuse alike, member by member. */
export function checkSettings(given: Given): void {
  for (const policy of given.TerminationPolicies ?? []) {
    if (TERMINATION_POLICIES.includes(policy) || policy.startsWith('arn:')) continue;
    throw validationError(`The termination policy ${policy} is not valid.`);
  }
  if (given.HealthCheckType !== undefined) checkHealthCheck(given.HealthCheckType);
  const lifetime = given.MaxInstanceLifetime;
  if (lifetime !== undefined && lifetime !== 0 && (lifetime < 86_400 || lifetime > 31_536_000)) {
    throw validationError('Max instance lifetime must be 0, or between 86400 and 31536000 seconds.');
  }
  checkNotNegative('DefaultCooldown', given.DefaultCooldown);
  checkNotNegative('HealthCheckGracePeriod', given.HealthCheckGracePeriod);
  if (given.DefaultInstanceWarmup !== undefined && given.DefaultInstanceWarmup < -1) {
    throw validationError('DefaultInstanceWarmup must be -1 or greater.');
  }
  checkMaintenance(given.InstanceMaintenancePolicy);
}

function checkHealthCheck(types: string): void {
  for (const type of types.split(',')) {
    if (['EC2', 'ELB', 'VPC_LATTICE', 'EBS'].includes(type)) continue;
    throw validationError(`Invalid Health Check Type: ${type}. Valid types are EC2, ELB, VPC_LATTICE, EBS.`);
  }
}

function checkNotNegative(name: string, value: number | undefined): void {
  if (value !== undefined && value < 0) throw validationError(`${name} must not be negative.`);
}

function checkMaintenance(policy: CreateAutoScalingGroupType['InstanceMaintenancePolicy']): void {
  if (policy === undefined) return;
  const { MinHealthyPercentage: min, MaxHealthyPercentage: max } = policy;
  if (min === undefined || max === undefined || (min === -1) !== (max === -1)) {
    throw validationError('Both MinHealthyPercentage and MaxHealthyPercentage must be specified.');
  }
  if (min === -1) return;
  if (min < 0 || min > 100) throw validationError('MinHealthyPercentage must be between 0 and 100.');
  if (max < 100 || max > 200) throw validationError('MaxHealthyPercentage must be between 100 and 200.');
  if (max - min > 100) {
    throw validationError(
      'The difference between MinHealthyPercentage and MaxHealthyPercentage cannot be greater than 100.',
    );
  }
}

export interface Network {
  readonly subnets: readonly string[];
  readonly availabilityZones: readonly string[];
}

/** Where a group launches; `undefined` if the request does not say. */
export function networkFrom(
  world: World,
  given: {
    readonly VPCZoneIdentifier?: string | undefined;
    readonly AvailabilityZones?: readonly string[] | undefined;
  },
): Network | undefined {
  const subnets = (given.VPCZoneIdentifier ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  const zones = given.AvailabilityZones ?? [];
  const unknownZones = zones.filter((zone) => !zonesOf(world).includes(zone));
  if (unknownZones.length > 0) throw validationError(`Invalid availability zones: [${unknownZones.join(', ')}]`);
  const unknown = subnets.find((id) => !isSubnet(id));
  if (unknown !== undefined) throw validationError(`The subnet ID '${unknown}' does not exist`);
  if (subnets.length === 0) return zones.length === 0 ? undefined : { subnets: [], availabilityZones: zones };
  const ofSubnets = [...new Set(subnets.map((id) => zoneOfSubnet(world, id)))].sort();
  if (zones.some((zone) => !ofSubnets.includes(zone))) {
    throw validationError('The availability zones of the specified subnets and the Auto Scaling group do not match');
  }
  return { subnets, availabilityZones: ofSubnets };
}
