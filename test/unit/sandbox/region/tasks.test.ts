import {
  DescribeTasksCommand,
  ListTagsForResourceCommand,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  TagResourceCommand,
  type Task,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { createService, expectError, type Fixture, NETWORK, register, startPopulated } from './support.ts';

const RUN: RunTaskCommandInput = {
  cluster: 'main',
  taskDefinition: 'web',
  launchType: 'FARGATE',
  networkConfiguration: NETWORK,
};

async function runOne(fixture: Fixture, overrides: Partial<RunTaskCommandInput> = {}): Promise<string> {
  const { tasks } = await fixture.ecs.send(new RunTaskCommand({ ...RUN, ...overrides }));
  return tasks?.[0]?.taskArn ?? '';
}

async function describeOne(fixture: Fixture, task: string): Promise<Task | undefined> {
  const { tasks } = await fixture.ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [task] }));
  return tasks?.[0];
}

describe('tasks', () => {
  it.each([
    ['bad', 'EssentialContainerExited', /^Essential container in task exited$/, 1],
    ['missing', 'TaskFailedToStart', /^CannotPullContainerError: .*sim\/cannot-pull/, undefined],
  ])('of the image of %s stop by themselves', async (taskDefinition, stopCode, reason, exitCode) => {
    const fixture = await startPopulated({ timings: 'instant' });
    const task = await describeOne(fixture, await runOne(fixture, { taskDefinition }));
    expect(task).toMatchObject({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stopCode });
    expect(task?.stoppedReason).toMatch(reason);
    expect(task?.containers?.[0]?.exitCode).toBe(exitCode);
  });

  it('of a slow image take their time, also with instant timings', async () => {
    const fixture = await startPopulated({ timings: 'instant', speed: 0 });
    await register(fixture.ecs, 'slow', 'registry.example.com/sim/slow:90s');
    const arn = await runOne(fixture, { taskDefinition: 'slow' });
    fixture.region.advance(89_000);
    expect((await describeOne(fixture, arn))?.lastStatus).toBe('PENDING');
    fixture.region.advance(2_000);
    expect((await describeOne(fixture, arn))?.lastStatus).toBe('RUNNING');
  });

  it('can be stopped, are visible for an hour, and are MISSING then', async () => {
    const fixture = await startPopulated({ timings: 'instant', speed: 0 });
    const arn = await runOne(fixture);
    await fixture.ecs.send(new StopTaskCommand({ cluster: 'main', task: arn, reason: 'enough' }));
    expect(await describeOne(fixture, arn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
    });
    const stopped = await fixture.ecs.send(new ListTasksCommand({ cluster: 'main', desiredStatus: 'STOPPED' }));
    expect(stopped.taskArns).toEqual([arn]);
    fixture.region.advance(3_600_001);
    const { failures } = await fixture.ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [arn] }));
    expect(failures).toEqual([{ arn, reason: 'MISSING' }]);
  });

  it('are run once for one client token', async () => {
    const fixture = await startPopulated({ timings: 'instant' });
    const first = await runOne(fixture, { clientToken: 'a' });
    expect(await runOne(fixture, { clientToken: 'a' })).toBe(first);
    expect(fixture.region.inventory().tasks).toHaveLength(1);
    await expectError(runOne(fixture, { clientToken: 'a', count: 2 }), 'ConflictException');
  });

  it('of a service carry the tags that it propagates', async () => {
    const fixture = await startPopulated({ timings: 'instant' });
    await createService(fixture.ecs, {
      desiredCount: 1,
      enableECSManagedTags: true,
      propagateTags: 'SERVICE',
      tags: [{ key: 'team', value: 'a' }],
    });
    const { taskArns = [] } = await fixture.ecs.send(new ListTasksCommand({ cluster: 'main', serviceName: 'web' }));
    const { tags } = await fixture.ecs.send(new ListTagsForResourceCommand({ resourceArn: taskArns[0] }));
    expect(Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value]))).toEqual({
      'aws:ecs:clusterName': 'main',
      'aws:ecs:serviceName': 'web',
      team: 'a',
    });
  });
});

describe('tags', () => {
  const ARN = 'arn:aws:ecs:eu-central-1:123456789012:cluster/main';

  it('are added, overwritten and removed', async () => {
    const { ecs } = await startPopulated();
    const tag = async (key: string, value: string): Promise<unknown> =>
      ecs.send(new TagResourceCommand({ resourceArn: ARN, tags: [{ key, value }] }));
    await tag('a', '1');
    await tag('b', '2');
    await tag('a', '3');
    await ecs.send(new UntagResourceCommand({ resourceArn: ARN, tagKeys: ['b', 'c'] }));
    const { tags } = await ecs.send(new ListTagsForResourceCommand({ resourceArn: ARN }));
    expect(tags).toEqual([{ key: 'a', value: '3' }]);
  });

  it.each([
    ['a key with the prefix of AWS', [{ key: 'aws:x', value: '1' }]],
    ['a key that is too long', [{ key: 'k'.repeat(129), value: '1' }]],
    ['a value that is too long', [{ key: 'k', value: 'v'.repeat(257) }]],
    ['a key twice', [1, 2].map((value) => ({ key: 'k', value: String(value) }))],
    ['more than 50', Array.from({ length: 51 }, (_, index) => ({ key: `k${index}`, value: '' }))],
  ])('are refused with %s, all of them', async (_, tags) => {
    const { ecs } = await startPopulated();
    await expectError(ecs.send(new TagResourceCommand({ resourceArn: ARN, tags })), 'InvalidParameterException');
    expect((await ecs.send(new ListTagsForResourceCommand({ resourceArn: ARN }))).tags).toEqual([]);
  });
});
