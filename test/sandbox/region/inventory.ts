import type { World } from './world.ts';

/**
 * What exists in a world, as ARNs or names: nothing that is only remembered, such as inactive clusters. One line for each sort of thing;
 * a service adds its own here, and `GET /_region/state` and the tests that look for what was left behind follow.
 */
const LISTS = {
  clusters: (world) =>
    [...world.ecs.clusters.values()].filter(({ status }) => status !== 'INACTIVE').map(({ arn }) => arn),
  services: (world) =>
    [...world.ecs.clusters.values()].flatMap(({ services }) =>
      [...services.values()].filter(({ status }) => status !== 'INACTIVE').map(({ arn }) => arn),
    ),
  taskDefinitions: (world) =>
    [...world.ecs.families.values()].flatMap(({ revisions }) =>
      [...revisions.values()].filter(({ status }) => status === 'ACTIVE').map(({ arn }) => arn),
    ),
  /** Tasks that are not STOPPED. */
  tasks: (world) =>
    [...world.ecs.clusters.values()].flatMap(({ tasks }) =>
      [...tasks.values()].filter(({ lastStatus }) => lastStatus !== 'STOPPED').map(({ arn }) => arn),
    ),
  /** Container instances that are not INACTIVE. */
  containerInstances: (world) => [...world.ecs.containerInstances.values()].map(({ arn }) => arn),
  capacityProviders: (world) =>
    [...world.ecs.capacityProviders.values()].filter(({ status }) => status !== 'INACTIVE').map(({ arn }) => arn),
  autoScalingGroups: (world) => [...world.autoScaling.groups.values()].map(({ arn }) => arn),
  launchTemplates: (world) => [...world.ec2.launchTemplates.keys()],
  /** EC2 instances that are not terminated. */
  instances: (world) =>
    [...world.ec2.instances.values()].filter(({ state }) => state !== 'terminated').map(({ id }) => id),
} satisfies Record<string, (world: World) => readonly string[]>;

export type Inventory = Readonly<Record<keyof typeof LISTS, readonly string[]>>;

/** Over all worlds given. */
export function inventoryOf(worlds: Iterable<World>): Inventory {
  const all = [...worlds];
  const list = (name: keyof Inventory): readonly string[] => all.flatMap((world) => LISTS[name](world));
  return {
    clusters: list('clusters'),
    services: list('services'),
    taskDefinitions: list('taskDefinitions'),
    tasks: list('tasks'),
    containerInstances: list('containerInstances'),
    capacityProviders: list('capacityProviders'),
    autoScalingGroups: list('autoScalingGroups'),
    launchTemplates: list('launchTemplates'),
    instances: list('instances'),
  };
}
