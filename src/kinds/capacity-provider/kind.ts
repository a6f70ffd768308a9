import {
  type AutoScalingGroupProvider,
  type CapacityProvider,
  CreateCapacityProviderCommand,
  DeleteCapacityProviderCommand,
} from '@aws-sdk/client-ecs';
import { assertMayManage, assertOwned } from '../../aws/ownership.ts';
import { absent, type CallStep, type Step } from '../../engine/kind.ts';
import type { AwsKind } from '../kind.ts';
import { awsFields, fieldsOf } from '../shared/fields.ts';
import { assertOneRegion } from '../shared/one-region.ts';
import { claimOf, ownerOf, regionOfArn } from '../shared/owner.ts';
import { ecs, step, wait } from '../shared/step.ts';
import { desiredTags, tagSteps } from '../shared/tags.ts';
import type { ECSCapacityProviderSpec, ECSCapacityProviderStatus } from './api.ts';
import {
  clusterOf,
  type DesiredProvider,
  groupOf,
  providerName,
  providerReferences,
  wasAlwaysRefused,
} from './desired.ts';
import { assertSameProvider, updateStep } from './diff.ts';
import { capacityProviderNames } from './names.ts';
import { type ObservedProvider, observeProvider } from './observe.ts';
import { attemptedGeneration, phaseOf, wasTried } from './phase.ts';
import { assertGroupCarries, assertScalingForProtection, assertStillProtected } from './preconditions.ts';
import { failureOf, providerProgress } from './progress.ts';
import { pathsBelow } from './settled.ts';

export const capacityProvider: AwsKind<ECSCapacityProviderSpec, ECSCapacityProviderStatus, ObservedProvider> = {
  names: capacityProviderNames,

  references: providerReferences,

  identity({ spec, status }) {
    if (status?.capacityProviderArn === undefined || status.status !== 'ACTIVE') return undefined;
    const { capacityProviderArn: arn, name } = status;
    const details = spec.managedInstancesProvider === undefined ? {} : { details: { type: 'MANAGED_INSTANCES' } };
    return { arn, name: name ?? '', region: regionOfArn(arn), ...details };
  },

  async observe(context, desired) {
    if (desired.deleting && wasAlwaysRefused(desired)) return absent;
    if (!desired.deleting) assertOneRegion(desired, 'capacity provider');
    return (await observeProvider(context, desired)) ?? absent;
  },

  plan(desired, observed) {
    if (observed === absent) return [create(desired)];
    const { provider: live } = observed;
    const phase = phaseOf(live);
    // Whoever's it is that goes, the name is free afterwards. An INACTIVE one is only shown when it is our own that could not be made.
    if (phase !== 'deleting' && live.status !== 'INACTIVE') {
      assertMayManage(claimOf(desired), live.tags, what(desired));
    }
    switch (phase) {
      case 'creating':
        return [wait('Provisioning', 'ECS is creating the capacity provider.')];
      case 'updating':
        // Meanwhile ECS shows the old settings and takes no others (MD-10): there is nothing to compare with.
        return [wait('Updating', 'ECS is updating the capacity provider.')];
      case 'deleting':
        return [
          wait('Deprovisioning', 'The capacity provider is being deleted in AWS; it is created again afterwards.'),
        ];
      case 'creationFailed':
        return wasTried(desired)
          ? []
          : [remove(desired, `capacity provider ${providerName(desired)} deleted, to be made anew`)];
      case 'updateFailed':
      case 'deletionFailed':
      case 'idle':
        return [...settingSteps(desired, observed), ...tagSteps(desired, live.capacityProviderArn ?? '', live.tags)];
      default:
        return phase satisfies never;
    }
  },

  retire(desired, { provider: live }) {
    assertOwned(ownerOf(desired), live.tags, what(desired));
    const phase = phaseOf(live);
    switch (phase) {
      case 'creating':
      case 'updating':
        return [
          wait('Updating', 'ECS is still at work on an earlier change of the capacity provider; the deletion follows.'),
        ];
      case 'deleting':
        return [wait('Deleting', `ECS is deleting the capacity provider.${lastFailure(desired)}`)];
      case 'deletionFailed':
        // Told once, so that the user reads why, and then tried again: whatever was in the way may be gone.
        if (desired.status?.updateStatus !== 'DELETE_FAILED') {
          return [wait('DeleteFailed', `${failureOf('delete', live)} It is tried again.`)];
        }
        return [remove(desired, `capacity provider ${providerName(desired)} deleted`)];
      case 'creationFailed':
      case 'updateFailed':
      case 'idle':
        return [remove(desired, `capacity provider ${providerName(desired)} deleted`)];
      default:
        return phase satisfies never;
    }
  },

  conclude(desired, { provider: live }) {
    return {
      status: {
        capacityProviderArn: live.capacityProviderArn,
        name: live.name,
        status: live.status,
        updateStatus: live.updateStatus,
        updateStatusReason: reasonToTell(desired, live),
        attemptedGeneration: attemptedGeneration(desired, live),
        type: live.type,
        autoScalingGroupArn: live.autoScalingGroupProvider?.autoScalingGroupArn,
        cluster: live.cluster,
      },
      progress: providerProgress(desired, live),
    };
  },

  fields({ autoScalingGroupProvider, managedInstancesProvider, ...rest }) {
    return [
      ...fieldsOf(rest),
      ...pathsBelow('autoScalingGroupProvider', autoScalingGroupProvider),
      ...pathsBelow('managedInstancesProvider', managedInstancesProvider),
    ];
  },

  batchGroup: (desired) => `${desired.region}/${clusterOf(desired) ?? ''}`,
};

function what(desired: DesiredProvider): string {
  return `capacity provider "${providerName(desired)}"`;
}

/** Settings that AWS would take, or nothing when it has failed with them already. */
function settingSteps(desired: DesiredProvider, { provider: live, group }: ObservedProvider): readonly Step[] {
  assertSameProvider(desired, live);
  const settings = live.autoScalingGroupProvider;
  if (settings !== undefined) assertStillProtected(desired, settings);
  const update = updateStep(desired, live);
  if (update === undefined || (phaseOf(live) === 'updateFailed' && wasTried(desired))) return [];
  if (settings !== undefined) {
    assertScalingForProtection(desired, settings);
    assertGroupCarries(desired, settings, group);
  }
  return [update];
}

/** CreateCapacityProvider has no client token: what was made and not answered for is found by its name and our tags. */
function create(desired: DesiredProvider): CallStep {
  const { clusterRef, autoScalingGroupProvider, ...fields } = awsFields(desired.spec);
  const command = new CreateCapacityProviderCommand({
    ...fields,
    name: providerName(desired),
    cluster: clusterOf(desired),
    autoScalingGroupProvider: groupProvider(desired),
    tags: desiredTags(desired),
  });
  return step(ecs, command, `capacity provider ${providerName(desired)} created`);
}

function groupProvider(desired: DesiredProvider): AutoScalingGroupProvider | undefined {
  const said = desired.spec.autoScalingGroupProvider;
  if (said === undefined) return undefined;
  const { autoScalingGroupRef, ...settings } = said;
  return { ...settings, autoScalingGroupArn: groupOf(desired) };
}

function remove(desired: DesiredProvider, reason: string): CallStep {
  const cluster = clusterOf(desired);
  const command = new DeleteCapacityProviderCommand({
    capacityProvider: providerName(desired),
    ...(cluster === undefined ? {} : { cluster }),
  });
  return step(ecs, command, reason);
}

/** ECS clears its reason with the next try, but while we delete and it fails, the user has to know why it takes so long. */
function reasonToTell(desired: DesiredProvider, live: CapacityProvider): string | undefined {
  return live.updateStatusReason ?? (desired.deleting ? desired.status?.updateStatusReason : undefined);
}

function lastFailure({ status }: DesiredProvider): string {
  return status?.updateStatusReason === undefined ? '' : ` Before, it could not: ${status.updateStatusReason}`;
}
