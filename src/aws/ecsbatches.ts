import {
  type CapacityProvider,
  type Cluster,
  ClusterNotFoundException,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  type Failure,
  type Service,
  type ServiceDeployment,
  type ServiceRevision,
} from '@aws-sdk/client-ecs';
import { OperatorError } from '../errors.ts';
import type { Answers } from './batcher.ts';
import type { ManyRead } from './batchreads.ts';
import { type Ask, allPages } from './pages.ts';

/** A Describe call of ECS: it answers with what it found, and with a failure for each name that it did not. */
interface Describe<Item> {
  readonly operation: string;
  readonly maxKeys: number;
  send(ask: Ask, group: string, keys: string[]): Promise<Described<Item>>;
  /** Every form in which a caller may have asked for the item. */
  names(item: Item): readonly (string | undefined)[];
}

interface Described<Item> {
  readonly items: readonly Item[] | undefined;
  readonly failures: readonly Failure[] | undefined;
}

function describing<Item>(describe: Describe<Item>): ManyRead<Item | undefined> {
  return {
    service: 'ecs',
    operation: describe.operation,
    maxKeys: describe.maxKeys,
    absent: undefined,
    fetch: async (ask, group, keys) => sortOut(describe, keys, await describe.send(ask, group, [...keys])),
    // Only the cluster that all names of the call share may be missing for all of them.
    lacksGroup: (error) => error.cause instanceof ClusterNotFoundException,
  };
}

export const services: ManyRead<Service | undefined> = describing({
  operation: 'DescribeServices',
  maxKeys: 10,
  send: async (ask, cluster, names) => {
    const answer = await ask(new DescribeServicesCommand({ cluster, services: names, include: ['TAGS'] }));
    return { items: answer.services, failures: answer.failures };
  },
  names: (service) => [service.serviceName, service.serviceArn],
});

export const clusters: ManyRead<Cluster | undefined> = describing({
  operation: 'DescribeClusters',
  maxKeys: 100,
  send: async (ask, _, names) => {
    const include = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS'] as const;
    const answer = await ask(new DescribeClustersCommand({ clusters: names, include: [...include] }));
    return { items: answer.clusters, failures: answer.failures };
  },
  names: (cluster) => [cluster.clusterName, cluster.clusterArn],
});

export const serviceRevisions: ManyRead<ServiceRevision | undefined> = describing({
  operation: 'DescribeServiceRevisions',
  maxKeys: 20,
  send: async (ask, _, arns) => {
    const answer = await ask(new DescribeServiceRevisionsCommand({ serviceRevisionArns: arns }));
    return { items: answer.serviceRevisions, failures: answer.failures };
  },
  names: (revision) => [revision.serviceRevisionArn],
});

export const serviceDeployments: ManyRead<ServiceDeployment | undefined> = describing({
  operation: 'DescribeServiceDeployments',
  maxKeys: 20,
  send: async (ask, _, arns) => {
    const answer = await ask(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: arns }));
    return { items: answer.serviceDeployments, failures: answer.failures };
  },
  names: (deployment) => [deployment.serviceDeploymentArn],
});

/** Grouped by cluster, or by nothing: the answer with a cluster holds what is associated with it, and its Managed Instances providers. */
export const capacityProviders: ManyRead<CapacityProvider | undefined> = describing({
  operation: 'DescribeCapacityProviders',
  maxKeys: 100,
  send: async (ask, cluster, names) => {
    const failures: Failure[] = [];
    // It takes a hundred names and answers for ten a page.
    const items = await allPages(async (nextToken) => {
      const answer = await ask(
        new DescribeCapacityProvidersCommand({
          capacityProviders: names,
          ...(cluster === '' ? {} : { cluster }),
          include: ['TAGS'],
          nextToken,
        }),
      );
      failures.push(...(answer.failures ?? []));
      return { items: answer.capacityProviders, next: answer.nextToken };
    });
    return { items, failures };
  },
  names: (provider) => [provider.name, provider.capacityProviderArn],
});

/** Deals AWS's items and failures out to the names that were asked for. */
function sortOut<Item>(
  describe: Describe<Item>,
  keys: readonly string[],
  { items, failures }: Described<Item>,
): Answers<Item | undefined> {
  const answers = new Map<string, { readonly value: Item | undefined } | OperatorError>();
  const asked = new Set(keys);
  for (const item of items ?? []) {
    for (const name of describe.names(item)) {
      if (name !== undefined && asked.has(name)) answers.set(name, { value: item });
    }
  }
  for (const failure of failures ?? []) {
    // A failure carries an ARN that AWS made up from the name that was asked for.
    const arn = failure.arn ?? '';
    const name = asked.has(arn) ? arn : arn.slice(arn.lastIndexOf('/') + 1);
    if (asked.has(name)) answers.set(name, failed(describe.operation, name, failure));
  }
  return answers;
}

/** Only MISSING for exactly this name means that it does not exist (ecs-guide-4 RT-6). */
function failed(operation: string, name: string, failure: Failure): { readonly value: undefined } | OperatorError {
  return failure.reason === 'MISSING' ? { value: undefined } : unreadable(operation, name, failure);
}

/** AWS has something to say of this name, and not that it does not exist. */
export function unreadable(operation: string, name: string, { reason, detail }: Failure): OperatorError {
  const more = detail === undefined ? '' : `: ${detail}`;
  return new OperatorError('failed', 'ReadFailed', `${operation} could not read ${name}: ${reason}${more}.`, {
    operation,
  });
}
