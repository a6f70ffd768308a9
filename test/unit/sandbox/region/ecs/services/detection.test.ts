import { DeleteServiceCommand, ListServiceDeploymentsCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { advanceUntil, createService, describe1, isCompleted, register, startPopulated } from '../../support.ts';
import { deploymentUntil, isFinished, MINUTE_MS, messages, update } from './support.ts';

const alarms = (rollback: boolean) => ({ alarms: { alarmNames: ['errors'], enable: true, rollback } });

describe('a deployment with alarms', () => {
  it('is rolled back when one of them goes off, also in its bake time (AL-01, AL-02)', async () => {
    const fixture = await startPopulated();
    const { ecs, region } = fixture;
    await createService(ecs, { deploymentConfiguration: alarms(true) });
    await deploymentUntil(fixture, isFinished);
    await update(ecs, { forceNewDeployment: true, deploymentConfiguration: { bakeTimeInMinutes: 10 } });
    region.advance(5 * MINUTE_MS);
    // All tasks are there and the old ones are gone, and yet it is not complete.
    expect((await describe1(ecs)).deployments).toMatchObject([
      { runningCount: 2, rolloutState: 'IN_PROGRESS' },
      { runningCount: 0 },
    ]);
    region.setAlarm('errors', 'ALARM');
    expect(await deploymentUntil(fixture, isFinished)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      alarms: { status: 'TRIGGERED', alarmNames: ['errors'], triggeredAlarmNames: ['errors'] },
    });
  });

  it('goes back to the last completed one while old tasks are there', async () => {
    const fixture = await startPopulated();
    const { ecs, region } = fixture;
    const first = await createService(ecs, { deploymentConfiguration: alarms(true) });
    await deploymentUntil(fixture, isFinished);
    await register(ecs, 'web', 'sim/slow:5m');
    await update(ecs, { taskDefinition: 'web' });
    region.advance(10_000);
    region.setAlarm('errors', 'ALARM');
    const done = await deploymentUntil(fixture, isFinished);
    expect(done.status).toBe('ROLLBACK_SUCCESSFUL');
    const service = await describe1(ecs);
    expect(service.deployments?.[0]?.id).toBe(first.deployments?.[0]?.id);
    expect(messages(service).some((message) => message.endsWith('deployment failed: alarm detected.'))).toBe(true);
  });

  it('fails without a rollback if there is to be none', async () => {
    const fixture = await startPopulated();
    await createService(fixture.ecs, { deploymentConfiguration: alarms(false) });
    fixture.region.advance(500);
    fixture.region.setAlarm('errors', 'ALARM');
    expect((await deploymentUntil(fixture, isFinished)).status).toBe('STOPPED');
    expect((await describe1(fixture.ecs)).deployments?.[0]?.rolloutState).toBe('FAILED');
  });

  it('does not look at alarms that were in ALARM when it began (AL-04)', async () => {
    const fixture = await startPopulated();
    fixture.region.setAlarm('errors', 'ALARM');
    await createService(fixture.ecs, { deploymentConfiguration: alarms(true) });
    expect((await deploymentUntil(fixture, isFinished)).status).toBe('SUCCESSFUL');
  });
});

describe('the circuit breaker', () => {
  it('counts on over healthy tasks if it is told not to reset', async () => {
    const fixture = await startPopulated();
    const deploymentConfiguration = {
      deploymentCircuitBreaker: {
        enable: true,
        rollback: false,
        resetOnHealthyTask: false,
        thresholdConfiguration: { type: 'COUNT', value: 2 },
      },
    } as const;
    await createService(fixture.ecs, { taskDefinition: 'bad', deploymentConfiguration });
    const done = await deploymentUntil(fixture, isFinished);
    expect(done).toMatchObject({
      status: 'STOPPED',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 2, threshold: 2 },
    });
  });

  it('judges tasks that cannot be placed', async () => {
    const fixture = await startPopulated();
    const deploymentCircuitBreaker = { enable: true, rollback: false };
    await register(fixture.ecs, 'web', 'nginx');
    await createService(fixture.ecs, {
      launchType: 'EC2',
      taskDefinition: 'web',
      deploymentConfiguration: { deploymentCircuitBreaker },
    });
    expect((await deploymentUntil(fixture, isFinished)).deploymentCircuitBreaker?.failureCount).toBe(3);
  });
});

describe('early success criteria', () => {
  it('complete a deployment before all of its tasks run', async () => {
    const fixture = await startPopulated();
    const { ecs, region } = fixture;
    const earlySuccessCriteria = {
      enable: true,
      healthyPercent: 50,
      sourceServiceRevisionCleanup: 'DEFERRED',
    } as const;
    await createService(ecs, {
      desiredCount: 4,
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150, earlySuccessCriteria },
    });
    await advanceUntil(fixture, isCompleted);
    region.advance(MINUTE_MS);
    await update(ecs, { forceNewDeployment: true });
    const early = await advanceUntil(fixture, ({ deployments }) => deployments?.[0]?.rolloutState === 'COMPLETED');
    // Otherwise a deployment is complete when the service is steady, and ECS says both at once.
    expect(messages(early)[0]).toMatch(/deployment completed\.$/);
    region.advance(MINUTE_MS);
    expect((await describe1(ecs)).deployments).toMatchObject([{ runningCount: 4 }]);
  });
});

describe('the history of service deployments', () => {
  it('is kept for 90 days, and the newest one for as long as the service lives', async () => {
    const { ecs, region } = await startPopulated({ speed: 0, timings: 'instant' });
    await createService(ecs);
    await update(ecs, { forceNewDeployment: true });
    const list = async () =>
      (await ecs.send(new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web' }))).serviceDeployments;
    expect(await list()).toHaveLength(2);
    region.advance(91 * 24 * 60 * MINUTE_MS);
    expect(await list()).toHaveLength(1);
  });

  it('shows a deployment that a newer one replaced as STOPPED', async () => {
    const { ecs, region } = await startPopulated();
    await createService(ecs);
    region.advance(500);
    await update(ecs, { forceNewDeployment: true });
    const list = async () => {
      const input = { cluster: 'main', service: 'web' };
      const { serviceDeployments } = await ecs.send(new ListServiceDeploymentsCommand(input));
      return serviceDeployments?.map(({ status }) => status);
    };
    expect(await list()).toEqual(['PENDING', 'STOP_REQUESTED']);
    region.advance(500);
    expect(await list()).toEqual(['IN_PROGRESS', 'STOPPED']);
    await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    region.advance(10_000);
    expect(await list()).toEqual(['STOPPED', 'STOPPED']);
  });
});
