import type { Tag } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { AwsReads, TaskDefinitionAnswer } from '../../../../src/aws/reads.ts';
import { RevisionSearches } from '../../../../src/aws/taskdefinitions.ts';
import { absent } from '../../../../src/engine/kind.ts';
import type { ECSTaskDefinition, ECSTaskDefinitionSpec } from '../../../../src/kinds/task-definition/api.ts';
import { contentHashTag, desiredContent } from '../../../../src/kinds/task-definition/desired.ts';
import { taskDefinition } from '../../../../src/kinds/task-definition/kind.ts';
import {
  arns,
  condition,
  deleted,
  desired,
  ecsTaskDefinition,
  foreignTags,
  ownTags,
  region,
  smallTaskDefinition,
  summaries,
} from '../../../support/builders.ts';
import { unusedReads } from '../../../support/reads.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const web = ecsTaskDefinition('web');
/** The same manifest, as another Kubernetes cluster has it. */
const inOtherCluster = ecsTaskDefinition('web', smallTaskDefinition, { metadata: { uid: 'uid-in-another-cluster' } });
const contentTag = (of: ECSTaskDefinition): Tag => ({ key: contentHashTag, value: desiredContent(desired(of)).hash });
const ownOf = (of: ECSTaskDefinition): Tag[] =>
  [...ownTags(of), contentTag(of)].sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1));

/** A revision of `web` as AWS shows it. */
function revision(
  number: number,
  tags: readonly Tag[],
  spec: ECSTaskDefinitionSpec = smallTaskDefinition,
): TaskDefinitionAnswer {
  const { containerDefinitions } = spec;
  const taskDefinitionArn = arns.taskDefinition(`web:${number}`);
  return {
    taskDefinition: { taskDefinitionArn, family: 'web', revision: number, status: 'ACTIVE', containerDefinitions },
    tags,
  };
}

const signal = new AbortController().signal;

/** AWS with these revisions of `web`; what is asked for beyond them fails the test. */
function observe(of: ECSTaskDefinition, ...revisions: readonly TaskDefinitionAnswer[]) {
  const newestFirst = revisions.toSorted((a, b) => (b.taskDefinition.revision ?? 0) - (a.taskDefinition.revision ?? 0));
  const describeTaskDefinition: AwsReads['describeTaskDefinition'] = async (name) =>
    name === 'web' ? newestFirst[0] : revisions.find((one) => one.taskDefinition.taskDefinitionArn === name);
  const searches = new RevisionSearches(new VirtualClock());
  const reads: AwsReads = {
    ...unusedReads,
    describeTaskDefinition,
    findOwnRevisions: (uid, among) => searches.find(uid, among, describeTaskDefinition),
    activeFamilyExists: async () => revisions.length > 0,
    listTaskDefinitions: async () => newestFirst.map((one) => one.taskDefinition.taskDefinitionArn ?? ''),
  };
  return taskDefinition.observe({ reads, signal, afterChange: false }, desired(of));
}

async function plan(of: ECSTaskDefinition, ...revisions: readonly TaskDefinitionAnswer[]) {
  return summaries(taskDefinition.plan(desired(of), await observe(of, ...revisions)));
}

describe('registering', () => {
  test('sends what the user wrote, with our tags and the hash of the content', () => {
    const of = ecsTaskDefinition('web', {
      ...smallTaskDefinition,
      cpu: 256,
      driftPolicy: 'Report',
      tags: [{ key: 'a', value: 'b' }],
    });
    expect(summaries(taskDefinition.plan(desired(of), absent))).toEqual([
      {
        operation: 'RegisterTaskDefinition',
        input: {
          family: 'web',
          containerDefinitions: smallTaskDefinition.containerDefinitions,
          cpu: '256',
          tags: [{ key: 'a', value: 'b' }, ...ownOf(of)],
        },
        reason: 'revision of web registered',
      },
    ]);
  });

  test('happens once for the same content: after a crash the revision is found by its tag', async () => {
    expect(await plan(web, revision(1, ownOf(web)))).toEqual([]);
  });

  test('finds the revision among those that CI added after it', async () => {
    expect(await plan(web, revision(1, ownOf(web)), revision(2, []), revision(3, []))).toEqual([]);
  });

  test('happens for another content', async () => {
    const changed = ecsTaskDefinition('web', {
      containerDefinitions: [{ name: 'web', image: 'nginx:1.30', memory: 128 }],
    });
    expect(await plan(changed, revision(1, ownOf(web)))).toMatchObject([{ operation: 'RegisterTaskDefinition' }]);
  });

  test('goes back to the revision that it had before', async () => {
    const revisions = [{ taskDefinitionArn: arns.taskDefinition('web:1'), contentHash: contentTag(web).value ?? '' }];
    const back = ecsTaskDefinition('web', smallTaskDefinition, { status: { revisions } });
    expect(await plan(back, revision(1, ownOf(web)), revision(2, ownTags(web)))).toEqual([]);
  });

  test('happens again when somebody deregistered the revision', async () => {
    const revisions = [{ taskDefinitionArn: arns.taskDefinition('web:1'), contentHash: contentTag(web).value ?? '' }];
    expect(await plan(ecsTaskDefinition('web', smallTaskDefinition, { status: { revisions } }))).toMatchObject([
      { operation: 'RegisterTaskDefinition' },
    ]);
  });

  test('is no wish when only tags differ: they are set on the revision', async () => {
    const of = ecsTaskDefinition('web', { ...smallTaskDefinition, tags: [{ key: 'a', value: 'b' }] });
    expect(await plan(of, revision(1, ownOf(of)))).toMatchObject([
      {
        operation: 'TagResource',
        input: { resourceArn: arns.taskDefinition('web:1'), tags: [{ key: 'a', value: 'b' }] },
      },
    ]);
  });
});

describe('whose family it is', () => {
  test('one in which we own nothing is refused', async () => {
    await expect(plan(web, revision(1, []))).rejects.toMatchObject({ reason: 'NotOwned', disposition: 'terminal' });
    await expect(plan(web, revision(1, foreignTags))).rejects.toMatchObject({ reason: 'NotOwned' });
  });

  test('with Adopt, a revision of nobody with the same content is taken over, and another content is registered', async () => {
    const adopt = ecsTaskDefinition('web', { ...smallTaskDefinition, adoptionPolicy: 'Adopt' });
    expect(await plan(adopt, revision(1, []))).toMatchObject([{ operation: 'TagResource' }]);
    const other = { containerDefinitions: [{ name: 'web', image: 'other' }] };
    expect(await plan(adopt, revision(1, [], other))).toMatchObject([{ operation: 'RegisterTaskDefinition' }]);
    await expect(plan(adopt, revision(1, foreignTags))).rejects.toMatchObject({ reason: 'NotOwned' });
  });

  test('one that an object of the same name has taken since is not taken back, and named', async () => {
    const revisions = [{ taskDefinitionArn: arns.taskDefinition('web:1'), contentHash: contentTag(web).value ?? '' }];
    const spec = { ...smallTaskDefinition, adoptionPolicy: 'Adopt' as const };
    const settled = ecsTaskDefinition('web', spec, { status: { revisions, settledHash: 'h' } });
    await expect(plan(settled, revision(1, ownOf(inOtherCluster)))).rejects.toMatchObject({
      reason: 'NotOwned',
      message: expect.stringMatching(/^The task definition "web:1" has been taken over by another/),
    });
  });

  test('one left by an earlier object is taken over only until we have our own: going back to its content registers it anew', async () => {
    const spec = { ...smallTaskDefinition, adoptionPolicy: 'Adopt' as const };
    const former = revision(1, ownOf(inOtherCluster));
    const current = revision(2, ownTags(web), { containerDefinitions: [{ name: 'web', image: 'other' }] });
    expect(await plan(ecsTaskDefinition('web', spec), former)).toMatchObject([{ operation: 'TagResource' }]);
    const settled = ecsTaskDefinition('web', spec, { status: { settledHash: 'h' } });
    expect(await plan(settled, former, current)).toMatchObject([{ operation: 'RegisterTaskDefinition' }]);
  });

  test('revisions that CI adds to a family of ours are no reason to stop', async () => {
    const changed = ecsTaskDefinition('web', {
      containerDefinitions: [{ name: 'web', image: 'nginx:1.30', memory: 128 }],
    });
    expect(await plan(changed, revision(1, ownOf(web)), revision(2, []))).toMatchObject([
      { operation: 'RegisterTaskDefinition' },
    ]);
  });
});

describe('deleting', () => {
  const gone = ecsTaskDefinition('web', smallTaskDefinition, { metadata: deleted });

  test('deregisters our own revisions and nobody else', async () => {
    const observed = await observe(
      gone,
      revision(1, ownOf(web)),
      revision(2, []),
      revision(3, ownTags(web)),
      revision(4, foreignTags),
    );
    if (observed === absent) throw new Error('absent');
    const deregistered = summaries(taskDefinition.retire(desired(gone), observed));
    expect(deregistered).toMatchObject([
      { operation: 'DeregisterTaskDefinition', input: { taskDefinition: arns.taskDefinition('web:3') } },
      { operation: 'DeregisterTaskDefinition', input: { taskDefinition: arns.taskDefinition('web:1') } },
    ]);
    expect(deregistered).toHaveLength(2);
  });

  test('is over when none of ours is left', async () => {
    const observed = await observe(gone, revision(2, []));
    expect(observed === absent ? [] : taskDefinition.retire(desired(gone), observed)).toEqual([]);
  });
});

describe('the status', () => {
  test('names the live revision and remembers the last ten', async () => {
    const revisions = Array.from({ length: 10 }, (_, index) => ({
      taskDefinitionArn: arns.taskDefinition(`web:${10 - index}`),
      contentHash: `${index}`,
    }));
    const of = ecsTaskDefinition('web', smallTaskDefinition, { status: { revisions } });
    const observed = await observe(of, revision(11, ownOf(of)));
    if (observed === absent) throw new Error('absent');
    const { status, progress } = taskDefinition.conclude(desired(of), observed);
    expect(progress).toEqual({ kind: 'live' });
    expect(status).toMatchObject({
      taskDefinitionArn: arns.taskDefinition('web:11'),
      family: 'web',
      revision: 11,
      status: 'ACTIVE',
    });
    expect(status.revisions?.map(({ taskDefinitionArn }) => taskDefinitionArn.split(':').at(-1))).toEqual([
      '11',
      '10',
      '9',
      '8',
      '7',
      '6',
      '5',
      '4',
      '3',
      '2',
    ]);
  });

  test('lets services run only the revision of this generation', () => {
    const status = {
      taskDefinitionArn: arns.taskDefinition('web:1'),
      conditions: [condition('Ready', 'True', 'Live')],
    };
    const of = (metadata = {}) => ecsTaskDefinition('web', smallTaskDefinition, { status, metadata });
    expect(taskDefinition.identity(of())).toEqual({ arn: status.taskDefinitionArn, name: 'web:1', region });
    expect(taskDefinition.identity(of({ generation: 2 }))).toBeUndefined();
    expect(taskDefinition.identity(of({ ...deleted, generation: 2 }))).toMatchObject({ arn: status.taskDefinitionArn });
  });
});
