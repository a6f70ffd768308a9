import {
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  type ServiceDeployment,
  StopServiceDeploymentCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { lambdaAnswer } from '../../../../../sandbox/region/ecs/services/traffic/hooks.ts';
import { nextStage, productionSteps, STAGES } from '../../../../../sandbox/region/ecs/services/traffic/stages.ts';
import {
  advanceUntil,
  createService,
  describe1,
  expectError,
  type Fixture,
  isCompleted,
  register,
  startPopulated,
} from '../../support.ts';
import {
  answerHook,
  BLUE,
  deployment,
  deploymentUntil,
  GREEN,
  isFinished,
  MINUTE_MS,
  messages,
  SHIFTING,
  update,
} from './support.ts';

const BLUE_GREEN = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 } as const;
const lambda = (name: string, stage: 'POST_SCALE_UP' | 'PRE_SCALE_UP' | 'PRODUCTION_TRAFFIC_SHIFT') => ({
  hookTargetArn: `arn:aws:lambda:eu-central-1:123456789012:function:${name}`,
  roleArn: 'arn:aws:iam::123456789012:role/hooks',
  lifecycleStages: [stage],
});

/** A service with a first deployment that is complete. */
async function startShifting(deploymentConfiguration: object): Promise<Fixture> {
  const fixture = await startPopulated();
  await createService(fixture.ecs, { loadBalancers: [SHIFTING], deploymentConfiguration: BLUE_GREEN });
  await deploymentUntil(fixture, isFinished, undefined, 5_000);
  await update(fixture.ecs, { deploymentConfiguration });
  await register(fixture.ecs, 'web', 'nginx:2');
  return fixture;
}

describe('the shifts of production traffic', () => {
  it.each([
    [{ strategy: 'BLUE_GREEN' }, [100]],
    [{ strategy: 'CANARY' }, [5, 100]],
    [{ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 100 } }, [100]],
    [{ strategy: 'LINEAR' }, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]],
    [{ strategy: 'LINEAR', linearConfiguration: { stepPercent: 33.4 } }, [33.4, 66.8, 100]],
  ] as const)('of %j are %j', (configuration, steps) => {
    expect(productionSteps(configuration, true)).toEqual(steps);
    expect(productionSteps(configuration, false)).toEqual([100]);
  });

  it('take two stages each', () => {
    expect(nextStage('PRODUCTION_TRAFFIC_SHIFT', 0, [50, 100])).toEqual({
      stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
      step: 1,
    });
    expect(nextStage('PRODUCTION_TRAFFIC_SHIFT', 1, [50, 100])?.stage).toBe('POST_PRODUCTION_TRAFFIC_SHIFT');
    expect(nextStage('CLEAN_UP', 0, [100])).toBeUndefined();
    expect(nextStage(STAGES[0], 0, [100])?.stage).toBe(STAGES[1]);
  });
});

describe('the Lambda function of a hook', () => {
  it.each([
    ['check', 100, 'SUCCEEDED'],
    ['sim-fail', 100, 'FAILED'],
    ['sim-in-progress-30s', 30_100, 'SUCCEEDED'],
    ['sim-in-progress-2m-sim-fail', 120_100, 'FAILED'],
  ])('%s answers after %i ms: %s', (name, afterMs, status) => {
    expect(lambdaAnswer(`arn:aws:lambda:eu-central-1:123456789012:function:${name}`, 100)).toEqual({ afterMs, status });
  });
});

describe('a blue/green deployment', () => {
  it('brings up a full second set, shifts test and production traffic, bakes, and only then takes the first set away', async () => {
    const fixture = await startShifting(BLUE_GREEN);
    await update(fixture.ecs, { taskDefinition: 'web' });
    const stages: (string | undefined)[] = [];
    const weights = new Set<number | undefined>();
    const look = (seen: ServiceDeployment): void => {
      if (stages.at(-1) !== seen.lifecycleStage) stages.push(seen.lifecycleStage);
      const green = seen.targetServiceRevision;
      weights.add(green?.requestedProductionTrafficWeight);
      const blue = seen.sourceServiceRevisions?.[0];
      expect((green?.requestedProductionTrafficWeight ?? 0) + (blue?.requestedProductionTrafficWeight ?? 0)).toBe(100);
      if (seen.lifecycleStage === 'BAKE_TIME') {
        expect([green?.runningTaskCount, blue?.runningTaskCount]).toEqual([2, 2]);
        expect(green?.requestedTestTrafficWeight).toBe(100);
      }
    };
    // Traffic takes a second to shift: nothing is missed.
    const done = await deploymentUntil(fixture, isFinished, look, 900);
    expect(done.status).toBe('SUCCESSFUL');
    // Stages that take no time are over before anybody sees them.
    expect(stages).toEqual([
      'PRE_SCALE_UP',
      'SCALE_UP',
      'TEST_TRAFFIC_SHIFT',
      'PRODUCTION_TRAFFIC_SHIFT',
      'BAKE_TIME',
      'CLEAN_UP',
    ]);
    expect([...weights]).toEqual([0, 100]);
    const service = await describe1(fixture.ecs);
    expect(isCompleted(service)).toBe(true);
    expect(service.runningCount).toBe(2);
  });

  it('says once that it has reached a steady state, and again after six hours (guide 4, 12.1)', async () => {
    const fixture = await startShifting(BLUE_GREEN);
    const steady = async (): Promise<number> => {
      const said = messages(await describe1(fixture.ecs));
      return said.filter((message) => message === '(service web) has reached a steady state.').length;
    };
    const before = await steady();
    await update(fixture.ecs, { taskDefinition: 'web' });
    await deploymentUntil(fixture, isFinished);
    fixture.region.advance(5 * 60 * MINUTE_MS);
    expect(await steady()).toBe(before + 1);
    fixture.region.advance(90 * MINUTE_MS);
    expect(await steady()).toBe(before + 2);
  });

  it('comes to a steady state without any tasks too', async () => {
    const fixture = await startShifting(BLUE_GREEN);
    await update(fixture.ecs, { desiredCount: 0 });
    fixture.region.advance(MINUTE_MS);
    await update(fixture.ecs, { taskDefinition: 'web' });
    await deploymentUntil(fixture, isFinished);
    fixture.region.advance(1_000);
    expect(messages(await describe1(fixture.ecs)).slice(0, 2)).toEqual([
      '(service web) has reached a steady state.',
      expect.stringContaining('deployment completed.'),
    ]);
  });

  it('puts the tasks of every other revision into the alternate target group', async () => {
    const fixture = await startShifting(BLUE_GREEN);
    const groupOf = async (): Promise<string | undefined> => {
      const arn = (await deployment(fixture.ecs)).targetServiceRevision?.arn ?? '';
      const { serviceRevisions } = await fixture.ecs.send(
        new DescribeServiceRevisionsCommand({ serviceRevisionArns: [arn] }),
      );
      return serviceRevisions?.[0]?.resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn;
    };
    expect(await groupOf()).toBe(BLUE);
    await update(fixture.ecs, { taskDefinition: 'web' });
    expect(await groupOf()).toBe(GREEN);
    await deploymentUntil(fixture, isFinished, undefined, 5_000);
    await update(fixture.ecs, { forceNewDeployment: true });
    expect(await groupOf()).toBe(BLUE);
  });

  it('goes back when a hook fails, without ever having stopped a task that served', async () => {
    const fixture = await startShifting({ ...BLUE_GREEN, lifecycleHooks: [lambda('sim-fail', 'POST_SCALE_UP')] });
    const before = await describe1(fixture.ecs);
    await update(fixture.ecs, { taskDefinition: 'web' });
    const done = await deploymentUntil(fixture, isFinished, (seen) => {
      expect(seen.targetServiceRevision?.requestedProductionTrafficWeight).toBe(0);
    });
    expect(done).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      rollback: { serviceRevisionArn: before.currentServiceRevisions?.[0]?.arn },
    });
    const service = await describe1(fixture.ecs);
    expect(service.deployments).toMatchObject([{ id: before.deployments?.[0]?.id, rolloutState: 'COMPLETED' }]);
    expect(service.events?.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('deployment failed: hook execution failure(s) detected.'),
    );
  });

  it('waits for a function that says IN_PROGRESS', async () => {
    const hooks = [lambda('sim-in-progress-90s', 'PRE_SCALE_UP')];
    const fixture = await startShifting({ ...BLUE_GREEN, lifecycleHooks: hooks });
    await update(fixture.ecs, { taskDefinition: 'web' });
    fixture.region.advance(80_000);
    expect(await deployment(fixture.ecs)).toMatchObject({
      lifecycleStage: 'PRE_SCALE_UP',
      lifecycleHookDetails: [{ targetType: 'AWS_LAMBDA', status: 'IN_PROGRESS' }],
      targetServiceRevision: { runningTaskCount: 0, pendingTaskCount: 0, requestedTaskCount: 0 },
    });
    expect((await deploymentUntil(fixture, isFinished, undefined, 5_000)).status).toBe('SUCCESSFUL');
  });

  it('reconciles what an unfinished deployment left, before it begins', async () => {
    const fixture = await startShifting(BLUE_GREEN);
    const blue = (await describe1(fixture.ecs)).deployments?.[0]?.id;
    await update(fixture.ecs, { taskDefinition: 'web' });
    await deploymentUntil(fixture, ({ lifecycleStage }) => lifecycleStage === 'BAKE_TIME');
    await update(fixture.ecs, { forceNewDeployment: true });
    fixture.region.advance(300);
    expect(await deployment(fixture.ecs)).toMatchObject({ lifecycleStage: 'RECONCILE_SERVICE', status: 'IN_PROGRESS' });
    await deploymentUntil(fixture, ({ lifecycleStage }) => lifecycleStage === 'SCALE_UP');
    const service = await describe1(fixture.ecs);
    const running = service.deployments?.filter(({ runningCount }) => runningCount === 2).map(({ id }) => id);
    expect(running).toEqual([blue]);
    const list = await fixture.ecs.send(new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web' }));
    expect(list.serviceDeployments?.map(({ status }) => status)).toEqual(['IN_PROGRESS', 'STOPPED', 'SUCCESSFUL']);
  });
});

describe('a canary deployment', () => {
  it('gives the new revision its percentage, waits, and then gives it all', async () => {
    const canaryConfiguration = { canaryPercent: 12.5, canaryBakeTimeInMinutes: 3 };
    const fixture = await startShifting({ strategy: 'CANARY', canaryConfiguration });
    await update(fixture.ecs, { taskDefinition: 'web' });
    const shifting = await deploymentUntil(fixture, (seen) => seen.lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT');
    expect(shifting.targetServiceRevision?.requestedProductionTrafficWeight).toBe(12.5);
    expect(shifting.sourceServiceRevisions?.[0]?.requestedProductionTrafficWeight).toBe(87.5);
    fixture.region.advance(2.5 * MINUTE_MS);
    expect((await deployment(fixture.ecs)).targetServiceRevision?.requestedProductionTrafficWeight).toBe(12.5);
    fixture.region.advance(MINUTE_MS);
    expect((await deployment(fixture.ecs)).targetServiceRevision?.requestedProductionTrafficWeight).toBe(100);
  });
});

describe('a linear deployment', () => {
  it('shifts traffic step by step', async () => {
    const linearConfiguration = { stepPercent: 25, stepBakeTimeInMinutes: 1 };
    const fixture = await startShifting({ strategy: 'LINEAR', linearConfiguration, bakeTimeInMinutes: 1 });
    await update(fixture.ecs, { taskDefinition: 'web' });
    const weights = new Set<number | undefined>();
    await deploymentUntil(
      fixture,
      isFinished,
      (seen) => weights.add(seen.targetServiceRevision?.requestedProductionTrafficWeight),
      5_000,
    );
    expect([...weights]).toEqual([0, 25, 50, 75, 100]);
  });
});

describe('a PAUSE hook', () => {
  const pause = (action?: 'CONTINUE' | 'ROLLBACK') => ({
    ...BLUE_GREEN,
    lifecycleHooks: [
      {
        targetType: 'PAUSE',
        lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
        timeoutConfiguration: { timeoutInMinutes: 30, ...(action === undefined ? {} : { action }) },
      },
    ],
  });

  async function startPaused(action?: 'CONTINUE' | 'ROLLBACK'): Promise<Fixture> {
    const fixture = await startShifting(pause(action));
    await update(fixture.ecs, { taskDefinition: 'web' });
    await deploymentUntil(fixture, ({ lifecycleStage }) => lifecycleStage === 'POST_TEST_TRAFFIC_SHIFT');
    fixture.region.advance(20 * MINUTE_MS);
    expect((await deployment(fixture.ecs)).lifecycleHookDetails).toMatchObject([
      { hookId: expect.stringMatching(/^ecs-pause-/), targetType: 'PAUSE', status: 'AWAITING_ACTION' },
    ]);
    return fixture;
  }

  it('holds the deployment until it is continued', async () => {
    const fixture = await startPaused();
    await answerHook(fixture.ecs, 'CONTINUE');
    await expectError(answerHook(fixture.ecs, 'CONTINUE'), 'InvalidParameterException', /not awaiting an action/);
    expect((await deploymentUntil(fixture, isFinished, undefined, 5_000)).status).toBe('SUCCESSFUL');
  });

  it('takes the deployment back when told so', async () => {
    const fixture = await startPaused();
    await answerHook(fixture.ecs, 'ROLLBACK');
    expect((await deployment(fixture.ecs)).status).toBe('ROLLBACK_REQUESTED');
    expect((await deploymentUntil(fixture, isFinished, undefined, 5_000)).status).toBe('ROLLBACK_SUCCESSFUL');
  });

  it.each([
    ['CONTINUE', 'SUCCESSFUL'],
    [undefined, 'ROLLBACK_SUCCESSFUL'],
  ] as const)('with the timeout action %s ends as %s when nobody answers', async (action, status) => {
    const fixture = await startPaused(action);
    fixture.region.advance(11 * MINUTE_MS);
    expect((await deploymentUntil(fixture, isFinished, undefined, 5_000)).status).toBe(status);
  });
});

describe('stopping a service deployment', () => {
  it('rolls it back, and cannot be done once it is finished', async () => {
    const fixture = await startPopulated();
    const { ecs } = fixture;
    const first = await createService(ecs);
    await advanceUntil(fixture, isCompleted);
    await register(ecs, 'web', 'sim/slow:10m');
    await update(ecs, { taskDefinition: 'web' });
    fixture.region.advance(5_000);
    const { serviceDeploymentArn } = await deployment(ecs);
    await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn }));
    expect((await deployment(ecs)).status).toBe('ROLLBACK_REQUESTED');
    await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
    const done = await deploymentUntil(fixture, isFinished);
    expect(done.status).toBe('ROLLBACK_SUCCESSFUL');
    expect((await describe1(ecs)).deployments?.[0]?.id).toBe(first.deployments?.[0]?.id);
    await expectError(
      ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn })),
      'ConflictException',
      /ROLLBACK_SUCCESSFUL/,
    );
  });

  it('refuses ABORT and deployments that are not there', async () => {
    const { ecs } = await startPopulated();
    await createService(ecs);
    const { serviceDeploymentArn = '' } = await deployment(ecs);
    await expectError(
      ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ABORT' })),
      'InvalidParameterException',
    );
    await expectError(
      ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: `${serviceDeploymentArn}x` })),
      'ServiceDeploymentNotFoundException',
    );
    await expectError(
      ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: 'web' })),
      'InvalidParameterException',
    );
  });

  it('finds nothing to go back to in a first deployment', async () => {
    const fixture = await startPopulated();
    await createService(fixture.ecs);
    const { serviceDeploymentArn, status } = await deployment(fixture.ecs);
    expect(status).toBe('PENDING');
    await fixture.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn }));
    expect((await deploymentUntil(fixture, isFinished)).status).toBe('ROLLBACK_FAILED');
  });
});
