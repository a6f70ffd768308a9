import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  type Service,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { advanceUntil, createService, describe1, isCompleted, startPopulated } from './support.ts';

const BREAKER = { deploymentCircuitBreaker: { enable: true, rollback: true } };

const messages = (service: Service): string[] => service.events?.map((event) => event.message ?? '') ?? [];

describe('a failing deployment', () => {
  it.each(['bad', 'missing'])('is rolled back by the circuit breaker (%s)', async (family) => {
    const fixture = await startPopulated();
    await createService(fixture.ecs, { desiredCount: 4, deploymentConfiguration: BREAKER });
    const first = await advanceUntil(fixture, isCompleted);
    await fixture.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: family }));
    const rolling = await advanceUntil(
      fixture,
      (seen) => seen.deployments?.[1]?.rolloutState === 'FAILED',
      (seen) => {
        expect(seen.runningCount).toBeGreaterThanOrEqual(4);
      },
    );
    expect(rolling.deployments).toMatchObject([
      {
        id: first.deployments?.[0]?.id,
        status: 'PRIMARY',
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${first.deployments?.[0]?.id}.`,
      },
      { status: 'ACTIVE', rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.' },
    ]);
    const service = await advanceUntil(fixture, isCompleted);
    expect(service.taskDefinition).toMatch(/web:1$/);
    const described = await fixture.ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [service.currentServiceDeployment ?? ''] }),
    );
    expect(described.serviceDeployments?.[0]).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      deploymentCircuitBreaker: { status: 'TRIGGERED', threshold: 3 },
      rollback: { serviceRevisionArn: first.currentServiceRevisions?.[0]?.arn },
    });
    const revision = await fixture.ecs.send(
      new DescribeServiceRevisionsCommand({
        serviceRevisionArns: [described.serviceDeployments?.[0]?.targetServiceRevision?.arn ?? ''],
      }),
    );
    expect(revision.serviceRevisions?.[0]?.taskDefinition).toContain(`${family}:1`);
  });

  it('stays FAILED without a rollback and leaves the old tasks alone', async () => {
    const fixture = await startPopulated({ timings: 'instant' });
    const { ecs } = fixture;
    await createService(ecs, {
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    await ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'bad' }));
    const service = await describe1(ecs);
    expect(service.deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'FAILED', runningCount: 0, desiredCount: 0 },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 2 },
    ]);
    const list = await ecs.send(
      new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web', status: ['STOPPED'] }),
    );
    expect(list.serviceDeployments).toHaveLength(1);
    await ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web:1' }));
    expect(isCompleted(await describe1(ecs))).toBe(true);
  });

  it('fails for good when there is nothing to roll back to', async () => {
    const { ecs, region } = await startPopulated({ timings: 'instant' });
    await createService(ecs, { taskDefinition: 'bad', deploymentConfiguration: BREAKER });
    const service = await describe1(ecs);
    expect(service.deployments).toMatchObject([{ rolloutState: 'FAILED', status: 'PRIMARY' }]);
    const started = region.inventory().tasks.length;
    region.advance(600_000);
    expect(region.inventory().tasks.length).toBeLessThanOrEqual(started);
    const list = await ecs.send(new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web' }));
    expect(list.serviceDeployments?.[0]).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
    });
  });

  it('is throttled when its tasks do not even start, and an update resets the throttle (TH-01, TH-02)', async () => {
    const { ecs, region } = await startPopulated({ timings: 'instant' });
    await createService(ecs, { taskDefinition: 'missing' });
    const service = await describe1(ecs);
    expect(messages(service).some((message) => message.includes('unable to consistently start tasks'))).toBe(true);
    expect(service.deployments?.[0]?.rolloutState).toBe('IN_PROGRESS');
    const failed = service.deployments?.[0]?.failedTasks ?? 0;
    expect(failed).toBeLessThan(10);
    region.advance(3_600_000);
    const later = (await describe1(ecs)).deployments?.[0]?.failedTasks ?? 0;
    expect(later).toBeGreaterThan(failed);
    // At most every 15 minutes in the end: an hour has room for few.
    expect(later).toBeLessThan(50);
    await ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web:1' }));
    expect(isCompleted(await describe1(ecs))).toBe(true);
  });

  it('is not throttled when its tasks run and stop (TH-04)', async () => {
    const { ecs, region } = await startPopulated({ timings: 'instant', speed: 0 });
    await createService(ecs, { taskDefinition: 'bad' });
    region.advance(3_600_000);
    const service = await describe1(ecs);
    expect(messages(service).some((message) => message.includes('unable to consistently start tasks'))).toBe(false);
    expect(service.deployments?.[0]?.failedTasks).toBeGreaterThan(600);
  });
});
