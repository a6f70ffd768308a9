import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { ec2Id } from '../ec2/ids.ts';
import { startInstance } from '../ec2/instance-life.ts';
import { launchInstance } from '../ec2/launch.ts';
import { subnetOfZone, zoneOfSubnet } from '../ec2/network.ts';
import { AwsError } from '../errors.ts';
import type { World } from '../world.ts';
import { endActivity, startActivity } from './activities.ts';
import { activeMembers, warmedMembers } from './find.ts';
import { setLifecycleState } from './members.ts';
import { type Candidate, candidatesOf } from './source.ts';
import type { GroupState, LaunchSource, MemberState } from './state.ts';

/** Which source new instances have: that of a running refresh before the group's own. */
export function currentSource(group: GroupState): LaunchSource {
  const [refresh] = group.refreshes;
  if (refresh === undefined || refresh.endTime !== undefined) return group.launch;
  if (refresh.desiredConfiguration === undefined) return group.launch;
  return refresh.status === 'RollbackInProgress' ? refresh.previous : refresh.target;
}

/** Adds one instance to the group. `false` if EC2 has none to give. */
export function launchMember(world: World, group: GroupState, cause: string): boolean {
  return takeFromPool(world, group, cause) || launchNew(world, group, cause, 'Pending');
}

/** Adds one instance to the warm pool. */
export function launchWarmed(world: World, group: GroupState, cause: string): boolean {
  return launchNew(world, group, cause, 'Warmed:Pending');
}

/** A warmed instance needs no boot. */
function takeFromPool(world: World, group: GroupState, cause: string): boolean {
  const member = warmedMembers(group).find(({ lifecycleState }) =>
    ['Warmed:Stopped', 'Warmed:Running', 'Warmed:Hibernated'].includes(lifecycleState),
  );
  // One that is still stopping could not be started yet.
  if (member === undefined || !['stopped', 'running'].includes(member.instance.state)) return false;
  member.activityId = launchActivity(
    world,
    group,
    `Launching a new EC2 instance from warm pool: ${member.instance.id}`,
    cause,
    member.instance,
  );
  member.protectedFromScaleIn = group.newInstancesProtectedFromScaleIn;
  setLifecycleState(world, member, 'Pending');
  if (member.instance.state === 'stopped') startInstance(world, member.instance);
  else world.on.instance(world, member.instance);
  return true;
}

function launchNew(world: World, group: GroupState, cause: string, state: 'Pending' | 'Warmed:Pending'): boolean {
  const reservationId = ec2Id('r');
  for (const subnetId of subnetsByLoad(world, group)) {
    const failure = launchIn(world, group, { subnetId, cause, state, reservationId });
    if (failure === undefined) return true;
  }
  return false;
}

interface Attempt {
  readonly subnetId: string;
  readonly cause: string;
  readonly state: 'Pending' | 'Warmed:Pending';
  readonly reservationId: string;
}

/** Tries all candidates in one subnet. What failed is an activity, one for each subnet. */
function launchIn(world: World, group: GroupState, attempt: Attempt): AwsError | undefined {
  let failure: AwsError | undefined;
  try {
    for (const candidate of candidatesOf(world, currentSource(group))) {
      const launched = tried(() => launchCandidate(world, group, candidate, attempt));
      if (launched === undefined) return undefined;
      failure = launched;
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    failure = error;
  }
  if (failure === undefined) return undefined;
  const place = { subnetId: attempt.subnetId, availabilityZone: zoneOfSubnet(world, attempt.subnetId) };
  const activity = launchActivity(world, group, 'Launching a new EC2 instance', attempt.cause, place);
  endActivity(world, group, activity, {
    status: 'Failed',
    message: `${failure.message} Launching EC2 instance failed.`,
  });
  return failure;
}

function tried(launch: () => void): AwsError | undefined {
  try {
    launch();
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

function launchCandidate(world: World, group: GroupState, candidate: Candidate, attempt: Attempt): void {
  const { template } = candidate;
  const data = withMarket(candidate.data, group);
  const propagated = [...group.tags]
    .filter(([, tag]) => tag.propagateAtLaunch)
    .map(([key, { value }]) => [key, value] as const);
  const instance = launchInstance(world, {
    data,
    subnetId: attempt.subnetId,
    reservationId: attempt.reservationId,
    tags: new Map([
      ...candidate.tags,
      ...propagated,
      ['aws:autoscaling:groupName', group.name],
      ['aws:ec2launchtemplate:id', template.id],
      ['aws:ec2launchtemplate:version', template.version ?? ''],
    ]),
  });
  const member: MemberState = {
    instance,
    group,
    template,
    lifecycleState: attempt.state,
    healthStatus: 'Healthy',
    protectedFromScaleIn: attempt.state === 'Pending' && group.newInstancesProtectedFromScaleIn,
    inServiceAt: undefined,
    waiting: new Map(),
    activityId: launchActivity(world, group, `Launching a new EC2 instance: ${instance.id}`, attempt.cause, instance),
  };
  group.members.set(instance.id, member);
  world.on.member(world, member);
}

/** A mixed group says itself which of its instances are Spot: the base is on demand, above it goes by percentage. */
function withMarket(data: ResponseLaunchTemplateData, group: GroupState): ResponseLaunchTemplateData {
  const source = currentSource(group);
  if (source.kind === 'template') return data;
  const active = activeMembers(group);
  const onDemand = active.filter(({ instance }) => instance.lifecycle === 'on-demand').length;
  const base = source.distribution.OnDemandBaseCapacity ?? 0;
  const share = source.distribution.OnDemandPercentageAboveBaseCapacity ?? 100;
  const wanted = Math.min(base, active.length + 1) + Math.ceil((Math.max(0, active.length + 1 - base) * share) / 100);
  return { ...data, InstanceMarketOptions: onDemand < wanted ? undefined : { MarketType: 'spot' } };
}

/** Zones with the fewest instances first, so that they stay balanced; ties go by the group's order. */
function subnetsByLoad(world: World, group: GroupState): readonly string[] {
  const subnets =
    group.subnets.length > 0 ? group.subnets : group.availabilityZones.map((zone) => subnetOfZone(world, zone));
  const members = [...activeMembers(group), ...warmedMembers(group)];
  const inZone = (subnet: string): number =>
    members.filter(({ instance }) => instance.availabilityZone === zoneOfSubnet(world, subnet)).length;
  const inSubnet = (subnet: string): number => members.filter(({ instance }) => instance.subnetId === subnet).length;
  return [...subnets].sort((a, b) => inZone(a) - inZone(b) || inSubnet(a) - inSubnet(b));
}

function launchActivity(
  world: World,
  group: GroupState,
  description: string,
  cause: string,
  place: { readonly subnetId: string; readonly availabilityZone: string },
): string {
  return startActivity(world, group, { description, cause, subnet: place.subnetId, zone: place.availabilityZone });
}
