import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
} from '@aws-sdk/client-ecs';
import { isMutation, type JournalEntry, type Region } from '../sandbox/region/index.ts';
import type { Managed } from './test-bed.ts';

/** What was done in AWS, by operation and logical resource. Requests that changed nothing are not counted. */
export function mutationCounts(entries: readonly JournalEntry[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const entry of entries) {
    if (!isMutation(entry) || !entry.effective) continue;
    const name = `${entry.operation} ${resourceOf(entry.input)}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The most specific name in the input, without account, region and revision. */
function resourceOf(input: unknown): string {
  const members: Readonly<Record<string, unknown>> = typeof input === 'object' && input !== null ? { ...input } : {};
  for (const field of ['resourceArn', 'taskDefinition', 'family', 'serviceName', 'service', 'clusterName', 'cluster']) {
    const name = members[field];
    // An update of a service names a task definition too, and is not about it.
    const ofService = field === 'taskDefinition' && (members.service ?? members.serviceName) !== undefined;
    if (typeof name === 'string' && !ofService) return lastPart(name);
  }
  return '';
}

function lastPart(name: string): string {
  return name.replace(/^arn:[^/]*:/, '').replace(/:\d+$/, '');
}

/** Everything in the region and in the objects, without what differs from one run to the next (ids, times, revision numbers). */
export async function endState(
  region: Region,
  aws: ECSClient,
  objects: readonly Managed[],
): Promise<Readonly<Record<string, unknown>>> {
  const { clusters, services, taskDefinitions, tasks } = region.inventory();
  const describedClusters =
    clusters.length === 0
      ? []
      : (await aws.send(new DescribeClustersCommand({ clusters: [...clusters], include: ['SETTINGS', 'TAGS'] })))
          .clusters;
  const describedServices = await Promise.all(
    services.map(async (arn) => {
      const command = new DescribeServicesCommand({ cluster: arn.split('/')[1], services: [arn], include: ['TAGS'] });
      const { services: [service] = [] } = await aws.send(command);
      // What happened on the way there is not part of where it ended.
      return { ...service, events: undefined };
    }),
  );
  const revisions = await Promise.all(
    taskDefinitions.map((taskDefinition) =>
      aws.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] })),
    ),
  );
  const state = {
    clusters: describedClusters,
    services: describedServices,
    taskDefinitions: revisions.map(({ taskDefinition, tags }) => ({ taskDefinition, tags })),
    tasks: tasks.length,
    objects: objects.map(({ kind, metadata, spec, status }) => ({
      kind,
      name: metadata.name,
      finalizers: metadata.finalizers,
      spec,
      status: { ...status, events: undefined },
    })),
  };
  return JSON.parse(masked(JSON.stringify(state)));
}

function masked(text: string): string {
  return (
    text
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'uuid')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
      .replace(/"revision":\d+/g, '"revision":0')
      .replace(/(task-definition\/[\w-]+|"[\w-]+):\d+"/g, '$1:0"')
      .replace(/bed-[0-9a-f]{8}/g, 'namespace')
      .replace(/ecs-svc\/\d+/g, 'ecs-svc/id')
      .replace(/(service-(?:deployment|revision)\/[\w-]+\/[\w-]+)\/[\w-]+/g, '$1/id')
      .replace(/"(settledHash|observedGeneration|contentHash)":("[0-9a-f]+"|\d+)/g, '"$1":0')
      // A cluster's counts are from whenever it was last looked at; services and tasks are compared by themselves.
      .replace(/"(activeServicesCount|(?:running|pending)TasksCount)":\d+/g, '"$1":0')
      .replace(/[0-9a-f]{32}/g, 'hash')
  );
}

/** Nothing exists. */
export const nothing = {
  clusters: [],
  services: [],
  taskDefinitions: [],
  tasks: [],
  capacityProviders: [],
  autoScalingGroups: [],
  launchTemplates: [],
  instances: [],
};
