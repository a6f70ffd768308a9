import type { Cluster } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { Referrer } from '../../../../src/engine/kind.ts';
import type { ECSClusterStatus } from '../../../../src/kinds/cluster/api.ts';
import { cluster } from '../../../../src/kinds/cluster/kind.ts';
import type { ObservedCluster } from '../../../../src/kinds/cluster/observed.ts';
import { arns, deleted, ecsCluster, foreignTags, ownTags, summaries } from '../../../support/builders.ts';
import {
  capacity,
  containerInstance,
  desiredCluster,
  externalInstance,
  managedInstances,
  observedCluster,
  observedProvider,
} from '../../../support/builders-cluster.ts';

const gone = ecsCluster('prod', { adoptionPolicy: 'Adopt' }, { metadata: deleted });

function retire(live: Partial<Cluster> = {}, more: Partial<ObservedCluster> = {}) {
  return summaries(cluster.retire(desiredCluster(gone), observedCluster(gone, live, more)));
}

function release(live: Partial<Cluster>, users: readonly string[], more: Partial<ObservedCluster> = {}) {
  const referrers = users.map((kind): Referrer => ({ kind, key: `team/${kind.toLowerCase()}` }));
  return summaries(cluster.release?.(desiredCluster(gone), observedCluster(gone, live, more), referrers) ?? []);
}

const deleteCluster = {
  operation: 'DeleteCluster',
  input: { cluster: arns.cluster('prod') },
  reason: 'cluster prod deleted',
};

const dissociated = (names: string, left: readonly string[] = []) => ({
  operation: 'PutClusterCapacityProviders',
  input: { cluster: arns.cluster('prod'), capacityProviders: left, defaultCapacityProviderStrategy: [] },
  reason: `capacity providers ${names} dissociated`,
});

const ofGroups = { capacityProviders: ['spot', 'ec2'] };
const withManaged = { capacity: capacity({ providers: [managedInstances('managed')] }) };

describe('deleting a cluster', () => {
  test('deletes it, and waits for it', () => {
    expect(retire()).toEqual([deleteCluster]);
    expect(retire({ capacityProviders: ['FARGATE', 'FARGATE_SPOT'] })).toEqual([deleteCluster]);
    expect(retire({ status: 'DEPROVISIONING' })).toMatchObject([{ wait: 'Deleting' }]);
  });

  test('never deletes one that is not ours', () => {
    for (const tags of [[], [...foreignTags]]) {
      expect(() => retire({ tags })).toThrow(expect.objectContaining({ reason: 'NotOwned' }));
    }
  });

  test('waits for the services that AWS still has', () => {
    const services = Array.from({ length: 12 }, (_, index) => `s${String(index).padStart(2, '0')}`);
    expect(retire(ofGroups, { services })).toEqual([
      {
        wait: 'InUse',
        message:
          'Waiting until the cluster has no services: AWS still has s00, s01, s02, s03, s04, s05, s06, s07, s08, s09 and 2 more.',
      },
    ]);
  });

  test('waits for tasks', () => {
    expect(retire({ ...ofGroups, runningTasksCount: 2, pendingTasksCount: 1 })).toEqual([
      {
        wait: 'InUse',
        message:
          'Waiting until the cluster has no tasks: AWS still has 3. Those of services stop by themselves; stop the others (aws ecs stop-task).',
      },
    ]);
  });

  test('dissociates providers of groups first, without which AWS refuses to delete it', () => {
    const mixed = { capacityProviders: ['FARGATE', 'spot', 'ec2'] };
    expect(retire(mixed)).toEqual([dissociated('ec2, spot', ['FARGATE'])]);
    expect(retire({ ...mixed, attachmentsStatus: 'UPDATE_IN_PROGRESS' })).toMatchObject([
      { wait: 'AttachmentsUpdating' },
    ]);
    expect(retire({ attachmentsStatus: 'UPDATING' })).toMatchObject([{ wait: 'AttachmentsUpdating' }]);
  });

  test('waits for providers of Managed Instances, which only their own deletion takes away', () => {
    expect(retire({ capacityProviders: ['managed'] }, withManaged)).toEqual([
      { wait: 'InUse', message: 'Waiting until the cluster has no Managed Instances providers: delete managed.' },
    ]);
  });

  test('takes out instances whose agent is away, for nobody else does once they are terminated (DE-01), but no external ones', () => {
    const lost = containerInstance('i-1', { agentConnected: false });
    const leaving = containerInstance('i-2', { agentConnected: false, status: 'DEREGISTERING' });
    const external = externalInstance('mi-1', { agentConnected: false });
    const instances = [lost, leaving, external, containerInstance('i-3')];
    expect(retire({}, { capacity: capacity({ instances }) })).toMatchObject([
      {
        operation: 'DeregisterContainerInstance',
        input: { cluster: arns.cluster('prod'), containerInstance: lost.containerInstanceArn, force: true },
        reason: 'container instance of i-1 deregistered, because its agent is disconnected',
      },
      { wait: 'InUse' },
    ]);
  });

  test('waits for container instances, and leaves external ones to their owner (EX-07)', () => {
    const instances = [containerInstance('i-2'), externalInstance('mi-1'), containerInstance('i-1')];
    expect(retire({}, { capacity: capacity({ instances }) })).toEqual([
      {
        wait: 'InUse',
        message:
          'Waiting until the cluster has no container instances. AWS still has 2 container instances (i-1, i-2): delete the Auto Scaling groups that they belong to, and terminate or deregister others. External instances are left alone: deregister mi-1 (container instance ci-mi-1) with aws ecs deregister-container-instance --cluster prod --container-instance.',
      },
    ]);
    const external = retire({}, { capacity: capacity({ instances: [externalInstance('mi-1')] }) });
    expect(external).toMatchObject([{ message: expect.not.stringContaining('Auto Scaling') }]);
  });
});

describe('a cluster that is used while it is being deleted', () => {
  test('lets go of its providers, so that provider, group and template can go before it', () => {
    expect(release(ofGroups, ['LaunchTemplate', 'AutoScalingGroup'])).toEqual([dissociated('ec2, spot')]);
    expect(release({ capacityProviders: ['FARGATE', 'ec2'] }, ['LaunchTemplate'])).toEqual([
      dissociated('ec2', ['FARGATE']),
    ]);
  });

  test('keeps them while services need them, whoever has made these', () => {
    expect(release(ofGroups, ['LaunchTemplate', 'ECSService'])).toEqual([]);
    expect(release(ofGroups, ['LaunchTemplate'], { services: ['theirs'] })).toMatchObject([{ wait: 'InUse' }]);
    expect(release({ ...ofGroups, runningTasksCount: 1 }, ['LaunchTemplate'])).toMatchObject([{ wait: 'InUse' }]);
  });

  test('waits for ECS to have done it', () => {
    expect(release({ ...ofGroups, attachmentsStatus: 'UPDATE_IN_PROGRESS' }, ['LaunchTemplate'])).toMatchObject([
      { wait: 'AttachmentsUpdating' },
    ]);
    expect(release({ attachmentsStatus: 'UPDATE_IN_PROGRESS' }, ['LaunchTemplate'])).toMatchObject([
      { wait: 'AttachmentsUpdating' },
    ]);
    for (const status of ['PROVISIONING', 'DEPROVISIONING']) {
      expect(release({ ...ofGroups, status }, ['LaunchTemplate'])).toMatchObject([{ wait: 'ClusterChanging' }]);
    }
    expect(release({}, ['LaunchTemplate'])).toEqual([]);
  });

  test('does nothing to a cluster of somebody else', () => {
    for (const tags of [[], [...foreignTags], ownTags(ecsCluster('prod', {}, { metadata: { uid: 'earlier' } }))]) {
      expect(release({ ...ofGroups, tags }, ['LaunchTemplate'])).toEqual([]);
    }
  });
});

describe('what a cluster holds on to', () => {
  const reference = { field: 'spec.capacityProviderRefs[0]', kind: 'ECSCapacityProvider', to: { name: 'ec2' } };
  const holds = (metadata: typeof deleted, status?: ECSClusterStatus) =>
    cluster.holds?.(ecsCluster('prod', {}, { metadata, status }), reference);

  test('is everything while it lives', () => {
    expect(holds({})).toBe(true);
    expect(holds({}, { capacityProviders: [] })).toBe(true);
  });

  test('is nothing once it is being deleted and no provider of a group is left', () => {
    expect(holds(deleted, { capacityProviders: ['FARGATE', 'ec2'] })).toBe(true);
    expect(holds(deleted, { capacityProviders: ['FARGATE'] })).toBe(false);
    expect(holds(deleted, { capacityProviders: [] })).toBe(false);
    expect(holds(deleted)).toBe(false);
  });

  const told = (live: Partial<Cluster>, status: ECSClusterStatus = {}, more: Partial<ObservedCluster> = {}) => {
    const of = ecsCluster('prod', {}, { metadata: deleted, status });
    return cluster.conclude(desiredCluster(of), observedCluster(of, live, more)).status;
  };

  test('is told until ECS has taken its policy and hook off the group', () => {
    const status = { capacityProviders: ['ec2'] };
    expect(told({ capacityProviders: ['ec2'] }, status)).toMatchObject({ capacityProviders: ['ec2'] });
    expect(told({ attachmentsStatus: 'UPDATE_IN_PROGRESS' }, status)).toMatchObject({ capacityProviders: ['ec2'] });
    // Died between the call that associated it and the status.
    const unknown = { capacityProviders: ['ec2'], attachmentsStatus: 'UPDATE_IN_PROGRESS' };
    expect(told(unknown, {})).toMatchObject({ capacityProviders: ['ec2'] });
    expect(told({ attachmentsStatus: 'UPDATE_COMPLETE' }, status)).toMatchObject({ capacityProviders: [] });
  });

  test('is never a provider of Managed Instances, nor anything of a cluster of somebody else', () => {
    expect(told({ capacityProviders: ['managed'] }, {}, withManaged)).toMatchObject({ capacityProviders: [] });
    expect(told({ capacityProviders: ['ec2'], tags: [...foreignTags] })).toEqual({});
  });

  test('has no figures of providers any more', () => {
    const more = { capacity: capacity({ providers: [observedProvider('ec2')] }) };
    expect(told(ofGroups, {}, more)).not.toHaveProperty('capacityProviderStatuses', expect.anything());
  });
});
