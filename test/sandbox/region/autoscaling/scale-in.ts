import type { World } from '../world.ts';
import { activeMembers, isProtected } from './find.ts';
import { currentSource } from './launches.ts';
import { candidatesOf } from './source.ts';
import type { GroupState, MemberState } from './state.ts';

type Order = (a: MemberState, b: MemberState) => number;

const HOUR = 3_600_000;

/** Which instance goes next on scale-in; `undefined` if all are protected. */
export function scaleInChoice(world: World, group: GroupState): MemberState | undefined {
  const members = activeMembers(group);
  const candidates = members.filter((member) => !isProtected(member));
  const perZone = (zone: string): number => members.filter(({ instance }) => instance.availabilityZone === zone).length;
  const most = Math.max(0, ...candidates.map(({ instance }) => perZone(instance.availabilityZone)));
  const unhealthy = candidates.filter(({ healthStatus }) => healthStatus === 'Unhealthy');
  const inFullest = candidates.filter(({ instance }) => perZone(instance.availabilityZone) === most);
  const orders = group.terminationPolicies.flatMap((policy) => ordersOf(world, group, policy));
  return [...(unhealthy.length > 0 ? unhealthy : inFullest)].sort(inTurn([...orders, byAge]))[0];
}

const inTurn =
  (orders: readonly Order[]): Order =>
  (a, b) => {
    for (const order of orders) {
      const result = order(a, b);
      if (result !== 0) return result;
    }
    return 0;
  };

const byAge: Order = (a, b) =>
  a.instance.launchTime.getTime() - b.instance.launchTime.getTime() || (a.instance.id < b.instance.id ? -1 : 1);

const byTemplate: Order = (a, b) => Number(a.template?.version ?? 0) - Number(b.template?.version ?? 0);

function ordersOf(world: World, group: GroupState, policy: string): readonly Order[] {
  switch (policy) {
    case 'OldestInstance':
      return [byAge];
    case 'NewestInstance':
      return [(a, b) => byAge(b, a)];
    case 'OldestLaunchTemplate':
    case 'OldestLaunchConfiguration':
      return [byTemplate];
    case 'ClosestToNextInstanceHour':
      return [byBillingHour(world)];
    case 'AllocationStrategy':
      return [byAllocation(world, group)];
    case 'Default':
      return [byAllocation(world, group), byTemplate, byBillingHour(world)];
    default:
      return [];
  }
}

const byBillingHour = (world: World): Order => {
  const left = ({ instance }: MemberState): number =>
    HOUR - ((world.agenda.now - instance.launchTime.getTime()) % HOUR);
  return (a, b) => left(a) - left(b);
};

/** Instances of a type that the group would prefer less go first. */
function byAllocation(world: World, group: GroupState): Order {
  const source = currentSource(group);
  if (source.kind === 'template' || !world.ec2.launchTemplates.has(source.template.id)) return () => 0;
  const types = candidatesOf(world, source).map(({ data }): string | undefined => data.InstanceType);
  const rank = ({ instance }: MemberState): number => {
    const place = types.indexOf(instance.instanceType);
    return place < 0 ? types.length : place;
  };
  return (a, b) => rank(b) - rank(a);
}
