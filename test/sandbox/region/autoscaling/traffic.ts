import type {
  AttachLoadBalancersType,
  AttachLoadBalancerTargetGroupsType,
  AttachTrafficSourcesType,
  AutoScalingGroup,
  CreateAutoScalingGroupType,
  DescribeLoadBalancersRequest,
  DescribeLoadBalancersResponse,
  DescribeLoadBalancerTargetGroupsRequest,
  DescribeLoadBalancerTargetGroupsResponse,
  DescribeTrafficSourcesRequest,
  DescribeTrafficSourcesResponse,
  DetachLoadBalancersType,
  DetachLoadBalancerTargetGroupsType,
  DetachTrafficSourcesType,
  TrafficSourceIdentifier,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../errors.ts';
import { paged } from '../paged.ts';
import type { World } from '../world.ts';
import { invalidToken, validationError } from './errors.ts';
import { findGroup, findLiveGroup } from './find.ts';
import { isRefreshing } from './refresh/facts.ts';
import type { GroupState, TrafficState } from './state.ts';

/** Of each attaching and detaching call. */
const MAX = 10;

type Way = TrafficState['way'];

/** What a new group says. */
export function trafficFrom(input: CreateAutoScalingGroupType): TrafficState[] {
  return [
    ...loadBalancers(input.LoadBalancerNames),
    ...targetGroups(input.TargetGroupARNs),
    ...(input.TrafficSources ?? []).map(sourceFrom),
  ];
}

const loadBalancers = (names: readonly string[] = []): TrafficState[] =>
  names.map((id) => ({ id, type: 'elb', way: 'load-balancer' }));

function targetGroups(arns: readonly string[] = []): TrafficState[] {
  return arns.map((id) => {
    if (typeOf(id) === 'elbv2') return { id, type: 'elbv2', way: 'target-group' };
    throw validationError('Provided Target Groups may not be valid. Please ensure they exist and try again.');
  });
}

/** Without a type it is seen from the identifier. */
function sourceFrom({ Identifier: id = '', Type }: TrafficSourceIdentifier): TrafficState {
  const type = typeOf(id);
  if (Type !== undefined && Type !== type) {
    throw validationError(`The traffic source type ${Type} does not fit the identifier ${id}.`);
  }
  return { id, type, way: 'traffic-source' };
}

function typeOf(id: string): TrafficState['type'] {
  if (/^arn:[^:]+:elasticloadbalancing:.*:targetgroup\//.test(id)) return 'elbv2';
  if (/^arn:[^:]+:vpc-lattice:.*:targetgroup\//.test(id)) return 'vpc-lattice';
  return 'elb';
}

/** All that was attached, in whatever way, is a traffic source; the older members of the answer have only what was attached in their own way. */
export function trafficView(
  group: GroupState,
): Pick<AutoScalingGroup, 'LoadBalancerNames' | 'TargetGroupARNs' | 'TrafficSources'> {
  return {
    LoadBalancerNames: idsOf(group, 'load-balancer'),
    TargetGroupARNs: idsOf(group, 'target-group'),
    TrafficSources: group.traffic.map(({ id, type }) => ({ Identifier: id, Type: type })),
  };
}

const idsOf = (group: GroupState, way: Way): string[] =>
  group.traffic.filter((each) => each.way === way).map(({ id }) => id);

export function attachTrafficSources(world: World, input: AttachTrafficSourcesType): object {
  return attach(world, input.AutoScalingGroupName, (input.TrafficSources ?? []).map(sourceFrom));
}

export function attachLoadBalancerTargetGroups(world: World, input: AttachLoadBalancerTargetGroupsType): object {
  return attach(world, input.AutoScalingGroupName, targetGroups(input.TargetGroupARNs));
}

export function attachLoadBalancers(world: World, input: AttachLoadBalancersType): object {
  return attach(world, input.AutoScalingGroupName, loadBalancers(input.LoadBalancerNames));
}

/** Adds to what is there; what is attached already stays as it is. */
function attach(world: World, name: string | undefined, added: readonly TrafficState[]): object {
  const group = findLiveGroup(world, name);
  checkCount(added.length);
  if (isRefreshing(group.refreshes[0])) {
    throw new AwsError(
      'InstanceRefreshInProgress',
      'An active instance refresh exists for the group: traffic sources cannot be attached until it has ended.',
    );
  }
  for (const source of added) if (!group.traffic.some(({ id }) => id === source.id)) group.traffic.push(source);
  return {};
}

export function detachTrafficSources(world: World, input: DetachTrafficSourcesType): object {
  const ids = (input.TrafficSources ?? []).map(({ Identifier = '' }) => Identifier);
  return detach(world, input.AutoScalingGroupName, ids, 'traffic source(s)', () => true);
}

/** Not for what was attached as a traffic source, says AWS; load balancers likewise. */
export function detachLoadBalancerTargetGroups(world: World, input: DetachLoadBalancerTargetGroupsType): object {
  const ids = input.TargetGroupARNs ?? [];
  return detach(world, input.AutoScalingGroupName, ids, 'Target Groups', ({ way }) => way === 'target-group');
}

export function detachLoadBalancers(world: World, input: DetachLoadBalancersType): object {
  const ids = input.LoadBalancerNames ?? [];
  return detach(world, input.AutoScalingGroupName, ids, 'Load Balancer(s)', ({ way }) => way === 'load-balancer');
}

/** At once: there is no load balancer that would have to let connections end. All of them or none. */
function detach(
  world: World,
  name: string | undefined,
  ids: readonly string[],
  what: string,
  fits: (source: TrafficState) => boolean,
): object {
  const group = findLiveGroup(world, name);
  checkCount(ids.length);
  const there = group.traffic.filter(fits);
  if (ids.some((id) => !there.some((source) => source.id === id))) {
    throw validationError(`Trying to remove ${what} that are not part of the group`);
  }
  group.traffic = group.traffic.filter((source) => !(fits(source) && ids.includes(source.id)));
  return {};
}

function checkCount(count: number): void {
  if (count <= MAX) return;
  throw validationError(`You can specify up to ${MAX} in one call.`);
}

export function describeTrafficSources(
  world: World,
  input: DescribeTrafficSourcesRequest,
): DescribeTrafficSourcesResponse {
  const group = findGroup(world, input.AutoScalingGroupName);
  const { TrafficSourceType: type } = input;
  const found = group.traffic.filter((source) => type === undefined || source.type === type);
  const { items, nextToken } = page(found, input);
  return {
    TrafficSources: items.map((source) => ({
      Identifier: source.id,
      TrafficSource: source.id,
      Type: source.type,
      State: stateOf(group),
    })),
    NextToken: nextToken,
  };
}

export function describeLoadBalancerTargetGroups(
  world: World,
  input: DescribeLoadBalancerTargetGroupsRequest,
): DescribeLoadBalancerTargetGroupsResponse {
  const group = findGroup(world, input.AutoScalingGroupName);
  const { items, nextToken } = page(
    group.traffic.filter(({ way }) => way === 'target-group'),
    input,
  );
  return {
    LoadBalancerTargetGroups: items.map(({ id }) => ({ LoadBalancerTargetGroupARN: id, State: stateOf(group) })),
    NextToken: nextToken,
  };
}

export function describeLoadBalancers(
  world: World,
  input: DescribeLoadBalancersRequest,
): DescribeLoadBalancersResponse {
  const group = findGroup(world, input.AutoScalingGroupName);
  const { items, nextToken } = page(
    group.traffic.filter(({ way }) => way === 'load-balancer'),
    input,
  );
  return {
    LoadBalancers: items.map(({ id }) => ({ LoadBalancerName: id, State: stateOf(group) })),
    NextToken: nextToken,
  };
}

/** With ELB health checks a source is InService once an instance passes them, otherwise it stays Added. */
function stateOf(group: GroupState): string {
  const serves = [...group.members.values()].some(({ lifecycleState }) => lifecycleState === 'InService');
  return serves && /ELB|VPC_LATTICE/.test(group.healthCheckType) ? 'InService' : 'Added';
}

function page(
  sources: readonly TrafficState[],
  input: { readonly NextToken?: string | undefined; readonly MaxRecords?: number | undefined },
) {
  return paged(sources, ({ id }) => id, {
    token: input.NextToken,
    size: Math.min(input.MaxRecords ?? 50, 100),
    invalidToken,
  });
}
