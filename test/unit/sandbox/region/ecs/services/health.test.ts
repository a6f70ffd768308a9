import { UpdateTaskProtectionCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import {
  advanceUntil,
  createService,
  describe1,
  isCompleted,
  register,
  startPopulated,
  tasksOf,
} from '../../support.ts';
import { BALANCER, BLUE, MINUTE_MS, messages, registerChecked, update } from './support.ts';

const BREAKER = { deploymentCircuitBreaker: { enable: true, rollback: true } };

describe('a service behind a load balancer', () => {
  it('counts a task only when its target is healthy, and says what it registers and deregisters', async () => {
    const fixture = await startPopulated();
    await createService(fixture.ecs, { loadBalancers: [BALANCER] });
    const running = await advanceUntil(fixture, ({ runningCount }) => runningCount === 2);
    fixture.region.advance(2_500);
    // Two seconds are enough without a load balancer.
    expect((await describe1(fixture.ecs)).deployments?.[0]?.rolloutState).toBe('IN_PROGRESS');
    await advanceUntil(fixture, isCompleted);
    expect(messages(await describe1(fixture.ecs))).toContain(
      `(service web) registered 2 targets in (target-group ${BLUE})`,
    );
    await update(fixture.ecs, { desiredCount: 1 });
    fixture.region.advance(10_000);
    const said = messages(await describe1(fixture.ecs));
    expect(said).toContain(`(service web) deregistered 1 targets in (target-group ${BLUE})`);
    const id = running.deployments?.[0]?.id;
    expect(said).toContain(`(service web, taskSet ${id}) has begun draining connections on 1 tasks.`);
  });

  it('replaces tasks whose targets are unhealthy, again and again (LB-08)', async () => {
    const { ecs, region } = await startPopulated();
    await register(ecs, 'web', 'sim/lb-unhealthy');
    await createService(ecs, { taskDefinition: 'web', loadBalancers: [BALANCER], desiredCount: 1 });
    region.advance(5 * MINUTE_MS);
    const service = await describe1(ecs);
    expect(service.deployments?.[0]).toMatchObject({ rolloutState: 'IN_PROGRESS' });
    expect(service.deployments?.[0]?.failedTasks).toBeGreaterThan(2);
    expect(messages(service)).toContain(
      `(service web) (port 80) is unhealthy in (target-group ${BLUE}) due to (reason Health checks failed)`,
    );
    const stopped = await tasksOf(ecs, 'STOPPED');
    expect(stopped[0]?.stoppedReason).toBe(`Task failed ELB health checks in (target-group ${BLUE})`);
  });

  it('waits for the grace period before it gives a task up (SU-15)', async () => {
    const { ecs, region } = await startPopulated();
    await register(ecs, 'web', 'sim/lb-unhealthy');
    await createService(ecs, {
      taskDefinition: 'web',
      loadBalancers: [BALANCER],
      healthCheckGracePeriodSeconds: 300,
    });
    region.advance(4 * MINUTE_MS);
    expect((await describe1(ecs)).deployments?.[0]?.failedTasks).toBe(0);
    region.advance(2 * MINUTE_MS);
    expect((await describe1(ecs)).deployments?.[0]?.failedTasks).toBe(2);
  });

  it('is rolled back by the circuit breaker when targets fail (CB-03)', async () => {
    const fixture = await startPopulated();
    const { ecs, region } = fixture;
    await createService(ecs, { loadBalancers: [BALANCER], deploymentConfiguration: BREAKER });
    await advanceUntil(fixture, isCompleted);
    await register(ecs, 'web', 'sim/lb-unhealthy');
    await update(ecs, { taskDefinition: 'web' });
    region.advance(10 * MINUTE_MS);
    const service = await describe1(ecs);
    expect(service.taskDefinition).toMatch(/web:1$/);
    expect(isCompleted(service)).toBe(true);
  });

  it('starts the replacement of a failing task before it stops it, when no deployment is under way (SD-04)', async () => {
    const fixture = await startPopulated();
    await register(fixture.ecs, 'web', 'sim/lb-unhealthy-after:1m');
    await createService(fixture.ecs, { taskDefinition: 'web', loadBalancers: [BALANCER], desiredCount: 1 });
    await advanceUntil(fixture, isCompleted);
    fixture.region.advance(100_000);
    const counts: number[] = [];
    await advanceUntil(
      fixture,
      ({ runningCount }) => counts.includes(2) && runningCount === 1,
      ({ runningCount = 0 }) => {
        counts.push(runningCount);
      },
    );
    expect(Math.min(...counts)).toBe(1);
    expect((await tasksOf(fixture.ecs, 'STOPPED'))[0]?.stoppedReason).toMatch(/^Task failed ELB health checks/);
  });
});

describe('container health checks', () => {
  it('make the service wait, replace and say so', async () => {
    const { ecs, region } = await startPopulated();
    await registerChecked(ecs, 'sick', 'sim/unhealthy');
    await createService(ecs, { taskDefinition: 'sick', desiredCount: 1 });
    region.advance(2 * MINUTE_MS);
    const service = await describe1(ecs);
    expect(service.deployments?.[0]?.failedTasks).toBeGreaterThan(1);
    expect(messages(service).some((message) => /\(task \w+\) failed container health checks\.$/.test(message))).toBe(
      true,
    );
    expect((await tasksOf(ecs, 'STOPPED'))[0]?.stoppedReason).toBe('Task failed container health checks');
  });
});

describe('a protected task', () => {
  it('outlives a deployment until its protection is over, and the service says so (TP-04)', async () => {
    const fixture = await startPopulated();
    const { ecs, region } = fixture;
    await createService(ecs);
    await advanceUntil(fixture, isCompleted);
    const [task] = await tasksOf(ecs, 'RUNNING');
    const protect = { cluster: 'main', tasks: [task?.taskArn ?? ''], protectionEnabled: true, expiresInMinutes: 10 };
    await ecs.send(new UpdateTaskProtectionCommand(protect));
    await update(ecs, { forceNewDeployment: true });
    region.advance(9 * MINUTE_MS);
    const held = await describe1(ecs);
    expect(held.deployments).toMatchObject([{ runningCount: 2 }, { runningCount: 1 }]);
    const waiting =
      /was unable to reach steady state because task set \(ecs-svc\/\d+\) was unable to scale in\. Reason: The number of protected tasks/;
    expect(messages(held).filter((message) => waiting.test(message))).toHaveLength(1);
    region.advance(2 * MINUTE_MS);
    expect(isCompleted(await describe1(ecs))).toBe(true);
  });
});

describe('what a service says', () => {
  it('is said again only after six hours, or when it had been resolved (guide 4, 12.1)', async () => {
    const { ecs, region } = await startPopulated();
    await createService(ecs);
    region.advance(MINUTE_MS);
    const steady = async (): Promise<number> =>
      messages(await describe1(ecs)).filter((message) => message.endsWith('has reached a steady state.')).length;
    expect(await steady()).toBe(1);
    region.advance(5.9 * 60 * MINUTE_MS);
    expect(await steady()).toBe(1);
    region.advance(30 * MINUTE_MS);
    expect(await steady()).toBe(2);
  });
});
