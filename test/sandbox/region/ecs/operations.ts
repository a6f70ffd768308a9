import * as sdk from '@aws-sdk/client-ecs';
import { AwsError, clientException, invalidParameter } from '../errors.ts';
import { type Dialect, decode } from '../wire/decode.ts';
import { type Operation, operationsOf } from '../wire/shape.ts';
import { listAccountSettings } from './account/account-settings.ts';
import {
  createCluster,
  deleteCluster,
  describeClusters,
  listClusters,
  putClusterCapacityProviders,
  updateCluster,
  updateClusterSettings,
} from './clusters/clusters.ts';
import { ENUMS } from './enums.ts';
import { describeServiceDeployments, describeServiceRevisions, listServiceDeployments } from './services/service-deployments.ts';
import { createService, deleteService, describeServices, listServices, updateService } from './services/services.ts';
import type { World } from './state.ts';
import { listTagsForResource, tagResource, untagResource } from './account/tagging.ts';
import {
  deleteTaskDefinitions,
  deregisterTaskDefinition,
  describeTaskDefinition,
  listTaskDefinitionFamilies,
  listTaskDefinitions,
  registerTaskDefinition,
} from './task-definitions/task-definitions.ts';
import { describeTasks, listTasks, runTask, stopTaskOperation } from './tasks/tasks.ts';

type Handler = (world: World, input: never) => object;

const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['CreateCluster', createCluster],
  ['DescribeClusters', describeClusters],
  ['ListClusters', listClusters],
  ['UpdateCluster', updateCluster],
  ['UpdateClusterSettings', updateClusterSettings],
  ['PutClusterCapacityProviders', putClusterCapacityProviders],
  ['DeleteCluster', deleteCluster],
  ['RegisterTaskDefinition', registerTaskDefinition],
  ['DescribeTaskDefinition', describeTaskDefinition],
  ['ListTaskDefinitions', listTaskDefinitions],
  ['ListTaskDefinitionFamilies', listTaskDefinitionFamilies],
  ['DeregisterTaskDefinition', deregisterTaskDefinition],
  ['DeleteTaskDefinitions', deleteTaskDefinitions],
  ['CreateService', createService],
  ['UpdateService', updateService],
  ['DeleteService', deleteService],
  ['DescribeServices', describeServices],
  ['ListServices', listServices],
  ['ListServiceDeployments', listServiceDeployments],
  ['DescribeServiceDeployments', describeServiceDeployments],
  ['DescribeServiceRevisions', describeServiceRevisions],
  ['RunTask', runTask],
  ['StopTask', stopTaskOperation],
  ['DescribeTasks', describeTasks],
  ['ListTasks', listTasks],
  ['TagResource', tagResource],
  ['UntagResource', untagResource],
  ['ListTagsForResource', listTagsForResource],
  ['ListAccountSettings', listAccountSettings],
]);

const OPERATIONS = operationsOf(sdk);

/** ECS has no one word for a missing member: RegisterTaskDefinition says ClientException, the others InvalidParameterException. */
const DIALECT: Dialect = {
  enums: ENUMS,
  missing: (structure, member) =>
    structure === 'RegisterTaskDefinitionRequest'
      ? clientException(`${capitalized(member)} should not be null or empty.`)
      : invalidParameter(`${capitalized(member)} can not be blank.`),
};

/** The operation's schemas, or what AWS answers for one that it, or this region, does not have. */
export function ecsOperation(name: string): Operation {
  const operation = OPERATIONS.get(name);
  if (operation === undefined) throw new AwsError('UnknownOperationException', `ECS has no operation ${name}.`);
  if (!HANDLERS.has(name)) {
    throw new AwsError('UnsupportedFeatureException', `The simulated region does not support ${name}.`);
  }
  return operation;
}

/** Checks the input against the schema, runs the operation and returns its typed output. */
export function runEcsOperation(world: World, operation: Operation, input: unknown): object {
  const handler = HANDLERS.get(operation.name);
  if (handler === undefined) throw new Error(`no handler for ${operation.name}`);
  // `decode` has checked the input against the schema of this very operation, which is the handler's input type.
  return handler(world, decode(operation.input, input, DIALECT) as never);
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
