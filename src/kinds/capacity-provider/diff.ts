import {
  type CapacityProvider,
  UpdateCapacityProviderCommand,
  type UpdateCapacityProviderRequest,
} from '@aws-sdk/client-ecs';
import type { CallStep } from '../../engine/kind.ts';
import { OperatorError } from '../../errors.ts';
import { groupNameOf } from '../shared/auto-scaling-group.ts';
import { ecs, step } from '../shared/step.ts';
import { clusterOf, type DesiredProvider, groupField, groupOf, providerName, REPLACE } from './desired.ts';
import { groupUpdate } from './group-settings.ts';
import { fixedDifferences, managedInstancesChange } from './managed-instances.ts';

/** The one call that brings the provider's settings to the spec, with nothing in it but what differs. */
export function updateStep(desired: DesiredProvider, live: CapacityProvider): CallStep | undefined {
  const change = changeOf(desired, live);
  if (change === undefined) return undefined;
  const { settings, fields } = change;
  const cluster = clusterOf(desired);
  const input: UpdateCapacityProviderRequest = {
    name: providerName(desired),
    ...(cluster === undefined ? {} : { cluster }),
    ...settings,
  };
  return step(ecs, new UpdateCapacityProviderCommand(input), `${fields.join(', ')} changed`);
}

interface Change {
  readonly settings: Omit<UpdateCapacityProviderRequest, 'name' | 'cluster'>;
  readonly fields: readonly string[];
}

function changeOf(desired: DesiredProvider, live: CapacityProvider): Change | undefined {
  const { autoScalingGroupProvider: group, managedInstancesProvider: managed } = live;
  if (group !== undefined) {
    const update = groupUpdate(desired, group);
    const fields = Object.keys(update);
    return fields.length === 0 ? undefined : { settings: { autoScalingGroupProvider: update }, fields };
  }
  const change = managed === undefined ? undefined : managedInstancesChange(desired, managed);
  return change === undefined
    ? undefined
    : { settings: { managedInstancesProvider: change.update }, fields: change.fields };
}

/** Refuses what no update can do (CP-15). CEL sees to the spec, but not to what a reference leads to, nor to what an adopted provider has. */
export function assertSameProvider(desired: DesiredProvider, live: CapacityProvider): void {
  const refusal = otherSort(desired, live) ?? otherGroup(desired, live) ?? otherInstances(desired, live);
  if (refusal === undefined) return;
  throw new OperatorError('terminal', 'ImmutableField', `${refusal}, and ECS cannot change that. ${REPLACE}`);
}

function otherSort({ spec }: DesiredProvider, live: CapacityProvider): string | undefined {
  if (spec.autoScalingGroupProvider !== undefined && live.managedInstancesProvider !== undefined) {
    return 'spec.autoScalingGroupProvider: the capacity provider exists, and has Managed Instances';
  }
  if (spec.managedInstancesProvider !== undefined && live.autoScalingGroupProvider !== undefined) {
    return 'spec.managedInstancesProvider: the capacity provider exists, and has an Auto Scaling group';
  }
  return undefined;
}

/** A group that was deleted and made again has its old name and another ARN. */
function otherGroup(desired: DesiredProvider, live: CapacityProvider): string | undefined {
  const wanted = groupOf(desired);
  const has = live.autoScalingGroupProvider?.autoScalingGroupArn;
  if (wanted === undefined || has === undefined) return undefined;
  if (wanted.startsWith('arn:') ? has === wanted : groupNameOf(has) === wanted) return undefined;
  return `${groupField(desired)}: the capacity provider was made for the Auto Scaling group ${has}, not for ${wanted}`;
}

function otherInstances(desired: DesiredProvider, live: CapacityProvider): string | undefined {
  const { managedInstancesProvider: managed } = live;
  const fields = managed === undefined ? [] : fixedDifferences(desired, managed);
  return fields.length === 0 ? undefined : `${fields.join(', ')}: the capacity provider was made with something else`;
}
