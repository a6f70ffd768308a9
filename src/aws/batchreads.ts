import {
  type Cluster,
  ClusterNotFoundException,
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
import type { AnsweredCommand, Caller } from './command.ts';
import type { Region } from './region.ts';

/** A Describe call that takes many names: how it is sent, and how its answer is told apart. */
export interface ManyRead<Item> {
  readonly operation: string;
  /** AWS's limit of names in one call. */
  readonly maxKeys: number;
  command(group: string, keys: string[]): AnsweredCommand<ManyAnswer>;
  items(answer: ManyAnswer): readonly Item[];
  /** Every form in which a caller may have asked for the item. */
  names(item: Item): readonly (string | undefined)[];
}

/** The union of the answers' members that are read here. */
interface ManyAnswer {
  readonly services?: Service[] | undefined;
  readonly clusters?: Cluster[] | undefined;
  readonly serviceRevisions?: ServiceRevision[] | undefined;
  readonly serviceDeployments?: ServiceDeployment[] | undefined;
  readonly failures?: Failure[] | undefined;
}

export const services: ManyRead<Service> = {
  operation: 'DescribeServices',
  maxKeys: 10,
  command: (cluster, names) => new DescribeServicesCommand({ cluster, services: names, include: ['TAGS'] }),
  items: (answer) => answer.services ?? [],
  names: (service) => [service.serviceName, service.serviceArn],
};

export const clusters: ManyRead<Cluster> = {
  operation: 'DescribeClusters',
  maxKeys: 100,
  command: (_, names) =>
    new DescribeClustersCommand({
      clusters: names,
      include: ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS'],
    }),
  items: (answer) => answer.clusters ?? [],
  names: (cluster) => [cluster.clusterName, cluster.clusterArn],
};

export const serviceRevisions: ManyRead<ServiceRevision> = {
  operation: 'DescribeServiceRevisions',
  maxKeys: 20,
  command: (_, arns) => new DescribeServiceRevisionsCommand({ serviceRevisionArns: arns }),
  items: (answer) => answer.serviceRevisions ?? [],
  names: (revision) => [revision.serviceRevisionArn],
};

export const serviceDeployments: ManyRead<ServiceDeployment> = {
  operation: 'DescribeServiceDeployments',
  maxKeys: 20,
  command: (_, arns) => new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: arns }),
  items: (answer) => answer.serviceDeployments ?? [],
  names: (deployment) => [deployment.serviceDeploymentArn],
};

/** Sends one batch. When AWS refuses it as a whole because of one name, each name is asked for by itself. */
export async function readMany<Item>(
  region: Region,
  read: ManyRead<Item>,
  group: string,
  keys: readonly string[],
  caller: Caller,
): Promise<Answers<Item | undefined>> {
  try {
    return sortOut(read, keys, await region.send('ecs', read.command(group, [...keys]), caller));
  } catch (error) {
    if (!(error instanceof OperatorError) || !blamesInput(error)) throw error;
    if (keys.length === 1 || lacksGroup(group, error)) return new Map(keys.map((key) => [key, alone(error)]));
    return new Map(await Promise.all(keys.map((key) => readOne(region, read, group, key, caller))));
  }
}

async function readOne<Item>(
  region: Region,
  read: ManyRead<Item>,
  group: string,
  key: string,
  caller: Caller,
): Promise<readonly [string, { readonly value: Item | undefined } | OperatorError]> {
  try {
    const answers = sortOut(read, [key], await region.call('ecs', read.command(group, [key]), caller));
    return [key, answers.get(key) ?? unexplained(read.operation, key)];
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return [key, alone(error)];
  }
}

/** What an error means when the call held this one name: the cluster or the thing itself does not exist, or it is at fault. */
function alone<Item>(error: OperatorError): { readonly value: Item | undefined } | OperatorError {
  return error.disposition === 'absent' ? { value: undefined } : error;
}

/** Only the cluster that all names of the call share may be missing for all of them. */
function lacksGroup(group: string, error: OperatorError): boolean {
  return group !== '' && error.cause instanceof ClusterNotFoundException;
}

function blamesInput(error: OperatorError): boolean {
  return error.disposition === 'absent' || error.disposition === 'rejected';
}

/** Deals AWS's items and failures out to the names that were asked for. */
function sortOut<Item>(read: ManyRead<Item>, keys: readonly string[], answer: ManyAnswer): Answers<Item | undefined> {
  const answers = new Map<string, { readonly value: Item | undefined } | OperatorError>();
  const asked = new Set(keys);
  for (const item of read.items(answer)) {
    for (const name of read.names(item)) if (name !== undefined && asked.has(name)) answers.set(name, { value: item });
  }
  for (const failure of answer.failures ?? []) {
    // A failure carries an ARN that AWS made up from the name that was asked for.
    const arn = failure.arn ?? '';
    const name = asked.has(arn) ? arn : arn.slice(arn.lastIndexOf('/') + 1);
    if (asked.has(name)) answers.set(name, failed(read.operation, name, failure));
  }
  return answers;
}

/** Only MISSING for exactly this name means that it does not exist (ecs-guide-4 RT-6). */
function failed(operation: string, name: string, failure: Failure): { readonly value: undefined } | OperatorError {
  if (failure.reason === 'MISSING') return { value: undefined };
  const detail = failure.detail === undefined ? '' : `: ${failure.detail}`;
  return new OperatorError('failed', 'ReadFailed', `${operation} could not read ${name}: ${failure.reason}${detail}.`, {
    operation,
  });
}

function unexplained(operation: string, key: string): OperatorError {
  return new OperatorError('failed', 'IncompleteAnswer', `${operation} answered without a word about ${key}.`, {
    operation,
  });
}
