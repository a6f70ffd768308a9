import { CreateOrUpdateTagsCommand, DeleteTagsCommand, DescribeTagsCommand } from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { expectError } from '../support.ts';
import { describeGroup, idsOf, inEc2, startGroups, startWithGroup } from './support.ts';

describe('tags of a group', () => {
  it('are added, changed and removed; a new one does not reach running instances', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    const { scaling } = fixture;
    const tag = { ResourceId: 'g', ResourceType: 'auto-scaling-group', Key: 'AmazonECSManaged' };
    await scaling.send(new CreateOrUpdateTagsCommand({ Tags: [{ ...tag, Value: '', PropagateAtLaunch: true }] }));
    const { Tags = [] } = await scaling.send(
      new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['AmazonECSManaged'] }] }),
    );
    expect(Tags).toEqual([{ ...tag, Value: '', PropagateAtLaunch: true }]);
    const [id = ''] = await idsOf(fixture);
    expect((await inEc2(fixture, id))?.Tags).not.toContainEqual({ Key: 'AmazonECSManaged', Value: '' });
    await scaling.send(new DeleteTagsCommand({ Tags: [tag] }));
    expect((await describeGroup(fixture)).Tags).toEqual([]);
  });

  it('cannot be given to a group that is not there', async () => {
    const { scaling } = await startGroups();
    await expectError(
      scaling.send(
        new CreateOrUpdateTagsCommand({ Tags: [{ ResourceId: 'g', ResourceType: 'auto-scaling-group', Key: 'a' }] }),
      ),
      'ValidationError',
      'AutoScalingGroup not found - AutoScaling Group g not found',
    );
  });
});
