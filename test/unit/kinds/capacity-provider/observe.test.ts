import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { CapacityProvider } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { AwsReads } from '../../../../src/aws/reads.ts';
import { absent, type Identity } from '../../../../src/engine/kind.ts';
import type { ECSCapacityProvider, GroupProvider } from '../../../../src/kinds/capacity-provider/api.ts';
import { capacityProvider } from '../../../../src/kinds/capacity-provider/kind.ts';
import { deleted, desired, type ObjectOptions } from '../../../support/builders.ts';
import {
  capacityProviderArn,
  ecsCapacityProvider,
  GROUP_REF,
  groupArn,
  groupDefaults,
  groupIdentity,
  liveCapacityProvider,
  managedInstances,
  protectedGroup,
} from '../../../support/builders-capacity-provider.ts';
import { unusedReads } from '../../../support/reads.ts';

const PROTECTION = 'spec.autoScalingGroupProvider.managedTerminationProtection';
const SCALING = { status: 'ENABLED' } as const;
const isProtecting = { managedScaling: SCALING, managedTerminationProtection: 'ENABLED' } as const;

function provider(settings: Partial<GroupProvider> = {}, options: ObjectOptions<object> = {}): ECSCapacityProvider {
  const autoScalingGroupProvider = { autoScalingGroupArn: groupArn('nodes'), ...settings };
  return ecsCapacityProvider('nodes', { autoScalingGroupProvider }, options);
}

const referring = (settings: Partial<GroupProvider> = {}, options: ObjectOptions<object> = {}): ECSCapacityProvider =>
  ecsCapacityProvider(
    'nodes',
    { autoScalingGroupProvider: { autoScalingGroupRef: { name: 'nodes' }, ...settings } },
    options,
  );

function observe(
  of: ECSCapacityProvider,
  reads: Partial<AwsReads>,
  { references = {}, afterChange = false }: { references?: Record<string, Identity>; afterChange?: boolean } = {},
) {
  const signal = new AbortController().signal;
  return capacityProvider.observe(
    { reads: { ...unusedReads, ...reads }, signal, afterChange },
    desired(of, references),
  );
}

const shows = (live: CapacityProvider | undefined): Partial<AwsReads> => ({
  describeCapacityProvider: async () => live,
});
const withGroup = (group: AutoScalingGroup | undefined, live?: CapacityProvider): Partial<AwsReads> => ({
  ...shows(live),
  describeAutoScalingGroup: async () => group,
});

describe('observing a provider', () => {
  test('asks for nothing but the provider once it is there', async () => {
    const of = provider(isProtecting);
    const live = liveCapacityProvider(of, { autoScalingGroupProvider: { ...groupDefaults, ...isProtecting } });
    expect(await observe(of, shows(live))).toEqual({ provider: live, group: undefined });
  });

  test('asks for one of Managed Instances together with its cluster', async () => {
    const of = ecsCapacityProvider('managed', { cluster: 'prod', managedInstancesProvider: managedInstances });
    const asked: unknown[] = [];
    const describeCapacityProvider = async (...names: unknown[]) => {
      asked.push(names);
      return undefined;
    };
    expect(await observe(of, { describeCapacityProvider })).toBe(absent);
    expect(asked).toEqual([['managed', 'prod']]);
  });

  test('takes an INACTIVE one as absent: its name is free again', async () => {
    const of = provider();
    const live = liveCapacityProvider(of, { status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' });
    expect(await observe(of, withGroup(protectedGroup(), live))).toBe(absent);
  });

  test('looks at no group when it has just made the provider and AWS does not show it yet', async () => {
    expect(await observe(provider(), shows(undefined), { afterChange: true })).toBe(absent);
  });

  test('looks at no group while it deletes', async () => {
    const of = provider(isProtecting, { metadata: deleted });
    expect(await observe(of, shows(undefined))).toBe(absent);
    expect(await observe(of, shows(liveCapacityProvider(of)))).toMatchObject({ group: undefined });
  });

  test('looks at no group while ECS is at work, because the settings that it shows are the old ones (MD-10)', async () => {
    const of = provider(isProtecting);
    const live = liveCapacityProvider(of, { updateStatus: 'UPDATE_IN_PROGRESS' });
    expect(await observe(of, shows(live))).toMatchObject({ group: undefined });
  });

  test('looks at the group when protection is about to be turned on', async () => {
    const of = provider(isProtecting);
    const live = liveCapacityProvider(of);
    expect(await observe(of, withGroup(protectedGroup(), live))).toEqual({ provider: live, group: protectedGroup() });
  });

  test('shows one that could not be made for this generation, so that it is not made over and over', async () => {
    const of = ecsCapacityProvider(
      'managed',
      { cluster: 'prod', managedInstancesProvider: managedInstances },
      { status: { attemptedGeneration: 1 } },
    );
    const live = liveCapacityProvider(of, {
      status: 'INACTIVE',
      updateStatus: 'CREATE_FAILED',
      updateStatusReason: 'no role',
      tags: [],
    });
    const observed = await observe(of, shows(live));
    if (observed === absent) throw new Error('it is not shown');
    expect(capacityProvider.plan(desired(of), observed)).toEqual([]);
    expect(capacityProvider.conclude(desired(of), observed).progress).toEqual({
      kind: 'stalled',
      reason: 'CreateFailed',
      message: 'ECS could not create the capacity provider: no role. Correct the spec to try again.',
    });
    const corrected = { ...of, metadata: { ...of.metadata, generation: 2 } };
    expect(await observe(corrected, shows(live))).toBe(absent);
  });
});

describe('a reference into another region', () => {
  const references = { [GROUP_REF]: groupIdentity('nodes', true, 'eu-west-1') };

  test('is refused, because it cannot work', async () => {
    await expect(observe(referring(), {}, { references })).rejects.toMatchObject({
      disposition: 'terminal',
      reason: 'RegionMismatch',
      message: expect.stringContaining(`${GROUP_REF} is in eu-west-1 but this capacity provider is in us-east-1`),
    });
  });

  test('keeps no object from being deleted that never came to be', async () => {
    expect(await observe(referring({}, { metadata: deleted }), {}, { references })).toBe(absent);
  });

  test('keeps nothing of what was made once from being deleted', async () => {
    const of = referring({}, { metadata: deleted, status: { capacityProviderArn: capacityProviderArn('nodes') } });
    expect(await observe(of, shows(liveCapacityProvider(of)), { references })).not.toBe(absent);
  });
});

describe('before AWS is asked to make a provider', () => {
  test('its group is looked up by the name in its ARN, which may hold slashes, or by its name', async () => {
    for (const autoScalingGroupArn of [groupArn('team/nodes'), 'team/nodes']) {
      const asked: string[] = [];
      const describeAutoScalingGroup = async (name: string) => {
        asked.push(name);
        return protectedGroup(name);
      };
      await observe(provider({ autoScalingGroupArn }), { ...shows(undefined), describeAutoScalingGroup });
      expect(asked).toEqual(['team/nodes']);
    }
  });

  test('it waits for a group that does not exist', async () => {
    await expect(observe(provider(), withGroup(undefined))).rejects.toMatchObject({
      disposition: 'blocked',
      reason: 'AutoScalingGroupNotFound',
      message:
        'The Auto Scaling group nodes does not exist in AWS. Create it, or correct spec.autoScalingGroupProvider.autoScalingGroupArn.',
    });
  });

  test('it waits for one that is going', async () => {
    await expect(
      observe(provider(), withGroup(protectedGroup('nodes', { Status: 'Delete in progress' }))),
    ).rejects.toMatchObject({ disposition: 'blocked', reason: 'AutoScalingGroupDeleting' });
  });

  test('it may have a group without protection as long as it does not ask for it', async () => {
    const bare = protectedGroup('nodes', { NewInstancesProtectedFromScaleIn: false });
    expect(await observe(provider({ managedScaling: SCALING }), withGroup(bare))).toBe(absent);
    expect(await observe(provider(isProtecting), withGroup(protectedGroup()))).toBe(absent);
  });
});

describe('managed termination protection (CP-02)', () => {
  const bare = protectedGroup('nodes', { NewInstancesProtectedFromScaleIn: false });

  test.each<[string, Partial<GroupProvider>]>([
    ['which is not there', {}],
    ['which is off', { managedScaling: { status: 'DISABLED' } }],
    ['whose status is left out', { managedScaling: { targetCapacity: 90 } }],
  ])('is refused without managed scaling, %s', async (_what, settings) => {
    const of = provider({ ...settings, managedTerminationProtection: 'ENABLED' });
    await expect(observe(of, shows(undefined))).rejects.toMatchObject({
      disposition: 'terminal',
      reason: 'ManagedScalingRequired',
      message: `${PROTECTION} ENABLED works only with managed scaling. Set spec.autoScalingGroupProvider.managedScaling.status to ENABLED, or ${PROTECTION} to DISABLED.`,
    });
  });

  test('is refused with a group that does not protect new instances, naming field, group and remedy', async () => {
    await expect(observe(provider(isProtecting), withGroup(bare))).rejects.toMatchObject({
      disposition: 'terminal',
      reason: 'InstanceProtectionRequired',
      message: `${PROTECTION} ENABLED needs the Auto Scaling group nodes to protect new instances from scale-in. Set spec.newInstancesProtectedFromScaleIn: true on the AutoScalingGroup, or ${PROTECTION} to DISABLED.`,
    });
  });

  test.each([
    ['refused', 'does not protect either', false, 'terminal'],
    ['waited for', 'says that it protects', true, 'blocked'],
  ])('is %s when the object of the group %s', async (_what, _says, isProtected, disposition) => {
    const references = { [GROUP_REF]: groupIdentity('nodes', isProtected) };
    await expect(observe(referring(isProtecting), withGroup(bare), { references })).rejects.toMatchObject({
      disposition,
      reason: 'InstanceProtectionRequired',
    });
  });

  test('waits for instances that are not protected, and names them', async () => {
    const instance = (InstanceId: string, ProtectedFromScaleIn: boolean) => ({
      InstanceId,
      ProtectedFromScaleIn,
      AvailabilityZone: 'us-east-1a',
      HealthStatus: 'Healthy',
      LifecycleState: 'InService' as const,
    });
    const one = protectedGroup('nodes', { Instances: [instance('i-1', true), instance('i-2', false)] });
    const error = { disposition: 'blocked', reason: 'InstanceProtectionRequired' };
    await expect(observe(provider(isProtecting), withGroup(one))).rejects.toMatchObject({
      ...error,
      message: expect.stringContaining('and i-2 is not. Protect them'),
    });
    const many = Array.from({ length: 12 }, (_, index) => instance(`i-${index}`, false));
    await expect(
      observe(provider(isProtecting), withGroup(protectedGroup('nodes', { Instances: many }))),
    ).rejects.toMatchObject({
      ...error,
      message: expect.stringContaining('i-0, i-1, i-10, i-11, i-2, i-3, i-4, i-5, i-6, i-7 and 2 more are not.'),
    });
  });

  test('of a live provider is worth nothing once the object of its group stops to protect, which AWS would not tell', () => {
    const of = referring(isProtecting);
    const autoScalingGroupProvider = {
      ...groupDefaults,
      ...isProtecting,
      autoScalingGroupArn: groupIdentity('nodes').arn,
      managedScaling: { ...groupDefaults.managedScaling, ...SCALING },
    };
    const observed = { provider: liveCapacityProvider(of, { autoScalingGroupProvider }), group: undefined };
    const plan = (isProtected: boolean) =>
      capacityProvider.plan(desired(of, { [GROUP_REF]: groupIdentity('nodes', isProtected) }), observed);
    expect(plan(true)).toEqual([]);
    expect(() => plan(false)).toThrow(
      expect.objectContaining({ reason: 'InstanceProtectionRequired', disposition: 'terminal' }),
    );
  });

  test('is refused on a live provider before AWS is asked, together with what else has changed', async () => {
    const of = provider({ ...isProtecting, managedDraining: 'DISABLED' });
    const live = liveCapacityProvider(of, {
      autoScalingGroupProvider: { ...groupDefaults, managedScaling: { ...groupDefaults.managedScaling, ...SCALING } },
    });
    const observed = await observe(of, withGroup(bare, live));
    if (observed === absent) throw new Error('it is absent');
    expect(() => capacityProvider.plan(desired(of), observed)).toThrow(
      expect.objectContaining({ reason: 'InstanceProtectionRequired', disposition: 'terminal' }),
    );
  });

  test('that is on already needs no protection of the group: ECS itself takes it from instances without tasks', () => {
    const of = provider({ ...isProtecting, managedDraining: 'DISABLED' });
    const live = liveCapacityProvider(of, { autoScalingGroupProvider: { ...groupDefaults, ...isProtecting } });
    expect(capacityProvider.plan(desired(of), { provider: live, group: undefined })).toHaveLength(1);
  });

  test('of a live provider is not left without managed scaling', () => {
    const of = provider({ managedScaling: { status: 'DISABLED' } });
    const live = liveCapacityProvider(of, { autoScalingGroupProvider: { ...groupDefaults, ...isProtecting } });
    expect(() => capacityProvider.plan(desired(of), { provider: live, group: undefined })).toThrow(
      expect.objectContaining({ reason: 'ManagedScalingRequired' }),
    );
  });
});
