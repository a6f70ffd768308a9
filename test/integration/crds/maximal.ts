import * as ecs from '@aws-sdk/client-ecs';
import type { Schema } from '../../../src/generate/contract.ts';
import type { ECSClusterStatus } from '../../../src/kinds/cluster/api.ts';
import type { ECSServiceStatus } from '../../../src/kinds/service/api.ts';
import type { ECSTaskDefinitionStatus } from '../../../src/kinds/task-definition/api.ts';

const runtimeSchemas = new Map<string, unknown>(Object.entries(ecs));

/**
 * An SDK input with every member set, at every depth. Which members there are comes from the SDK's runtime schema, not from
 * the CRD; the CRD only tells which values are allowed (enums, ranges, patterns).
 */
export function maximalInput(request: string, allowed: Schema | undefined): Record<string, unknown> {
  return structure(runtimeSchemas.get(`${request}$`), allowed);
}

function structure(schema: unknown, allowed: Schema | undefined): Record<string, unknown> {
  const [, , , , members, types] = tuple(schema);
  return Object.fromEntries(
    tuple(members).map((member, index) => {
      const name = String(member);
      return [name, value(tuple(types)[index], allowed?.properties?.[name])];
    }),
  );
}

/** Runtime schemas: 0 string, 1 number, 2 boolean, 15 document, 64+ list of, 128+ map of; tuples [1 list, 2 map, 3 structure, 4 union, …]. */
function value(schema: unknown, allowed: Schema | undefined): unknown {
  if (typeof schema === 'function') return value(schema(), allowed);
  if (typeof schema === 'number') return scalar(schema, allowed);
  const [head, , , , first, second] = tuple(schema);
  switch (head) {
    case 1:
      return [value(first, allowed?.items)];
    case 2:
      return { key: value(second, allowed?.additionalProperties) };
    case 3:
    case 4:
      return structure(schema, allowed);
    default:
      // [type, traits]
      return value(head, allowed);
  }
}

function scalar(schema: number, allowed: Schema | undefined): unknown {
  if (schema >= 128) return { key: scalar(schema - 128, allowed?.additionalProperties) };
  if (schema >= 64) return [scalar(schema - 64, allowed?.items)];
  switch (schema) {
    case 0:
      return allowed?.enum?.[0] ?? '1024';
    case 1:
      return allowed?.type === 'number' ? 12.5 : (allowed?.minimum ?? 7);
    case 2:
      return true;
    case 15:
      return { any: [1, 'two', { three: null }] };
    default:
      throw new Error(`unknown runtime schema ${schema}`);
  }
}

function tuple(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`not a runtime schema: ${String(value)}`);
  return value;
}

/** Every operator-level field. */
export const maximalCommon = {
  deletionPolicy: 'Retain',
  adoptionPolicy: 'Adopt',
  driftPolicy: 'Report',
  region: 'eu-west-1',
  allowedNamespaces: ['*', 'shop'],
};

/** A type whose every member, at every depth, has to be written out. */
type Complete<T> = T extends readonly (infer Item)[]
  ? Complete<Item>[]
  : T extends object
    ? { [Member in keyof T]-?: Complete<Exclude<T[Member], undefined>> }
    : T;

const time = '2026-11-21T22:18:00Z';
const common = {
  observedGeneration: 3_000_000_000,
  conditions: [
    { type: 'Ready', status: 'True', reason: 'Live', message: 'ok', observedGeneration: 1, lastTransitionTime: time },
  ] satisfies Complete<ECSClusterStatus['conditions']>,
  settledHash: 'abc',
  settledFields: ['tags'],
};

export const clusterStatus: Complete<ECSClusterStatus> = {
  ...common,
  clusterArn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/prod',
  clusterName: 'prod',
  status: 'ACTIVE',
  activeServicesCount: 1,
  runningTasksCount: 2,
  pendingTasksCount: 3,
  registeredContainerInstancesCount: 4,
  capacityProviders: ['FARGATE'],
};

const revision = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7';

export const taskDefinitionStatus: Complete<ECSTaskDefinitionStatus> = {
  ...common,
  taskDefinitionArn: revision,
  family: 'web',
  revision: 7,
  contentHash: 'abc',
  revisions: [{ taskDefinitionArn: revision, contentHash: 'abc' }],
  status: 'ACTIVE',
};

export const serviceStatus: Complete<ECSServiceStatus> = {
  ...common,
  serviceArn: 'arn:aws:ecs:eu-west-1:111122223333:service/prod/web',
  serviceName: 'web',
  clusterArn: clusterStatus.clusterArn,
  status: 'ACTIVE',
  createdAt: time,
  desiredCount: 2,
  runningCount: 1,
  pendingCount: 1,
  taskDefinition: revision,
  taskDefinitionRevision: 'web:7',
  deployments: [
    {
      id: 'ecs-svc/1',
      status: 'PRIMARY',
      taskDefinition: revision,
      desiredCount: 2,
      runningCount: 1,
      pendingCount: 1,
      failedTasks: 1,
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: 'starting',
      createdAt: time,
      updatedAt: time,
    },
  ],
  rolloutState: 'IN_PROGRESS',
  rolloutStateReason: 'starting',
  events: [{ id: 'e', createdAt: time, message: 'steady state' }],
  rolledBack: { deployment: 'ecs-svc/0', hash: 'def', reason: 'circuit breaker', taskDefinition: revision },
};
