import type { Tag } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { ownerTag } from '../../../src/aws/ownership.ts';
import type { TaskDefinitionAnswer } from '../../../src/aws/reads.ts';
import { RevisionSearches } from '../../../src/aws/taskdefinitions.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const arnsOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `web:${count - index}`);

/** Searches among revisions of which these have an owner; `described` are those that were looked at. */
function searching(owners: Readonly<Record<string, string | undefined>> = {}, hidden: readonly string[] = []) {
  const clock = new VirtualClock();
  const searches = new RevisionSearches(clock);
  const described: string[] = [];
  const describeOne = async (arn: string): Promise<TaskDefinitionAnswer | undefined> => {
    described.push(arn);
    if (hidden.includes(arn)) return undefined;
    const tags: Tag[] = [{ key: ownerTag, value: owners[arn] ?? 'another' }];
    return { taskDefinition: { taskDefinitionArn: arn }, tags };
  };
  return { clock, described, find: (uid: string, arns: readonly string[]) => searches.find(uid, arns, describeOne) };
}

describe('a search for the revisions of an owner', () => {
  test('ends with the first ten among which there are some', async () => {
    const { find, described } = searching({ 'web:14': 'u-1', 'web:12': 'u-1' });
    expect(await find('u-1', arnsOf(30))).toEqual({ own: ['web:14', 'web:12'], open: 12 });
    expect(described).toEqual(arnsOf(30).slice(0, 20));
  });

  test('looks at a hundred, and goes on from there when it is asked again', async () => {
    const { find, described } = searching({ 'web:1': 'u-1' });
    expect(await find('u-1', arnsOf(150))).toEqual({ own: [], open: 50 });
    expect(described).toEqual(arnsOf(150).slice(0, 100));
    expect(await find('u-1', arnsOf(150))).toEqual({ own: ['web:1'], open: 1 });
    expect(described).toEqual(arnsOf(150));
    expect(await find('u-1', arnsOf(150).slice(0, -1))).toEqual({ own: [], open: 0 });
    expect(described).toHaveLength(150);
  });

  test('looks at what was registered since, and again at what AWS lists and does not show yet', async () => {
    const { find, described } = searching({}, ['web:2']);
    expect(await find('u-1', arnsOf(2))).toEqual({ own: [], open: 1 });
    expect(await find('u-1', arnsOf(3))).toEqual({ own: [], open: 1 });
    expect(described).toEqual(['web:2', 'web:1', 'web:3', 'web:2']);
  });

  test('says nothing to another owner, and is forgotten when nobody goes on with it', async () => {
    const { find, described, clock } = searching();
    await find('u-1', arnsOf(2));
    await find('u-2', arnsOf(2));
    expect(described).toHaveLength(4);
    clock.advance(9 * 60_000);
    await find('u-1', arnsOf(2));
    clock.advance(9 * 60_000);
    await find('u-1', arnsOf(2));
    expect(described).toHaveLength(4);
    await find('u-2', arnsOf(2));
    expect(described).toHaveLength(6);
  });

  test('keeps what it has learned when one of its reads is refused', async () => {
    const searches = new RevisionSearches(new VirtualClock());
    const described: string[] = [];
    let refused = true;
    const find = () =>
      searches.find('u-1', arnsOf(15), async (arn) => {
        if (arn === 'web:2' && refused) throw new Error('no budget');
        described.push(arn);
        return { taskDefinition: { taskDefinitionArn: arn }, tags: [] };
      });
    await expect(find()).rejects.toThrow('no budget');
    refused = false;
    expect(await find()).toEqual({ own: [], open: 0 });
    expect(described.toSorted()).toEqual(arnsOf(15).toSorted());
  });
});
