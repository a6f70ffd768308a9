import { DescribeTasksCommand, type ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';

/** Every task of a service that ECS still knows, those that have stopped too (for an hour of simulated time). */
export async function tasksOf(aws: ECSClient, cluster: string, serviceName: string): Promise<readonly Task[]> {
  const arns: string[] = [];
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    let nextToken: string | undefined;
    do {
      const page = await aws.send(new ListTasksCommand({ cluster, serviceName, desiredStatus, nextToken }));
      arns.push(...(page.taskArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }
  const tasks: Task[] = [];
  for (let first = 0; first < arns.length; first += 100) {
    const page = await aws.send(new DescribeTasksCommand({ cluster, tasks: arns.slice(first, first + 100) }));
    tasks.push(...(page.tasks ?? []));
  }
  return tasks;
}

/**
 * The fewest of these tasks that were running at any moment from `from` on, in simulated milliseconds: exact, by when each began to run
 * and was told to stop.
 */
export function fewestRunning(tasks: readonly Task[], from: number): number {
  const spans = tasks.flatMap(({ startedAt, stoppingAt, stoppedAt }) =>
    startedAt === undefined
      ? []
      : [{ start: startedAt.getTime(), end: (stoppingAt ?? stoppedAt)?.getTime() ?? Number.POSITIVE_INFINITY }],
  );
  const running = (at: number): number => spans.filter(({ start, end }) => start <= at && at < end).length;
  // The count falls only at the end of a span.
  const moments = [from, ...spans.map(({ end }) => end).filter((end) => end > from && Number.isFinite(end))];
  return Math.min(...moments.map(running));
}
