import type {
  ContainerInstance,
  DeregisterContainerInstanceRequest,
  DeregisterContainerInstanceResponse,
  DescribeContainerInstancesRequest,
  DescribeContainerInstancesResponse,
  Failure,
  ListContainerInstancesRequest,
  ListContainerInstancesResponse,
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse,
} from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../../errors.ts';
import type { World } from '../../../world.ts';
import { arn, resourceOf } from '../../arn.ts';
import type { ClusterState } from '../../clusters/state.ts';
import { findCluster } from '../../find.ts';
import { page } from '../../pages.ts';
import { queried } from '../placement/fit.ts';
import { answers } from '../query/evaluate.ts';
import { parseQuery } from '../query/parse.ts';
import type { ContainerInstanceState } from '../state.ts';
import { deregister } from './deregistration.ts';
import { drainInstance, reactivateInstance } from './draining.ts';
import { findInstance, registeredInstance } from './find.ts';
import { containerInstanceView } from './view.ts';

const MAX_UPDATED = 10;

export function describeContainerInstances(
  world: World,
  input: DescribeContainerInstancesRequest,
): DescribeContainerInstancesResponse {
  const cluster = findCluster(world, input.cluster);
  const references = checkedReferences(input.containerInstances, 100);
  const containerInstances: ContainerInstance[] = [];
  const failures: Failure[] = [];
  for (const reference of references) {
    const instance = findInstance(cluster, reference);
    if (instance === undefined) failures.push(missing(world, cluster, reference));
    else containerInstances.push(containerInstanceView(instance, input.include));
  }
  return { containerInstances, failures };
}

/** All but those that are INACTIVE, unless a status is asked for. */
export function listContainerInstances(
  world: World,
  input: ListContainerInstancesRequest,
): ListContainerInstancesResponse {
  const cluster = findCluster(world, input.cluster);
  const expression = input.filter === undefined || input.filter === '' ? undefined : parseQuery(input.filter);
  const arns: string[] = [];
  for (const instance of cluster.containerInstances.values()) {
    if (instance.status === 'INACTIVE') continue;
    if (input.status !== undefined && instance.status !== input.status) continue;
    if (expression === undefined || answers(expression, queried(instance))) arns.push(instance.arn);
  }
  const { items, nextToken } = page(arns, input, { size: 100, max: 100 });
  return { containerInstanceArns: items, nextToken };
}

/** DE-01: the EC2 instance stays. Tasks are in the way unless it is forced, and then they stop. */
export function deregisterContainerInstance(
  world: World,
  input: DeregisterContainerInstanceRequest,
): DeregisterContainerInstanceResponse {
  const cluster = findCluster(world, input.cluster);
  const instance = registeredInstance(cluster, input.containerInstance);
  if (instance.tasks.size > 0 && input.force !== true) throw invalidParameter('Found running tasks on the instance.');
  deregister(world, instance, 'UserInitiated', 'Container instance deregistration forced by user');
  return { containerInstance: containerInstanceView(instance) };
}

export function updateContainerInstancesState(
  world: World,
  input: UpdateContainerInstancesStateRequest,
): UpdateContainerInstancesStateResponse {
  const cluster = findCluster(world, input.cluster);
  const references = checkedReferences(input.containerInstances, MAX_UPDATED);
  const { status } = input;
  if (status !== 'ACTIVE' && status !== 'DRAINING') {
    throw invalidParameter('Container instance status should be one of [ACTIVE, DRAINING].');
  }
  const containerInstances: ContainerInstance[] = [];
  const failures: Failure[] = [];
  for (const reference of references) {
    const instance = findInstance(cluster, reference);
    if (instance === undefined) {
      failures.push(missing(world, cluster, reference));
    } else if (instance.status !== 'ACTIVE' && instance.status !== 'DRAINING') {
      failures.push({ arn: instance.arn, reason: instance.status });
    } else {
      move(world, instance, status);
      containerInstances.push(containerInstanceView(instance));
    }
  }
  return { containerInstances, failures };
}

function move(world: World, instance: ContainerInstanceState, status: 'ACTIVE' | 'DRAINING'): void {
  if (status === 'DRAINING') drainInstance(world, instance);
  else reactivateInstance(world, instance);
}

function checkedReferences(references: readonly string[] | undefined, maximum: number): readonly string[] {
  if (references === undefined || references.length === 0) {
    throw invalidParameter('Container instances cannot be empty.');
  }
  if (references.length > maximum) {
    throw invalidParameter(`Container instances can have at most ${maximum} items.`);
  }
  return references;
}

function missing(world: World, cluster: ClusterState, reference: string): Failure {
  const isArn = resourceOf(reference) !== undefined;
  return { arn: isArn ? reference : arn(world, `container-instance/${cluster.name}/${reference}`), reason: 'MISSING' };
}
