import type {
  Cluster,
  Service,
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceRevision,
  Tag,
} from '@aws-sdk/client-ecs';
import { ListServiceDeploymentsCommand, ListServicesCommand, ListTagsForResourceCommand } from '@aws-sdk/client-ecs';
import { OperatorError } from '../errors.ts';
import { type Answers, Batcher } from './batcher.ts';
import { clusters, type ManyRead, readMany, serviceDeployments, serviceRevisions, services } from './batchreads.ts';
import type { Caller } from './command.ts';
import type { EcsReads, TaskDefinitionAnswer } from './reads.ts';
import type { Region } from './region.ts';
import { listTaskDefinitions, type RegisteredRevisions, readFamilies, readTaskDefinition } from './taskdefinitions.ts';

/** The batches of one region, shared by all passes. Each pass reads through its own `bind`. */
export class SharedReads {
  readonly #region: Region;
  readonly #registered: RegisteredRevisions;
  readonly #windowMs: number;
  readonly #services: Batcher<Service | undefined>;
  readonly #clusters: Batcher<Cluster | undefined>;
  readonly #revisions: Batcher<ServiceRevision | undefined>;
  readonly #deployments: Batcher<ServiceDeployment | undefined>;
  readonly #families: Batcher<boolean>;
  readonly #taskDefinitions: Batcher<TaskDefinitionAnswer | undefined>;

  constructor(region: Region, registered: RegisteredRevisions, windowMs: number) {
    this.#region = region;
    this.#registered = registered;
    this.#windowMs = windowMs;
    this.#services = this.#manyReads(services);
    this.#clusters = this.#manyReads(clusters);
    this.#revisions = this.#manyReads(serviceRevisions);
    this.#deployments = this.#manyReads(serviceDeployments);
    this.#families = this.#batcher('ListTaskDefinitionFamilies', 1_000, (_, keys, caller) =>
      readFamilies(region, keys, caller),
    );
    this.#taskDefinitions = this.#batcher('DescribeTaskDefinition', 1, (arn, _, caller) =>
      readTaskDefinition(region, arn, caller),
    );
  }

  bind(caller: Caller): EcsReads {
    return {
      describeService: (cluster, service) => this.#services.load(cluster, service, caller),
      describeCluster: (cluster) => this.#clusters.load('', cluster, caller),
      describeServiceRevision: (arn) => this.#revisions.load('', arn, caller),
      latestServiceDeployment: (cluster, service) => this.#latestDeployment(cluster, service, caller),
      describeTaskDefinition: async (arnOrFamily) =>
        this.#registered.take(arnOrFamily) ?? (await this.#taskDefinitions.load(arnOrFamily, arnOrFamily, caller)),
      activeFamilyExists: (family) => this.#families.load('', family, caller),
      listTaskDefinitions: (family, { status }) => listTaskDefinitions(this.#region, family, status, caller),
      listServices: (cluster) => this.#listServices(cluster, caller),
      listTagsForResource: (arn) => this.#listTags(arn, caller),
    };
  }

  async #latestDeployment(cluster: string, service: string, caller: Caller): Promise<ServiceDeployment | undefined> {
    let newest: ServiceDeploymentBrief | undefined;
    try {
      // AWS returns the newest first, and does not promise it: the newest of the first page is taken.
      const command = new ListServiceDeploymentsCommand({ cluster, service, maxResults: 100 });
      const page = await this.#region.call('ecs', command, caller);
      newest = (page.serviceDeployments ?? []).toSorted((a, b) => millis(b.createdAt) - millis(a.createdAt))[0];
    } catch (error) {
      if (error instanceof OperatorError && error.disposition === 'absent') return undefined;
      throw error;
    }
    if (newest?.serviceDeploymentArn === undefined) return undefined;
    return await this.#deployments.load('', newest.serviceDeploymentArn, caller);
  }

  async #listServices(cluster: string, caller: Caller): Promise<readonly string[]> {
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const command = new ListServicesCommand({ cluster, maxResults: 100, nextToken });
      const page = await this.#region.call('ecs', command, caller);
      names.push(...(page.serviceArns ?? []).map((arn) => arn.slice(arn.lastIndexOf('/') + 1)));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return names;
  }

  async #listTags(resourceArn: string, caller: Caller): Promise<readonly Tag[]> {
    const answer = await this.#region.call('ecs', new ListTagsForResourceCommand({ resourceArn }), caller);
    return answer.tags ?? [];
  }

  #manyReads<Item>(read: ManyRead<Item>): Batcher<Item | undefined> {
    return this.#batcher(read.operation, read.maxKeys, (group, keys, caller) =>
      readMany(this.#region, read, group, keys, caller),
    );
  }

  #batcher<Value>(
    operation: string,
    maxKeys: number,
    fetch: (group: string, keys: readonly string[], caller: Caller) => Promise<Answers<Value>>,
  ): Batcher<Value> {
    return new Batcher<Value>(this.#region.clock, {
      operation,
      windowMs: this.#windowMs,
      maxKeys,
      queue: (name, caller) => this.#region.queue(name, caller),
      fetch,
    });
  }
}

function millis(date: Date | undefined): number {
  return date?.getTime() ?? 0;
}
