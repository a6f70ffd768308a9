import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { running, taskDefinition, trio } from '../support/manifests.ts';
import { type Managed, type TestBed, testBed } from '../support/test-bed.ts';

const environment = [
  { name: 'A', value: '1' },
  { name: 'B', value: '2' },
];
const withEnvironment = (variables: typeof environment) => ({
  containerDefinitions: [{ name: 'app', image: 'nginx:1', environment: variables }],
});

/** So soon after registering, an answer without the revision is taken for an old one, and a second is not registered. */
const STALE_READ_GRACE = 15_000;

describe('a task definition', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed({ adjustableClock: true });
  });
  afterAll(() => bed.stop());

  it('gets one revision for a change, and its service rolls once', async () => {
    await bed.apply(...trio('roll'));
    await bed.ready('ECSService', 'roll');
    const mark = bed.region.journal.mark();
    await bed.apply(taskDefinition('roll', running('nginx:2')));
    await bed.eventually('ECSService', 'roll', 'runs revision 2', runs('roll:2'));
    await bed.ready('ECSService', 'roll');
    expect(bed.mutations(mark)).toEqual(['RegisterTaskDefinition', 'UpdateService']);
    expect(await bed.told('ECSService', 'roll', 'Updated')).toBe('taskDefinition roll:1 -> roll:2');
  });

  it('registers nothing for the same content in another order or form', async () => {
    await bed.apply(taskDefinition('same', withEnvironment(environment)));
    await bed.ready('ECSTaskDefinition', 'same');
    const mark = bed.region.journal.mark();
    await bed.apply(
      taskDefinition('same', { ...withEnvironment(environment.toReversed()), cpu: 256, memory: '0.5 GB', volumes: [] }),
    );
    const { status } = await bed.ready('ECSTaskDefinition', 'same');
    expect(bed.mutations(mark)).toEqual([]);
    expect(status).toMatchObject({ revision: 1 });
  });

  it('takes its former revision again when the spec goes back', async () => {
    await bed.apply(...trio('back'));
    await bed.ready('ECSService', 'back');
    await bed.apply(taskDefinition('back', running('nginx:2')));
    await bed.eventually('ECSService', 'back', 'runs revision 2', runs('back:2'));
    const mark = bed.region.journal.mark();
    await bed.apply(taskDefinition('back'));
    await bed.eventually('ECSService', 'back', 'runs revision 1', runs('back:1'));
    await bed.ready('ECSService', 'back');
    expect(bed.mutations(mark)).toEqual(['UpdateService']);
  });

  it('is registered again when its revision has been deregistered behind our back', async () => {
    await bed.apply(...trio('lost'));
    await bed.ready('ECSService', 'lost');
    await bed.aws.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'lost:1' }));
    await bed.later(STALE_READ_GRACE);
    const mark = bed.region.journal.mark();
    expect(await bed.pass('ECSTaskDefinition', 'lost')).toEqual({ kind: 'settled' });
    await bed.eventually('ECSService', 'lost', 'runs revision 2', runs('lost:2'));
    expect(bed.mutations(mark)).toEqual(['RegisterTaskDefinition', 'UpdateService']);
    expect(await bed.told('ECSTaskDefinition', 'lost', 'DriftCorrected')).toBe('revision of lost registered');
  });

  it('only tags its revision when nothing but tags changes', async () => {
    await bed.apply(taskDefinition('tagged', { tags: [{ key: 'team', value: 'a' }] }));
    await bed.ready('ECSTaskDefinition', 'tagged');
    const mark = bed.region.journal.mark();
    await bed.apply(taskDefinition('tagged', { tags: [{ key: 'team', value: 'b' }] }));
    await bed.ready('ECSTaskDefinition', 'tagged');
    expect(bed.mutations(mark)).toEqual(['TagResource']);
    expect(await tagsOf('tagged:1')).toMatchObject({ team: 'b' });

    await bed.apply(taskDefinition('tagged'));
    await bed.ready('ECSTaskDefinition', 'tagged');
    expect(bed.mutations(mark)).toEqual(['TagResource', 'UntagResource']);
    expect(await tagsOf('tagged:1')).not.toHaveProperty('team');
  });

  it('takes only its own revisions with it when it is deleted', async () => {
    const foreign = new RegisterTaskDefinitionCommand({
      family: 'shared',
      memory: '64',
      containerDefinitions: [{ name: 'ci', image: 'ci:1' }],
    });
    await bed.apply(taskDefinition('shared'));
    await bed.ready('ECSTaskDefinition', 'shared');
    await bed.aws.send(foreign);
    await bed.apply(taskDefinition('shared', running('nginx:2')));
    await bed.eventually('ECSTaskDefinition', 'shared', 'is at revision 3', ({ status }) => status?.revision === 3);
    const mark = bed.region.journal.mark();
    await bed.delete('ECSTaskDefinition', 'shared');
    await bed.gone('ECSTaskDefinition', 'shared');
    expect(bed.mutations(mark)).toEqual(['DeregisterTaskDefinition', 'DeregisterTaskDefinition']);
    const left = bed.region.inventory().taskDefinitions.filter((arn) => arn.includes('/shared:'));
    expect(left).toEqual([expect.stringMatching(/\/shared:2$/)]);
  });

  it('is not disturbed by revisions that others register in its family', async () => {
    await bed.apply(taskDefinition('busy'));
    await bed.ready('ECSTaskDefinition', 'busy');
    await bed.aws.send(
      new RegisterTaskDefinitionCommand({
        family: 'busy',
        memory: '64',
        containerDefinitions: [{ name: 'ci', image: 'ci:1' }],
      }),
    );
    const mark = bed.region.journal.mark();
    expect(await bed.pass('ECSTaskDefinition', 'busy')).toEqual({ kind: 'settled' });
    expect(bed.mutations(mark)).toEqual([]);
  });

  function runs(revision: string): (object: Managed) => boolean {
    return ({ status }) => status?.taskDefinitionRevision === revision && status.rolloutState === 'COMPLETED';
  }

  async function tagsOf(revision: string): Promise<Readonly<Record<string, string>>> {
    const { tags = [] } = await bed.aws.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: revision, include: ['TAGS'] }),
    );
    return Object.fromEntries(tags.map(({ key, value }) => [key ?? '', value ?? '']));
  }
});
