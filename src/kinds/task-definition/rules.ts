import type { KindRules, Rule, Schema } from '../../generate/contract.ts';
import { awsName, rules as cel, mapList, nameRules, regionRule, tags } from '../../generate/shared.ts';
import { taskDefinitionNames } from './names.ts';

const onFargate = "has(self.requiresCompatibilities) && 'FARGATE' in self.requiresCompatibilities";

/** ECS takes units or vCPU, MiB or GB, with or without a space (TDF-03); YAML makes a number of an unquoted one. */
const taskCpu: Schema = {
  description: 'CPU units, such as 256, or vCPUs, such as "0.25 vCPU". Required on Fargate.',
  pattern: '^([0-9]+|[0-9]*[.]?[0-9]+ ?[vV][cC][pP][uU])$',
  maxLength: 32,
};
const taskMemory: Schema = {
  description: 'MiB, such as 512, or GB, such as "0.5 GB". Required on Fargate.',
  pattern: '^([0-9]+|[0-9]*[.]?[0-9]+ ?[gG][bB])$',
  maxLength: 32,
};

// A list of one item stands in for a variable, which CEL does not have.
const units =
  "[string(self.cpu).lowerAscii()].map(t, t.endsWith('vcpu') ? int(double(t.replace('vcpu', '').trim()) * 1024.0) : int(t))";
const mebibytes =
  "[string(self.memory).lowerAscii()].map(t, t.endsWith('gb') ? int(double(t.replace('gb', '').trim()) * 1024.0) : int(t))";

/** Fargate's sizes (section 11.1 of the guide): CPU units, least and most memory in MiB, and the step between. */
const fargateSizes = [
  { cpu: 512, from: 1024, to: 4096, step: 1024 },
  { cpu: 1024, from: 2048, to: 8192, step: 1024 },
  { cpu: 2048, from: 4096, to: 16_384, step: 1024 },
  { cpu: 4096, from: 8192, to: 30_720, step: 1024 },
  { cpu: 8192, from: 16_384, to: 61_440, step: 4096 },
  { cpu: 16_384, from: 32_768, to: 122_880, step: 8192 },
] as const;

const sizeAllowed = [
  '(c == 256 && m in [512, 1024, 2048])',
  ...fargateSizes.map(({ cpu, from, to, step }) => `(c == ${cpu} && m >= ${from} && m <= ${to} && m % ${step} == 0)`),
].join(' || ');

const fargateRules: readonly Rule[] = [
  {
    rule: `!(${onFargate}) || (has(self.cpu) && has(self.memory))`,
    message: 'spec.cpu and spec.memory are required when spec.requiresCompatibilities has FARGATE: set both',
  },
  {
    rule: `!(${onFargate} && has(self.cpu) && has(self.memory)) || ${units}.all(c, ${mebibytes}.all(m, ${sizeAllowed}))`,
    message:
      'spec.cpu and spec.memory are no pair that Fargate has: 256 CPU units take 512, 1024 or 2048 MiB, 512 take 1 to 4 GB, 1024 take 2 to 8 GB, 2048 take 4 to 16 GB, 4096 take 8 to 30 GB, 8192 take 16 to 60 GB in steps of 4, 16384 take 32 to 120 GB in steps of 8',
  },
  {
    // FG-04
    rule: `!(${onFargate}) || (has(self.networkMode) && self.networkMode == 'awsvpc')`,
    message: 'spec.networkMode has to be awsvpc when spec.requiresCompatibilities has FARGATE',
  },
];

export const rules: KindRules = {
  names: taskDefinitionNames,
  description:
    'A family of Amazon ECS task definitions. The fields of spec are those of RegisterTaskDefinition; a change registers a new revision.',
  spec: 'ECSTaskDefinitionSpec',
  status: 'ECSTaskDefinitionStatus',
  request: { type: 'RegisterTaskDefinitionRequest', nameField: 'family' },
  overlays: {
    // TDF-01
    Object: cel(...nameRules('ECSTaskDefinition', 'family', 'task definition family')),
    Spec: cel(
      regionRule,
      {
        // CD-03; a container is essential unless it says otherwise.
        rule: 'self.containerDefinitions.exists(c, !has(c.essential) || c.essential)',
        message: 'spec.containerDefinitions: at least one container has to be essential; set essential: true on one',
      },
      {
        // SIZE-05
        rule: 'has(self.memory) || self.containerDefinitions.all(c, has(c.memory) || has(c.memoryReservation))',
        message:
          'spec.containerDefinitions: every container needs memory or memoryReservation when spec.memory is not set; set one of the three',
      },
      ...fargateRules,
    ),
    'Spec.family': { ...awsName, description: 'The name in AWS. The default is metadata.name.' },
    'Spec.tags': tags,
    'Spec.cpu': taskCpu,
    'Spec.memory': taskMemory,
    // TDL-12; ECS takes at most ten containers in a task.
    'Spec.containerDefinitions': { minItems: 1, maxItems: 10, ...mapList('name') },
    'Spec.volumes': mapList('name'),
    'Spec.placementConstraints': { maxItems: 10 },
    'Spec.requiresCompatibilities': { maxItems: 8 },
    // CD-01: ECS refuses a container without a name or an image, although its model does not say so.
    ContainerDefinition: { required: ['name', 'image'] },
    'ContainerDefinition.name': awsName,
    'ContainerDefinition.environment': mapList('name'),
    'ContainerDefinition.secrets': mapList('name'),
    KeyValuePair: { required: ['name'] },
    Volume: { required: ['name'] },
    'Volume.name': awsName,
    // TDF-11
    'EphemeralStorage.sizeInGiB': { minimum: 21, maximum: 200 },
    'NvidiaMpsAllocation.memory': { minimum: 1 },
    'NvidiaMpsAllocation.maxComputePercent': { minimum: 1, maximum: 100 },
    'Status.taskDefinitionArn': { description: 'The ARN of the revision that this spec is.' },
    'Status.revisions': { description: 'Revisions that this object registered, newest first.' },
  },
  columns: [
    { name: 'Family', type: 'string', jsonPath: '.status.family' },
    { name: 'Revision', type: 'integer', jsonPath: '.status.revision' },
    { name: 'ARN', type: 'string', jsonPath: '.status.taskDefinitionArn', priority: 1 },
  ],
};
