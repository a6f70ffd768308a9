import {
  AttachLoadBalancersCommand,
  AttachLoadBalancerTargetGroupsCommand,
  AttachTrafficSourcesCommand,
  type AutoScalingGroup,
  DetachLoadBalancersCommand,
  DetachLoadBalancerTargetGroupsCommand,
  DetachTrafficSourcesCommand,
  type TrafficSourceIdentifier,
} from '@aws-sdk/client-auto-scaling';
import { chunks } from '../../aws/chunks.ts';
import type { AwsCommand, CallStep } from '../../engine/kind.ts';
import { pascalCase } from '../shared/camel-case.ts';
import { wasRemoved } from '../shared/fields.ts';
import { autoScaling, step } from '../shared/step.ts';
import { groupName } from './desired.ts';
import type { DesiredGroup } from './observed.ts';

/** Of each of the six calls. */
const MOST_AT_ONCE = 10;

/**
 * Where the group's instances get traffic from: UpdateAutoScalingGroup has no members for it. AWS lists a target group both among the
 * target groups and among the traffic sources, so what one field of the spec names is never detached because another does not.
 */
export function trafficSteps(desired: DesiredGroup, group: AutoScalingGroup): readonly CallStep[] {
  return [...targetGroupSteps(desired, group), ...loadBalancerSteps(desired, group), ...sourceSteps(desired, group)];
}

function targetGroupSteps(desired: DesiredGroup, group: AutoScalingGroup): readonly CallStep[] {
  const { targetGroupARNs, trafficSources } = desired.spec;
  const elsewhere = (trafficSources ?? []).flatMap(({ identifier }) => identifier ?? []);
  const wanted = targetGroupARNs ?? (wasRemoved(desired, 'targetGroupARNs') ? [] : undefined);
  const { add, remove } = difference(group.TargetGroupARNs ?? [], wanted, elsewhere);
  const name = { AutoScalingGroupName: groupName(desired) };
  return [
    ...inTens(add, 'target groups attached', (list) => {
      return new AttachLoadBalancerTargetGroupsCommand({ ...name, TargetGroupARNs: [...list] });
    }),
    ...inTens(remove, 'target groups detached', (list) => {
      return new DetachLoadBalancerTargetGroupsCommand({ ...name, TargetGroupARNs: [...list] });
    }),
  ];
}

function loadBalancerSteps(desired: DesiredGroup, group: AutoScalingGroup): readonly CallStep[] {
  const { loadBalancerNames, trafficSources } = desired.spec;
  const elsewhere = (trafficSources ?? []).flatMap(({ identifier }) => identifier ?? []);
  const wanted = loadBalancerNames ?? (wasRemoved(desired, 'loadBalancerNames') ? [] : undefined);
  const { add, remove } = difference(group.LoadBalancerNames ?? [], wanted, elsewhere);
  const name = { AutoScalingGroupName: groupName(desired) };
  return [
    ...inTens(add, 'load balancers attached', (list) => {
      return new AttachLoadBalancersCommand({ ...name, LoadBalancerNames: [...list] });
    }),
    ...inTens(remove, 'load balancers detached', (list) => {
      return new DetachLoadBalancersCommand({ ...name, LoadBalancerNames: [...list] });
    }),
  ];
}

function sourceSteps(desired: DesiredGroup, group: AutoScalingGroup): readonly CallStep[] {
  const { spec } = desired;
  const given = spec.trafficSources ?? (wasRemoved(desired, 'trafficSources') ? [] : undefined);
  const wanted = given?.map((source) => pascalCase<TrafficSourceIdentifier>(source));
  const live = group.TrafficSources ?? [];
  const elsewhere = [...(spec.targetGroupARNs ?? []), ...(spec.loadBalancerNames ?? [])];
  const { add, remove } = difference(live.map(identifierOf), wanted?.map(identifierOf), elsewhere);
  const name = { AutoScalingGroupName: groupName(desired) };
  const skip =
    spec.skipZonalShiftValidation === undefined ? {} : { SkipZonalShiftValidation: spec.skipZonalShiftValidation };
  const of = (list: readonly string[], sources: readonly TrafficSourceIdentifier[]): TrafficSourceIdentifier[] =>
    sources.filter((source) => list.includes(identifierOf(source)));
  return [
    ...inTens(add, 'traffic sources attached', (list) => {
      return new AttachTrafficSourcesCommand({ ...name, TrafficSources: of(list, wanted ?? []), ...skip });
    }),
    ...inTens(remove, 'traffic sources detached', (list) => {
      return new DetachTrafficSourcesCommand({ ...name, TrafficSources: of(list, live) });
    }),
  ];
}

function identifierOf({ Identifier }: TrafficSourceIdentifier): string {
  return Identifier ?? '';
}

interface Difference {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Nothing when the spec does not say. */
function difference(
  have: readonly string[],
  want: readonly string[] | undefined,
  elsewhere: readonly string[],
): Difference {
  if (want === undefined) return { add: [], remove: [] };
  return {
    add: want.filter((item) => !have.includes(item)),
    remove: have.filter((item) => !want.includes(item) && !elsewhere.includes(item)),
  };
}

function inTens(
  items: readonly string[],
  what: string,
  command: (items: readonly string[]) => AwsCommand,
): readonly CallStep[] {
  return chunks(items, MOST_AT_ONCE).map((some) => step(autoScaling, command(some), `${what}: ${some.join(', ')}`));
}
