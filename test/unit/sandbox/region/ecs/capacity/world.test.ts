import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AUTO_SCALING_HANDLERS } from '../../../../../sandbox/region/autoscaling/operations.ts';
import type { GroupState } from '../../../../../sandbox/region/autoscaling/state.ts';
import { interruptInstance } from '../../../../../sandbox/region/ec2/instance-life.ts';
import { setShortage } from '../../../../../sandbox/region/ec2/launch.ts';
import { EC2_HANDLERS } from '../../../../../sandbox/region/ec2/operations.ts';
import { setAgent } from '../../../../../sandbox/region/ecs/capacity/instance-life.ts';
import { remainingOf } from '../../../../../sandbox/region/ecs/capacity/placement/remaining.ts';
import type { ContainerInstanceState } from '../../../../../sandbox/region/ecs/capacity/state.ts';
import type { ClusterState } from '../../../../../sandbox/region/ecs/clusters/state.ts';
import { ECS_HANDLERS } from '../../../../../sandbox/region/ecs/operations.ts';
import { AwsError } from '../../../../../sandbox/region/errors.ts';
import { emptyIam } from '../../../../../sandbox/region/iam.ts';
import type { Handler } from '../../../../../sandbox/region/service.ts';
import { REALISTIC } from '../../../../../sandbox/region/timings.ts';
import { createWorld, type World } from '../../../../../sandbox/region/world.ts';
import { JOINS_MAIN, MINUTE, SECOND } from './support.ts';

const CALLER = {
  accessKey: 'x',
  account: '123456789012',
  region: 'eu-central-1',
  service: 'ecs',
  arn: 'arn:aws:iam::123456789012:user/simulated',
  userId: 'AIDASIMULATED',
};
const HANDLERS = new Map<string, Handler>(
  Object.entries({ ...EC2_HANDLERS, ...AUTO_SCALING_HANDLERS, ...ECS_HANDLERS }),
);
const MAX_INSTANCES = 3;

/** Something that a user, AWS or time does. Its text is what a counterexample shows. */
interface Action {
  readonly text: string;
  readonly perform: (machine: Machine) => void;
}

class Machine {
  readonly world: World = createWorld({
    account: CALLER.account,
    region: CALLER.region,
    timings: REALISTIC,
    iam: emptyIam(),
    start: Date.UTC(2026, 0, 5),
  });

  constructor(termination: 'ENABLED' | 'DISABLED') {
    this.call('CreateCluster', { clusterName: 'main' });
    this.call('CreateLaunchTemplate', {
      LaunchTemplateName: 'nodes',
      LaunchTemplateData: { ImageId: 'ami-0123456789abcdef0', InstanceType: 'm5.large', UserData: JOINS_MAIN },
    });
    this.call('CreateAutoScalingGroup', {
      AutoScalingGroupName: 'nodes',
      LaunchTemplate: { LaunchTemplateName: 'nodes' },
      MinSize: 0,
      MaxSize: MAX_INSTANCES,
      VPCZoneIdentifier: 'subnet-a,subnet-b',
      NewInstancesProtectedFromScaleIn: termination === 'ENABLED',
    });
    const container = { name: 'app', image: 'nginx', memory: 512 };
    this.call('RegisterTaskDefinition', { family: 'small', containerDefinitions: [{ ...container, cpu: 512 }] });
    this.call('RegisterTaskDefinition', {
      family: 'port',
      containerDefinitions: [{ ...container, cpu: 128, portMappings: [{ containerPort: 80, hostPort: 80 }] }],
    });
    this.call('CreateCapacityProvider', {
      name: 'nodes',
      autoScalingGroupProvider: {
        autoScalingGroupArn: this.group.arn,
        managedScaling: { status: 'ENABLED' },
        managedTerminationProtection: termination,
      },
    });
    this.call('PutClusterCapacityProviders', {
      cluster: 'main',
      capacityProviders: ['nodes'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'nodes', weight: 1 }],
    });
    this.wait(10 * SECOND);
  }

  get cluster(): ClusterState {
    const cluster = this.world.ecs.clusters.get('main');
    if (cluster === undefined) throw new Error('no cluster');
    return cluster;
  }

  get group(): GroupState {
    const group = this.world.autoScaling.groups.get('nodes');
    if (group === undefined) throw new Error('no group');
    return group;
  }

  get instances(): ContainerInstanceState[] {
    return [...this.cluster.containerInstances.values()].filter(({ status }) => status !== 'INACTIVE');
  }

  instanceAt(place: number): ContainerInstanceState | undefined {
    return this.instances[place % Math.max(1, this.instances.length)];
  }

  /** Errors that AWS would answer are part of life; anything else fails the test. */
  call(operation: string, input: object): void {
    const handler = HANDLERS.get(operation);
    if (handler === undefined) throw new Error(`no handler for ${operation}`);
    try {
      // The inputs below are those that a schema would let through.
      handler(this.world, input as never, CALLER);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
  }

  wait(ms: number): void {
    this.world.agenda.runUntil(this.world.agenda.now + ms);
  }
}

const call = (operation: string, input: object): Action => ({
  text: `${operation} ${JSON.stringify(input)}`,
  perform: (machine) => machine.call(operation, input),
});

/** Something that happens to the container instance with that place, if there is one. */
function onInstance(text: string, perform: (machine: Machine, instance: ContainerInstanceState) => void) {
  return fc.nat(2).map<Action>((place) => ({
    text: `${text} ${place}`,
    perform: (machine) => {
      const instance = machine.instanceAt(place);
      if (instance !== undefined) perform(machine, instance);
    },
  }));
}

const count = fc.nat(5);
const name = fc.constantFrom('a', 'b');
const family = fc.constantFrom('small', 'port');
const constraints = fc.constantFrom([], [{ type: 'distinctInstance' }]);

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ serviceName: name, taskDefinition: family, desiredCount: count, placementConstraints: constraints })
      .map((input) => call('CreateService', { cluster: 'main', ...input })),
  },
  fc.constant(
    call('CreateService', {
      cluster: 'main',
      serviceName: 'daemon',
      taskDefinition: 'small',
      schedulingStrategy: 'DAEMON',
    }),
  ),
  {
    weight: 2,
    arbitrary: fc
      .record({ service: name, desiredCount: count, forceNewDeployment: fc.boolean() })
      .map((input) => call('UpdateService', { cluster: 'main', ...input })),
  },
  fc.constant(call('UpdateService', { cluster: 'main', service: 'daemon', forceNewDeployment: true })),
  fc
    .record({ service: name, force: fc.boolean() })
    .map((input) => call('DeleteService', { cluster: 'main', ...input })),
  fc
    .record({ taskDefinition: family, count: fc.integer({ min: 1, max: 3 }) })
    .map((input) => call('RunTask', { cluster: 'main', ...input })),
  fc
    .integer({ min: 0, max: MAX_INSTANCES })
    .map((DesiredCapacity) => call('SetDesiredCapacity', { AutoScalingGroupName: 'nodes', DesiredCapacity })),
  fc.constantFrom('ENABLED', 'DISABLED').map((status) =>
    call('UpdateCapacityProvider', {
      name: 'nodes',
      autoScalingGroupProvider: { managedScaling: { status }, managedTerminationProtection: 'DISABLED' },
    }),
  ),
  fc
    .constantFrom('ENABLED', 'DISABLED')
    .map((managedDraining) =>
      call('UpdateCapacityProvider', { name: 'nodes', autoScalingGroupProvider: { managedDraining } }),
    ),
  onInstance('drain', (machine, { id }) =>
    machine.call('UpdateContainerInstancesState', { cluster: 'main', containerInstances: [id], status: 'DRAINING' }),
  ),
  onInstance('reactivate', (machine, { id }) =>
    machine.call('UpdateContainerInstancesState', { cluster: 'main', containerInstances: [id], status: 'ACTIVE' }),
  ),
  onInstance('deregister', (machine, { id }) =>
    machine.call('DeregisterContainerInstance', { cluster: 'main', containerInstance: id, force: true }),
  ),
  onInstance('kill', (machine, { ec2InstanceId }) =>
    machine.call('TerminateInstances', { InstanceIds: [ec2InstanceId] }),
  ),
  onInstance('interrupt', (machine, { ec2InstanceId }) => {
    const instance = machine.world.ec2.instances.get(ec2InstanceId);
    if (instance !== undefined) interruptInstance(machine.world, instance);
  }),
  onInstance('disconnect', (machine, { ec2InstanceId }) => setAgent(machine.world, ec2InstanceId, false)),
  fc.boolean().map((short) => ({
    text: `shortage ${short}`,
    perform: (machine: Machine) => setShortage(machine.world, '*', 'eu-central-1a', short),
  })),
  {
    weight: 4,
    arbitrary: fc.constantFrom(500, 5 * SECOND, MINUTE, 10 * MINUTE, 40 * MINUTE).map((ms) => ({
      text: `wait ${ms}`,
      perform: (machine: Machine) => machine.wait(ms),
    })),
  },
);

function checkInvariants(machine: Machine): void {
  const { cluster, group } = machine;
  expect(group.desiredCapacity).toBeGreaterThanOrEqual(group.minSize);
  expect(group.desiredCapacity).toBeLessThanOrEqual(group.maxSize);
  for (const instance of cluster.containerInstances.values()) {
    const left = remainingOf(instance);
    expect(Math.min(left.cpu, left.memory, left.enis, left.gpus), 'what is left of an instance').toBeGreaterThanOrEqual(
      0,
    );
    expect(new Set(left.ports).size, 'host ports are taken once').toBe(left.ports.length);
    checkTasks(instance);
  }
  for (const task of cluster.tasks.values()) {
    const { containerInstance, lastStatus } = task;
    if (lastStatus !== 'STOPPED' && containerInstance !== undefined)
      expect(containerInstance.tasks.has(task)).toBe(true);
    if (lastStatus === 'RUNNING') expect(containerInstance, 'what runs is somewhere').toBeDefined();
  }
}

function checkTasks(instance: ContainerInstanceState): void {
  const here = new Map<string, number>();
  for (const task of instance.tasks) {
    expect(task.lastStatus).not.toBe('STOPPED');
    expect(task.containerInstance).toBe(instance);
    if (instance.status === 'INACTIVE') expect(task.desiredStatus).toBe('STOPPED');
    const { service } = task;
    if (service === undefined || task.lastStatus === 'DEPROVISIONING') continue;
    const alone =
      service.settings.schedulingStrategy === 'DAEMON' ||
      service.settings.placementConstraints.some(({ type }) => type === 'distinctInstance');
    // A service of the same name may have been deleted and created again meanwhile.
    const key = service.createdAt.toISOString() + service.name;
    if (alone) here.set(key, (here.get(key) ?? 0) + 1);
  }
  expect(Math.max(0, ...here.values()), 'one task an instance').toBeLessThanOrEqual(1);
}

/** Everything heals, and time passes. */
function settle(machine: Machine): void {
  setShortage(machine.world, '*', 'eu-central-1a', false);
  machine.wait(10 * SECOND);
  machine.call('UpdateCapacityProvider', {
    name: 'nodes',
    autoScalingGroupProvider: { managedScaling: { status: 'ENABLED' }, managedDraining: 'ENABLED' },
  });
  // What nobody runs any more is taken away, as the guide says of disconnected agents (DE-01).
  for (const { id, agentConnected } of machine.instances) {
    if (!agentConnected) {
      machine.call('DeregisterContainerInstance', { cluster: 'main', containerInstance: id, force: true });
    }
  }
  for (const { instance } of machine.group.members.values()) {
    machine.call('TerminateInstances', { InstanceIds: [instance.id] });
  }
  // Tasks of a run may hold a port for ever.
  for (const { id, service } of machine.cluster.tasks.values()) {
    if (service === undefined) machine.call('StopTask', { cluster: 'main', task: id });
  }
  for (const service of machine.cluster.services.values()) {
    const { name: serviceName, settings } = service;
    if (settings.schedulingStrategy === 'REPLICA') {
      machine.call('UpdateService', { cluster: 'main', service: serviceName, desiredCount: 1 });
    }
  }
  for (let minute = 0; minute < 180; minute += 1) machine.wait(MINUTE);
}

it('no sequence of calls, failures and time leaves impossible capacity, and in the end every service runs', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('ENABLED' as const, 'DISABLED' as const),
      fc.array(action, { minLength: 5, maxLength: 25 }),
      (termination, actions) => {
        const machine = new Machine(termination);
        for (const each of actions) {
          each.perform(machine);
          checkInvariants(machine);
        }
        structuredClone({ ecs: machine.world.ecs, autoScaling: machine.world.autoScaling });
        settle(machine);
        checkInvariants(machine);
        for (const service of machine.cluster.services.values()) {
          if (service.status !== 'ACTIVE') continue;
          const running = [...service.tasks].filter(({ lastStatus }) => lastStatus === 'RUNNING');
          expect(running.length, `${service.name}: ${service.events[0]?.message}`).toBe(service.desiredCount);
        }
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);
