import type { AutoScalingGroup, WarmPoolConfiguration } from '@aws-sdk/client-auto-scaling';
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import type { AwsReads } from '../../aws/reads.ts';
import { OperatorError } from '../../errors.ts';
import { isBeingDeleted } from '../shared/auto-scaling-group.ts';
import { unlessDenied } from '../shared/status-reads.ts';
import { concernsActivities } from './conditions.ts';
import { clusterOf, groupName } from './desired.ts';
import { concernsDrain } from './drain.ts';
import { concernsHooks } from './hooks.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';
import { concernsRefresh, mayBeRefreshed } from './refresh-record.ts';
import { concernsPolicies } from './scaled-by-provider.ts';
import { concernsWarmPool } from './warm-pool.ts';

/** Reads the group, and no more than this spec and the group's state give reason to. */
export async function observeGroup(reads: AwsReads, desired: DesiredGroup): Promise<ObservedGroup | undefined> {
  const name = groupName(desired);
  const group = await reads.describeAutoScalingGroup(name);
  if (!desired.deleting) await assertTypesExist(reads, desired, group);
  if (group === undefined) return undefined;
  if (isBeingDeleted(group)) return { ...nothingRead, group };
  const denied = new Set<string>();
  const [refresh, warmPool, containerInstances, more] = await Promise.all([
    concernsRefresh(desired, group) ? reads.latestInstanceRefresh(name) : undefined,
    warmPoolOf(reads, desired, group),
    registeredOf(reads, desired, group, denied),
    desired.deleting ? nothingRead : comparedWith(reads, desired, group),
  ]);
  const observed = { ...more, group, refresh, warmPool, containerInstances, denied };
  if (desired.deleting || !concernsActivities(observed)) return observed;
  return { ...observed, activities: await reads.latestScalingActivities(name) };
}

const nothingRead: Omit<ObservedGroup, 'group'> = {
  refresh: undefined,
  hooks: undefined,
  warmPool: undefined,
  activities: [],
  policies: [],
  containerInstances: undefined,
  denied: new Set(),
};

/** What only matters to a group that is to stay. */
async function comparedWith(
  reads: AwsReads,
  desired: DesiredGroup,
  group: AutoScalingGroup,
): Promise<Omit<ObservedGroup, 'group'>> {
  const name = groupName(desired);
  const [hooks, policies] = await Promise.all([
    concernsHooks(desired) || mayBeRefreshed(desired, group) ? reads.describeLifecycleHooks(name) : undefined,
    concernsPolicies(desired, group) ? reads.describeScalingPolicies(name) : [],
  ]);
  return { ...nothingRead, hooks, policies };
}

/** DescribeAutoScalingGroups has it already, but not everything that answers like AWS does. */
async function warmPoolOf(
  reads: AwsReads,
  desired: DesiredGroup,
  group: AutoScalingGroup,
): Promise<WarmPoolConfiguration | undefined> {
  if (group.WarmPoolConfiguration !== undefined || !concernsWarmPool(desired)) return group.WarmPoolConfiguration;
  return reads.describeWarmPool(groupName(desired));
}

/** The list of a cluster's instances is shared by all its groups. Without a deletion or a drain only the status needs it. */
async function registeredOf(
  reads: AwsReads,
  desired: DesiredGroup,
  { Instances = [] }: AutoScalingGroup,
  denied: Set<string>,
): Promise<readonly ContainerInstance[] | undefined> {
  const cluster = clusterOf(desired);
  if (cluster === undefined || Instances.length === 0) return undefined;
  const ids = new Set(Instances.map(({ InstanceId }) => InstanceId));
  const answer = reads.containerInstances(cluster);
  const registered = await (desired.deleting || concernsDrain(desired) ? answer : unlessDenied(answer, denied));
  return registered?.filter(({ ec2InstanceId }) => ids.has(ec2InstanceId));
}

/** AWS takes a group with a type that does not exist, and then fails to launch it. What the group has already is not asked for again. */
async function assertTypesExist(
  reads: AwsReads,
  { spec, region }: DesiredGroup,
  group: AutoScalingGroup | undefined,
): Promise<void> {
  const known = new Set(
    group?.MixedInstancesPolicy?.LaunchTemplate?.Overrides?.map(({ InstanceType }) => InstanceType),
  );
  const overrides = spec.mixedInstancesPolicy?.launchTemplate?.overrides ?? [];
  await Promise.all(
    overrides.map(async ({ instanceType }, index) => {
      if (instanceType === undefined || known.has(instanceType)) return;
      if ((await reads.describeInstanceType(instanceType)) !== undefined) return;
      throw new OperatorError(
        'terminal',
        'InstanceTypeUnknown',
        `spec.mixedInstancesPolicy.launchTemplate.overrides[${index}].instanceType: ${region} has no instance type "${instanceType}". Correct it, or take the override out.`,
      );
    }),
  );
}
