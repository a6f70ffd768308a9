import { taskDefinitionNames } from '../../../../src/kinds/task-definition/names.ts';
import { type Attempt, commonCases, dottedCase, many, type RuleCase, type SchemaCase } from './shared.ts';

const container = { name: 'app', image: 'nginx:1.27', memory: 128 };

const taskDefinition = (fields: object = {}): object => ({ containerDefinitions: [container], ...fields });

const fargate = (cpu: string | number, memory: string | number): Attempt => ({
  spec: taskDefinition({ requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu, memory }),
});

export const taskDefinitionCases: readonly RuleCase[] = [
  ...commonCases(taskDefinitionNames, taskDefinition, 'family'),
  dottedCase(taskDefinitionNames, taskDefinition, 'family'),
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

export const taskDefinitionSchemaCases: readonly SchemaCase[] = [
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
];
