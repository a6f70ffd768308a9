import type { LaunchType, PlacementStrategy } from '@aws-sdk/client-ecs';
import type { World } from '../../world.ts';
import type { ClusterState } from '../clusters/state.ts';
import { isExternal } from './instances/external.ts';
import { daemonsOf, reservedFor } from './placement/daemons.ts';
import { explained, UNMET } from './placement/explain.ts';
import { type Misfit, misfit, type Wanted } from './placement/fit.ts';
import { pick, SERVICE_DEFAULT } from './placement/placement-strategy.ts';
import { isManaged } from './providers/managed.ts';
import type { ContainerInstanceState } from './state.ts';

export interface PlacementRequest extends Wanted {
  readonly cluster: ClusterState;
  readonly launchType: LaunchType;
  readonly capacityProvider: string | undefined;
  readonly strategy: readonly PlacementStrategy[];
}

export interface PlacementFailure {
  /** The container instance that does not fit. Fargate has none. */
  readonly arn: string | undefined;
  readonly reason: string;
}

export type Placement =
  /** Fargate: needs no instance. */
  | { readonly kind: 'serverless' }
  | { readonly kind: 'instance'; readonly instance: ContainerInstanceState }
  /** The capacity provider has no room yet: the task is PROVISIONING until it has. */
  | { readonly kind: 'waiting' }
  | Refused;

/**
 * Nothing fits. `failures` has one entry for each instance, as RunTask answers it; without instances it is empty, and RunTask refuses
 * with `event`'s sentence. `reason` is that of the closest instance. `event` follows `was unable to place a task` in a service's event.
 */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
  readonly failures: readonly PlacementFailure[];
  readonly event: string;
}

/** Tasks that may wait for capacity in one cluster (CAS-16). */
const MAX_WAITING = 500;

/** Where one task goes now. Changes nothing: the caller starts the task there. */
export function place(world: World, request: PlacementRequest): Placement {
  if (request.launchType === 'FARGATE') return placeOnFargate(world, request);
  const { fitting, misfits } = sorted(world, request);
  const chosen = pick(fitting, strategiesOf(request), request.group, seedOf(request));
  if (chosen !== undefined) return { kind: 'instance', instance: chosen };
  if (mayWait(world, request)) return { kind: 'waiting' };
  return refused(request, misfits);
}

/** Whoever runs out of capacity says so and tries again later; nothing waits for it (SPT-07). */
function placeOnFargate(world: World, { capacityProvider = 'FARGATE' }: PlacementRequest): Placement {
  if (!world.ecs.fargateShortages.has(capacityProvider)) return { kind: 'serverless' };
  const reason = 'Capacity is unavailable at this time. Please try again later or in a different availability zone';
  return { kind: 'refused', reason, failures: [{ arn: undefined, reason }], event: `. Reason: ${reason}.` };
}

/** Why a task that waited for its capacity provider could not be placed after all (section 18 of part 4). */
export function waitedInVain(world: World, request: PlacementRequest): string {
  return refused(request, sorted(world, request).misfits).reason;
}

function sorted(world: World, request: PlacementRequest) {
  const misfits = new Map<ContainerInstanceState, Misfit>();
  const fitting: ContainerInstanceState[] = [];
  const daemons = daemonsOf(request.cluster);
  for (const instance of candidates(request)) {
    const reason = misfit(world, instance, request, reservedFor(world, daemons, instance));
    if (reason === undefined) fitting.push(instance);
    else misfits.set(instance, reason);
  }
  return { fitting, misfits };
}

/** ACTIVE instances: those of the capacity provider if there is one, else all of the cluster that are not external. */
function candidates({ cluster, capacityProvider, launchType }: PlacementRequest): ContainerInstanceState[] {
  return [...cluster.containerInstances.values()].filter((instance) => {
    if (instance.status !== 'ACTIVE') return false;
    if (isExternal(instance) !== (launchType === 'EXTERNAL')) return false;
    return capacityProvider === undefined || instance.capacityProvider === capacityProvider;
  });
}

function strategiesOf({ strategy, group }: PlacementRequest): readonly PlacementStrategy[] {
  if (strategy.length > 0) return strategy;
  return group.startsWith('service:') ? SERVICE_DEFAULT : [{ type: 'random' }];
}

/** Random, and yet the same in every run of a test: the count of tasks so far, spread by a multiplicative hash. */
function seedOf({ cluster }: PlacementRequest): number {
  return ((cluster.tasks.size + 1) * 2_654_435_761) % 4_294_967_296;
}

/** Only managed scaling brings new instances, so without it there is nothing to wait for (CP-11, CP-13). */
function mayWait(world: World, { cluster, capacityProvider }: PlacementRequest): boolean {
  const provider = capacityProvider === undefined ? undefined : world.ecs.capacityProviders.get(capacityProvider);
  if (provider === undefined || !isManaged(provider)) return false;
  let waiting = 0;
  for (const task of cluster.tasks.values()) {
    if (task.lastStatus === 'PROVISIONING' && task.launchType === 'EC2') waiting += 1;
  }
  return waiting < MAX_WAITING;
}

/** How close an instance with that reason is to fit: the last check that failed is the closest. */
const CLOSENESS: readonly Misfit[] = [
  'AGENT',
  'LOCATION',
  'ATTRIBUTE',
  'MemberOf placement constraint unsatisfied.',
  'RESOURCE:GPU',
  'RESOURCE:CPU',
  'RESOURCE:MEMORY',
  'RESOURCE:ENI',
  'RESOURCE:PORTS',
  'RESOURCE:PORTS_UDP',
  'DistinctInstance placement constraint unsatisfied.',
];

function refused(request: PlacementRequest, misfits: ReadonlyMap<ContainerInstanceState, Misfit>): Refused {
  const failures = [...misfits].map(([{ arn }, reason]) => ({ arn, reason }));
  const [closest] = [...misfits].sort(([, a], [, b]) => CLOSENESS.indexOf(b) - CLOSENESS.indexOf(a));
  if (closest === undefined) {
    const where = request.capacityProvider === undefined ? 'cluster' : 'capacity provider';
    const event = `${UNMET} Reason: No Container Instances were found in your ${where}.`;
    return { kind: 'refused', reason: emptyReason(request), failures, event };
  }
  const [instance, reason] = closest;
  const event = explained(instance, reason);
  return { kind: 'refused', reason, failures, event };
}

/** What DescribeTasks says of a task whose provider never had an instance, or has none that is ACTIVE (section 18 of part 4). */
function emptyReason({ cluster, capacityProvider }: PlacementRequest): string {
  const some = [...cluster.containerInstances.values()].some(
    (instance) => capacityProvider === undefined || instance.capacityProvider === capacityProvider,
  );
  return some ? 'NO ACTIVE INSTANCES' : 'EMPTY CAPACITY PROVIDER';
}
