import {
  DeleteClusterCommand,
  DeleteServiceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterSettingsCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cluster, rollingBack, running, service, taskDefinition, trio } from '../support/manifests.ts';
import { condition, type Manifest, type TestBed, testBed } from '../support/test-bed.ts';

/** Longer than the operator takes AWS's answers for possibly older than its own last change. */
const STALE_READ_GRACE = 15_000;

describe('what somebody else changes in AWS', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed({ adjustableClock: true });
  });
  afterAll(() => bed.stop());

  const tags = [{ key: 'team', value: 'web' }];
  const arnOf = (resource: string): string => `arn:aws:ecs:us-east-1:123456789012:${resource}`;
  const cases: readonly {
    what: string;
    manifests: (name: string) => readonly Manifest[];
    kind: string;
    change: (name: string) => Promise<unknown>;
    repair: string;
    told: string;
    reported?: string;
  }[] = [
    {
      what: 'the desired count of a service',
      kind: 'ECSService',
      manifests: (name) => trio(name, { desiredCount: 2 }),
      change: (name) => bed.aws.send(new UpdateServiceCommand({ cluster: name, service: name, desiredCount: 7 })),
      repair: 'UpdateService',
      told: 'desiredCount 7 -> 2',
    },
    {
      what: 'a field of a service',
      kind: 'ECSService',
      manifests: (name) => trio(name, { propagateTags: 'SERVICE' }),
      change: (name) => bed.aws.send(new UpdateServiceCommand({ cluster: name, service: name, propagateTags: 'NONE' })),
      repair: 'UpdateService',
      told: 'propagateTags changed',
    },
    {
      what: 'a tag of a service',
      kind: 'ECSService',
      manifests: (name) => trio(name, { tags }),
      change: (name) =>
        bed.aws.send(
          new TagResourceCommand({
            resourceArn: arnOf(`service/${name}/${name}`),
            tags: [
              { key: 'team', value: 'other' },
              { key: 'theirs', value: 'stays' },
            ],
          }),
        ),
      repair: 'TagResource',
      told: 'tags set: team',
    },
    {
      what: 'a tag of a cluster',
      kind: 'ECSCluster',
      manifests: (name) => [cluster(name, { tags })],
      change: (name) =>
        bed.aws.send(new UntagResourceCommand({ resourceArn: arnOf(`cluster/${name}`), tagKeys: ['team'] })),
      repair: 'TagResource',
      told: 'tags set: team',
    },
    {
      what: 'a tag of a task definition',
      kind: 'ECSTaskDefinition',
      manifests: (name) => [taskDefinition(name, { tags })],
      change: (name) =>
        bed.aws.send(new UntagResourceCommand({ resourceArn: arnOf(`task-definition/${name}:1`), tagKeys: ['team'] })),
      repair: 'TagResource',
      told: 'tags set: team',
    },
    {
      what: 'the settings of a cluster',
      kind: 'ECSCluster',
      manifests: (name) => [cluster(name, { settings: [{ name: 'containerInsights', value: 'enabled' }] })],
      change: (name) =>
        bed.aws.send(
          new UpdateClusterSettingsCommand({
            cluster: name,
            settings: [{ name: 'containerInsights', value: 'disabled' }],
          }),
        ),
      repair: 'UpdateCluster',
      told: 'settings changed',
    },
    {
      what: 'a whole cluster, by deleting it',
      kind: 'ECSCluster',
      manifests: (name) => [cluster(name)],
      change: (name) => bed.aws.send(new DeleteClusterCommand({ cluster: name })),
      repair: 'CreateCluster',
      told: 'cluster drift-6 created',
      reported: 'it does not exist any more',
    },
    {
      what: 'a whole service, by deleting it',
      kind: 'ECSService',
      manifests: (name) => trio(name),
      change: (name) => bed.aws.send(new DeleteServiceCommand({ cluster: name, service: name, force: true })),
      repair: 'CreateService',
      told: 'service drift-7 created',
      reported: 'it does not exist any more',
    },
  ];
  const named = cases.map((one, index) => ({ ...one, name: `drift-${index}` }));

  it.each(named)('is put right with one call: $what', async ({ name, manifests, kind, change, repair, told }) => {
    await bed.apply(...manifests(name));
    await bed.ready(kind, name);
    // A pass that another object's news began just before would put it right before it is looked for.
    await bed.settled();
    await change(name);
    await bed.later(STALE_READ_GRACE);
    const mark = bed.region.journal.mark();
    expect(await bed.pass(kind, name)).toEqual({ kind: 'settled' });
    expect(bed.mutations(mark)).toEqual([repair]);
    expect(await bed.told(kind, name, 'DriftCorrected')).toBe(told);
    expect(await bed.pass(kind, name)).toEqual({ kind: 'settled' });
    expect(bed.mutations(mark)).toHaveLength(1);
  });

  it.each(named)(
    'is told and left alone under driftPolicy Report: $what',
    async ({ manifests, kind, change, ...one }) => {
      const name = `told-${one.name}`;
      const reporting = manifests(name).map((manifest) => ({
        ...manifest,
        spec: { ...manifest.spec, driftPolicy: 'Report' },
      }));
      await bed.apply(...reporting);
      await bed.ready(kind, name);
      const live = await bed.pass(kind, name);
      expect(live).toEqual({ kind: 'settled' });
      await change(name);
      await bed.later(STALE_READ_GRACE);
      const mark = bed.region.journal.mark();
      await bed.pass(kind, name);
      const object = await bed.notReady(kind, name, 'Drifted');
      expect(condition(object, 'Stalled')?.message).toContain(one.reported ?? one.told);
      await bed.pass(kind, name);
      expect(bed.mutations(mark)).toEqual([]);
    },
  );

  it('is Ready again under driftPolicy Report when AWS is put back', async () => {
    await bed.apply(...trio('healed', { desiredCount: 2, driftPolicy: 'Report' }));
    await bed.ready('ECSService', 'healed');
    await bed.aws.send(new UpdateServiceCommand({ cluster: 'healed', service: 'healed', desiredCount: 1 }));
    await bed.pass('ECSService', 'healed');
    await bed.notReady('ECSService', 'healed', 'Drifted');
    await bed.aws.send(new UpdateServiceCommand({ cluster: 'healed', service: 'healed', desiredCount: 2 }));
    const mark = bed.region.journal.mark();
    expect(await bed.pass('ECSService', 'healed')).toEqual({ kind: 'settled' });
    await bed.ready('ECSService', 'healed');
    expect(bed.mutations(mark)).toEqual([]);
  });

  it('is put right under driftPolicy Report once the user changes the policy or the spec', async () => {
    await bed.apply(...trio('wished', { desiredCount: 2, driftPolicy: 'Report' }));
    await bed.ready('ECSService', 'wished');
    await bed.aws.send(new UpdateServiceCommand({ cluster: 'wished', service: 'wished', desiredCount: 1 }));
    await bed.pass('ECSService', 'wished');
    await bed.notReady('ECSService', 'wished', 'Drifted');
    await bed.apply(service('wished', { desiredCount: 3, driftPolicy: 'Report' }));
    const { status } = await bed.ready('ECSService', 'wished');
    expect(status).toMatchObject({ runningCount: 3 });
  });

  it('is not a change of mind: going back from a spec that failed is carried out under driftPolicy Report too', async () => {
    const spec = { driftPolicy: 'Report' as const, ...rollingBack };
    await bed.apply(...trio('mind', { ...spec, desiredCount: 1 }));
    await bed.apply(taskDefinition('broken', { family: 'mind-broken', ...running('sim/exit:1') }));
    await bed.ready('ECSService', 'mind');
    await bed.ready('ECSTaskDefinition', 'broken');
    await bed.apply(service('mind', { ...spec, desiredCount: 2, taskDefinitionRef: { name: 'broken' } }));
    await bed.notReady('ECSService', 'mind', 'RolledBack');
    await bed.apply(service('mind', { ...spec, desiredCount: 1 }));
    const { status } = await bed.ready('ECSService', 'mind');
    expect(status).toMatchObject({ desiredCount: 1, runningCount: 1 });
  });

  it('is another service for ECS when a deleted one is made again: it gets a client token of its own', async () => {
    await bed.apply(...trio('token'));
    await bed.ready('ECSService', 'token');
    await bed.aws.send(new DeleteServiceCommand({ cluster: 'token', service: 'token', force: true }));
    await bed.later(STALE_READ_GRACE);
    await bed.pass('ECSService', 'token');
    const tokens = bed.region.journal.entries
      .filter(({ operation }) => operation === 'CreateService')
      .map(({ input }) => input)
      .filter((input): input is { clientToken: string } => JSON.stringify(input).includes('"serviceName":"token"'))
      .map(({ clientToken }) => clientToken);
    expect(new Set(tokens).size).toBe(2);
  });
});
