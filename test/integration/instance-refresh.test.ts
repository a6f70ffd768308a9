import {
  DescribeInstanceRefreshesCommand,
  type InstanceRefresh,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  AutoScalingGroupSpec,
  AutoScalingGroupStatus,
  InstanceRefreshPolicy,
} from '../../src/kinds/auto-scaling-group/api.ts';
import { type GroupBed, group, groupBed, launchTemplate, templateData } from '../support/group-bed.ts';
import { cluster } from '../support/manifests.ts';
import type { Managed } from '../support/namespace-bed.ts';
import { awsRegion } from '../support/operator-bed.ts';
import { fewestRunning, tasksOf } from '../support/task-record.ts';
import { condition } from '../support/test-bed.ts';

/** A minute of the region's is a second of ours. */
const SPEED = 60;
const MINUTE = 60_000;

/** A window that is open for two hours of the night, unless it is night now; then of the day. */
function closedWindow(): NonNullable<InstanceRefreshPolicy['window']> {
  return { schedule: `0 ${(new Date().getUTCHours() + 12) % 24} * * *`, duration: '2h' };
}
const openWindow = { schedule: '* * * * *', duration: '10m' };

/** One of three instances is replaced, and then an hour passes, in which a test can do what it likes. */
const holding = { minHealthyPercentage: 60, checkpointPercentages: [30, 100], checkpointDelay: 3_600 };
const HELD = 61 * MINUTE;

describe('instance refresh', () => {
  let bed: GroupBed;
  beforeAll(async () => {
    bed = await groupBed({ region: { timings: 'realistic', speed: SPEED } });
  });
  afterAll(() => bed?.stop());

  const specs = new Map<string, Partial<AutoScalingGroupSpec>>();

  /** A group of three with a template of its own name, Ready. */
  async function startGroup(name: string, spec: Partial<AutoScalingGroupSpec> = {}): Promise<void> {
    await bed.apply(launchTemplate(name));
    specs.set(name, {
      launchTemplateRef: { name },
      minSize: 3,
      defaultInstanceWarmup: 0,
      instanceRefresh: { minHealthyPercentage: 60 },
      ...spec,
    });
    await bed.readyGroup(name, specs.get(name));
  }

  async function change(name: string, spec: Partial<AutoScalingGroupSpec>): Promise<void> {
    specs.set(name, { ...specs.get(name), ...spec });
    await bed.apply(group(name, specs.get(name)));
  }

  async function newVersion(name: string, imageId: string): Promise<void> {
    await bed.apply(launchTemplate(name, { launchTemplateData: { ...templateData(), imageId } }));
  }

  /** Newest first. */
  async function refreshesOf(name: string): Promise<readonly InstanceRefresh[]> {
    const command = new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: name });
    return (await bed.autoScaling.send(command)).InstanceRefreshes ?? [];
  }

  const statusOf = ({ status }: Managed): AutoScalingGroupStatus => status ?? {};
  const outcomes = async (name: string) => (await refreshesOf(name)).map(({ Status }) => Status).reverse();
  const versionOf = async (name: string) => (await bed.group(name))?.LaunchTemplate?.Version;
  const versions = async (name: string) =>
    (await bed.group(name))?.Instances?.map(({ LaunchTemplate }) => LaunchTemplate?.Version);
  const calls = (name: string, mark: number): readonly string[] =>
    bed.region.journal
      .mutations(mark)
      .filter(({ input }) => JSON.stringify(input).includes(`"AutoScalingGroupName":"${name}"`))
      .map(({ operation }) => operation);

  /** The refresh whose progress the status shows is there, and has got this far. */
  function refreshing(
    name: string,
    what: string,
    holds: (status: AutoScalingGroupStatus) => boolean,
  ): Promise<Managed> {
    return bed.eventually('AutoScalingGroup', name, what, (object) => holds(statusOf(object)));
  }
  const begun = (name: string) =>
    refreshing(name, 'is being refreshed', ({ instanceRefresh }) => instanceRefresh?.status === 'InProgress');

  /** At the first checkpoint. */
  const held = (name: string) =>
    refreshing(
      name,
      'is at the checkpoint',
      ({ instanceRefresh }) => instanceRefresh?.statusReason?.includes('at the checkpoint') === true,
    );

  const IMAGE_2 = 'ami-00000000000000002';
  const IMAGE_3 = 'ami-00000000000000003';

  it('brings a new version of the template to instances and group, with one call, and tells how far it is', async () => {
    await startGroup('simple');
    const mark = bed.region.journal.mark();
    await newVersion('simple', IMAGE_2);
    const object = await begun('simple');
    expect(condition(object, 'Ready')).toMatchObject({ status: 'False', reason: 'InstanceRefreshInProgress' });
    expect(statusOf(object)).toMatchObject({
      launchTemplate: expect.stringMatching(/:1$/),
      instanceRefresh: { version: '2' },
    });
    const { status } = await bed.ready('AutoScalingGroup', 'simple');
    expect(status).toMatchObject({
      launchTemplate: expect.stringMatching(/:2$/),
      instances: { inService: 3, outdated: 0 },
      instanceRefresh: { status: 'Successful', percentageComplete: 100, instancesToUpdate: 0 },
    });
    expect(await versions('simple')).toEqual(['2', '2', '2']);
    expect(calls('simple', mark)).toEqual(['StartInstanceRefresh']);
    await bed.pass('AutoScalingGroup', 'simple');
    expect(calls('simple', mark)).toEqual(['StartInstanceRefresh']);
  });

  it('begins nothing while paused, stops when paused half way, and goes on with what is left', async () => {
    await startGroup('paused', { instanceRefresh: { paused: true } });
    await newVersion('paused', IMAGE_2);
    const waiting = await bed.notReady('AutoScalingGroup', 'paused', 'RefreshPaused');
    expect(condition(waiting, 'Ready')?.message).toContain('3 outdated instances');
    expect([await outcomes('paused'), await versionOf('paused')]).toEqual([[], '1']);

    await change('paused', { instanceRefresh: holding });
    await held('paused');
    await change('paused', { instanceRefresh: { ...holding, paused: true } });
    await bed.notReady('AutoScalingGroup', 'paused', 'RefreshPaused');
    expect([await outcomes('paused'), await versionOf('paused')]).toEqual([['Cancelled'], '1']);

    const left = new Set(
      (await bed.group('paused'))?.Instances?.filter(({ LaunchTemplate }) => LaunchTemplate?.Version === '2').map(
        ({ InstanceId }) => InstanceId,
      ),
    );
    await change('paused', { instanceRefresh: { minHealthyPercentage: 60 } });
    await bed.ready('AutoScalingGroup', 'paused');
    expect([await outcomes('paused'), await versions('paused')]).toEqual([
      ['Cancelled', 'Successful'],
      ['2', '2', '2'],
    ]);
    // What was replaced before the pause was not replaced once more.
    const ids = new Set((await bed.group('paused'))?.Instances?.map(({ InstanceId }) => InstanceId));
    expect([...left].filter((id) => !ids.has(id))).toEqual([]);
  });

  it('leaves a group that waits for it what it launches from: the version, whatever the history limit, and a former template', async () => {
    await startGroup('waiting', { instanceRefresh: { paused: true } });
    const version = (imageId: string) =>
      launchTemplate('waiting', { versionHistoryLimit: 0, launchTemplateData: { ...templateData(), imageId } });
    for (const imageId of [IMAGE_2, IMAGE_3]) {
      await bed.apply(version(imageId));
      await bed.ready('LaunchTemplate', 'waiting');
    }
    await bed.notReady('AutoScalingGroup', 'waiting', 'RefreshPaused');
    expect(await versionOf('waiting')).toBe('1');

    await bed.apply(launchTemplate('waiting-next'));
    await change('waiting', { launchTemplateRef: { name: 'waiting-next' } });
    await bed.delete('LaunchTemplate', 'waiting');
    const held = await bed.notReady('LaunchTemplate', 'waiting', 'InUse');
    expect(condition(held, 'Ready')?.message).toContain('in AWS these do: waiting.');
    await bed.autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'waiting', DesiredCapacity: 4 }));
    await refreshing('waiting', 'has grown', ({ instances }) => instances?.inService === 4);

    await change('waiting', { instanceRefresh: { minHealthyPercentage: 60 } });
    await bed.gone('LaunchTemplate', 'waiting');
    await bed.ready('AutoScalingGroup', 'waiting');
    expect(await versions('waiting')).toEqual(['1', '1', '1', '1']);
  });

  it('begins in its window and stops at its end', async () => {
    const closed = closedWindow();
    await startGroup('windowed', { instanceRefresh: { window: closed } });
    await newVersion('windowed', IMAGE_2);
    const waiting = await bed.notReady('AutoScalingGroup', 'windowed', 'WaitingForWindow');
    expect(condition(waiting, 'Ready')?.message).toMatch(/next at \d{4}-\d\d-\d\dT\d\d:00:00Z\.$/);
    expect(await outcomes('windowed')).toEqual([]);

    await change('windowed', { instanceRefresh: { ...holding, window: openWindow } });
    await held('windowed');
    await change('windowed', { instanceRefresh: { ...holding, window: closed } });
    await bed.notReady('AutoScalingGroup', 'windowed', 'WaitingForWindow');
    expect(await outcomes('windowed')).toEqual(['Cancelled']);

    await change('windowed', { instanceRefresh: { window: openWindow } });
    await bed.ready('AutoScalingGroup', 'windowed');
    expect([await outcomes('windowed'), await versions('windowed')]).toEqual([
      ['Cancelled', 'Successful'],
      ['2', '2', '2'],
    ]);
  });

  it('leaves off when yet another version is wanted, and brings that one', async () => {
    await startGroup('overtaken', { instanceRefresh: holding });
    const mark = bed.region.journal.mark();
    await newVersion('overtaken', IMAGE_2);
    await held('overtaken');
    await newVersion('overtaken', IMAGE_3);
    await refreshing('overtaken', 'is brought to version 3', ({ instanceRefresh }) => instanceRefresh?.version === '3');
    await held('overtaken');
    bed.region.advance(HELD);
    await refreshing('overtaken', 'has version 3', ({ launchTemplate }) => launchTemplate?.endsWith(':3') === true);
    await bed.ready('AutoScalingGroup', 'overtaken');
    expect(calls('overtaken', mark)).toEqual(['StartInstanceRefresh', 'CancelInstanceRefresh', 'StartInstanceRefresh']);
    expect([await outcomes('overtaken'), await versions('overtaken')]).toEqual([
      ['Cancelled', 'Successful'],
      ['3', '3', '3'],
    ]);
  });

  it('is not begun twice when its answer is lost', async () => {
    await startGroup('lost');
    const mark = bed.region.journal.mark();
    bed.region.faults.add({
      fault: { kind: 'dropResponse' },
      operation: 'StartInstanceRefresh',
      input: { AutoScalingGroupName: 'lost' },
    });
    await newVersion('lost', IMAGE_2);
    await refreshing('lost', 'has version 2', ({ launchTemplate }) => launchTemplate?.endsWith(':2') === true);
    await bed.ready('AutoScalingGroup', 'lost');
    expect(calls('lost', mark)).toEqual(['StartInstanceRefresh']);
  });

  describe('that is rolled back', () => {
    const instanceRefresh = { ...holding, autoRollback: true, alarmSpecification: { alarms: ['errors'] } };
    const alarm = (state: 'ALARM' | 'OK') => bed.region.setAlarm('errors', state, { region: awsRegion });
    let stalled: Managed;
    beforeAll(async () => {
      await startGroup('bad', { instanceRefresh });
      await newVersion('bad', IMAGE_2);
      await held('bad');
      alarm('ALARM');
      stalled = await bed.notReady('AutoScalingGroup', 'bad', 'InstanceRefreshFailed');
      alarm('OK');
    });

    it('is told with the reason, and leaves the group as it was', async () => {
      expect(condition(stalled, 'Stalled')?.message).toMatch(
        /^The instance refresh to lt-[0-9a-f]+:2 ended as RollbackSuccessful: .*errors.*\. It is not tried again until /,
      );
      expect([await versionOf('bad'), await versions('bad')]).toEqual(['1', ['1', '1', '1']]);
      expect(statusOf(stalled).instances).toMatchObject({ inService: 3, outdated: 3 });
    });

    it('is not tried again, not by later passes and not by another operator', async () => {
      const mark = bed.region.journal.mark();
      await bed.pass('AutoScalingGroup', 'bad');
      await bed.restartOperator();
      expect(await bed.pass('AutoScalingGroup', 'bad')).toMatchObject({
        kind: 'terminal',
        reason: 'InstanceRefreshFailed',
      });
      expect(calls('bad', mark)).toEqual([]);
    });

    it('is over when the template goes back to what the group has', async () => {
      await newVersion('bad', 'ami-0123456789abcdef0');
      await bed.ready('AutoScalingGroup', 'bad');
      expect(await outcomes('bad')).toEqual(['RollbackSuccessful']);
    });

    it('is tried again when the spec changes', async () => {
      await newVersion('bad', IMAGE_2);
      await bed.notReady('AutoScalingGroup', 'bad', 'InstanceRefreshFailed');
      await change('bad', { instanceRefresh: { minHealthyPercentage: 60 } });
      await bed.ready('AutoScalingGroup', 'bad');
      expect([await outcomes('bad'), await versions('bad')]).toEqual([
        ['RollbackSuccessful', 'Successful'],
        ['2', '2', '2'],
      ]);
    });
  });

  it('waits for protected instances where nobody drains them, and fails after an hour with what to do', async () => {
    await startGroup('guarded', { minSize: 1, newInstancesProtectedFromScaleIn: true });
    await newVersion('guarded', IMAGE_2);
    await begun('guarded');
    bed.region.advance(61 * MINUTE);
    const object = await bed.notReady('AutoScalingGroup', 'guarded', 'InstanceRefreshFailed');
    expect(condition(object, 'Stalled')?.message).toContain('protected from scale-in');
    await change('guarded', { instanceRefresh: { scaleInProtectedInstances: 'Refresh' } });
    await bed.ready('AutoScalingGroup', 'guarded');
    expect(await versions('guarded')).toEqual(['2']);
  });

  it('leaves alone for good what its preferences leave out', async () => {
    const instanceRefresh = { minHealthyPercentage: 60, scaleInProtectedInstances: 'Ignore' } as const;
    await startGroup('ignored', { minSize: 2, newInstancesProtectedFromScaleIn: true, instanceRefresh });
    const mark = bed.region.journal.mark();
    await newVersion('ignored', IMAGE_2);
    await refreshing('ignored', 'has version 2', ({ launchTemplate }) => launchTemplate?.endsWith(':2') === true);
    const { status } = await bed.ready('AutoScalingGroup', 'ignored');
    expect(status).toMatchObject({
      instances: { outdated: 2 },
      instanceRefresh: { skippedInstances: [expect.any(String), expect.any(String)] },
    });
    await change('ignored', { maxSize: 5 });
    await bed.ready('AutoScalingGroup', 'ignored');
    expect(calls('ignored', mark)).toEqual(['StartInstanceRefresh', 'UpdateAutoScalingGroup']);
  });

  it('of a protected group under a capacity provider drains each instance, and the service keeps its minimum (MD-02, MD-03)', async () => {
    await bed.apply(
      cluster('drained', {
        capacityProviderRefs: [{ name: 'drained' }],
        defaultCapacityProviderStrategy: [{ capacityProviderRef: { name: 'drained' }, weight: 1 }],
      }),
      launchTemplate('drained', { ecs: { clusterRef: { name: 'drained' } } }),
      group('drained', {
        launchTemplateRef: { name: 'drained' },
        minSize: 0,
        maxSize: 10,
        newInstancesProtectedFromScaleIn: true,
        defaultInstanceWarmup: 30,
        // Instances are terminated before others are there: only draining and the service's own minimum keep tasks running.
        instanceRefresh: { minHealthyPercentage: 50 },
      }),
      {
        kind: 'ECSCapacityProvider',
        metadata: { name: 'drained' },
        spec: {
          autoScalingGroupProvider: {
            autoScalingGroupRef: { name: 'drained' },
            managedScaling: { status: 'ENABLED' },
            managedTerminationProtection: 'ENABLED',
            managedDraining: 'ENABLED',
          },
        },
      },
      {
        kind: 'ECSTaskDefinition',
        metadata: { name: 'drained' },
        spec: { containerDefinitions: [{ name: 'app', image: 'nginx', cpu: 512, memory: 1024 }] },
      },
      {
        kind: 'ECSService',
        metadata: { name: 'drained' },
        spec: {
          clusterRef: { name: 'drained' },
          taskDefinitionRef: { name: 'drained' },
          desiredCount: 8,
          deploymentConfiguration: { minimumHealthyPercent: 75, maximumPercent: 200 },
        },
      },
    );
    for (const kind of ['ECSCluster', 'AutoScalingGroup', 'ECSService']) await bed.ready(kind, 'drained');
    const mark = bed.region.journal.mark();
    await bed.apply(
      launchTemplate('drained', {
        ecs: { clusterRef: { name: 'drained' } },
        launchTemplateData: { ...templateData(), imageId: IMAGE_2 },
      }),
    );
    await refreshing('drained', 'has version 2', ({ launchTemplate }) => launchTemplate?.endsWith(':2') === true);
    await bed.ready('AutoScalingGroup', 'drained');
    await bed.ready('ECSService', 'drained');
    expect(calls('drained', mark)).toEqual(['StartInstanceRefresh']);
    const [started] = bed.region.journal
      .mutations(mark)
      .filter(({ operation }) => operation === 'StartInstanceRefresh');
    expect(started?.input).toMatchObject({ Preferences: { ScaleInProtectedInstances: 'Refresh', SkipMatching: true } });
    expect([await outcomes('drained'), new Set(await versions('drained'))]).toEqual([['Successful'], new Set(['2'])]);
    const tasks = await tasksOf(bed.aws, 'drained', 'drained');
    expect(tasks.length).toBeGreaterThan(8);
    expect(fewestRunning(tasks, started?.simulatedAt ?? 0)).toBeGreaterThanOrEqual(6);
  });
});
