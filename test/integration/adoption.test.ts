import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectTag, ownerTag } from '../../src/aws/ownership.ts';
import { cluster, network, running, service, taskDefinition, trio } from '../support/manifests.ts';
import { recordStatuses, type StatusLog } from '../support/status-log.ts';
import { condition, type Manifest, type TestBed, testBed } from '../support/test-bed.ts';

describe('something in AWS that has the name of an object', () => {
  let bed: TestBed;
  let log: StatusLog;
  beforeAll(async () => {
    bed = await testBed();
    log = await recordStatuses(bed);
  });
  afterAll(async () => {
    await log.stop();
    await bed.stop();
  });

  it('and was made by somebody else is refused and not touched', async () => {
    await existing('theirs');
    const mark = bed.region.journal.mark();
    const manifests = [cluster('theirs'), taskDefinition('theirs'), foreignService('theirs')];
    await bed.apply(...manifests);
    for (const { kind } of manifests) {
      const object = await bed.notReady(kind, 'theirs', 'NotOwned');
      expect(condition(object, 'Stalled')?.message).toMatch(
        /"theirs" exists and was not created by this operator\. Set spec\.adoptionPolicy: Adopt/,
      );
    }
    await bed.passOverAll();
    expect(bed.mutations(mark)).toEqual([]);

    for (const { kind } of manifests) await bed.delete(kind, 'theirs');
    for (const { kind } of manifests) await bed.gone(kind, 'theirs');
    expect(bed.mutations(mark)).toEqual([]);
    for (const kind of ['ECSCluster', 'ECSService']) {
      expect(await bed.told(kind, 'theirs', 'Retained')).toBe(
        "Left in AWS as it is, because its tags do not say that it is this object's.",
      );
    }
  });

  it('is taken over with adoptionPolicy Adopt: it gets our tags and nothing is replaced', async () => {
    await existing('adopted');
    const before = await deploymentsOf('adopted');
    const mark = bed.region.journal.mark();
    await bed.apply(...adopting([cluster('adopted'), taskDefinition('adopted'), foreignService('adopted')]));
    for (const kind of ['ECSCluster', 'ECSTaskDefinition', 'ECSService']) await bed.ready(kind, 'adopted');
    expect(bed.mutations(mark)).toEqual(['TagResource', 'TagResource', 'TagResource']);
    expect(await deploymentsOf('adopted')).toEqual(before);
    expect((await bed.get('ECSTaskDefinition', 'adopted'))?.status).toMatchObject({ revision: 1 });
  });

  it('is brought to the spec after it has been adopted', async () => {
    await existing('changed');
    const mark = bed.region.journal.mark();
    await bed.apply(
      ...adopting([cluster('changed'), taskDefinition('changed', running('nginx:2')), foreignService('changed', 3)]),
    );
    await bed.ready('ECSTaskDefinition', 'changed');
    const { status } = await bed.ready('ECSService', 'changed');
    expect(status).toMatchObject({ desiredCount: 3, runningCount: 3 });
    expect(bed.mutations(mark).toSorted()).toEqual([
      'RegisterTaskDefinition',
      'TagResource',
      'TagResource',
      'UpdateService',
    ]);
  });

  it('is only told under driftPolicy Report when the adopted differs from the spec', async () => {
    await existing('reported');
    const mark = bed.region.journal.mark();
    await bed.apply(...adopting([foreignService('reported', 3)], { driftPolicy: 'Report' }));
    const object = await bed.notReady('ECSService', 'reported', 'Drifted');
    expect(condition(object, 'Ready')?.message).toContain('desiredCount 1 -> 3');
    expect(bed.mutations(mark)).toEqual([]);
  });

  it('and belongs to another object is refused, with adoptionPolicy Adopt too', async () => {
    await bed.apply(cluster('owned'));
    await bed.ready('ECSCluster', 'owned');
    const mark = bed.region.journal.mark();
    await bed.apply(cluster('rival', { clusterName: 'owned', adoptionPolicy: 'Adopt' }));
    const rival = await bed.notReady('ECSCluster', 'rival', 'NotOwned');
    expect(condition(rival, 'Stalled')?.message).toContain(`belongs to ECSCluster/${bed.namespace}/owned`);
    await bed.delete('ECSCluster', 'rival');
    await bed.gone('ECSCluster', 'rival');
    await bed.pass('ECSCluster', 'owned');
    expect(bed.mutations(mark)).toEqual([]);
    await bed.ready('ECSCluster', 'owned');
  });

  it('and was retained by an object is taken by a new one with adoptionPolicy Adopt only', async () => {
    const kept = trio('kept').map((manifest) => withSpec(manifest, { deletionPolicy: 'Retain' }));
    await bed.apply(...kept);
    await bed.ready('ECSService', 'kept');
    const before = await deploymentsOf('kept');
    for (const { kind } of kept) await bed.delete(kind, 'kept');
    for (const { kind } of kept) await bed.gone(kind, 'kept');

    const mark = bed.region.journal.mark();
    await bed.apply(...trio('kept'));
    const refused = await bed.notReady('ECSCluster', 'kept', 'NotOwned');
    expect(condition(refused, 'Ready')?.message).toContain('was created for an earlier object of the same name');
    expect(bed.mutations(mark)).toEqual([]);
    await bed.apply(...adopting(trio('kept')));
    await bed.ready('ECSService', 'kept');
    expect(bed.mutations(mark)).toEqual(['TagResource', 'TagResource', 'TagResource']);
    expect(await deploymentsOf('kept')).toEqual(before);
  });

  it('and was taken over by an object of the same name elsewhere is left to that one, and can be taken back', async () => {
    const [manifest = cluster('moved')] = adopting([cluster('moved')]);
    await bed.apply(manifest);
    const { status, metadata } = await bed.ready('ECSCluster', 'moved');
    const resourceArn = String(status?.clusterArn);
    // What the operator of another Kubernetes cluster does that has the same manifest.
    await bed.aws.send(new TagResourceCommand({ resourceArn, tags: [{ key: ownerTag, value: 'uid-elsewhere' }] }));
    const mark = bed.region.journal.mark();
    await bed.pass('ECSCluster', 'moved');
    const refused = await bed.notReady('ECSCluster', 'moved', 'NotOwned');
    expect(condition(refused, 'Stalled')?.message).toContain(
      `has been taken over by another ECSCluster/${bed.namespace}/moved, with uid uid-elsewhere`,
    );
    await bed.pass('ECSCluster', 'moved');
    expect(bed.mutations(mark)).toEqual([]);

    await bed.aws.send(new UntagResourceCommand({ resourceArn, tagKeys: [ownerTag, objectTag] }));
    const untagged = bed.region.journal.mark();
    await bed.pass('ECSCluster', 'moved');
    await bed.ready('ECSCluster', 'moved');
    expect(bed.region.journal.mutations(untagged)).toMatchObject([
      { operation: 'TagResource', input: { tags: expect.arrayContaining([{ key: ownerTag, value: metadata.uid }]) } },
    ]);
  });

  it('is deleted with the object that adopted it', async () => {
    await existing('taken');
    await bed.apply(...adopting([cluster('taken'), taskDefinition('taken'), foreignService('taken')]));
    for (const kind of ['ECSCluster', 'ECSTaskDefinition', 'ECSService']) await bed.ready(kind, 'taken');
    for (const kind of ['ECSCluster', 'ECSTaskDefinition', 'ECSService']) await bed.delete(kind, 'taken');
    for (const kind of ['ECSCluster', 'ECSTaskDefinition', 'ECSService']) await bed.gone(kind, 'taken');
    expect(JSON.stringify(bed.region.inventory())).not.toContain('taken');
  });

  it('shows nothing but statuses that kstatus understands, all the way', () => {
    expect(log.violations()).toEqual([]);
  });

  function withSpec(manifest: Manifest, spec: object): Manifest {
    return { ...manifest, spec: { ...manifest.spec, ...spec } };
  }

  function adopting(manifests: readonly Manifest[], spec: object = {}): readonly Manifest[] {
    return manifests.map((manifest) => withSpec(manifest, { adoptionPolicy: 'Adopt', ...spec }));
  }

  /** Names its cluster and task definition as AWS does, so that it waits for no other object. */
  function foreignService(name: string, desiredCount = 1): Manifest {
    return service(name, { cluster: name, taskDefinition: `${name}:1`, desiredCount });
  }

  /** A cluster, a revision and a service as another tool makes them. */
  async function existing(name: string): Promise<void> {
    await bed.aws.send(new CreateClusterCommand({ clusterName: name }));
    await bed.aws.send(
      new RegisterTaskDefinitionCommand({
        family: name,
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        ...running('nginx:1'),
      }),
    );
    await bed.aws.send(
      new CreateServiceCommand({
        cluster: name,
        serviceName: name,
        taskDefinition: name,
        desiredCount: 1,
        launchType: 'FARGATE',
        networkConfiguration: network,
      }),
    );
  }

  async function deploymentsOf(name: string): Promise<readonly unknown[]> {
    const answer = await bed.aws.send(new DescribeServicesCommand({ cluster: name, services: [name] }));
    return answer.services?.[0]?.deployments?.map(({ id, taskDefinition: revision }) => [id, revision]) ?? [];
  }
});
