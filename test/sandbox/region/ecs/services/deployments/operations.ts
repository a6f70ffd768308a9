import type {
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
} from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../../errors.ts';
import type { World } from '../../../world.ts';
import { clusterOfArn, findCluster, serviceOrThrow } from '../../find.ts';
import { page } from '../../pages.ts';
import type { ServiceDeploymentState } from '../state.ts';
import { revisionView } from './revision-view.ts';
import { briefView, fullView } from './view.ts';

const MAX_ARNS = 20;

export function listServiceDeployments(
  world: World,
  input: ListServiceDeploymentsRequest,
): ListServiceDeploymentsResponse {
  // The AWS CLI's recorded call gives the ARN of a service and no cluster.
  const service = serviceOrThrow(findCluster(world, input.cluster ?? clusterOfArn(input.service)), input.service);
  const records = service.serviceDeployments.filter((record) => isListed(record, input));
  const { items, nextToken } = page(
    records.map((record) => record.arn),
    input,
    { size: 20, max: 100 },
  );
  const wanted = new Set(items);
  return { serviceDeployments: records.filter((record) => wanted.has(record.arn)).map(briefView), nextToken };
}

function isListed(record: ServiceDeploymentState, input: ListServiceDeploymentsRequest): boolean {
  if (input.status !== undefined && input.status.length > 0 && !input.status.includes(record.status)) return false;
  if (input.createdAt?.after !== undefined && record.createdAt < input.createdAt.after) return false;
  return input.createdAt?.before === undefined || record.createdAt <= input.createdAt.before;
}

export function describeServiceDeployments(
  world: World,
  input: DescribeServiceDeploymentsRequest,
): DescribeServiceDeploymentsResponse {
  const { found, failures } = lookUp(
    world.ecs.serviceDeployments,
    input.serviceDeploymentArns,
    'serviceDeploymentArns',
  );
  return { serviceDeployments: found.map(fullView), failures };
}

export function describeServiceRevisions(
  world: World,
  input: DescribeServiceRevisionsRequest,
): DescribeServiceRevisionsResponse {
  const { found, failures } = lookUp(world.ecs.revisions, input.serviceRevisionArns, 'serviceRevisionArns');
  return { serviceRevisions: found.map(revisionView), failures };
}

function lookUp<T>(
  all: ReadonlyMap<string, T>,
  arns: readonly string[] | undefined,
  field: string,
): { readonly found: T[]; readonly failures: { arn: string; reason: string }[] } {
  if (arns === undefined || arns.length === 0) throw invalidParameter(`${field} cannot be empty.`);
  if (arns.length > MAX_ARNS) throw invalidParameter(`${field} can have at most ${MAX_ARNS} items.`);
  const found: T[] = [];
  const failures: { arn: string; reason: string }[] = [];
  for (const arn of arns) {
    const entry = all.get(arn);
    if (entry === undefined) failures.push({ arn, reason: 'MISSING' });
    else found.push(entry);
  }
  return { found, failures };
}
