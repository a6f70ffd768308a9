import type { ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import { ListServiceDeploymentsCommand, ListServicesCommand } from '@aws-sdk/client-ecs';
import type { Batcher } from './batcher.ts';
import { batcherOf, type ManyRead, orAbsent } from './batchreads.ts';
import type { Caller } from './command.ts';
import { containerInstances, waitingTasks } from './containerinstances.ts';
import { capacityProviders, clusters, serviceDeployments, serviceRevisions, services } from './ecsbatches.ts';
import { type Ask, allPages, paying } from './pages.ts';
import type { EcsReads, TaskDefinitionAnswer } from './reads.ts';
import type { Region } from './region.ts';
import {
  activeFamilies,
  listTaskDefinitions,
  type RegisteredRevisions,
  RevisionSearches,
  taskDefinitions,
} from './taskdefinitions.ts';

/** The ECS batches of one region, shared by all passes. Each pass reads on behalf of its own caller. */
export function sharedEcsReads(
  region: Region,
  windowMs: number,
  registered: RegisteredRevisions,
): (caller: Caller) => EcsReads {
  const batches = <Value>(read: ManyRead<Value>): Batcher<Value> => batcherOf(region, windowMs, read);
  const shared = {
    services: batches(services),
    clusters: batches(clusters),
    revisions: batches(serviceRevisions),
    deployments: batches(serviceDeployments),
    families: batches(activeFamilies),
    taskDefinitions: batches(taskDefinitions),
    providers: batches(capacityProviders),
    containerInstances: batches(containerInstances),
    waitingTasks: batches(waitingTasks),
  };
  const searches = new RevisionSearches(region.clock);
  return (caller) => {
    const ask = paying(region, 'ecs', caller);
    const describeTaskDefinition = async (arnOrFamily: string): Promise<TaskDefinitionAnswer | undefined> =>
      registered.take(arnOrFamily) ?? (await shared.taskDefinitions.load(arnOrFamily, arnOrFamily, caller));
    return {
      describeService: (cluster, service) => shared.services.load(cluster, service, caller),
      describeCluster: (cluster) => shared.clusters.load('', cluster, caller),
      describeServiceRevision: (arn) => shared.revisions.load('', arn, caller),
      latestServiceDeployment: async (cluster, service) => {
        const arn = await orAbsent(newestDeployment(ask, cluster, service), undefined);
        return arn === undefined ? undefined : await shared.deployments.load('', arn, caller);
      },
      describeTaskDefinition,
      activeFamilyExists: (family) => shared.families.load('', family, caller),
      listTaskDefinitions: (family, { status }) => listTaskDefinitions(ask, family, status),
      findOwnRevisions: (uid, arns) => searches.find(uid, arns, describeTaskDefinition),
      listServices: (cluster) => listServices(ask, cluster),
      describeCapacityProvider: (provider, cluster = '') => shared.providers.load(cluster, provider, caller),
      containerInstances: (cluster) => shared.containerInstances.load(cluster, cluster, caller),
      waitingTasks: (cluster) => shared.waitingTasks.load(cluster, cluster, caller),
    };
  };
}

/** AWS returns the newest first, and does not promise it: the newest of the first page is taken. */
async function newestDeployment(ask: Ask, cluster: string, service: string): Promise<string | undefined> {
  const page = await ask(new ListServiceDeploymentsCommand({ cluster, service, maxResults: 100 }));
  const newestFirst = (page.serviceDeployments ?? []).toSorted((a, b) => createdMs(b) - createdMs(a));
  return newestFirst[0]?.serviceDeploymentArn;
}

function createdMs({ createdAt }: ServiceDeploymentBrief): number {
  return createdAt?.getTime() ?? 0;
}

async function listServices(ask: Ask, cluster: string): Promise<readonly string[]> {
  const arns = await allPages(async (nextToken) => {
    const page = await ask(new ListServicesCommand({ cluster, maxResults: 100, nextToken }));
    return { items: page.serviceArns, next: page.nextToken };
  });
  return arns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
}
