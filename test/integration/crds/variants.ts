import type { Schema } from '../../../src/generate/contract.ts';
import type { GeneratedKind } from '../../../src/generate/generate.ts';
import { having, maximalCommon, maximalInput, without } from './maximal.ts';
import * as statuses from './statuses.ts';

/** Specs of one kind that together have every field, none with fields that exclude one another, and its status with every field. */
export interface Variants {
  readonly kind: string;
  readonly specs: readonly Input[];
  readonly status: object;
}

type Input = Record<string, unknown>;

const reference = { name: 'web', namespace: 'shop' };
const byReference = [{ capacityProviderRef: reference, weight: 1, base: 0 }];

export function variants(generated: readonly GeneratedKind[]): readonly Variants[] {
  const specOf = (kind: string): Schema | undefined =>
    generated.find(({ rules }) => rules.names.kind === kind)?.schema.properties?.spec;
  const all: readonly Variants[] = [
    {
      kind: 'ECSCluster',
      specs: clusters(maximalInput('ecs', 'CreateClusterRequest', specOf('ECSCluster'))),
      status: statuses.clusterStatus,
    },
    {
      kind: 'ECSTaskDefinition',
      specs: taskDefinitions(maximalInput('ecs', 'RegisterTaskDefinitionRequest', specOf('ECSTaskDefinition'))),
      status: statuses.taskDefinitionStatus,
    },
    {
      kind: 'ECSService',
      specs: services(maximalInput('ecs', 'CreateServiceRequest', specOf('ECSService'))),
      status: statuses.serviceStatus,
    },
    {
      kind: 'ECSCapacityProvider',
      specs: providers(maximalInput('ecs', 'CreateCapacityProviderRequest', specOf('ECSCapacityProvider'))),
      status: statuses.capacityProviderStatus,
    },
    {
      kind: 'AutoScalingGroup',
      specs: groups(specOf('AutoScalingGroup')),
      status: statuses.autoScalingGroupStatus,
    },
    {
      kind: 'LaunchTemplate',
      specs: templates(maximalInput('ec2', 'CreateLaunchTemplateRequest', specOf('LaunchTemplate'))),
      status: statuses.launchTemplateStatus,
    },
  ];
  return [
    ...all.map((one) => ({ ...one, specs: one.specs.map((spec) => ({ ...maximalCommon, ...spec })) })),
    { kind: 'AWSAccount', specs: [account], status: statuses.awsAccountStatus },
  ];
}

const account = {
  accountId: '111122223333',
  roleArn: 'arn:aws:iam::111122223333:role/ecs',
  externalId: 'shop',
  region: 'eu-west-1',
  allowedNamespaces: ['*', 'shop'],
};

function clusters(input: Input): Input[] {
  return [input, { ...input, capacityProviderRefs: [reference], defaultCapacityProviderStrategy: byReference }];
}

function taskDefinitions(input: Input): Input[] {
  return [
    { ...input, family: 'web', cpu: '1 vCPU' },
    { ...without(input, 'family'), cpu: 256, memory: 512 },
  ];
}

function services(input: Input): Input[] {
  const service = { ...without(input, 'clientToken'), schedulingStrategy: 'REPLICA' };
  return [
    without(service, 'capacityProviderStrategy'),
    {
      ...without(service, 'cluster', 'taskDefinition', 'launchType'),
      clusterRef: reference,
      taskDefinitionRef: reference,
    },
    { ...without(service, 'launchType'), capacityProviderStrategy: byReference },
  ];
}

/** Members of instance requirements that exclude the other ones. */
function excluding(path: string, which: 'allowed' | 'excluded'): string[] {
  const members =
    which === 'allowed'
      ? ['excludedInstanceTypes', 'spotMaxPricePercentageOverLowestPrice']
      : ['allowedInstanceTypes', 'maxSpotPriceAsPercentageOfOptimalOnDemandPrice'];
  return members.map((member) => `${path}.${member}`);
}

function providers(input: Input): Input[] {
  const group = having(without(input, 'cluster', 'managedInstancesProvider'), {
    'autoScalingGroupProvider.managedScaling.status': 'ENABLED',
  });
  const managed = without(input, 'autoScalingGroupProvider');
  const requirements = 'managedInstancesProvider.instanceLaunchTemplate.instanceRequirements';
  return [
    group,
    having(without(group, 'autoScalingGroupProvider.autoScalingGroupArn'), {
      'autoScalingGroupProvider.autoScalingGroupRef': reference,
    }),
    without(managed, ...excluding(requirements, 'allowed')),
    { ...without(managed, 'cluster', ...excluding(requirements, 'excluded')), clusterRef: reference },
  ];
}

function groups(allowed: Schema | undefined): Input[] {
  const { warmPool, instanceRefresh } = allowed?.properties ?? {};
  const group = {
    ...maximalInput('autoScaling', 'CreateAutoScalingGroupType', allowed),
    tags: [{ key: 'team', value: 'web', propagateAtLaunch: false }],
    warmPool: without(maximalInput('autoScaling', 'PutWarmPoolType', warmPool), 'autoScalingGroupName'),
    instanceRefresh: {
      ...maximalInput('autoScaling', 'RefreshPreferences', instanceRefresh),
      strategy: 'Rolling',
      window: { schedule: '0 2 * * *', duration: '4h30m', timeZone: 'Europe/Berlin' },
      paused: true,
    },
    forceDelete: true,
    cluster: 'prod',
  };
  const ofTemplate = without(group, 'instanceId', 'launchConfigurationName', 'mixedInstancesPolicy');
  const ofNothing = without(group, 'launchTemplate', 'mixedInstancesPolicy');
  const mixed = without(group, 'instanceId', 'launchConfigurationName', 'launchTemplate');
  const policy = 'mixedInstancesPolicy.launchTemplate';
  const specifications = [`${policy}.launchTemplateSpecification`, `${policy}.overrides.launchTemplateSpecification`];
  const requirements = `${policy}.overrides.instanceRequirements`;
  return [
    without(ofTemplate, 'launchTemplate.launchTemplateId'),
    without(ofTemplate, 'launchTemplate.launchTemplateName'),
    without(ofNothing, 'instanceId'),
    without(ofNothing, 'launchConfigurationName'),
    without(mixed, requirements, ...specifications.map((path) => `${path}.launchTemplateId`)),
    without(
      mixed,
      `${policy}.overrides.instanceType`,
      ...excluding(requirements, 'allowed'),
      ...specifications.map((path) => `${path}.launchTemplateName`),
    ),
    having(
      without(
        mixed,
        'cluster',
        `${policy}.overrides.instanceType`,
        ...excluding(requirements, 'excluded'),
        ...specifications,
      ),
      { launchTemplateRef: reference, clusterRef: reference, [`${policy}.overrides.launchTemplateRef`]: reference },
    ),
  ];
}

function templates(input: Input): Input[] {
  // Two are the operator's to say, one is AWS's own, and tags are said by a simpler field.
  const template = {
    ...having(without(input, 'dryRun', 'clientToken', 'operator', 'tagSpecifications'), {
      'launchTemplateData.instanceMarketOptions.spotOptions.instanceInterruptionBehavior': 'stop',
    }),
    versionHistoryLimit: 3,
    tags: [{ key: 'team', value: 'web' }],
  };
  const data = 'launchTemplateData';
  const requirements = `${data}.instanceRequirements`;
  const ofType = without(template, requirements, `${data}.networkInterfaces`, `${data}.iamInstanceProfile.name`);
  const rendered = without(
    template,
    `${data}.securityGroupIds`,
    `${data}.securityGroups`,
    `${data}.instanceType`,
    `${data}.imageId`,
    `${data}.userData`,
    `${data}.iamInstanceProfile.arn`,
    ...excluding(requirements, 'allowed'),
  );
  return [
    ofType,
    {
      ...rendered,
      imageSelector: { family: 'AmazonLinux2023', architecture: 'arm64', schedule: '0 3 * * 1', timeZone: 'UTC' },
      ecs: { clusterRef: reference, agentConfig: { ECS_LOGLEVEL: 'debug' }, linux: { script: 'ls' } },
    },
    { ...rendered, ecs: { cluster: 'prod', bottlerocket: { settings: 'motd = "x"' } } },
    {
      ...without(
        template,
        `${data}.securityGroupIds`,
        `${data}.securityGroups`,
        `${data}.instanceType`,
        `${data}.userData`,
        `${data}.iamInstanceProfile.arn`,
        ...excluding(requirements, 'excluded'),
      ),
      ecs: { cluster: 'prod', windows },
    },
  ];
}

const windows = {
  script: 'dir',
  enableTaskIAMRole: true,
  enableTaskENI: true,
  awsvpcBlockIMDS: true,
  awsvpcAdditionalLocalRoutes: ['10.0.0.0/8'],
  loggingDrivers: ['awslogs'],
};
