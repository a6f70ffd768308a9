import { describe, expect, it } from 'vitest';
import { define, read, registerInstance, run, runContainers, startCluster } from './support.ts';

/** The codes of guide 4, 10.2. */
describe('a task that cannot start', () => {
  it.each([
    ['sim/cannot-pull', /^CannotPullContainerError: /],
    ['sim/cannot-start', /^CannotStartContainerError: failed to get container status: /],
    ['sim/cannot-create-volume', /^CannotCreateVolumeError: /],
    ['sim/log-driver', /^ResourceInitializationError: failed to initialize logging driver: /],
    [
      'sim/runtime-timeout',
      /^ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m: /,
    ],
    ['sim/runtime-error', /^ContainerRuntimeError: failed to create container IO set: /],
    ['sim/internal-error', /^InternalError: /],
  ])('says so on Fargate, and on EC2 in its container: %s', async (image, reason) => {
    const fixture = await startCluster();
    const task = await read(fixture, await runContainers(fixture, [{ image }]));
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(task.stoppedReason).toMatch(reason);
    expect(task.startedAt).toBeUndefined();
    await registerInstance(fixture);
    const taskDefinition = await define(fixture, [{ image, memory: 128 }], { networkMode: 'bridge' });
    const onEc2 = await read(
      fixture,
      await run(fixture, { taskDefinition, launchType: 'EC2', networkConfiguration: undefined }),
    );
    expect(onEc2).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start' });
    expect(onEc2.containers?.[0]?.reason).toMatch(reason);
  });

  it('says that its subnet has no address left', async () => {
    const fixture = await startCluster();
    const task = await read(fixture, await runContainers(fixture, [{ image: 'sim/no-address' }]));
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason:
        'Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in ' +
        "subnet 'subnet-1': InsufficientFreeAddressesInSubnet",
    });
    expect(task.pullStartedAt).toBeUndefined();
  });

  it('starts all the same when the container that cannot is not essential', async () => {
    const fixture = await startCluster();
    const containers = [{ image: 'sim/cannot-start', essential: false }, { image: 'nginx' }];
    const task = await read(fixture, await runContainers(fixture, containers));
    expect(task.lastStatus).toBe('RUNNING');
    expect(task.containers?.[0]).toMatchObject({
      lastStatus: 'STOPPED',
      reason: expect.stringMatching(/^CannotStart/),
    });
  });
});
