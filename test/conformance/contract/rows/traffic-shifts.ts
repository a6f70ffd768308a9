import type {
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  LoadBalancer,
  ServiceDeployment,
} from '@aws-sdk/client-ecs';
import { expect } from 'vitest';
import type { Aws } from '../aws.ts';
import { createService, describeService, type Placed, primary } from '../builders.ts';
import { must, only, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

const ELB = 'arn:aws:elasticloadbalancing:us-east-1:123456789012';
const BALANCER: LoadBalancer = {
  targetGroupArn: `${ELB}:targetgroup/blue/1111111111111111`,
  containerName: 'app',
  containerPort: 80,
  advancedConfiguration: {
    alternateTargetGroupArn: `${ELB}:targetgroup/green/2222222222222222`,
    productionListenerRule: `${ELB}:listener-rule/app/lb/1/2/3`,
    testListenerRule: `${ELB}:listener-rule/app/lb/1/2/4`,
    roleArn: 'arn:aws:iam::123456789012:role/elb',
  },
};
const LAMBDA: DeploymentLifecycleHook = {
  hookTargetArn: 'arn:aws:lambda:us-east-1:123456789012:function:check',
  roleArn: 'arn:aws:iam::123456789012:role/hooks',
  lifecycleStages: ['POST_SCALE_UP'],
};
const PAUSE: DeploymentLifecycleHook = { targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] };

/** A steady service with that configuration; the first deployment has nothing to shift. */
async function steady(aws: Aws, deploymentConfiguration: DeploymentConfiguration): Promise<Placed> {
  const balanced = (deploymentConfiguration.strategy ?? 'ROLLING') !== 'ROLLING';
  const placed = await createService(aws, { deploymentConfiguration, loadBalancers: balanced ? [BALANCER] : [] });
  await aws.settle(600);
  return placed;
}

async function redeploy(
  aws: Aws,
  { cluster, serviceName: service }: Placed,
  deploymentConfiguration?: DeploymentConfiguration,
): Promise<void> {
  await aws.ecs.updateService({ cluster, service, forceNewDeployment: true, deploymentConfiguration });
}

async function newest(aws: Aws, { cluster, serviceName: service }: Placed): Promise<ServiceDeployment> {
  const { serviceDeployments } = await aws.ecs.listServiceDeployments({ cluster, service });
  const serviceDeploymentArns = [must(serviceDeployments?.[0]?.serviceDeploymentArn)];
  return only((await aws.ecs.describeServiceDeployments({ serviceDeploymentArns })).serviceDeployments);
}

/** What share of production traffic the new revision has had, second by second, without repetitions. */
async function weightsOf(aws: Aws, placed: Placed, seconds: number): Promise<(number | undefined)[]> {
  const weights: (number | undefined)[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const { targetServiceRevision, sourceServiceRevisions } = await newest(aws, placed);
    const weight = targetServiceRevision?.requestedProductionTrafficWeight;
    expect((weight ?? 0) + (sourceServiceRevisions?.[0]?.requestedProductionTrafficWeight ?? 0)).toBe(100);
    if (weights.at(-1) !== weight) weights.push(weight);
    await aws.settle(1);
  }
  return weights;
}

async function paused(aws: Aws): Promise<{ placed: Placed; serviceDeploymentArn: string; hookId: string }> {
  const placed = await steady(aws, { strategy: 'BLUE_GREEN' });
  await redeploy(aws, placed, { lifecycleHooks: [PAUSE] });
  await aws.settle(300);
  const deployment = await newest(aws, placed);
  const hook = only(deployment.lifecycleHookDetails);
  expect(hook).toMatchObject({ targetType: 'PAUSE', status: 'AWAITING_ACTION', timeoutAction: 'ROLLBACK' });
  expect(deployment).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT' });
  return { placed, serviceDeploymentArn: must(deployment.serviceDeploymentArn), hookId: must(hook.hookId) };
}

/** The API reference of DeploymentConfiguration and of the operations on service deployments; the guide is older than all of it. */
export const trafficShifts: readonly Row[] = [
  row(
    'API.BlueGreen',
    'BLUE_GREEN shifts all traffic at once and keeps both revisions for the bake time',
    async (aws) => {
      const placed = await steady(aws, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 });
      await redeploy(aws, placed);
      expect(await weightsOf(aws, placed, 30)).toEqual([0, 100]);
      expect(await newest(aws, placed)).toMatchObject({
        status: 'IN_PROGRESS',
        lifecycleStage: 'BAKE_TIME',
        targetServiceRevision: { runningTaskCount: 1 },
      });
      expect((await describeService(aws, placed)).runningCount).toBe(2);
      await aws.settle(120);
      expect((await newest(aws, placed)).status).toBe('SUCCESSFUL');
      expect((await describeService(aws, placed)).runningCount).toBe(1);
    },
  ),
  row('API.Canary', 'CANARY shifts its percentage, waits, and then shifts all', async (aws) => {
    const canaryConfiguration = { canaryPercent: 10, canaryBakeTimeInMinutes: 1 };
    const placed = await steady(aws, { strategy: 'CANARY', canaryConfiguration });
    await redeploy(aws, placed);
    expect(await weightsOf(aws, placed, 90)).toEqual([0, 10, 100]);
  }),
  row('API.Linear', 'LINEAR shifts in equal steps, and waits after each', async (aws) => {
    const linearConfiguration = { stepPercent: 40, stepBakeTimeInMinutes: 1 };
    const placed = await steady(aws, { strategy: 'LINEAR', linearConfiguration });
    await redeploy(aws, placed);
    expect(await weightsOf(aws, placed, 160)).toEqual([0, 40, 80, 100]);
  }),
  row('API.LinearDefaults', 'LINEAR and CANARY come back with 10 percent in 6 minutes, and 5 in 10', async (aws) => {
    const linear = await steady(aws, { strategy: 'LINEAR' });
    expect((await describeService(aws, linear)).deploymentConfiguration).toMatchObject({
      linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 6 },
    });
    const canary = await steady(aws, { strategy: 'CANARY' });
    expect((await describeService(aws, canary)).deploymentConfiguration).toMatchObject({
      canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 10 },
    });
  }),
  row('API.LinearStep', 'a step of LINEAR is at least 3 percent', async (aws) => {
    const linearConfiguration = { stepPercent: 2.9 };
    await refused(
      createService(aws, { deploymentConfiguration: { strategy: 'LINEAR', linearConfiguration } }),
      'InvalidParameterException',
    );
  }),
  row('API.LifecycleHook', 'a hook that fails rolls the deployment back', async (aws) => {
    const placed = await steady(aws, { strategy: 'BLUE_GREEN' });
    const before = await primary(aws, placed);
    await redeploy(aws, placed, { lifecycleHooks: [{ ...LAMBDA, hookTargetArn: `${LAMBDA.hookTargetArn}-sim-fail` }] });
    await aws.settle(300);
    expect(await newest(aws, placed)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      targetServiceRevision: { requestedProductionTrafficWeight: 0 },
    });
    expect((await primary(aws, placed)).id).toBe(before.id);
  }),
  row('API.LifecycleHookRole', 'a hook with a function needs a role to call it', async (aws) => {
    const lifecycleHooks = [{ ...LAMBDA, roleArn: undefined }];
    await refused(
      createService(aws, { deploymentConfiguration: { strategy: 'BLUE_GREEN', lifecycleHooks } }),
      'InvalidParameterException',
    );
  }),
  row('API.PauseStage', 'a PAUSE hook cannot be where traffic moves', async (aws) => {
    const lifecycleHooks: DeploymentLifecycleHook[] = [{ ...PAUSE, lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }];
    await refused(
      createService(aws, { deploymentConfiguration: { strategy: 'BLUE_GREEN', lifecycleHooks } }),
      'InvalidParameterException',
    );
  }),
  row('API.Pause', 'a PAUSE hook holds the deployment until it is continued', async (aws) => {
    const { placed, serviceDeploymentArn, hookId } = await paused(aws);
    await aws.ecs.continueServiceDeployment({ serviceDeploymentArn, hookId, action: 'CONTINUE' });
    await aws.settle(120);
    expect((await newest(aws, placed)).status).toBe('SUCCESSFUL');
  }),
  row('API.PauseRollback', 'a PAUSE hook that is answered with ROLLBACK takes the deployment back', async (aws) => {
    const { placed, serviceDeploymentArn, hookId } = await paused(aws);
    await aws.ecs.continueServiceDeployment({ serviceDeploymentArn, hookId, action: 'ROLLBACK' });
    await aws.settle(120);
    expect((await newest(aws, placed)).status).toBe('ROLLBACK_SUCCESSFUL');
  }),
  row('API.PauseTimeout', 'a PAUSE hook that nobody answers rolls back after a day', async (aws) => {
    const { placed } = await paused(aws);
    await aws.settle(24 * 3_600 - 600);
    expect((await newest(aws, placed)).status).toBe('IN_PROGRESS');
    await aws.settle(600);
    expect((await newest(aws, placed)).status).toBe('ROLLBACK_SUCCESSFUL');
  }),
  row(
    'API.StopServiceDeployment',
    'a deployment that is stopped goes back; one that is done cannot be',
    async (aws) => {
      const placed = await steady(aws, { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 });
      const before = await primary(aws, placed);
      await redeploy(aws, placed);
      await aws.settle(60);
      const { serviceDeploymentArn } = await newest(aws, placed);
      await aws.ecs.stopServiceDeployment({ serviceDeploymentArn, stopType: 'ROLLBACK' });
      await aws.settle(120);
      expect((await newest(aws, placed)).status).toBe('ROLLBACK_SUCCESSFUL');
      expect((await primary(aws, placed)).id).toBe(before.id);
      await refused(aws.ecs.stopServiceDeployment({ serviceDeploymentArn }), 'ConflictException');
    },
  ),
  row('AL-01', 'an alarm that goes off fails the deployment and rolls it back', async (aws) => {
    const name = aws.name('alarm');
    const alarms = { alarmNames: [name], enable: true, rollback: true };
    const placed = await steady(aws, { alarms, bakeTimeInMinutes: 5 });
    const before = await primary(aws, placed);
    await redeploy(aws, placed);
    await aws.settle(60);
    // All its tasks run, and still it may fail (AL-02).
    expect(await primary(aws, placed)).toMatchObject({ rolloutState: 'IN_PROGRESS', runningCount: 1 });
    await aws.alarm(name, 'ALARM');
    await aws.settle(60);
    expect(await newest(aws, placed)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      alarms: { status: 'TRIGGERED', triggeredAlarmNames: [name] },
    });
    expect(await primary(aws, placed)).toMatchObject({ id: before.id, rolloutState: 'COMPLETED' });
  }),
  row('AL-01b', 'without rollback an alarm leaves the deployment FAILED', async (aws) => {
    const name = aws.name('alarm');
    const alarms = { alarmNames: [name], enable: true, rollback: false };
    const placed = await steady(aws, { alarms, bakeTimeInMinutes: 5 });
    await redeploy(aws, placed);
    await aws.settle(60);
    await aws.alarm(name, 'ALARM');
    await aws.settle(60);
    expect((await primary(aws, placed)).rolloutState).toBe('FAILED');
    expect((await newest(aws, placed)).status).toBe('STOPPED');
  }),
  row('AL-04', 'an alarm that is in ALARM already when the deployment begins is ignored', async (aws) => {
    const name = aws.name('alarm');
    const alarms = { alarmNames: [name], enable: true, rollback: true };
    await aws.alarm(name, 'ALARM');
    const placed = await steady(aws, { alarms, bakeTimeInMinutes: 5 });
    expect((await newest(aws, placed)).status).toBe('SUCCESSFUL');
  }),
  row('AL-02', 'with alarms a rolling deployment is COMPLETED only after its bake time', async (aws) => {
    const alarms = { alarmNames: [aws.name('alarm')], enable: true, rollback: true };
    const placed = await steady(aws, { alarms, bakeTimeInMinutes: 5 });
    await redeploy(aws, placed);
    await aws.settle(290);
    expect((await primary(aws, placed)).rolloutState).toBe('IN_PROGRESS');
    await aws.settle(60);
    expect((await primary(aws, placed)).rolloutState).toBe('COMPLETED');
  }),
];
