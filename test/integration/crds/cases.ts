import { clusterNames } from '../../../src/kinds/cluster/names.ts';
import { serviceNames } from '../../../src/kinds/service/names.ts';
import { taskDefinitionNames } from '../../../src/kinds/task-definition/names.ts';
import type { ResourceNames } from '../../../src/kube/types.ts';

/** An object to create, or to change from one into the other. */
export type Attempt =
  | { readonly name?: string; readonly spec: object }
  | { readonly name?: string; readonly from: object; readonly to: object };

export interface RuleCase {
  readonly names: ResourceNames;
  /** Part of the rule's message. */
  readonly says: string;
  readonly accepted: readonly Attempt[];
  readonly refused: readonly Attempt[];
}

const container = { name: 'app', image: 'nginx:1.27', memory: 128 };

const cluster = (fields: object = {}): object => fields;
const taskDefinition = (fields: object = {}): object => ({ containerDefinitions: [container], ...fields });
const service = (fields: object = {}): object => ({ taskDefinition: 'web:1', desiredCount: 1, ...fields });

const fargate = (cpu: string | number, memory: string | number): Attempt => ({
  spec: taskDefinition({ requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu, memory }),
});
const tagged = (make: (fields: object) => object, ...keys: string[]): Attempt => ({
  spec: make({ tags: keys.map((key) => ({ key, value: 'x' })) }),
});
const change = (make: (fields: object) => object, from: object, to: object): Attempt => ({
  from: make(from),
  to: make(to),
});

/** The rules that every kind has. */
function commonCases(names: ResourceNames, make: (fields?: object) => object, nameField: string): RuleCase[] {
  return [
    {
      names,
      says: `set spec.${nameField}`,
      accepted: [{ spec: make() }, { name: 'with.dot', spec: make({ [nameField]: 'with-dot' }) }],
      refused: [{ name: 'with.dot', spec: make() }],
    },
    {
      names,
      says: `spec.${nameField} is immutable`,
      accepted: [
        change(make, { [nameField]: 'one' }, { [nameField]: 'one', driftPolicy: 'Report' }),
        // Writing down the default changes nothing.
        { name: 'web', from: make(), to: make({ [nameField]: 'web' }) },
      ],
      refused: [
        change(make, { [nameField]: 'one' }, { [nameField]: 'two' }),
        change(make, { [nameField]: 'one' }, {}),
        change(make, {}, { [nameField]: 'two' }),
      ],
    },
    {
      names,
      says: 'spec.region is immutable',
      accepted: [change(make, { region: 'eu-west-1' }, { region: 'eu-west-1', driftPolicy: 'Report' })],
      refused: [
        change(make, { region: 'eu-west-1' }, { region: 'us-gov-west-1' }),
        change(make, {}, { region: 'eu-west-1' }),
        change(make, { region: 'eu-west-1' }, {}),
      ],
    },
    {
      names,
      says: 'must not begin with aws:',
      accepted: [tagged(make, 'team', 'flaws:x')],
      refused: [tagged(make, 'team', 'aws:x'), tagged(make, 'AWS:x')],
    },
    {
      names,
      says: 'must not begin with ecs-operator.dev/',
      accepted: [tagged(make, 'example.org/owner')],
      refused: [tagged(make, 'ecs-operator.dev/owner')],
    },
  ];
}

/** The rules of a capacity provider strategy, wherever it stands. */
function strategyCases(names: ResourceNames, make: (fields: object) => object, field: string): RuleCase[] {
  const strategy = (...items: object[]): Attempt => ({ spec: make({ [field]: items }) });
  const spot = { capacityProvider: 'FARGATE_SPOT', weight: 1 };
  return [
    {
      names,
      says: `spec.${field} mixes FARGATE`,
      accepted: [
        strategy({ capacityProvider: 'FARGATE' }, spot),
        strategy({ capacityProvider: 'gpu', weight: 1 }, { capacityProvider: 'cpu' }),
        strategy(),
      ],
      refused: [strategy({ capacityProvider: 'gpu' }, spot)],
    },
    {
      names,
      says: 'only one item may have a base',
      accepted: [strategy({ capacityProvider: 'FARGATE', base: 2 }, { ...spot, base: 0 })],
      refused: [strategy({ capacityProvider: 'FARGATE', base: 2 }, { ...spot, base: 1 })],
    },
    {
      names,
      says: 'needs a weight above 0',
      accepted: [strategy({ capacityProvider: 'FARGATE' }), strategy({ capacityProvider: 'FARGATE', weight: 0 }, spot)],
      refused: [strategy({ capacityProvider: 'FARGATE', weight: 0 }, { capacityProvider: 'FARGATE_SPOT' })],
    },
  ];
}

const clusterCases: readonly RuleCase[] = [
  ...commonCases(clusterNames, cluster, 'clusterName'),
  ...strategyCases(clusterNames, cluster, 'defaultCapacityProviderStrategy'),
  {
    names: clusterNames,
    says: 'names a capacity provider that is not in spec.capacityProviders',
    accepted: [
      { spec: { capacityProviders: ['gpu'], defaultCapacityProviderStrategy: [{ capacityProvider: 'gpu' }] } },
      { spec: { defaultCapacityProviderStrategy: [{ capacityProvider: 'gpu' }] } },
    ],
    refused: [{ spec: { capacityProviders: ['gpu'], defaultCapacityProviderStrategy: [{ capacityProvider: 'cpu' }] } }],
  },
];

const taskDefinitionCases: readonly RuleCase[] = [
  ...commonCases(taskDefinitionNames, taskDefinition, 'family'),
  {
    names: taskDefinitionNames,
    says: 'at least one container has to be essential',
    accepted: [
      {
        spec: taskDefinition({
          containerDefinitions: [
            { ...container, essential: false },
            { ...container, name: 'b' },
          ],
        }),
      },
    ],
    refused: [{ spec: taskDefinition({ containerDefinitions: [{ ...container, essential: false }] }) }],
  },
  {
    names: taskDefinitionNames,
    says: 'every container needs memory or memoryReservation',
    accepted: [
      { spec: { memory: 512, containerDefinitions: [{ name: 'app', image: 'nginx' }] } },
      { spec: { containerDefinitions: [{ name: 'app', image: 'nginx', memoryReservation: 64 }] } },
    ],
    refused: [{ spec: { containerDefinitions: [container, { name: 'b', image: 'nginx' }] } }],
  },
  {
    names: taskDefinitionNames,
    says: 'spec.cpu and spec.memory are required when',
    accepted: [fargate(256, 512), { spec: taskDefinition({ requiresCompatibilities: ['EC2'] }) }],
    refused: [
      { spec: taskDefinition({ requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: 256 }) },
      { spec: taskDefinition({ requiresCompatibilities: ['EC2', 'FARGATE'], networkMode: 'awsvpc', memory: 512 }) },
    ],
  },
  {
    names: taskDefinitionNames,
    says: 'no pair that Fargate has',
    accepted: [
      ...[512, '1024', '1 GB', '0.5GB', '.5 GB', '2gb'].map((memory) => fargate('.25 vCPU', memory)),
      ...['512', 512, '0.5 vCPU', '.5vcpu', '0.5 VCPU'].map((cpu) => fargate(cpu, '4 GB')),
      ...[2048, 8192].map((memory) => fargate('1 vCPU', memory)),
      ...['4 GB', '16 GB'].map((memory) => fargate(2048, memory)),
      ...['8 GB', 30_720].map((memory) => fargate('4 vCPU', memory)),
      ...['16 GB', '20 GB', 61_440].map((memory) => fargate(8192, memory)),
      ...['32 GB', '40 GB', '120 GB'].map((memory) => fargate('16 vCPU', memory)),
      { spec: taskDefinition({ requiresCompatibilities: ['EC2'], cpu: 300, memory: 700 }) },
    ],
    refused: [
      fargate(256, 4096),
      fargate(256, 1536),
      fargate(512, 512),
      fargate('1 vCPU', '1 GB'),
      fargate(1024, '9 GB'),
      fargate(2048, '4.5 GB'),
      fargate(4096, '31 GB'),
      fargate(8192, '18 GB'),
      fargate(16_384, '36 GB'),
      fargate(16_384, '128 GB'),
      fargate(300, 512),
      fargate(32_768, '120 GB'),
    ],
  },
  {
    names: taskDefinitionNames,
    says: 'spec.networkMode has to be awsvpc',
    accepted: [fargate(256, 512), { spec: taskDefinition({ networkMode: 'bridge' }) }],
    refused: [
      { spec: taskDefinition({ requiresCompatibilities: ['FARGATE'], cpu: 256, memory: 512 }) },
      { spec: taskDefinition({ requiresCompatibilities: ['FARGATE'], cpu: 256, memory: 512, networkMode: 'host' }) },
    ],
  },
];

const replica = service({ schedulingStrategy: 'REPLICA' });
const daemon = { taskDefinition: 'web:1', schedulingStrategy: 'DAEMON' };
const strategy = { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] };
const percent = (minimumHealthyPercent: number, maximumPercent: number, more: object = {}): object => ({
  deploymentConfiguration: { minimumHealthyPercent, maximumPercent, ...more },
});

const serviceCases: readonly RuleCase[] = [
  ...commonCases(serviceNames, service, 'serviceName'),
  ...strategyCases(serviceNames, service, 'capacityProviderStrategy'),
  {
    names: serviceNames,
    says: 'spec.cluster and spec.clusterRef exclude each other',
    accepted: [{ spec: service({ cluster: 'prod' }) }, { spec: service({ clusterRef: { name: 'prod' } }) }],
    refused: [{ spec: service({ cluster: 'prod', clusterRef: { name: 'prod' } }) }],
  },
  {
    names: serviceNames,
    says: 'spec.taskDefinition and spec.taskDefinitionRef exclude each other',
    accepted: [{ spec: service() }, { spec: { taskDefinitionRef: { name: 'web', namespace: 'shop' } } }],
    refused: [{ spec: service({ taskDefinitionRef: { name: 'web' } }) }],
  },
  {
    names: serviceNames,
    says: 'spec.taskDefinition or spec.taskDefinitionRef is required',
    accepted: [{ spec: { desiredCount: 1, deploymentController: { type: 'EXTERNAL' } } }],
    refused: [
      { spec: { desiredCount: 1 } },
      { spec: { desiredCount: 1, deploymentController: { type: 'CODE_DEPLOY' } } },
    ],
  },
  {
    names: serviceNames,
    says: 'spec.launchType and spec.capacityProviderStrategy exclude each other',
    accepted: [
      { spec: service({ launchType: 'FARGATE' }) },
      { spec: service({ launchType: 'FARGATE', capacityProviderStrategy: [] }) },
      { spec: service(strategy) },
    ],
    refused: [{ spec: service({ launchType: 'FARGATE', ...strategy }) }],
  },
  {
    names: serviceNames,
    says: 'spec.desiredCount has no meaning with schedulingStrategy DAEMON',
    accepted: [{ spec: daemon }, { spec: replica }],
    refused: [{ spec: { ...daemon, desiredCount: 1 } }],
  },
  {
    names: serviceNames,
    says: 'spec.placementStrategy has no meaning with schedulingStrategy DAEMON',
    accepted: [{ spec: { ...daemon, placementConstraints: [{ type: 'distinctInstance' }] } }],
    refused: [{ spec: { ...daemon, placementStrategy: [{ type: 'random' }] } }],
  },
  {
    names: serviceNames,
    says: 'minimumHealthyPercent and maximumPercent are both 100',
    accepted: [
      { spec: service(percent(100, 200)) },
      { spec: service(percent(0, 100)) },
      { spec: service(percent(100, 100, { strategy: 'BLUE_GREEN' })) },
      { spec: service({ ...percent(100, 100), deploymentController: { type: 'CODE_DEPLOY' } }) },
    ],
    refused: [
      { spec: service(percent(100, 100)) },
      { spec: service({ ...percent(100, 100, { strategy: 'ROLLING' }), deploymentController: { type: 'ECS' } }) },
    ],
  },
  {
    names: serviceNames,
    says: 'spec.cluster is immutable',
    accepted: [change(service, { cluster: 'a' }, { cluster: 'a', desiredCount: 2 })],
    refused: [
      change(service, { cluster: 'a' }, { cluster: 'b' }),
      change(service, { cluster: 'a' }, { clusterRef: { name: 'a' } }),
    ],
  },
  {
    names: serviceNames,
    says: 'spec.clusterRef is immutable',
    accepted: [change(service, { clusterRef: { name: 'a' } }, { clusterRef: { name: 'a' }, desiredCount: 2 })],
    refused: [
      change(service, { clusterRef: { name: 'a' } }, { clusterRef: { name: 'b' } }),
      change(service, { clusterRef: { name: 'a' } }, {}),
    ],
  },
  {
    names: serviceNames,
    says: 'spec.role is immutable',
    accepted: [change(service, { role: 'ecs' }, { role: 'ecs', desiredCount: 0 })],
    refused: [change(service, { role: 'ecs' }, { role: 'other' }), change(service, {}, { role: 'ecs' })],
  },
  {
    names: serviceNames,
    says: 'spec.schedulingStrategy is immutable',
    accepted: [change(service, {}, { schedulingStrategy: 'REPLICA' })],
    refused: [{ from: replica, to: daemon }],
  },
  {
    names: serviceNames,
    says: 'spec.launchType is immutable',
    accepted: [
      change(service, { launchType: 'FARGATE' }, strategy),
      change(service, strategy, { launchType: 'FARGATE', capacityProviderStrategy: [] }),
      change(service, { launchType: 'EC2' }, { launchType: 'EC2', desiredCount: 2 }),
    ],
    refused: [
      change(service, { launchType: 'EC2' }, { launchType: 'FARGATE' }),
      change(service, {}, { launchType: 'FARGATE' }),
    ],
  },
];

export const ruleCases: readonly RuleCase[] = [...clusterCases, ...taskDefinitionCases, ...serviceCases];

/** What schemas refuse without a rule: the server's own message names the field. */
export const schemaCases: readonly { readonly names: ResourceNames; readonly spec: object; readonly says: string }[] = [
  { names: clusterNames, spec: { clusterName: 'no.dots' }, says: 'spec.clusterName' },
  { names: clusterNames, spec: { deletionPolicy: 'Keep' }, says: 'spec.deletionPolicy: Unsupported value' },
  { names: clusterNames, spec: { clusterNam: 'typo' }, says: 'unknown field "spec.clusterNam"' },
  { names: clusterNames, spec: { clientToken: 'x' }, says: 'unknown field "spec.clientToken"' },
  { names: clusterNames, spec: { region: 'Ireland' }, says: 'spec.region' },
  { names: clusterNames, spec: { allowedNamespaces: ['Shop'] }, says: 'spec.allowedNamespaces[0]' },
  { names: clusterNames, spec: { tags: many(46, (key) => ({ key })) }, says: 'spec.tags: Too many' },
  { names: clusterNames, spec: { tags: [{ key: 'a' }, { key: 'a' }] }, says: 'Duplicate value' },
  {
    names: clusterNames,
    spec: { defaultCapacityProviderStrategy: many(21, (capacityProvider) => ({ capacityProvider, weight: 1 })) },
    says: 'spec.defaultCapacityProviderStrategy: Too many',
  },
  { names: taskDefinitionNames, spec: {}, says: 'spec.containerDefinitions: Required value' },
  { names: taskDefinitionNames, spec: { containerDefinitions: [] }, says: 'spec.containerDefinitions' },
  {
    names: taskDefinitionNames,
    spec: { containerDefinitions: many(11, (name) => ({ ...container, name })) },
    says: 'spec.containerDefinitions: Too many',
  },
  {
    names: taskDefinitionNames,
    spec: { containerDefinitions: [{ name: 'app', memory: 128 }] },
    says: 'spec.containerDefinitions[0].image: Required value',
  },
  {
    names: taskDefinitionNames,
    spec: { containerDefinitions: [{ ...container, logConfiguration: { logDriver: 'stdout' } }] },
    says: 'logConfiguration.logDriver: Unsupported value',
  },
  { names: taskDefinitionNames, spec: taskDefinition({ cpu: 'one' }), says: 'spec.cpu' },
  { names: taskDefinitionNames, spec: taskDefinition({ memory: '512 MB' }), says: 'spec.memory' },
  { names: taskDefinitionNames, spec: taskDefinition({ ephemeralStorage: { sizeInGiB: 20 } }), says: 'sizeInGiB' },
  { names: serviceNames, spec: service({ desiredCount: -1 }), says: 'spec.desiredCount' },
  { names: serviceNames, spec: service({ desiredCount: 1.5 }), says: 'spec.desiredCount' },
  { names: serviceNames, spec: service({ clientToken: 'x' }), says: 'unknown field "spec.clientToken"' },
  { names: serviceNames, spec: service({ clusterRef: { name: 'Prod' } }), says: 'spec.clusterRef.name' },
  { names: serviceNames, spec: service(percent(101, 200)), says: 'minimumHealthyPercent' },
  { names: serviceNames, spec: service(percent(50, 99)), says: 'maximumPercent' },
  {
    names: serviceNames,
    spec: service({ loadBalancers: many(6, (targetGroupArn) => ({ targetGroupArn })) }),
    says: 'spec.loadBalancers: Too many',
  },
  {
    names: serviceNames,
    spec: service({ networkConfiguration: { awsvpcConfiguration: { subnets: many(17, (id) => id) } } }),
    says: 'subnets: Too many',
  },
  {
    names: serviceNames,
    spec: service({
      networkConfiguration: { awsvpcConfiguration: { subnets: [], securityGroups: many(6, (id) => id) } },
    }),
    says: 'securityGroups: Too many',
  },
  {
    names: serviceNames,
    spec: service({ networkConfiguration: { awsvpcConfiguration: { securityGroups: ['sg-1'] } } }),
    says: 'subnets: Required value',
  },
];

function many<T>(count: number, make: (name: string) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(`n${index}`));
}
