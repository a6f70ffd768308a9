import { PutClusterCapacityProvidersCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { containersOf, define, read, run, runContainers, startCluster, stop } from './support.ts';

const CHECK = { command: ['CMD', 'true'], interval: 10, retries: 2 };

describe('an essential container', () => {
  it('takes the whole task with it when it exits (CD-03)', async () => {
    const fixture = await startCluster();
    const task = await read(fixture, await runContainers(fixture, [{ image: 'sim/exit:3' }, { image: 'nginx' }]));
    expect(containersOf(task)).toBe('c0 STOPPED 3, c1 STOPPED 0');
    expect(task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    });
  });

  it('that is not essential does not', async () => {
    const fixture = await startCluster();
    const arn = await runContainers(fixture, [{ image: 'nginx' }, { image: 'sim/exit:3', essential: false }]);
    fixture.region.advance(60_000);
    const task = await read(fixture, arn);
    expect(containersOf(task)).toBe('c0 RUNNING, c1 STOPPED 3');
    expect(task.lastStatus).toBe('RUNNING');
  });

  it('exits when its image says', async () => {
    const fixture = await startCluster();
    const arn = await runContainers(fixture, [{ image: 'sim/exit-after:30s' }]);
    fixture.region.advance(29_999);
    expect((await read(fixture, arn)).lastStatus).toBe('RUNNING');
    fixture.region.advance(1);
    expect(containersOf(await read(fixture, arn))).toBe('c0 STOPPED 0');
  });

  it('that runs out of memory says so', async () => {
    const fixture = await startCluster();
    const task = await read(fixture, await runContainers(fixture, [{ image: 'sim/oom' }]));
    expect(task.containers?.[0]).toMatchObject({
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    });
    expect(task.stopCode).toBe('EssentialContainerExited');
  });
});

describe('a task that cannot start', () => {
  it.each([
    ['sim/cannot-pull', /^CannotPullContainerError: /],
    ['sim/secret-missing', /^ResourceInitializationError: unable to pull secrets or registry auth: .*ResourceNotFound/],
  ])('for %s names the cause', async (image, reason) => {
    const fixture = await startCluster();
    const task = await read(fixture, await runContainers(fixture, [{ image }]));
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(task.stoppedReason).toMatch(reason);
    expect(task.startedAt).toBeUndefined();
    expect(task.containers?.[0]?.exitCode).toBeUndefined();
  });

  it('names the secret', async () => {
    const fixture = await startCluster();
    const valueFrom = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:db';
    const secrets = [{ name: 'DB', valueFrom }];
    const taskDefinition = await define(fixture, [{ image: 'sim/secret-missing', secrets }], {
      executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    });
    expect((await read(fixture, await run(fixture, { taskDefinition }))).stoppedReason).toContain(valueFrom);
  });

  it('starts all the same when the container is not essential', async () => {
    const fixture = await startCluster();
    const arn = await runContainers(fixture, [{ image: 'nginx' }, { image: 'sim/cannot-pull', essential: false }]);
    const task = await read(fixture, arn);
    expect(task.lastStatus).toBe('RUNNING');
    expect(task.containers?.[1]?.reason).toMatch(/^CannotPullContainerError: /);
  });
});

describe('dependsOn', () => {
  const init = (image: string) => ({ name: 'init', image, essential: false });
  const app = (condition: 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY') => ({
    name: 'app',
    image: 'nginx',
    dependsOn: [{ containerName: 'init', condition }],
  });

  it.each(['COMPLETE', 'SUCCESS'] as const)(
    '%s lets a container start once the other has exited',
    async (condition) => {
      const fixture = await startCluster();
      const arn = await runContainers(fixture, [app(condition), init('sim/exit-after:20s')]);
      fixture.region.advance(19_999);
      const before = await read(fixture, arn);
      expect(containersOf(before)).toBe('app PENDING, init RUNNING');
      expect(before.lastStatus).toBe('PENDING');
      fixture.region.advance(1);
      const after = await read(fixture, arn);
      expect(containersOf(after)).toBe('app RUNNING, init STOPPED 0');
      expect(after.lastStatus).toBe('RUNNING');
    },
  );

  it.each([
    ['COMPLETE', 'app RUNNING, init STOPPED 1', 'RUNNING'],
    ['SUCCESS', 'app STOPPED, init STOPPED 1', 'STOPPED'],
  ] as const)('%s and an exit code of 1: %s (TD-42)', async (condition, containers, status) => {
    const fixture = await startCluster();
    const task = await read(fixture, await runContainers(fixture, [app(condition), init('sim/exit:1')]));
    expect(containersOf(task)).toBe(containers);
    expect(task.lastStatus).toBe(status);
    expect(task.stopCode).toBe(status === 'STOPPED' ? 'TaskFailedToStart' : undefined);
  });

  it('HEALTHY waits for the health check of the other', async () => {
    const fixture = await startCluster({ timings: { pulling: 0, provisioning: 0 }, speed: 0 });
    const arn = await runContainers(fixture, [app('HEALTHY'), { ...init('nginx'), healthCheck: CHECK }]);
    fixture.region.advance(9_999);
    expect(containersOf(await read(fixture, arn))).toBe('app PENDING, init RUNNING');
    fixture.region.advance(1);
    expect(containersOf(await read(fixture, arn))).toBe('app RUNNING, init RUNNING');
  });

  it('START is met by a container that has been started, and not by one that could not be', async () => {
    const fixture = await startCluster();
    expect(containersOf(await read(fixture, await runContainers(fixture, [app('START'), init('nginx')])))).toBe(
      'app RUNNING, init RUNNING',
    );
    const failed = await read(fixture, await runContainers(fixture, [app('START'), init('sim/cannot-pull')]));
    expect(failed).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(failed.containers?.[0]?.reason).toContain('[init]');
  });

  it('gives up after the start timeout of the container that is waited for (TD-43)', async () => {
    const fixture = await startCluster();
    const slow = { ...init('sim/exit-after:5m'), startTimeout: 60 };
    const arn = await runContainers(fixture, [app('SUCCESS'), slow]);
    fixture.region.advance(59_999);
    expect((await read(fixture, arn)).lastStatus).toBe('PENDING');
    fixture.region.advance(1);
    expect(await read(fixture, arn)).toMatchObject({ desiredStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
  });

  it('stops containers in the reverse order', async () => {
    const fixture = await startCluster({ timings: 'realistic', speed: 0 });
    const arn = await runContainers(fixture, [app('START'), init('nginx')]);
    fixture.region.advance(10_000);
    await stop(fixture, arn);
    fixture.region.advance(1_500);
    expect(containersOf(await read(fixture, arn))).toBe('app STOPPED 0, init RUNNING');
    fixture.region.advance(1_000);
    expect(containersOf(await read(fixture, arn))).toBe('app STOPPED 0, init STOPPED 0');
  });
});

describe('container health', () => {
  it('is UNKNOWN, then HEALTHY, for container and task', async () => {
    const fixture = await startCluster({ timings: 'realistic', speed: 0 });
    const arn = await runContainers(fixture, [{ image: 'nginx', healthCheck: CHECK }]);
    fixture.region.advance(5_000);
    expect(await read(fixture, arn)).toMatchObject({
      healthStatus: 'UNKNOWN',
      containers: [{ healthStatus: 'UNKNOWN' }],
    });
    fixture.region.advance(15_000);
    expect(await read(fixture, arn)).toMatchObject({
      healthStatus: 'HEALTHY',
      containers: [{ healthStatus: 'HEALTHY' }],
    });
  });

  it('of a task is that of its worst essential container', async () => {
    const fixture = await startCluster();
    const good = { image: 'nginx', healthCheck: CHECK };
    const bad = { image: 'sim/unhealthy', healthCheck: CHECK };
    const healthOf = async (...containers: Parameters<typeof runContainers>[1][]): Promise<string | undefined> => {
      const arn = await runContainers(fixture, containers.flat());
      fixture.region.advance(60_000);
      return (await read(fixture, arn)).healthStatus;
    };
    expect(await healthOf([good, bad])).toBe('UNHEALTHY');
    expect(await healthOf([good, { ...bad, essential: false }])).toBe('HEALTHY');
    expect(await healthOf([good, { image: 'nginx' }])).toBe('UNKNOWN');
    expect(await healthOf([{ image: 'sim/unhealthy' }])).toBe('UNKNOWN');
  });

  it('does not stop a standalone task', async () => {
    const fixture = await startCluster();
    const arn = await runContainers(fixture, [{ image: 'sim/unhealthy', healthCheck: CHECK }]);
    fixture.region.advance(600_000);
    expect(await read(fixture, arn)).toMatchObject({ lastStatus: 'RUNNING', healthStatus: 'UNHEALTHY' });
  });
});

describe('a container that ignores SIGTERM', () => {
  it.each([
    [undefined, 30_000],
    [90, 90_000],
  ])('is killed after its stop timeout (%s)', async (stopTimeout, timeoutMs) => {
    const fixture = await startCluster();
    const arn = await runContainers(fixture, [{ image: 'sim/ignore-sigterm', stopTimeout }]);
    await stop(fixture, arn);
    fixture.region.advance(timeoutMs - 1);
    expect((await read(fixture, arn)).lastStatus).toBe('STOPPING');
    fixture.region.advance(1);
    expect(containersOf(await read(fixture, arn))).toBe('c0 STOPPED 137');
  });
});

describe('a task on Fargate Spot', () => {
  it.each([
    ['FARGATE_SPOT', 'STOPPED', 'SpotInterruption', 'Your Spot Task was interrupted.'],
    ['FARGATE', 'RUNNING', undefined, undefined],
  ])('is interrupted when its image says; on %s', async (capacityProvider, lastStatus, stopCode, stoppedReason) => {
    const fixture = await startCluster();
    await fixture.ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'main',
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [{ capacityProvider, weight: 1 }],
      }),
    );
    await define(fixture, [{ image: 'sim/spot-interrupted-after:5m' }]);
    const arn = await run(fixture, { launchType: undefined });
    fixture.region.advance(299_999);
    expect((await read(fixture, arn)).lastStatus).toBe('RUNNING');
    fixture.region.advance(1);
    const task = await read(fixture, arn);
    expect(task).toMatchObject({ lastStatus, capacityProviderName: capacityProvider });
    expect([task.stopCode, task.stoppedReason]).toEqual([stopCode, stoppedReason]);
  });
});

describe('a restart policy', () => {
  const policy = { enabled: true, restartAttemptPeriod: 60 };

  it('starts a container again that has run long enough', async () => {
    const fixture = await startCluster();
    const arn = await runContainers(fixture, [{ image: 'sim/exit-after:90s-1', restartPolicy: policy }]);
    const first = (await read(fixture, arn)).containers?.[0]?.runtimeId;
    fixture.region.advance(100_000);
    const task = await read(fixture, arn);
    expect(task.lastStatus).toBe('RUNNING');
    expect(containersOf(task)).toBe('c0 RUNNING');
    expect(task.containers?.[0]?.runtimeId).not.toBe(first);
    fixture.region.advance(200_000);
    expect((await read(fixture, arn)).lastStatus).toBe('RUNNING');
  });

  it.each([
    ['that has exited too early', 'sim/exit-after:30s-1', policy],
    ['whose exit code is ignored', 'sim/exit-after:90s-1', { ...policy, ignoredExitCodes: [1] }],
    ['when it is not enabled', 'sim/exit-after:90s-1', { ...policy, enabled: false }],
  ])('leaves a container %s', async (_, image, restartPolicy) => {
    const fixture = await startCluster();
    const arn = await runContainers(fixture, [{ image, restartPolicy }]);
    fixture.region.advance(100_000);
    expect((await read(fixture, arn)).stopCode).toBe('EssentialContainerExited');
  });
});
