import { expect } from 'vitest';
import type { ClusterState } from '../../../../../sandbox/region/ecs/clusters/state.ts';
import { isServing } from '../../../../../sandbox/region/ecs/services/health/judge.ts';
import { lowerLimit, upperLimit } from '../../../../../sandbox/region/ecs/services/rollout.ts';
import type { ServiceDeploymentState, ServiceState } from '../../../../../sandbox/region/ecs/services/state.ts';
import { serviceView } from '../../../../../sandbox/region/ecs/services/view.ts';
import type { TaskDefinitionState } from '../../../../../sandbox/region/ecs/task-definitions/state.ts';
import type { TaskState } from '../../../../../sandbox/region/ecs/tasks/state.ts';
import type { World } from '../../../../../sandbox/region/world.ts';

const ENDING = ['DEACTIVATING', 'STOPPING', 'DEPROVISIONING', 'STOPPED'];

/** What no world may ever be like, whatever was done to it. */
export class Invariants {
  /** Service deployments as they were when they finished. */
  readonly #finished = new Map<ServiceDeploymentState, string>();

  check(world: World): void {
    for (const cluster of world.ecs.clusters.values()) this.#checkCluster(cluster);
    checkUsers(world);
  }

  #checkCluster(cluster: ClusterState): void {
    const tasks = [...cluster.tasks.values()];
    const live = tasks.filter((task) => task.desiredStatus === 'RUNNING');
    expect(cluster.runningTasks).toBe(live.filter((task) => task.lastStatus === 'RUNNING').length);
    expect(cluster.pendingTasks).toBe(live.filter((task) => task.lastStatus !== 'RUNNING').length);
    const services = [...cluster.services.values()];
    expect(cluster.activeServices).toBe(services.filter(({ status }) => status === 'ACTIVE').length);
    for (const task of tasks) {
      checkTask(task);
      checkOrigin(task);
    }
    if (cluster.status === 'INACTIVE') expect(live).toEqual([]);
    for (const service of services) this.#checkService(service);
  }

  #checkService(service: ServiceState): void {
    expect(service.events.length).toBeLessThanOrEqual(100);
    for (const task of service.targets.keys()) expect(service.tasks.has(task)).toBe(true);
    for (const task of service.unhealthy.keys()) expect(service.tasks.has(task)).toBe(true);
    this.#checkDeployments(service);
    checkView(service);
    switch (service.status) {
      case 'ACTIVE': {
        const groups = [...service.deployments, ...service.taskSets.map(({ deployment }) => deployment)];
        for (const task of service.tasks) {
          if (task.desiredStatus === 'RUNNING') expect(groups).toContain(task.deployment);
        }
        return;
      }
      case 'DRAINING':
        for (const task of service.tasks) expect(task.desiredStatus).toBe('STOPPED');
        return;
      case 'INACTIVE':
        expect(service.deployments).toEqual([]);
        expect(service.taskSets).toEqual([]);
        for (const task of service.tasks) expect(['STOPPING', 'DEPROVISIONING']).toContain(task.lastStatus);
    }
  }

  #checkDeployments(service: ServiceState): void {
    const [primary, ...old] = service.deployments;
    const going = service.serviceDeployments.filter(({ status }) =>
      ['PENDING', 'IN_PROGRESS', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'].includes(status),
    );
    expect(service.taskSets.filter(({ status }) => status === 'PRIMARY').length).toBeLessThanOrEqual(1);
    if (service.taskSets.length > 0) expect(service.deployments).toEqual([]);
    if (service.status === 'INACTIVE') expect(going).toEqual([]);
    if (service.status === 'ACTIVE') expect(going.length).toBe(primary?.rolloutState === 'IN_PROGRESS' ? 1 : 0);
    if (primary?.rolloutState === 'COMPLETED') {
      const deferred =
        service.serviceDeployments[0]?.configuration.earlySuccessCriteria?.sourceServiceRevisionCleanup === 'DEFERRED';
      if (!deferred) expect(old).toEqual([]);
    }
    if (primary !== undefined) expect(primary.revision.template).toBe(service.template);
    for (const { failedTasks } of service.deployments) expect(failedTasks).toBeGreaterThanOrEqual(0);
    for (const record of service.serviceDeployments) this.#checkRecord(record);
  }

  #checkRecord(record: ServiceDeploymentState): void {
    const { lifecycle } = record;
    for (const weight of [lifecycle?.productionWeight ?? 0, lifecycle?.testWeight ?? 0]) {
      expect(weight).toBeGreaterThanOrEqual(0);
      expect(weight).toBeLessThanOrEqual(100);
    }
    if (record.finishedAt === undefined) return;
    const { status, statusReason, updatedAt, finishedAt, stoppedAt, breaker, failureCount, alarms } = record;
    const now = JSON.stringify([
      status,
      statusReason,
      updatedAt,
      finishedAt,
      stoppedAt,
      breaker,
      failureCount,
      alarms,
      lifecycle,
    ]);
    expect(this.#finished.get(record) ?? now).toBe(now);
    this.#finished.set(record, now);
  }
}

function checkTask(task: TaskState): void {
  const ending = ENDING.includes(task.lastStatus);
  const stopped = task.lastStatus === 'STOPPED';
  hold(task, 'desired status', (task.desiredStatus === 'STOPPED') === ending);
  hold(task, 'stop code', (task.stopCode !== undefined) === ending);
  hold(task, 'stop time', (task.stoppedAt !== undefined) === stopped);
  hold(task, 'start time', task.lastStatus !== 'RUNNING' || task.startedAt !== undefined);
  hold(task, 'health', !task.healthy || task.lastStatus === 'RUNNING');
  hold(task, 'service', (task.service?.tasks.has(task) ?? false) === (!stopped && task.service !== undefined));
  hold(task, 'instance', stopped || (task.containerInstance?.tasks.has(task) ?? true));
}

/** A task that is to run belongs to a service that is there and wants tasks, or to a run of somebody's. */
function checkOrigin(task: TaskState): void {
  const { service, deployment, cluster, desiredStatus } = task;
  hold(task, 'origin', (service === undefined) === (deployment === undefined));
  if (service === undefined) hold(task, 'group', task.group.startsWith('family:'));
  else if (desiredStatus === 'RUNNING') {
    hold(task, 'owner', cluster.services.get(service.name) === service && service.status === 'ACTIVE');
  }
}

/** There are thousands of tasks in the course of a test: too many for `expect`. */
function hold({ id, lastStatus }: TaskState, what: string, holds: boolean): void {
  if (!holds) throw new Error(`the ${what} of task ${id}, which is ${lastStatus}, is wrong`);
}

/** What is answered is what is there, and not what was there when it was last asked for. */
function checkView(service: ServiceState): void {
  const seen = serviceView(service, false);
  const live = [...service.tasks].filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
  expect(seen.runningCount).toBe(live.filter(({ lastStatus }) => lastStatus === 'RUNNING').length);
  expect(seen.pendingCount).toBe(live.filter(({ lastStatus }) => lastStatus !== 'RUNNING').length);
  service.view = undefined;
  expect(seen).toEqual(serviceView(service, false));
}

/** Every use of a task definition is counted once, so that a deletion ends exactly when the last use does. */
function checkUsers(world: World): void {
  const users = new Map<TaskDefinitionState, number>();
  for (const definition of [...world.ecs.clusters.values()].flatMap(usesIn)) {
    users.set(definition, (users.get(definition) ?? 0) + 1);
  }
  for (const { revisions } of world.ecs.families.values()) {
    for (const definition of revisions.values()) expect(definition.users).toBe(users.get(definition) ?? 0);
  }
}

function usesIn(cluster: ClusterState): TaskDefinitionState[] {
  const tasks = [...cluster.tasks.values()].filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const deployments = [...cluster.services.values()].flatMap((service) => [
    ...service.deployments,
    ...service.taskSets.map(({ deployment }) => deployment),
  ]);
  return [
    ...tasks.map(({ taskDefinition }) => taskDefinition),
    ...deployments.map(({ revision }) => revision.template.taskDefinition),
  ];
}

/**
 * One look of the scheduler never starts a task above the maximum, nor stops one that serves below the minimum: checked at the look itself,
 * because afterwards somebody may have changed the limits.
 */
export function checkLook(_world: World, service: ServiceState, look: () => void): void {
  const before = [...service.tasks];
  const servingBefore = before.filter((task) => isServing(service, task));
  look();
  const record = service.serviceDeployments[0];
  const rolling = record !== undefined && record.lifecycle === undefined && service.taskSets.length === 0;
  if (service.status !== 'ACTIVE' || service.settings.schedulingStrategy === 'DAEMON' || !rolling) return;
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.deploymentConfiguration;
  const after = [...service.tasks];
  if (after.some((task) => !before.includes(task))) {
    const occupying = after.filter(({ lastStatus }) => lastStatus !== 'DEPROVISIONING');
    expect(occupying.length).toBeLessThanOrEqual(upperLimit(service.desiredCount, maximumPercent));
  }
  const serving = after.filter((task) => isServing(service, task));
  if (servingBefore.some((task) => !serving.includes(task))) {
    const lower = Math.min(lowerLimit(service.desiredCount, minimumHealthyPercent), service.desiredCount);
    expect(serving.length).toBeGreaterThanOrEqual(lower);
  }
}
