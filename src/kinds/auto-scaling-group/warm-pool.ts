import {
  DeleteWarmPoolCommand,
  PutWarmPoolCommand,
  type PutWarmPoolType,
  type WarmPoolConfiguration,
} from '@aws-sdk/client-auto-scaling';
import type { CallStep, Step } from '../../engine/kind.ts';
import { OperatorError } from '../../errors.ts';
import { pascalCase } from '../shared/camel-case.ts';
import { covers } from '../shared/compare.ts';
import { wasRemoved } from '../shared/fields.ts';
import { ECS_MANAGED_TAG } from '../shared/managed-by-ecs.ts';
import { autoScaling, step, wait } from '../shared/step.ts';
import { groupName } from './desired.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';

type Pool = Omit<PutWarmPoolType, 'AutoScalingGroupName'>;

/** What AWS takes when a pool does not say. As a prepared capacity, -1 takes one away. */
const DEFAULTS: Pool = {
  MinSize: 0,
  PoolState: 'Stopped',
  MaxGroupPreparedCapacity: -1,
  InstanceReusePolicy: { ReuseOnScaleIn: false },
};

/** True when the pool has to be read to tell whether it is as the spec says. */
export function concernsWarmPool(desired: DesiredGroup): boolean {
  return desired.spec.warmPool !== undefined || wasRemoved(desired, 'warmPool');
}

/** Steps that bring the warm pool to the spec. One that the spec never had is left alone. */
export function warmPoolSteps(desired: DesiredGroup, { group, warmPool: live }: ObservedGroup): readonly Step[] {
  const { warmPool } = desired.spec;
  if (warmPool === undefined) return wasRemoved(desired, 'warmPool') ? removeWarmPool(desired, live) : [];
  assertMayReuse(warmPool.instanceReusePolicy?.reuseOnScaleIn, group.Tags ?? []);
  if (live?.Status === 'PendingDelete') {
    return [wait('WarmPoolDeleting', 'AWS is still deleting the former warm pool; the new one follows.')];
  }
  const wanted = { ...DEFAULTS, ...pascalCase<Pool>(warmPool) };
  if (live !== undefined && covers({ ...DEFAULTS, ...defined(live) }, wanted)) return [];
  return [putWarmPool(desired, live === undefined ? pascalCase<Pool>(warmPool) : wanted)];
}

/** The pool of a group that is being made. */
export function firstWarmPool(desired: DesiredGroup): readonly CallStep[] {
  const { warmPool } = desired.spec;
  return warmPool === undefined ? [] : [putWarmPool(desired, pascalCase<Pool>(warmPool))];
}

/** Nothing if there is none, or none that is not going already. */
export function removeWarmPool(desired: DesiredGroup, live: WarmPoolConfiguration | undefined): readonly CallStep[] {
  if (live === undefined || live.Status === 'PendingDelete') return [];
  const command = new DeleteWarmPoolCommand({ AutoScalingGroupName: groupName(desired) });
  return [step(autoScaling, command, 'warm pool deleted')];
}

function putWarmPool(desired: DesiredGroup, pool: Pool): CallStep {
  const command = new PutWarmPoolCommand({ AutoScalingGroupName: groupName(desired), ...pool });
  return step(autoScaling, command, 'warm pool set');
}

/** CP-12: an instance that comes back from the pool would still be registered with the cluster. */
function assertMayReuse(reuse: boolean | undefined, tags: readonly { readonly Key?: string | undefined }[]): void {
  if (reuse !== true || !tags.some(({ Key }) => Key === ECS_MANAGED_TAG)) return;
  throw new OperatorError(
    'terminal',
    'WarmPoolReuse',
    'spec.warmPool.instanceReusePolicy.reuseOnScaleIn: ECS does not support it on a group of a capacity provider. Set it to false.',
  );
}

function defined(live: WarmPoolConfiguration): WarmPoolConfiguration {
  return Object.fromEntries(Object.entries(live).filter(([, value]) => value !== undefined));
}
