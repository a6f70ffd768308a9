import {
  ExecuteCommandCommand,
  GetTaskProtectionCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
  type UpdateTaskProtectionCommandInput,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { createService, expectError, type Fixture, startPopulated, tasksOf } from '../../support.ts';
import { define, run, startCluster, stop } from './support.ts';

async function startService(desiredCount = 2): Promise<{ fixture: Fixture; tasks: string[] }> {
  const fixture = await startPopulated({ timings: 'instant', speed: 0 });
  await createService(fixture.ecs, { desiredCount });
  const tasks = (await tasksOf(fixture.ecs, 'RUNNING')).map(({ taskArn }) => taskArn ?? '');
  return { fixture, tasks };
}

const update = async ({ ecs }: Fixture, tasks: string[], input: Partial<UpdateTaskProtectionCommandInput> = {}) =>
  ecs.send(new UpdateTaskProtectionCommand({ cluster: 'main', tasks, protectionEnabled: true, ...input }));

const get = async ({ ecs }: Fixture, tasks?: string[]) =>
  ecs.send(new GetTaskProtectionCommand({ cluster: 'main', ...(tasks === undefined ? {} : { tasks }) }));

describe('task protection', () => {
  it('lasts two hours unless told otherwise, and ends by itself (TP-01)', async () => {
    const { fixture, tasks } = await startService();
    const before = Date.now();
    const { protectedTasks } = await update(fixture, tasks);
    expect(protectedTasks).toMatchObject(tasks.map((taskArn) => ({ taskArn, protectionEnabled: true })));
    const minutes = ((protectedTasks?.[0]?.expirationDate?.getTime() ?? 0) - before) / 60_000;
    expect(Math.round(minutes)).toBe(120);
    fixture.region.advance(119 * 60_000);
    expect((await get(fixture)).protectedTasks).toHaveLength(2);
    fixture.region.advance(60_000);
    expect((await get(fixture)).protectedTasks).toEqual([]);
    expect((await get(fixture, tasks.slice(0, 1))).protectedTasks).toEqual([
      { taskArn: tasks[0], protectionEnabled: false },
    ]);
  });

  it('counts anew when it is set again, and can be ended (TP-02)', async () => {
    const { fixture, tasks } = await startService();
    await update(fixture, tasks, { expiresInMinutes: 10 });
    fixture.region.advance(9 * 60_000);
    await update(fixture, tasks, { expiresInMinutes: 10 });
    fixture.region.advance(9 * 60_000);
    expect((await get(fixture)).protectedTasks).toHaveLength(2);
    await update(fixture, tasks, { protectionEnabled: false });
    expect((await get(fixture)).protectedTasks).toEqual([]);
  });

  it.each([0, 2_881, 1.5])('does not last %s minutes', async (expiresInMinutes) => {
    const { fixture, tasks } = await startService();
    await expectError(update(fixture, tasks, { expiresInMinutes }), 'InvalidParameterException');
    expect((await get(fixture)).protectedTasks).toEqual([]);
  });

  it.each([1, 2_880])('may last %s minutes', async (expiresInMinutes) => {
    const { fixture, tasks } = await startService();
    expect((await update(fixture, tasks, { expiresInMinutes })).protectedTasks).toHaveLength(2);
  });

  it('is for running tasks of services (G4 18)', async () => {
    const { fixture, tasks } = await startService();
    const standalone = await run(fixture, { taskDefinition: 'web' });
    const [stopped = ''] = tasks;
    await stop(fixture, stopped);
    const { failures, protectedTasks } = await update(fixture, [standalone, stopped, 'nobody']);
    expect(protectedTasks).toEqual([]);
    expect(failures).toEqual([
      { arn: standalone, reason: 'TASK_NOT_VALID' },
      { arn: stopped, reason: 'TASK_NOT_VALID' },
      { arn: 'arn:aws:ecs:eu-central-1:123456789012:task/main/nobody', reason: 'MISSING' },
    ]);
  });

  it('of more tasks than are desired is DEPLOYMENT_BLOCKED (TP-05)', async () => {
    const { fixture, tasks } = await startService(1);
    await update(fixture, tasks);
    await fixture.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', forceNewDeployment: true }));
    fixture.region.advance(1_000);
    const all = (await tasksOf(fixture.ecs, 'RUNNING')).map(({ taskArn }) => taskArn ?? '');
    const newer = all.filter((arn) => !tasks.includes(arn));
    expect(newer).toHaveLength(1);
    expect((await update(fixture, newer)).failures).toEqual([{ arn: newer[0], reason: 'DEPLOYMENT_BLOCKED' }]);
    expect((await update(fixture, tasks)).protectedTasks).toHaveLength(1);
  });

  it.each([[[]], [Array.from({ length: 11 }, () => 'x')]])('is set for one to ten tasks (%#)', async (tasks) => {
    const fixture = await startCluster();
    await expectError(update(fixture, tasks), 'InvalidParameterException');
  });
});

describe('ExecuteCommand', () => {
  const execute = async ({ ecs }: Fixture, task: string, container?: string) =>
    ecs.send(
      new ExecuteCommandCommand({
        cluster: 'main',
        task,
        command: 'sh',
        interactive: true,
        ...(container && { container }),
      }),
    );

  it('is refused for a task that was not started for it', async () => {
    const fixture = await startCluster();
    await define(fixture, [{ image: 'nginx' }]);
    await expectError(execute(fixture, await run(fixture)), 'InvalidParameterException', /^The execute command failed/);
  });

  it('finds nobody at the other end of one that was', async () => {
    const fixture = await startCluster();
    await define(fixture, [{ image: 'nginx' }, { image: 'nginx' }], {
      taskRoleArn: 'arn:aws:iam::123456789012:role/task',
    });
    const task = await run(fixture, { enableExecuteCommand: true });
    await expectError(execute(fixture, task), 'InvalidParameterException', /multiple containers/);
    await expectError(execute(fixture, task, 'nobody'), 'InvalidParameterException', /nobody/);
    await expectError(execute(fixture, task, 'c0'), 'TargetNotConnectedException');
  });
});
