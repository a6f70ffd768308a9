import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TaskState, TaskStatus } from '../../../../../sandbox/region/ecs/tasks/state.ts';
import { Machine } from '../world/machine.ts';

const IMAGES = [
  'nginx',
  'sim/exit:0',
  'sim/exit:1',
  'sim/exit-after:5s',
  'sim/cannot-pull',
  'sim/slow:7s',
  'sim/unhealthy',
  'sim/oom',
  'sim/ignore-sigterm',
];

const container = fc.record({
  image: fc.constantFrom(...IMAGES),
  essential: fc.boolean(),
  checked: fc.boolean(),
  restarts: fc.boolean(),
  startTimeout: fc.option(fc.integer({ min: 2, max: 20 }), { nil: undefined }),
  /** Each depends on those before it, so that there is no cycle. */
  conditions: fc.array(fc.constantFrom('START', 'COMPLETE', 'SUCCESS', 'HEALTHY'), { maxLength: 3 }),
});

type Container = typeof container extends fc.Arbitrary<infer T> ? T : never;

/** Definitions that RegisterTaskDefinition takes: the last container is essential, and conditions fit their targets. */
function definitions(containers: readonly Container[]): object[] {
  const targetOf = (index: number) => containers[index];
  return containers.map(({ image, essential, checked, restarts, startTimeout, conditions }, index) => ({
    name: `c${index}`,
    image,
    memory: 128,
    essential: essential || index === containers.length - 1,
    startTimeout,
    ...(checked ? { healthCheck: { command: ['CMD', 'true'], interval: 5, retries: 1 } } : {}),
    ...(restarts ? { restartPolicy: { enabled: true, restartAttemptPeriod: 60 } } : {}),
    dependsOn: conditions.flatMap((condition, offset) => {
      const target = targetOf(index - 1 - offset);
      if (target === undefined || (condition === 'HEALTHY' && !target.checked)) return [];
      if ((condition === 'COMPLETE' || condition === 'SUCCESS') && target.essential) return [];
      return [{ containerName: `c${index - 1 - offset}`, condition }];
    }),
  }));
}

const ORDER: readonly TaskStatus[] = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
];

/** A world in which that one task has just been started. */
function startWorld(containers: readonly Container[], awsvpc: boolean): { machine: Machine; task: TaskState } {
  const machine = new Machine((_world, _service, look) => look());
  machine.call('CreateCluster', { clusterName: 'main' });
  machine.call('RegisterTaskDefinition', {
    family: 'it',
    networkMode: awsvpc ? 'awsvpc' : 'bridge',
    ...(awsvpc ? { cpu: '1024', memory: '2048' } : {}),
    containerDefinitions: definitions(containers),
  });
  machine.call('RegisterContainerInstance', {
    cluster: 'main',
    instanceIdentityDocument: '{"instanceId": "i-0123456789abcdef0"}',
    totalResources: [
      { name: 'CPU', integerValue: 1024 },
      { name: 'MEMORY', integerValue: 2048 },
    ],
  });
  machine.call('RunTask', {
    cluster: 'main',
    taskDefinition: 'it',
    launchType: awsvpc ? 'FARGATE' : 'EC2',
    ...(awsvpc ? { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } } : {}),
  });
  const [task] = [...(machine.world.ecs.clusters.get('main')?.tasks.values() ?? [])];
  if (task === undefined) throw new Error('no task');
  return { machine, task };
}

it('a task only goes forward, and once it is stopped nothing of it is left', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 1, maxLength: 12 });
  const containersOf = fc.array(container, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(containersOf, steps, fc.boolean(), (containers, waits, awsvpc) => {
      const { machine, task } = startWorld(containers, awsvpc);
      let last = ORDER.indexOf(task.lastStatus);
      for (const wait of waits) {
        machine.wait(wait);
        expect(ORDER.indexOf(task.lastStatus)).toBeGreaterThanOrEqual(last);
        last = ORDER.indexOf(task.lastStatus);
        checkAlive(task);
      }
      machine.call('StopTask', { cluster: 'main', task: task.id });
      machine.wait(600_000);
      checkStopped(task);
    }),
    { numRuns: 200 },
  );
});

function checkStopped(task: TaskState): void {
  expect(task).toMatchObject({ lastStatus: 'STOPPED', healthy: false });
  expect(task.stopCode).toBeDefined();
  expect(task.containers.map(({ lastStatus }) => lastStatus)).toEqual(task.containers.map(() => 'STOPPED'));
  // Only what has been started has an exit code.
  expect(task.containers.map(({ exitCode }) => exitCode !== undefined)).toEqual(
    task.containers.map(({ startedAt }) => startedAt !== undefined),
  );
  const { cluster, taskDefinition, containerInstance } = task;
  expect([cluster.runningTasks, cluster.pendingTasks, taskDefinition.users]).toEqual([0, 0, 0]);
  expect(containerInstance?.tasks.size ?? 0).toBe(0);
}

/** What must hold of a task that nobody has asked to stop. */
function checkAlive(task: TaskState): void {
  const { runningTasks, pendingTasks } = task.cluster;
  expect(runningTasks + pendingTasks).toBe(task.desiredStatus === 'RUNNING' ? 1 : 0);
  if (task.desiredStatus === 'STOPPED') return;
  if (task.lastStatus === 'RUNNING') {
    for (const { lastStatus, definition } of task.containers) {
      expect(lastStatus).not.toBe('PENDING');
      if (definition.essential !== false) expect(lastStatus).toBe('RUNNING');
    }
  } else {
    expect(task.healthy).toBe(false);
  }
}
