import {
  type Activity,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  DescribeLifecycleHooksCommand,
  DescribePoliciesCommand,
  DescribeScalingActivitiesCommand,
  DescribeWarmPoolCommand,
  type ScalingPolicy,
} from '@aws-sdk/client-auto-scaling';
import { batcherOf, filtering, type ManyRead, orAbsent } from './batchreads.ts';
import type { Caller } from './command.ts';
import { type Ask, allPages, paying } from './pages.ts';
import type { AutoScalingReads } from './reads.ts';
import type { Region } from './region.ts';

/** The API has no batch calls but this one. A name that is not in the answer does not exist: AWS leaves it out without an error. */
const groups = filtering<AutoScalingGroup>({
  service: 'autoscaling',
  operation: 'DescribeAutoScalingGroups',
  maxKeys: 50,
  page: async (ask, AutoScalingGroupNames, NextToken) => {
    const page = await ask(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames, MaxRecords: 50, NextToken }));
    return { items: page.AutoScalingGroups, next: page.NextToken };
  },
  nameOf: ({ AutoScalingGroupName }) => AutoScalingGroupName,
});

/** One walk over all groups of the region, for all who ask at the same moment. */
const allGroups: ManyRead<readonly AutoScalingGroup[]> = {
  service: 'autoscaling',
  operation: 'DescribeAutoScalingGroups',
  maxKeys: Number.POSITIVE_INFINITY,
  absent: [],
  fetch: async (ask, _, keys) => {
    const value = await allPages(async (NextToken) => {
      const page = await ask(new DescribeAutoScalingGroupsCommand({ MaxRecords: 100, NextToken }));
      return { items: page.AutoScalingGroups, next: page.NextToken };
    });
    return new Map(keys.map((key) => [key, { value }]));
  },
};

/** The Auto Scaling batches of one region. What belongs to a group that does not exist does not exist either. */
export function sharedAutoScalingReads(region: Region, windowMs: number): (caller: Caller) => AutoScalingReads {
  const shared = batcherOf(region, windowMs, groups);
  const all = batcherOf(region, windowMs, allGroups);
  return (caller) => {
    const ask = paying(region, 'autoscaling', caller);
    return {
      describeAutoScalingGroup: (name) => shared.load('', name, caller),
      listAutoScalingGroups: () => all.load('', 'all', caller),
      latestInstanceRefresh: async (AutoScalingGroupName) => {
        // Sorted by creation, newest first (API reference of DescribeInstanceRefreshes).
        const command = new DescribeInstanceRefreshesCommand({ AutoScalingGroupName, MaxRecords: 1 });
        return (await orAbsent(ask(command), undefined))?.InstanceRefreshes?.[0];
      },
      describeLifecycleHooks: async (AutoScalingGroupName) => {
        const command = new DescribeLifecycleHooksCommand({ AutoScalingGroupName });
        return (await orAbsent(ask(command), undefined))?.LifecycleHooks ?? [];
      },
      describeWarmPool: async (AutoScalingGroupName) => {
        // Its instances would come page by page; the configuration is on each page.
        const command = new DescribeWarmPoolCommand({ AutoScalingGroupName, MaxRecords: 1 });
        return (await orAbsent(ask(command), undefined))?.WarmPoolConfiguration;
      },
      latestScalingActivities: (group) => orAbsent(latestActivities(ask, group), []),
      describeScalingPolicies: (group) => orAbsent(policies(ask, group), []),
    };
  };
}

/** AWS describes those in progress first, and by start time only then. */
async function latestActivities(ask: Ask, AutoScalingGroupName: string): Promise<readonly Activity[]> {
  const answer = await ask(new DescribeScalingActivitiesCommand({ AutoScalingGroupName, MaxRecords: 10 }));
  return (answer.Activities ?? []).toSorted((a, b) => startedMs(b) - startedMs(a));
}

function startedMs({ StartTime }: Activity): number {
  return StartTime?.getTime() ?? 0;
}

async function policies(ask: Ask, AutoScalingGroupName: string): Promise<readonly ScalingPolicy[]> {
  return await allPages(async (NextToken) => {
    const page = await ask(new DescribePoliciesCommand({ AutoScalingGroupName, MaxRecords: 100, NextToken }));
    return { items: page.ScalingPolicies, next: page.NextToken };
  });
}
