import type { LoadBalancer } from '@aws-sdk/client-ecs';
import type { World } from '../../../world.ts';
import { unhealthyTargetAfterMs } from '../../tasks/behaviour.ts';
import type { TaskState } from '../../tasks/state.ts';
import { addEvent, addGroupEvent, EVENT, groupName } from '../events.ts';
import type { RevisionState, ServiceState } from '../state.ts';
import { becameHealthy, becameUnhealthy } from './judge.ts';
import type { TargetState } from './state.ts';

/** Two health checks in a row, 30 seconds apart, make a target unhealthy (guide 4, section 14). */
const UNHEALTHY_MS = 60_000;

/** The groups of a revision's tasks: with blue/green, every other revision is in the alternate ones. */
export function groupsOf(revision: RevisionState): readonly { readonly group: string; readonly entry: LoadBalancer }[] {
  return revision.template.loadBalancers.map((entry) => ({
    group:
      (revision.alternate ? entry.advancedConfiguration?.alternateTargetGroupArn : undefined) ??
      entry.targetGroupArn ??
      entry.loadBalancerName ??
      '',
    entry,
  }));
}

interface Followed {
  readonly registered: Map<string, number>;
  readonly deregistered: Map<string, number>;
  /** By deployment. */
  readonly draining: Map<string, number>;
}

/** Registers the tasks that run with their load balancers, deregisters those that are to stop, and says so for all of them at once. */
export function followTargets(world: World, service: ServiceState): void {
  const followed: Followed = { registered: new Map(), deregistered: new Map(), draining: new Map() };
  for (const task of service.tasks) follow(world, service, task, followed);
  for (const [group, number] of followed.registered) addEvent(world, service, EVENT.registered(number, group));
  for (const [group, number] of followed.deregistered) addEvent(world, service, EVENT.deregistered(number, group));
  for (const [id, number] of followed.draining) addGroupEvent(world, service, id, EVENT.draining(number));
}

function follow(world: World, service: ServiceState, task: TaskState, followed: Followed): void {
  const targets = service.targets.get(task);
  if (task.lastStatus === 'RUNNING' && targets === undefined) {
    for (const { group } of register(world, service, task)) count(followed.registered, group);
  } else if (task.desiredStatus === 'STOPPED' && targets !== undefined && isRegistered(targets)) {
    for (const { group } of deregister(targets)) count(followed.deregistered, group);
    count(followed.draining, task.deployment?.id ?? '');
  }
}

const isRegistered = (targets: readonly TargetState[]): boolean => targets.some(({ health }) => health !== 'draining');

function deregister(targets: readonly TargetState[]): readonly TargetState[] {
  for (const target of targets) target.health = 'draining';
  return targets;
}

function register(world: World, service: ServiceState, task: TaskState): readonly TargetState[] {
  const revision = task.deployment?.revision;
  if (revision === undefined || revision.template.loadBalancers.length === 0) return [];
  const targets: TargetState[] = [];
  for (const { group, entry } of groupsOf(revision)) {
    const target: TargetState = { group, port: entry.containerPort ?? 0, health: 'initial' };
    targets.push(target);
    const failsAfterMs = unhealthyTargetAfterMs(task.taskDefinition, entry.containerName);
    if (failsAfterMs !== 0) {
      world.agenda.after(world.timings.target, () => {
        if (target.health !== 'initial') return;
        target.health = 'healthy';
        becameHealthy(world, service, task);
      });
    }
    if (failsAfterMs !== undefined) {
      world.agenda.after(failsAfterMs + UNHEALTHY_MS, () => {
        if (target.health === 'draining' || task.lastStatus !== 'RUNNING') return;
        target.health = 'unhealthy';
        becameUnhealthy(world, service, task, {
          event: EVENT.unhealthyTarget(target.port, group),
          stoppedReason: `Task failed ELB health checks in (${groupName(group)})`,
        });
      });
    }
  }
  service.targets.set(task, targets);
  return targets;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
