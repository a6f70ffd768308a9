import { RunTaskCommand } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { createService, describe1, NETWORK, startPopulated } from '../../support.ts';

const CAPACITY = 'Capacity is unavailable at this time. Please try again later or in a different availability zone';

it('a service on Fargate without capacity says so, tries again, and starts when there is some (SPT-07)', async () => {
  const { region, ecs } = await startPopulated();
  region.setFargateShortage('FARGATE', true);
  await createService(ecs);
  region.advance(60_000);
  const short = await describe1(ecs);
  expect(short).toMatchObject({ runningCount: 0, pendingCount: 0 });
  expect(short.events?.map(({ message }) => message)).toEqual([
    `(service web) was unable to place a task. Reason: ${CAPACITY}. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  ]);
  region.setFargateShortage('FARGATE', false);
  region.advance(60_000);
  expect((await describe1(ecs)).runningCount).toBe(2);
});

it('RunTask answers with a failure that names no instance, and the other provider is not short', async () => {
  const { region, ecs } = await startPopulated();
  const run = { cluster: 'main', taskDefinition: 'web', networkConfiguration: NETWORK, launchType: 'FARGATE' } as const;
  region.setFargateShortage('FARGATE', true);
  const { tasks, failures } = await ecs.send(new RunTaskCommand(run));
  expect(tasks).toEqual([]);
  expect(failures).toEqual([{ reason: CAPACITY }]);
  region.setFargateShortage('FARGATE', false);
  region.setFargateShortage('FARGATE_SPOT', true);
  expect((await ecs.send(new RunTaskCommand(run))).tasks).toHaveLength(1);
});

it('is set over the control endpoint too', async () => {
  const { region, ecs } = await startPopulated();
  const post = (body: object) =>
    fetch(`${region.endpoint}/_region/fargate-shortages`, { method: 'POST', body: JSON.stringify(body) });
  expect((await post({ capacityProvider: 'EC2', short: true })).status).toBe(400);
  expect((await post({ capacityProvider: 'FARGATE', short: true })).ok).toBe(true);
  await createService(ecs);
  region.advance(60_000);
  expect((await describe1(ecs)).runningCount).toBe(0);
});
