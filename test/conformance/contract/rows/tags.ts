import type { Tag } from '@aws-sdk/client-ecs';
import { expect } from 'vitest';
import type { Aws } from '../aws.ts';
import {
  createCluster,
  createService,
  describeTask,
  fargateDefinition,
  register,
  runTask,
  tasksOf,
} from '../builders.ts';
import { must, only, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

async function tagsOf(aws: Aws, resourceArn: string): Promise<Tag[]> {
  return must((await aws.ecs.listTagsForResource({ resourceArn })).tags);
}

function sorted(tags: readonly Tag[] | undefined): (string | undefined)[] {
  return must(tags)
    .map(({ key, value }) => `${key}=${value}`)
    .toSorted();
}

export const tags: readonly Row[] = [
  row('TG-04', 'tags can be given when a cluster is created', async (aws) => {
    const { clusterArn } = await createCluster(aws, { tags: [{ key: 'a', value: 'b' }] });
    expect(await tagsOf(aws, clusterArn)).toEqual([{ key: 'a', value: 'b' }]);
  }),
  row('TG-04b', 'a tag that is refused leaves nothing created', async (aws) => {
    const clusterName = aws.name('cluster');
    await refused(
      createCluster(aws, { clusterName, tags: [{ key: 'aws:x', value: 'y' }] }),
      'InvalidParameterException',
    );
    expect((await aws.ecs.describeClusters({ clusters: [clusterName] })).clusters).toEqual([]);
  }),
  row('G4.22.9', 'TagResource adds and overwrites, UntagResource removes', async (aws) => {
    const { clusterArn: resourceArn } = await createCluster(aws, { tags: [{ key: 'a', value: '1' }] });
    await aws.ecs.tagResource({
      resourceArn,
      tags: [
        { key: 'a', value: '2' },
        { key: 'b', value: '3' },
      ],
    });
    expect(sorted(await tagsOf(aws, resourceArn))).toEqual(['a=2', 'b=3']);
    await aws.ecs.untagResource({ resourceArn, tagKeys: ['a', 'never'] });
    expect(await tagsOf(aws, resourceArn)).toEqual([{ key: 'b', value: '3' }]);
  }),
  row('TG-01', 'keys and values do not begin with aws:, in any case', async (aws) => {
    const { clusterArn: resourceArn } = await createCluster(aws);
    await refused(
      aws.ecs.tagResource({ resourceArn, tags: [{ key: 'AWS:a', value: 'b' }] }),
      'InvalidParameterException',
    );
  }),
  row('TG-01b', 'a key has at most 128 characters', async (aws) => {
    const { clusterArn: resourceArn } = await createCluster(aws);
    await refused(
      aws.ecs.tagResource({ resourceArn, tags: [{ key: 'k'.repeat(129), value: 'b' }] }),
      'InvalidParameterException',
    );
  }),
  row('TG-01c', 'a value has at most 256 characters and may be empty', async (aws) => {
    const { clusterArn: resourceArn } = await createCluster(aws);
    await refused(
      aws.ecs.tagResource({ resourceArn, tags: [{ key: 'k', value: 'v'.repeat(257) }] }),
      'InvalidParameterException',
    );
    await aws.ecs.tagResource({ resourceArn, tags: [{ key: 'k', value: '' }] });
    expect(await tagsOf(aws, resourceArn)).toEqual([{ key: 'k', value: '' }]);
  }),
  row('TG-01d', 'a resource has at most 50 tags', async (aws) => {
    const { clusterArn: resourceArn } = await createCluster(aws);
    const fifty = Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: 'v' }));
    await aws.ecs.tagResource({ resourceArn, tags: fifty });
    await refused(
      aws.ecs.tagResource({ resourceArn, tags: [{ key: 'one-more', value: 'v' }] }),
      'InvalidParameterException',
    );
  }),
  row('TG-01e', 'keys are case-sensitive', async (aws) => {
    const { clusterArn: resourceArn } = await createCluster(aws);
    await aws.ecs.tagResource({
      resourceArn,
      tags: [
        { key: 'name', value: '1' },
        { key: 'Name', value: '2' },
      ],
    });
    expect(sorted(await tagsOf(aws, resourceArn))).toEqual(['Name=2', 'name=1']);
  }),
  row('TG-02', 'services, tasks and task definitions can be tagged', async (aws) => {
    const { created } = await createService(aws, { desiredCount: 0 });
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws));
    const { task } = await runTask(aws);
    for (const resourceArn of [must(created.serviceArn), taskDefinitionArn, task.taskArn]) {
      await aws.ecs.tagResource({ resourceArn, tags: [{ key: 'a', value: 'b' }] });
      expect(await tagsOf(aws, resourceArn)).toEqual([{ key: 'a', value: 'b' }]);
    }
  }),
  row('TG-03', 'propagateTags SERVICE gives the tags of the service to its tasks', async (aws) => {
    const placed = await createService(aws, { propagateTags: 'SERVICE', tags: [{ key: 'a', value: 'b' }] });
    await aws.settle();
    expect(only(await tasksOf(aws, placed)).tags).toEqual([{ key: 'a', value: 'b' }]);
  }),
  row('TG-03b', 'propagateTags TASK_DEFINITION gives the tags of the definition to a task', async (aws) => {
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws, { tags: [{ key: 'a', value: 'b' }] }));
    const { cluster, task } = await runTask(aws, {
      taskDefinition: taskDefinitionArn,
      propagateTags: 'TASK_DEFINITION',
    });
    expect((await describeTask(aws, cluster, task.taskArn)).tags).toEqual([{ key: 'a', value: 'b' }]);
  }),
  row('TG-03c', 'without propagateTags nothing is propagated', async (aws) => {
    const { taskDefinitionArn } = await register(aws, fargateDefinition(aws, { tags: [{ key: 'a', value: 'b' }] }));
    const { cluster, task } = await runTask(aws, { taskDefinition: taskDefinitionArn });
    expect((await describeTask(aws, cluster, task.taskArn)).tags).toEqual([]);
  }),
  row('TG-05', 'managed tags name cluster and service on the tasks of a service', async (aws) => {
    const placed = await createService(aws, { enableECSManagedTags: true });
    await aws.settle();
    expect(sorted(only(await tasksOf(aws, placed)).tags)).toEqual([
      `aws:ecs:clusterName=${placed.cluster}`,
      `aws:ecs:serviceName=${placed.serviceName}`,
    ]);
  }),
  row('API.TagResource', 'what is no ARN cannot be tagged', async (aws) => {
    await refused(
      aws.ecs.tagResource({ resourceArn: 'nothing', tags: [{ key: 'a', value: 'b' }] }),
      'InvalidParameterException',
    );
  }),
  row('API.ListTagsForResource', 'a service that does not exist has no tags', async (aws) => {
    const { clusterArn } = await createCluster(aws);
    const resourceArn = `${clusterArn.replace(':cluster/', ':service/')}/nobody`;
    await refused(
      aws.ecs.listTagsForResource({ resourceArn }),
      'ServiceNotFoundException|ResourceNotFoundException|InvalidParameterException',
    );
  }),
];
