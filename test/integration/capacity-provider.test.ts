import {
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  DeleteCapacityProviderCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  PutClusterCapacityProvidersCommand,
  UpdateCapacityProviderCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ECSCapacityProviderSpec, GroupProvider } from '../../src/kinds/capacity-provider/api.ts';
import { INSTANT } from '../sandbox/region/timings.ts';
import { eventually } from '../support/eventually.ts';
import { type GroupBed, group, groupBed } from '../support/group-bed.ts';
import { cluster, service, taskDefinition } from '../support/manifests.ts';
import { nothing } from '../support/oracles.ts';
import { recordStatuses, type StatusLog } from '../support/status-log.ts';
import { fewestRunning, tasksOf } from '../support/task-record.ts';
import { condition, type Manifest } from '../support/test-bed.ts';

/** A minute of the region's is a second of ours: what ECS does asynchronously is met, and not waited for long. */
const SPEED = 60;
const DEADLINE_MS = 120_000;
const MINUTE = 60_000;

const KIND = 'ECSCapacityProvider';
const SCALING = { status: 'ENABLED' } as const;

/** A provider of the group of the same name. */
function provider(
  name: string,
  settings: Partial<GroupProvider> = {},
  spec: Partial<ECSCapacityProviderSpec> = {},
): Manifest {
  const autoScalingGroupProvider = { autoScalingGroupRef: { name }, ...settings };
  return { kind: KIND, metadata: { name }, spec: { autoScalingGroupProvider, ...spec } };
}

const emptyGroup = (name: string, spec: Parameters<typeof group>[1] = {}): Manifest =>
  group(name, { minSize: 0, ...spec });

describe('a capacity provider', () => {
  let bed: GroupBed;
  let log: StatusLog;
  beforeAll(async () => {
    bed = await groupBed({ region: { timings: 'realistic', speed: SPEED } });
    log = await recordStatuses(bed);
  });
  afterAll(async () => {
    await log.stop();
    await bed.stop();
  });

  const live = async (name: string, cluster?: string) => {
    const command = new DescribeCapacityProvidersCommand({ capacityProviders: [name], cluster });
    return (await bed.aws.send(command)).capacityProviders?.[0];
  };

  const ready = async (name: string, settings: Partial<GroupProvider> = {}) => {
    await bed.apply(emptyGroup(name), provider(name, settings));
    await bed.ready(KIND, name);
  };

  const gone = async (...names: readonly string[]) => {
    const objects = names.flatMap((name) => [
      { kind: KIND, name },
      { kind: 'AutoScalingGroup', name },
    ]);
    for (const { kind, name } of objects) if ((await bed.get(kind, name)) !== undefined) await bed.delete(kind, name);
    for (const { kind, name } of objects) await bed.gone(kind, name);
  };

  it('is made for the group that it refers to, once that is there, and then nothing is left to do', async () => {
    const mark = bed.region.journal.mark();
    await bed.apply(provider('made', { managedScaling: { ...SCALING, targetCapacity: 90 } }));
    await bed.notReady(KIND, 'made', 'ReferenceNotFound');
    await bed.apply(emptyGroup('made'));
    const { status } = await bed.ready(KIND, 'made');
    expect(status).toMatchObject({
      capacityProviderArn: 'arn:aws:ecs:us-east-1:123456789012:capacity-provider/made',
      name: 'made',
      status: 'ACTIVE',
      type: 'EC2_AUTOSCALING',
      autoScalingGroupArn: expect.stringMatching(/autoScalingGroupName\/made$/),
    });
    expect(bed.mutations(mark)).toEqual(['CreateAutoScalingGroup', 'CreateCapacityProvider']);
    await bed.pass(KIND, 'made');
    await bed.pass('AutoScalingGroup', 'made');
    expect(bed.mutations(mark)).toHaveLength(2);
    await gone('made');
    expect(bed.region.inventory().capacityProviders).toEqual([]);
  });

  it('is updated once for all that has changed, and goes back to defaults where the spec says nothing any more', async () => {
    await ready('updated', { managedScaling: SCALING });
    const mark = bed.region.journal.mark();
    await bed.apply(
      provider('updated', { managedScaling: { ...SCALING, targetCapacity: 80 }, managedDraining: 'DISABLED' }),
    );
    await bed.ready(KIND, 'updated');
    expect(await live('updated')).toMatchObject({
      autoScalingGroupProvider: {
        managedScaling: { ...SCALING, targetCapacity: 80, instanceWarmupPeriod: 300 },
        managedDraining: 'DISABLED',
      },
    });
    expect(bed.mutations(mark)).toEqual(['UpdateCapacityProvider']);
    expect(await bed.told(KIND, 'updated', 'Updated')).toBe('managedScaling, managedDraining changed');

    await bed.apply(provider('updated', { managedScaling: SCALING }));
    await bed.ready(KIND, 'updated');
    expect(await live('updated')).toMatchObject({
      autoScalingGroupProvider: { managedScaling: { targetCapacity: 100 }, managedDraining: 'ENABLED' },
    });
    expect(bed.mutations(mark)).toEqual(['UpdateCapacityProvider', 'UpdateCapacityProvider']);
    await gone('updated');
  });

  it('carries the tags of the spec, and leaves those of others alone', async () => {
    await bed.apply(emptyGroup('tagged'), provider('tagged', {}, { tags: [{ key: 'team', value: 'blue' }] }));
    await bed.ready(KIND, 'tagged');
    const mark = bed.region.journal.mark();
    await bed.apply(provider('tagged', {}, { tags: [{ key: 'team', value: 'green' }] }));
    await bed.ready(KIND, 'tagged');
    await bed.apply(provider('tagged'));
    await bed.ready(KIND, 'tagged');
    expect(bed.mutations(mark)).toEqual(['TagResource', 'UntagResource']);
    await gone('tagged');
  });

  it('with managed termination protection waits for a group that protects its instances, before AWS is asked (CP-02)', async () => {
    const protecting = { managedScaling: SCALING, managedTerminationProtection: 'ENABLED' } as const;
    await bed.apply(emptyGroup('protected'));
    await bed.ready('AutoScalingGroup', 'protected');
    const mark = bed.region.journal.mark();
    await bed.apply(provider('protected', protecting));
    const object = await bed.notReady(KIND, 'protected', 'InstanceProtectionRequired');
    expect(condition(object, 'Stalled')?.message).toBe(
      'spec.autoScalingGroupProvider.managedTerminationProtection ENABLED needs the Auto Scaling group protected to protect new instances from scale-in. ' +
        'Set spec.newInstancesProtectedFromScaleIn: true on the AutoScalingGroup, or spec.autoScalingGroupProvider.managedTerminationProtection to DISABLED.',
    );
    expect(bed.mutations(mark)).toEqual([]);
    // The group's object wakes the provider.
    await bed.apply(emptyGroup('protected', { newInstancesProtectedFromScaleIn: true }));
    await bed.ready(KIND, 'protected');
    expect(bed.mutations(mark)).toEqual(['UpdateAutoScalingGroup', 'CreateCapacityProvider']);
    await gone('protected');
  });

  it('of a group that has one already is refused, and nothing is made', async () => {
    await ready('shared');
    const mark = bed.region.journal.mark();
    await bed.apply(provider('second', { autoScalingGroupRef: { name: 'shared' } }));
    const object = await bed.notReady(KIND, 'second', 'GroupInUse');
    expect(condition(object, 'Stalled')?.message).toMatch(
      /already being used by another capacity provider.* name another group in spec.autoScalingGroupProvider, or delete the other provider first/,
    );
    expect(
      bed.region.journal.since(mark).filter(({ effective, operation }) => effective && operation.startsWith('Create')),
    ).toEqual([]);
    expect(bed.region.inventory().capacityProviders).toEqual([
      'arn:aws:ecs:us-east-1:123456789012:capacity-provider/shared',
    ]);
    await bed.delete(KIND, 'shared');
    await bed.gone(KIND, 'shared');
    await bed.pass(KIND, 'second');
    await bed.ready(KIND, 'second');
    await gone('second', 'shared');
  });

  it('of somebody else is refused, and taken over with adoptionPolicy Adopt', async () => {
    await bed.apply(emptyGroup('adopted'));
    await bed.ready('AutoScalingGroup', 'adopted');
    const arn = (await bed.group('adopted'))?.AutoScalingGroupARN;
    await bed.aws.send(
      new CreateCapacityProviderCommand({
        name: 'adopted',
        autoScalingGroupProvider: { autoScalingGroupArn: arn, managedScaling: { ...SCALING, targetCapacity: 50 } },
      }),
    );
    const mark = bed.region.journal.mark();
    await bed.apply(provider('adopted'));
    await bed.notReady(KIND, 'adopted', 'NotOwned');
    expect(bed.mutations(mark)).toEqual([]);
    await bed.apply(provider('adopted', {}, { adoptionPolicy: 'Adopt' }));
    await bed.ready(KIND, 'adopted');
    expect(bed.mutations(mark)).toEqual(['TagResource']);
    // What the spec does not say is left as it was.
    expect(await live('adopted')).toMatchObject({
      autoScalingGroupProvider: { managedScaling: { targetCapacity: 50 } },
    });
    await gone('adopted');
  });

  it('is brought back when somebody changes or deletes it', async () => {
    await ready('drifting', { managedScaling: SCALING });
    const mark = bed.region.journal.mark();
    await bed.aws.send(
      new UpdateCapacityProviderCommand({
        name: 'drifting',
        autoScalingGroupProvider: { managedScaling: { status: 'DISABLED' } },
      }),
    );
    await bed.pass(KIND, 'drifting');
    await bed.told(KIND, 'drifting', 'DriftCorrected');
    await bed.ready(KIND, 'drifting');
    expect(await live('drifting')).toMatchObject({ autoScalingGroupProvider: { managedScaling: SCALING } });

    await bed.aws.send(new DeleteCapacityProviderCommand({ capacityProvider: 'drifting' }));
    // The name of one that is INACTIVE is free again.
    await eventually('it is made again', async () => {
      const result = await bed.pass(KIND, 'drifting');
      const value = { result, provider: await live('drifting') };
      return { value, done: result.kind === 'settled' && value.provider?.status === 'ACTIVE' };
    });
    expect(bed.mutations(mark)).toEqual([
      'UpdateCapacityProvider',
      'UpdateCapacityProvider',
      'DeleteCapacityProvider',
      'CreateCapacityProvider',
    ]);
    await gone('drifting');
  });

  it('whose creation was answered to nobody is found by its name and tags, and made once', async () => {
    await bed.apply(emptyGroup('lost'));
    await bed.ready('AutoScalingGroup', 'lost');
    const mark = bed.region.journal.mark();
    bed.region.faults.add({ fault: { kind: 'dropResponse' }, operation: 'CreateCapacityProvider' });
    await bed.apply(provider('lost'));
    await bed.ready(KIND, 'lost');
    expect(bed.mutations(mark)).toEqual(['CreateCapacityProvider']);
    await gone('lost');
  });

  it('keeps its group until it is gone itself, and waits for the cluster and the services that use it', async () => {
    const users = [
      cluster('used', { capacityProviderRefs: [{ name: 'used' }] }),
      taskDefinition('used', onInstances),
      service('used', { ...serviceOn('used'), desiredCount: 0 }),
    ];
    await ready('used');
    await bed.apply(...users);
    await bed.ready('ECSService', 'used');
    const mark = bed.region.journal.mark();
    await bed.delete(KIND, 'used');
    await bed.delete('AutoScalingGroup', 'used');
    const object = await bed.notReady(KIND, 'used', 'InUse');
    expect(condition(object, 'Ready')?.message).toBe(
      `Waiting to be deleted until it is no longer used by ECSCluster ${bed.namespace}/used, ECSService ${bed.namespace}/used.`,
    );
    const waiting = await bed.notReady('AutoScalingGroup', 'used', 'InUse');
    expect(condition(waiting, 'Ready')?.message).toContain(`${KIND} ${bed.namespace}/used`);
    expect(bed.mutations(mark)).toEqual([]);

    for (const { kind } of users) await bed.delete(kind, 'used');
    for (const { kind } of users) await bed.gone(kind, 'used');
    await gone('used');
    expect(bed.region.inventory().autoScalingGroups).toEqual([]);
  });

  it('waits for a cluster that is not ours, in the words of AWS', async () => {
    await ready('foreign');
    await bed.aws.send(new CreateClusterCommand({ clusterName: 'theirs', capacityProviders: ['foreign'] }));
    await bed.delete(KIND, 'foreign');
    const object = await bed.notReady(KIND, 'foreign', 'InUse');
    expect(condition(object, 'Ready')?.message).toContain('associated with cluster: theirs');
    await bed.aws.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'theirs',
        capacityProviders: [],
        defaultCapacityProviderStrategy: [],
      }),
    );
    await gone('foreign');
  });

  it('of Managed Instances is made in its cluster, updated and deleted', async () => {
    const managed = (
      monitoring: 'BASIC' | 'DETAILED',
      capacityOptionType: 'ON_DEMAND' | 'SPOT' = 'SPOT',
    ): Manifest => ({
      kind: KIND,
      metadata: { name: 'managed' },
      spec: {
        clusterRef: { name: 'prod' },
        managedInstancesProvider: {
          infrastructureRoleArn: 'arn:aws:iam::123456789012:role/infrastructure',
          instanceLaunchTemplate: {
            ec2InstanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/instances',
            networkConfiguration: { subnets: ['subnet-1', 'subnet-2'] },
            capacityOptionType,
            monitoring,
          },
        },
      },
    });
    const mark = bed.region.journal.mark();
    await bed.apply(managed('BASIC'));
    const { status } = await bed.ready(KIND, 'managed');
    expect(status).toMatchObject({ type: 'MANAGED_INSTANCES', cluster: 'prod', updateStatus: 'CREATE_COMPLETE' });
    await bed.apply(managed('DETAILED'));
    await bed.ready(KIND, 'managed');
    expect(await live('managed', 'prod')).toMatchObject({
      managedInstancesProvider: { instanceLaunchTemplate: { monitoring: 'DETAILED', capacityOptionType: 'SPOT' } },
    });
    await expect(bed.apply(managed('DETAILED', 'ON_DEMAND'))).rejects.toThrow('capacityOptionType is immutable');
    await gone('managed');
    expect(bed.mutations(mark)).toEqual(['CreateCapacityProvider', 'UpdateCapacityProvider', 'DeleteCapacityProvider']);
  });

  it('of Managed Instances is one of its cluster without being associated, and goes with it (terraform-provider-aws#44783)', async () => {
    const both: Manifest[] = [
      cluster('own', {
        capacityProviderRefs: [{ name: 'own' }],
        defaultCapacityProviderStrategy: [{ capacityProviderRef: { name: 'own' }, weight: 1 }],
      }),
      {
        kind: KIND,
        metadata: { name: 'own' },
        spec: {
          clusterRef: { name: 'own' },
          managedInstancesProvider: {
            infrastructureRoleArn: 'arn:aws:iam::123456789012:role/infrastructure',
            instanceLaunchTemplate: {
              ec2InstanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/instances',
              networkConfiguration: { subnets: ['subnet-1', 'subnet-2'] },
            },
          },
        },
      },
    ];
    const mark = bed.region.journal.mark();
    await bed.apply(...both);
    await bed.ready('ECSCluster', 'own');
    const put = bed.region.journal.since(mark).filter(({ operation }) => operation === 'PutClusterCapacityProviders');
    expect(put).toMatchObject([{ outcome: 'ok', input: { capacityProviders: [] } }]);
    await Promise.all([bed.delete(KIND, 'own'), bed.delete('ECSCluster', 'own')]);
    await bed.gone(KIND, 'own');
    await bed.gone('ECSCluster', 'own');
    expect(bed.mutations(mark).slice(-2)).toEqual(['DeleteCapacityProvider', 'DeleteCluster']);
  });

  it('has told of all this in a way that every tool understands', () => {
    expect(log.violations()).toEqual([]);
  });
});

describe('while ECS is at work on a provider, which is as long as the test wants,', () => {
  let bed: GroupBed;
  beforeAll(async () => {
    bed = await groupBed({ region: { timings: { ...INSTANT, attachments: MINUTE }, speed: 0 } });
    await bed.apply(emptyGroup('slow'), provider('slow', { managedScaling: SCALING }));
    await bed.ready(KIND, 'slow');
  });
  afterAll(() => bed.stop());

  const targeting = (targetCapacity: number): Manifest =>
    provider('slow', { managedScaling: { ...SCALING, targetCapacity } });

  it('its old settings are compared with nothing, and a further change follows (MD-10)', async () => {
    const mark = bed.region.journal.mark();
    await bed.apply(targeting(80));
    const object = await bed.notReady(KIND, 'slow', 'Updating');
    expect(object.status).toMatchObject({ updateStatus: 'UPDATE_IN_PROGRESS', attemptedGeneration: 2 });
    await bed.apply(targeting(70));
    await bed.notReady(KIND, 'slow', 'Updating');
    for (let pass = 0; pass < 3; pass += 1) {
      expect(await bed.pass(KIND, 'slow')).toMatchObject({ kind: 'progressing', reason: 'Updating' });
    }
    expect(bed.mutations(mark)).toEqual(['UpdateCapacityProvider']);
    const first = bed.region.journal.mark();
    bed.region.advance(MINUTE);
    await bed.region.journal.waitFor(({ operation }) => operation === 'UpdateCapacityProvider', 20_000, first);
    bed.region.advance(MINUTE);
    await bed.ready(KIND, 'slow');
    const updates = bed.region.journal.query({ operation: 'UpdateCapacityProvider' });
    expect(updates.map(({ input, outcome }) => ({ input, outcome }))).toMatchObject(
      [80, 70].map((targetCapacity) => ({
        input: { name: 'slow', autoScalingGroupProvider: { managedScaling: { targetCapacity } } },
        outcome: 'ok',
      })),
    );
  });

  it('it is deleted only afterwards, and it is waited for until it is gone', async () => {
    await bed.apply(targeting(60));
    await bed.notReady(KIND, 'slow', 'Updating');
    const mark = bed.region.journal.mark();
    await bed.delete(KIND, 'slow');
    await bed.delete('AutoScalingGroup', 'slow');
    await bed.eventually(KIND, 'slow', 'waits', (object) =>
      (condition(object, 'Ready')?.message ?? '').includes('the deletion follows'),
    );
    expect(bed.mutations(mark)).toEqual([]);
    bed.region.advance(MINUTE);
    await bed.notReady(KIND, 'slow', 'Deleting');
    expect(bed.region.inventory().autoScalingGroups).toHaveLength(1);
    bed.region.advance(MINUTE);
    await bed.gone(KIND, 'slow');
    await bed.gone('AutoScalingGroup', 'slow');
    expect(bed.mutations(mark)[0]).toBe('DeleteCapacityProvider');
    expect(bed.region.inventory()).toMatchObject({ capacityProviders: [], autoScalingGroups: [] });
  });
});

const onInstances = {
  requiresCompatibilities: ['EC2' as const],
  networkMode: 'bridge' as const,
  cpu: undefined,
  memory: undefined,
  containerDefinitions: [{ name: 'app', image: 'nginx:1', cpu: 512, memory: 1024 }],
};

function serviceOn(...providers: readonly string[]) {
  return {
    launchType: undefined,
    networkConfiguration: undefined,
    capacityProviderStrategy: providers.map((name) => ({ capacityProviderRef: { name }, weight: 1 })),
  };
}

describe('a service on capacity providers of ours', () => {
  let bed: GroupBed;
  beforeAll(async () => {
    bed = await groupBed({ region: { timings: 'realistic', speed: SPEED } });
  });
  afterAll(() => bed.stop());

  const association = async (): Promise<readonly string[]> => {
    const { clusters } = await bed.aws.send(new DescribeClustersCommand({ clusters: ['prod'] }));
    return clusters?.[0]?.capacityProviders ?? [];
  };

  const withProviders = (...names: readonly string[]): Manifest =>
    cluster('prod', { capacityProviderRefs: names.map((name) => ({ name })) });

  const web = (...providers: readonly string[]): Manifest =>
    service('web', {
      ...serviceOn(...providers),
      clusterRef: { name: 'prod' },
      desiredCount: 6,
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
    });

  it('waits until the cluster has them, and says what to do', { timeout: DEADLINE_MS }, async () => {
    await bed.apply(
      emptyGroup('blue'),
      provider('blue', { managedScaling: SCALING }),
      taskDefinition('web', onInstances),
    );
    await bed.ready(KIND, 'blue');
    const mark = bed.region.journal.mark();
    await bed.apply(web('blue'));
    const object = await bed.notReady('ECSService', 'web', 'CapacityProviderNotAssociated');
    expect(condition(object, 'Ready')?.message).toBe(
      'spec.capacityProviderStrategy names blue, which the cluster prod does not have. ' +
        'Associate the capacity provider with the cluster: add it to capacityProviderRefs or capacityProviders of the ECSCluster.',
    );
    expect(bed.mutations(mark)).toEqual([]);
    await bed.apply(withProviders('blue'));
    await bed.eventually('ECSService', 'web', 'runs', ({ status }) => status?.runningCount === 6);
    await bed.ready('ECSService', 'web');
    expect(bed.mutations(mark)).toEqual(['PutClusterCapacityProviders', 'CreateService']);
  });

  it('moves to another provider and group, applied in one go, without ever running fewer tasks', {
    timeout: 3 * DEADLINE_MS,
  }, async () => {
    const mark = bed.region.journal.mark();
    const before = bed.region.journal.since(0).at(-1)?.simulatedAt ?? 0;
    // The service is the first to be told, and waits for the cluster without a call in vain.
    await bed.apply(
      web('green'),
      withProviders('green'),
      provider('green', { managedScaling: SCALING }),
      emptyGroup('green'),
    );
    await bed.delete(KIND, 'blue');
    await bed.delete('AutoScalingGroup', 'blue');
    await bed.ready(KIND, 'green');
    await bed.gone(KIND, 'blue');
    await bed.gone('AutoScalingGroup', 'blue');
    await bed.ready('ECSCluster', 'prod');
    await bed.ready('ECSService', 'web');
    expect(await association()).toEqual(['green']);
    const updates = bed.region.journal.query({ operation: 'UpdateService', since: mark + 1 });
    expect(updates.map(({ outcome, input }) => ({ outcome, input }))).toEqual([
      { outcome: 'ok', input: expect.objectContaining({ forceNewDeployment: true }) },
    ]);
    const tasks = await tasksOf(bed.aws, 'prod', 'web');
    expect(tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').map((task) => task.capacityProviderName)).toEqual(
      Array.from({ length: 6 }, () => 'green'),
    );
    expect(fewestRunning(tasks, before)).toBe(6);
  });

  it('leaves nothing behind when all of it is deleted at once', { timeout: DEADLINE_MS }, async () => {
    const all: readonly (readonly [string, string])[] = [
      ['ECSService', 'web'],
      ['ECSTaskDefinition', 'web'],
      ['ECSCluster', 'prod'],
      [KIND, 'green'],
      ['AutoScalingGroup', 'green'],
      ['LaunchTemplate', 'nodes'],
    ];
    await Promise.all(all.map(([kind, name]) => bed.delete(kind, name)));
    for (const [kind, name] of all) await bed.gone(kind, name);
    const { taskDefinitions, ...rest } = bed.region.inventory();
    const { taskDefinitions: _none, ...empty } = nothing;
    expect(rest).toEqual(empty);
    expect(taskDefinitions).toEqual([expect.stringContaining('task-definition/app:')]);
  });
});
