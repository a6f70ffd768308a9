import {
  type ContainerInstance,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  type Failure,
  ListContainerInstancesCommand,
  ListTasksCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import type { ManyRead } from './batchreads.ts';
import { chunks } from './chunks.ts';
import { unreadable } from './ecsbatches.ts';
import { allPages } from './pages.ts';

/** AWS's limit of one List page and of one Describe call. */
const atOnce = 100;
/** A cluster with more tasks than these pages hold is no place to look for each one that waits. */
const taskPages = 10;

/** The cluster is the group and the only name: a batch that is never full waits its whole window for others who want the same walk. */
const oneWalkForAll = Number.POSITIVE_INFINITY;

export const containerInstances: ManyRead<readonly ContainerInstance[]> = {
  service: 'ecs',
  operation: 'ListContainerInstances',
  maxKeys: oneWalkForAll,
  absent: [],
  fetch: async (ask, cluster) => {
    const arns = await allPages(async (nextToken) => {
      const page = await ask(new ListContainerInstancesCommand({ cluster, maxResults: atOnce, nextToken }));
      return { items: page.containerInstanceArns, next: page.nextToken };
    });
    const found: ContainerInstance[] = [];
    for (const containerInstanceArns of chunks(arns, atOnce)) {
      const answer = await ask(
        new DescribeContainerInstancesCommand({
          cluster,
          containerInstances: containerInstanceArns,
          include: ['CONTAINER_INSTANCE_HEALTH', 'TAGS'],
        }),
      );
      assertOnlyMissing('DescribeContainerInstances', answer.failures);
      found.push(...(answer.containerInstances ?? []));
    }
    // One that was deregistered since the list was made is described for a while.
    return new Map([[cluster, { value: found.filter(({ status }) => status !== 'INACTIVE') }]]);
  },
};

export const waitingTasks: ManyRead<readonly Task[]> = {
  service: 'ecs',
  operation: 'ListTasks',
  maxKeys: oneWalkForAll,
  absent: [],
  fetch: async (ask, cluster) => {
    // A task that has yet to start is listed as one that is to be RUNNING; ECS has no filter for the status it has now.
    const arns = await allPages(async (nextToken) => {
      const page = await ask(
        new ListTasksCommand({ cluster, desiredStatus: 'RUNNING', maxResults: atOnce, nextToken }),
      );
      return { items: page.taskArns, next: page.nextToken };
    }, taskPages);
    const waiting: Task[] = [];
    for (const tasks of chunks(arns, atOnce)) {
      const answer = await ask(new DescribeTasksCommand({ cluster, tasks }));
      assertOnlyMissing('DescribeTasks', answer.failures);
      waiting.push(...(answer.tasks ?? []).filter(isWaiting));
    }
    return new Map([[cluster, { value: waiting }]]);
  },
};

function isWaiting({ lastStatus }: Task): boolean {
  return lastStatus === 'PROVISIONING' || lastStatus === 'PENDING';
}

/** What went away between the list and its description is no failure. */
function assertOnlyMissing(operation: string, failures: readonly Failure[] | undefined): void {
  const failure = failures?.find(({ reason }) => reason !== 'MISSING');
  if (failure !== undefined) throw unreadable(operation, failure.arn ?? 'an item', failure);
}
