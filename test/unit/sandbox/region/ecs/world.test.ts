import fc from 'fast-check';
import { expect, it } from 'vitest';
import { systemClock } from '../../../../../src/clock.ts';
import type { ClusterState } from '../../../../sandbox/region/ecs/clusters/state.ts';
import type { ServiceState } from '../../../../sandbox/region/ecs/services/state.ts';
import type { TaskDefinitionState } from '../../../../sandbox/region/ecs/task-definitions/state.ts';
import { AwsError } from '../../../../sandbox/region/errors.ts';
import { readCall } from '../../../../sandbox/region/protocol.ts';
import { simulatedTime } from '../../../../sandbox/region/time.ts';
import { REALISTIC } from '../../../../sandbox/region/timings.ts';
import type { World } from '../../../../sandbox/region/world.ts';
import { Worlds } from '../../../../sandbox/region/worlds.ts';

const ACCOUNT = '123456789012';
const REGION = 'eu-central-1';
const SERVICES = ['a', 'b'];
const FAMILIES = ['good', 'exits', 'unpullable', 'slow'];
const IMAGES: Readonly<Record<string, string>> = {
  good: 'nginx',
  exits: 'sim/exit:1',
  unpullable: 'sim/cannot-pull',
  slow: 'sim/slow:20s',
};

/** Something a user or time does. */
type Action =
  | { readonly kind: 'call'; readonly operation: string; readonly input: object }
  | { readonly kind: 'stopATask' }
  | { readonly kind: 'wait'; readonly ms: number };

class Machine {
  readonly #worlds = new Worlds(simulatedTime(systemClock, 0), REALISTIC);

  get world(): World {
    return this.#worlds.at(ACCOUNT, REGION);
  }

  /** Errors that AWS would answer are part of life; anything else fails the test. */
  call(operation: string, input: object): void {
    const headers = {
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/${REGION}/ecs/aws4_request, SignedHeaders=h, Signature=s`,
    };
    try {
      readCall(headers, JSON.stringify(input)).run(this.#worlds);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
  }

  perform(action: Action): void {
    switch (action.kind) {
      case 'call':
        this.call(action.operation, action.input);
        return;
      case 'stopATask': {
        const [cluster] = this.world.ecs.clusters.values();
        const task = [...(cluster?.tasks.values() ?? [])].at(-1);
        this.call('StopTask', { cluster: 'main', task: task?.id ?? 'none' });
        return;
      }
      case 'wait':
        this.#worlds.advance(action.ms);
    }
  }
}

function register(machine: Machine, family: string): void {
  machine.call('RegisterTaskDefinition', registration(family));
}

const registration = (family: string): object => ({
  family,
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'app', image: IMAGES[family] }],
});

const serviceName = fc.constantFrom(...SERVICES);
const family = fc.constantFrom(...FAMILIES);
const desiredCount = fc.integer({ min: 0, max: 4 });
const deploymentConfiguration = fc.record({
  minimumHealthyPercent: fc.constantFrom(0, 50, 100),
  maximumPercent: fc.constantFrom(125, 150, 200),
  deploymentCircuitBreaker: fc.record({ enable: fc.boolean(), rollback: fc.boolean() }),
});
const call = <T extends object>(operation: string, input: fc.Arbitrary<T>): fc.Arbitrary<Action> =>
  input.map((value) => ({ kind: 'call', operation, input: value }));

const action: fc.Arbitrary<Action> = fc.oneof(
  call(
    'CreateService',
    fc.record({ serviceName, taskDefinition: family, desiredCount, deploymentConfiguration }).map((input) => ({
      ...input,
      cluster: 'main',
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['s'] } },
    })),
  ),
  call(
    'UpdateService',
    fc
      .record(
        {
          service: serviceName,
          taskDefinition: family,
          desiredCount,
          deploymentConfiguration,
          forceNewDeployment: fc.boolean(),
        },
        { requiredKeys: ['service'] },
      )
      .map((input) => ({ ...input, cluster: 'main' })),
  ),
  call(
    'DeleteService',
    fc.record({ service: serviceName, force: fc.boolean() }).map((input) => ({ ...input, cluster: 'main' })),
  ),
  call('RegisterTaskDefinition', family.map(registration)),
  call(
    'DeregisterTaskDefinition',
    fc
      .tuple(family, fc.integer({ min: 1, max: 3 }))
      .map(([name, revision]) => ({ taskDefinition: `${name}:${revision}` })),
  ),
  call(
    'DeleteTaskDefinitions',
    family.map((name) => ({ taskDefinitions: [`${name}:1`] })),
  ),
  call('DeleteCluster', fc.constant({ cluster: 'main' })),
  call('CreateCluster', fc.constant({ clusterName: 'main' })),
  fc.constant<Action>({ kind: 'stopATask' }),
  fc.integer({ min: 50, max: 30_000 }).map<Action>((ms) => ({ kind: 'wait', ms })),
  fc.integer({ min: 50, max: 2_000 }).map<Action>((ms) => ({ kind: 'wait', ms })),
);

/** A rollout of what fails over what ran, which chance alone would seldom make. */
const failingRollout: fc.Arbitrary<Action[]> = fc
  .tuple(serviceName, fc.constantFrom('exits', 'unpullable'), fc.boolean(), fc.integer({ min: 50, max: 60_000 }))
  .map(([service, taskDefinition, rollback, ms]) => {
    const update = (input: object): Action => ({
      kind: 'call',
      operation: 'UpdateService',
      input: { cluster: 'main', service, ...input },
    });
    const breaker = { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback } } };
    return [
      update({ taskDefinition: 'good' }),
      { kind: 'wait', ms: 60_000 },
      update({ taskDefinition, ...breaker }),
      { kind: 'wait', ms },
    ];
  });

const actions = fc
  .array(fc.oneof({ weight: 8, arbitrary: action.map((each) => [each]) }, { weight: 1, arbitrary: failingRollout }), {
    minLength: 5,
    maxLength: 40,
  })
  .map((groups) => groups.flat());

function checkCluster(cluster: ClusterState): void {
  const tasks = [...cluster.tasks.values()];
  const live = tasks.filter((task) => task.desiredStatus === 'RUNNING');
  expect(cluster.runningTasks).toBe(live.filter((task) => task.lastStatus === 'RUNNING').length);
  expect(cluster.pendingTasks).toBe(live.filter((task) => task.lastStatus !== 'RUNNING').length);
  const services = [...cluster.services.values()];
  expect(cluster.activeServices).toBe(services.filter(({ status }) => status === 'ACTIVE').length);
  for (const task of tasks) {
    const ending = ['DEACTIVATING', 'STOPPING', 'DEPROVISIONING', 'STOPPED'].includes(task.lastStatus);
    expect(task.desiredStatus === 'STOPPED').toBe(ending);
    expect(task.stopCode !== undefined).toBe(ending);
    expect(task.stoppedAt !== undefined).toBe(task.lastStatus === 'STOPPED');
    if (task.lastStatus === 'RUNNING') expect(task.startedAt).toBeDefined();
    if (task.healthy) expect(task.lastStatus).toBe('RUNNING');
    expect(task.service?.tasks.has(task) ?? false).toBe(task.lastStatus !== 'STOPPED' && task.service !== undefined);
  }
  if (cluster.status === 'INACTIVE') expect(live).toEqual([]);
  services.forEach(checkService);
}

function checkService(service: ServiceState): void {
  expect(service.events.length).toBeLessThanOrEqual(100);
  const [primary, ...old] = service.deployments;
  const inProgress = service.serviceDeployments.filter(({ status }) => /IN_PROGRESS$/.test(status));
  switch (service.status) {
    case 'ACTIVE':
      expect(primary).toBeDefined();
      expect(primary?.revision.template).toEqual(service.template);
      expect(inProgress.length).toBe(primary?.rolloutState === 'IN_PROGRESS' ? 1 : 0);
      if (primary?.rolloutState === 'COMPLETED') expect(old).toEqual([]);
      for (const task of service.tasks) {
        if (task.desiredStatus === 'RUNNING') expect(service.deployments).toContain(task.deployment);
      }
      return;
    case 'DRAINING':
      for (const task of service.tasks) expect(task.desiredStatus).toBe('STOPPED');
      return;
    case 'INACTIVE':
      expect(service.deployments).toEqual([]);
      expect(inProgress).toEqual([]);
      for (const task of service.tasks) expect(['STOPPING', 'DEPROVISIONING']).toContain(task.lastStatus);
  }
}

/** Every use of a task definition is counted once, so that a deletion ends exactly when the last use does. */
function checkUsers(world: World): void {
  const users = new Map<TaskDefinitionState, number>();
  const use = (definition: TaskDefinitionState): void => {
    users.set(definition, (users.get(definition) ?? 0) + 1);
  };
  for (const cluster of world.ecs.clusters.values()) {
    for (const task of cluster.tasks.values()) if (task.lastStatus !== 'STOPPED') use(task.taskDefinition);
    for (const service of cluster.services.values()) {
      for (const deployment of service.deployments) use(deployment.revision.template.taskDefinition);
    }
  }
  for (const { revisions } of world.ecs.families.values()) {
    for (const definition of revisions.values()) expect(definition.users).toBe(users.get(definition) ?? 0);
  }
}

/** After an hour of peace a service that can be at its count is there. */
function checkRest(service: ServiceState): void {
  if (service.status !== 'ACTIVE') {
    expect(service.status).toBe('INACTIVE');
    return;
  }
  const [primary] = service.deployments;
  const blocked = service.events[0]?.message?.includes('unable to stop or start tasks') ?? false;
  const family = service.template.taskDefinition.family;
  if (blocked || primary?.rolloutState === 'FAILED' || !['good', 'slow'].includes(family)) return;
  expect(primary?.rolloutState).toBe('COMPLETED');
  const healthy = [...service.tasks].filter((task) => task.healthy);
  expect(healthy.length).toBe(service.desiredCount);
}

it('no sequence of calls leaves the world in an impossible state', () => {
  fc.assert(
    fc.property(actions, (sequence) => {
      const machine = new Machine();
      machine.call('CreateCluster', { clusterName: 'main' });
      for (const name of FAMILIES) register(machine, name);
      for (const each of sequence) {
        machine.perform(each);
        for (const cluster of machine.world.ecs.clusters.values()) checkCluster(cluster);
        checkUsers(machine.world);
      }
      machine.perform({ kind: 'wait', ms: 3_600_000 });
      for (const cluster of machine.world.ecs.clusters.values()) {
        checkCluster(cluster);
        for (const service of cluster.services.values()) checkRest(service);
      }
    }),
    { numRuns: 150 },
  );
});
