import fc from 'fast-check';
import { setAlarm } from '../../../../../sandbox/region/cloudwatch/alarms.ts';
import type { ServiceState } from '../../../../../sandbox/region/ecs/services/state.ts';
import type { Machine } from './machine.ts';

/** Something a user, AWS or time does. Its text is what a counterexample shows. */
export interface Action {
  readonly text: string;
  readonly perform: (machine: Machine) => void;
}

const SERVICES = ['a', 'b'];
const ALARM = 'errors';
const IMAGES: Readonly<Record<string, string>> = {
  good: 'nginx',
  exits: 'sim/exit:1',
  unpullable: 'sim/cannot-pull',
  slow: 'sim/slow:20s',
  sick: 'sim/unhealthy',
  refused: 'sim/lb-unhealthy',
  fading: 'sim/lb-unhealthy-after:2m',
};
export const FAMILIES = Object.keys(IMAGES);
/** Their tasks serve, sooner or later. */
export const SOUND_FAMILIES = ['good', 'slow'];

export function registration(family: string): object {
  return {
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE', 'EC2'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'app',
        image: IMAGES[family],
        portMappings: [{ containerPort: 80 }],
        ...(family === 'sick' ? { healthCheck: { command: ['CMD', 'true'], interval: 10, retries: 2 } } : {}),
      },
    ],
  };
}

function call(operation: string, input: object): Action {
  return {
    text: `${operation} ${JSON.stringify(input)}`,
    perform: (machine) => {
      machine.call(operation, input);
    },
  };
}

const wait = (ms: number): Action => ({ text: `wait ${ms}`, perform: (machine) => machine.wait(ms) });

const calls = <T extends object>(operation: string, input: fc.Arbitrary<T>): fc.Arbitrary<Action> =>
  input.map((value) => call(operation, value));

const serviceName = fc.constantFrom(...SERVICES);
const family = fc.constantFrom(...FAMILIES);
const desiredCount = fc.integer({ min: 0, max: 4 });

const hook = fc.constantFrom<object>(
  { targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'], timeoutConfiguration: { timeoutInMinutes: 5 } },
  {
    targetType: 'PAUSE',
    lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'],
    timeoutConfiguration: { timeoutInMinutes: 2, action: 'CONTINUE' },
  },
  lambda('check', 'PRODUCTION_TRAFFIC_SHIFT'),
  lambda('sim-in-progress-45s', 'TEST_TRAFFIC_SHIFT'),
  lambda('sim-fail', 'POST_TEST_TRAFFIC_SHIFT'),
);

function lambda(name: string, stage: string): object {
  const hookTargetArn = `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;
  return { hookTargetArn, roleArn: 'arn:aws:iam::123456789012:role/hooks', lifecycleStages: [stage] };
}

const strategy = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ strategy: 'ROLLING' }) },
  { weight: 1, arbitrary: fc.constant({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 2 }) },
  {
    weight: 1,
    arbitrary: fc.constant({
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 40, stepBakeTimeInMinutes: 1 },
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant({
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 1 },
    }),
  },
);

const deploymentConfiguration = fc
  .tuple(
    fc.record({
      minimumHealthyPercent: fc.constantFrom(0, 50, 100),
      maximumPercent: fc.constantFrom(125, 150, 200),
      deploymentCircuitBreaker: fc.record({
        enable: fc.boolean(),
        rollback: fc.boolean(),
        resetOnHealthyTask: fc.boolean(),
      }),
      alarms: fc.record({ alarmNames: fc.constant([ALARM]), enable: fc.boolean(), rollback: fc.boolean() }),
      lifecycleHooks: fc.array(hook, { maxLength: 2 }),
    }),
    strategy,
    fc.option(fc.constantFrom('BLOCKING', 'DEFERRED'), { nil: undefined, freq: 5 }),
  )
  .map(([common, shift, cleanup]) => ({
    ...common,
    ...shift,
    ...(shift.strategy === 'ROLLING' && cleanup !== undefined
      ? { earlySuccessCriteria: { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: cleanup } }
      : {}),
  }));

const balancer = {
  targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/blue/1',
  containerName: 'app',
  containerPort: 80,
  advancedConfiguration: {
    alternateTargetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/green/2',
    productionListenerRule: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/lb/1/2/3',
    testListenerRule: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/lb/1/2/4',
    roleArn: 'arn:aws:iam::123456789012:role/elb',
  },
};
const loadBalancers = fc.constantFrom([], [balancer]);
const networkConfiguration = { awsvpcConfiguration: { subnets: ['s'] } };

const createService = fc
  .record({
    serviceName,
    taskDefinition: family,
    desiredCount,
    deploymentConfiguration,
    loadBalancers,
    launchType: fc.constantFrom('FARGATE', 'FARGATE', 'EC2'),
  })
  .map((input) => call('CreateService', { cluster: 'main', networkConfiguration, ...input }));

const createDaemon = serviceName.map((name) =>
  call('CreateService', {
    cluster: 'main',
    serviceName: name,
    taskDefinition: 'good',
    schedulingStrategy: 'DAEMON',
    networkConfiguration,
  }),
);

const createExternal = fc
  .record({ serviceName, desiredCount })
  .map((input) => call('CreateService', { cluster: 'main', deploymentController: { type: 'EXTERNAL' }, ...input }));

const updateService = calls(
  'UpdateService',
  fc
    .record(
      {
        service: serviceName,
        taskDefinition: family,
        desiredCount,
        deploymentConfiguration,
        loadBalancers,
        forceNewDeployment: fc.boolean(),
      },
      { requiredKeys: ['service'] },
    )
    .map((input) => ({ ...input, cluster: 'main' })),
);

/** An operation on something that is only known once it is there. */
function late(text: string, perform: (machine: Machine, service: ServiceState | undefined) => void): Action {
  return { text, perform: (machine) => perform(machine, serviceOf(machine, text)) };
}

/** The service whose name the text ends with. */
function serviceOf(machine: Machine, text: string): ServiceState | undefined {
  return machine.world.ecs.clusters.get('main')?.services.get(text.slice(-1));
}

const stopDeployment = serviceName.map((name) =>
  late(`StopServiceDeployment of ${name}`, (machine, service) => {
    const serviceDeploymentArn = service?.serviceDeployments[0]?.arn ?? 'none';
    machine.call('StopServiceDeployment', { serviceDeploymentArn });
  }),
);

const continueDeployment = fc.tuple(fc.constantFrom('CONTINUE', 'ROLLBACK'), serviceName).map(([action, name]) =>
  late(`ContinueServiceDeployment ${action} of ${name}`, (machine, service) => {
    const record = service?.serviceDeployments[0];
    machine.call('ContinueServiceDeployment', {
      serviceDeploymentArn: record?.arn ?? 'none',
      hookId: record?.lifecycle?.hooks[0]?.id ?? 'none',
      action,
    });
  }),
);

const taskSets = fc.tuple(
  fc.constantFrom('CreateTaskSet', 'UpdateTaskSet', 'DeleteTaskSet', 'UpdateServicePrimaryTaskSet'),
  fc.constantFrom(0, 50, 100),
  fc.constantFrom('good', 'exits'),
  serviceName,
);
const taskSetCalls = taskSets.map(([operation, value, taskDefinition, name]) =>
  late(`${operation} ${value} ${taskDefinition} of ${name}`, (machine, service) => {
    const taskSet = service?.taskSets.at(-1)?.id ?? 'none';
    machine.call(operation, {
      cluster: 'main',
      service: name,
      taskSet,
      primaryTaskSet: taskSet,
      taskDefinition,
      launchType: 'FARGATE',
      networkConfiguration,
      scale: { value, unit: 'PERCENT' },
      force: value === 100,
    });
  }),
);

const protectTask = fc.tuple(fc.boolean(), serviceName).map(([protectionEnabled, name]) =>
  late(`UpdateTaskProtection ${protectionEnabled} of ${name}`, (machine, service) => {
    const [task] = service?.tasks ?? [];
    const tasks = [task?.id ?? 'none'];
    machine.call('UpdateTaskProtection', { cluster: 'main', tasks, protectionEnabled, expiresInMinutes: 10 });
  }),
);

const stopATask: Action = {
  text: 'StopTask',
  perform: (machine) => {
    const task = [...(machine.world.ecs.clusters.get('main')?.tasks.values() ?? [])].at(-1);
    machine.call('StopTask', { cluster: 'main', task: task?.id ?? 'none' });
  },
};

const alarm = fc.constantFrom<'ALARM' | 'OK'>('ALARM', 'OK', 'OK').map<Action>((state) => ({
  text: `alarm ${state}`,
  perform: (machine) => setAlarm(machine.world, ALARM, state),
}));

/** Each with room for two tasks that have a network interface. */
const registerInstance = fc.constantFrom('i-0a', 'i-0b').map((instanceId) =>
  call('RegisterContainerInstance', {
    cluster: 'main',
    instanceIdentityDocument: JSON.stringify({ instanceId }),
    totalResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: 2_048 },
      { name: 'MEMORY', type: 'INTEGER', integerValue: 4_096 },
    ],
  }),
);

const instanceGoes = fc.constantFrom('DRAINING', 'ACTIVE', 'deregister').map<Action>((what) => ({
  text: `instance ${what}`,
  perform: (machine) => {
    const [instance] = machine.world.ecs.clusters.get('main')?.containerInstances.values() ?? [];
    if (what === 'deregister') {
      machine.call('DeregisterContainerInstance', {
        cluster: 'main',
        containerInstance: instance?.arn ?? 'none',
        force: true,
      });
    } else {
      machine.call('UpdateContainerInstancesState', {
        cluster: 'main',
        containerInstances: [instance?.arn ?? 'none'],
        status: what,
      });
    }
  },
}));

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: createService },
  { weight: 1, arbitrary: createDaemon },
  { weight: 1, arbitrary: createExternal },
  { weight: 4, arbitrary: updateService },
  calls(
    'DeleteService',
    fc.record({ service: serviceName, force: fc.boolean() }).map((input) => ({ ...input, cluster: 'main' })),
  ),
  stopDeployment,
  { weight: 2, arbitrary: continueDeployment },
  { weight: 3, arbitrary: taskSetCalls },
  { weight: 2, arbitrary: protectTask },
  fc.constant(stopATask),
  alarm,
  { weight: 2, arbitrary: registerInstance },
  instanceGoes,
  fc
    .record({ taskDefinition: family, count: fc.integer({ min: 1, max: 2 }) })
    .map((input) => call('RunTask', { cluster: 'main', launchType: 'FARGATE', networkConfiguration, ...input })),
  calls('RegisterTaskDefinition', family.map(registration)),
  calls(
    'DeregisterTaskDefinition',
    fc
      .tuple(family, fc.integer({ min: 1, max: 3 }))
      .map(([name, revision]) => ({ taskDefinition: `${name}:${revision}` })),
  ),
  calls(
    'DeleteTaskDefinitions',
    family.map((name) => ({ taskDefinitions: [`${name}:1`] })),
  ),
  calls('DeleteCluster', fc.constant({ cluster: 'main' })),
  calls('CreateCluster', fc.constant({ clusterName: 'main' })),
  { weight: 3, arbitrary: fc.integer({ min: 50, max: 90_000 }).map(wait) },
  { weight: 4, arbitrary: fc.integer({ min: 50, max: 2_000 }).map(wait) },
);

/** A rollout of what fails over what ran, which chance alone would seldom make. */
const failingRollout: fc.Arbitrary<Action[]> = fc
  .tuple(
    serviceName,
    fc.constantFrom('exits', 'unpullable', 'sick', 'refused', 'fading'),
    deploymentConfiguration,
    fc.integer({ min: 50, max: 240_000 }),
  )
  .map(([service, taskDefinition, configuration, ms]) => {
    const update = (input: object): Action => call('UpdateService', { cluster: 'main', service, ...input });
    return [
      update({ taskDefinition: 'good' }),
      wait(600_000),
      update({ taskDefinition, deploymentConfiguration: configuration }),
      wait(ms),
    ];
  });

const createTaskSets = serviceName.map((service) =>
  [0, 1].map((index) =>
    call('CreateTaskSet', {
      cluster: 'main',
      service,
      taskDefinition: 'good',
      launchType: 'FARGATE',
      networkConfiguration,
      scale: { value: index * 100, unit: 'PERCENT' },
    }),
  ),
);

/** There is something to work on. */
const beginning: fc.Arbitrary<Action[]> = fc
  .tuple(
    fc.array(registerInstance, { maxLength: 2 }),
    fc.oneof({ weight: 4, arbitrary: createService }, createDaemon, createExternal),
    createTaskSets,
    fc.integer({ min: 50, max: 60_000 }),
  )
  .map(([instances, create, sets, ms]) => [...instances, create, ...sets, wait(ms)]);

const rest: fc.Arbitrary<Action[]> = fc
  .array(fc.oneof({ weight: 8, arbitrary: action.map((each) => [each]) }, { weight: 1, arbitrary: failingRollout }), {
    minLength: 5,
    maxLength: 50,
  })
  .map((groups) => groups.flat());

export const actions: fc.Arbitrary<Action[]> = fc
  .tuple(fc.array(beginning, { minLength: 1, maxLength: 2 }), rest)
  .map(([first, then]) => [...first.flat(), ...then]);
