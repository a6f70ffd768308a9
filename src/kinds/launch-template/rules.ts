import type { KindRules, Rule, Schema } from '../../generate/contract.ts';
import { instanceRequirements } from '../../generate/instance-requirements.ts';
import {
  rules as cel,
  cron,
  effectiveName,
  fixedName,
  int64,
  regionRule,
  tags,
  timeZone,
} from '../../generate/shared.ts';
import { launchTemplateNames } from './names.ts';

const name = effectiveName('self', 'launchTemplateName');

/** EC2 takes 16 KB of user data; what is around a script takes its share. */
const script: Schema = { maxLength: 16_384 };

const dataRules: readonly Rule[] = [
  {
    rule: '!has(self.instanceType) || !has(self.instanceRequirements)',
    message: 'spec.launchTemplateData: instanceType and instanceRequirements exclude each other; remove one',
  },
  {
    rule: '!has(self.networkInterfaces) || self.networkInterfaces.size() == 0 || !(has(self.securityGroupIds) || has(self.securityGroups))',
    message:
      'spec.launchTemplateData: EC2 launches nothing with securityGroupIds or securityGroups beside networkInterfaces; name the security groups as groups of the network interface',
  },
];

const specRules: readonly Rule[] = [
  regionRule,
  {
    // EC2 answers MissingParameter. CEL compares an object with an empty one only when it knows the type of neither.
    rule: 'has(self.ecs) || has(self.imageSelector) || dyn(self.launchTemplateData) != dyn({})',
    message:
      'spec.launchTemplateData is empty, and there is no spec.imageSelector: EC2 takes no launch template without anything in it; set the image, for instance',
  },
  {
    rule: '!has(self.imageSelector) || !has(self.launchTemplateData.imageId)',
    message: 'spec.imageSelector and spec.launchTemplateData.imageId exclude each other: remove one',
  },
  {
    rule: '!has(self.ecs) || !has(self.launchTemplateData.userData)',
    message:
      'spec.ecs renders the user data, so that spec.launchTemplateData.userData has to be removed; commands go to the script of spec.ecs',
  },
  {
    // AG-02
    rule: '!has(self.ecs) || has(self.launchTemplateData.iamInstanceProfile)',
    message:
      'spec.launchTemplateData.iamInstanceProfile is required with spec.ecs, because an instance without the role cannot join a cluster: name the instance profile',
  },
  {
    // DR-01
    rule: "!has(self.ecs) || self.launchTemplateData.?instanceMarketOptions.?spotOptions.?instanceInterruptionBehavior.orValue('') != 'hibernate'",
    message:
      'spec.launchTemplateData.instanceMarketOptions.spotOptions.instanceInterruptionBehavior: hibernate gives no notice, so that tasks would not be drained; use terminate',
  },
  hostOfFamily('bottlerocket', 'Bottlerocket'),
  hostOfFamily('windows', 'Windows'),
];

/** What is rendered has to be what the image reads: a shell script, TOML or PowerShell. */
function hostOfFamily(host: string, family: string): Rule {
  return {
    rule: `!has(self.ecs) || !has(self.imageSelector) || has(self.ecs.${host}) == self.imageSelector.family.startsWith('${family}')`,
    message: `spec.ecs.${host} and the ${family} families of spec.imageSelector need each other: set ${host} to {} or more for such a family, and remove it for any other`,
  };
}

const hostRules: readonly Rule[] = [
  {
    rule: 'has(self.cluster) != has(self.clusterRef)',
    message: 'spec.ecs: one of cluster and clusterRef has to name the cluster that instances join; set exactly one',
  },
  {
    rule: '[has(self.linux), has(self.bottlerocket), has(self.windows)].filter(is, is).size() <= 1',
    message: 'spec.ecs: linux, bottlerocket and windows exclude one another; keep one',
  },
  {
    rule: '!has(self.agentConfig) || !has(self.bottlerocket)',
    message: 'spec.ecs.agentConfig is not for Bottlerocket: use spec.ecs.bottlerocket.settings in its place',
  },
];

/** CI-04 */
const agentConfigRules: readonly Rule[] = [
  {
    rule: "self.all(key, key.matches('^[A-Z_][A-Z0-9_]*$'))",
    message: 'spec.ecs.agentConfig: keys are variables of the agent, of capital letters, digits and _; correct them',
  },
  {
    rule: "self.all(key, !self[key].matches('[\\r\\n]'))",
    message: 'spec.ecs.agentConfig: a value has a line break, which the agent does not take; write it on one line',
  },
  {
    rule: "!('ECS_CLUSTER' in self)",
    message: 'spec.ecs.agentConfig must not have ECS_CLUSTER: spec.ecs.cluster or clusterRef says it; remove it',
  },
  {
    rule: "!('ECS_ENGINE_AUTH_DATA' in self)",
    message:
      'spec.ecs.agentConfig must not have ECS_ENGINE_AUTH_DATA, because everybody can read user data: use repositoryCredentials of the task definition',
  },
  {
    rule: atLeast('ECS_IMAGE_CLEANUP_INTERVAL', '10m'),
    message:
      'spec.ecs.agentConfig: ECS_IMAGE_CLEANUP_INTERVAL is a time such as 30m, and the agent ignores less than 10m',
  },
  {
    rule: atLeast('ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION', '1s'),
    message:
      'spec.ecs.agentConfig: ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION is a time such as 3h, and the agent ignores less than 1s',
  },
  {
    rule: "!('ECS_NUM_IMAGES_DELETE_PER_CYCLE' in self) || self['ECS_NUM_IMAGES_DELETE_PER_CYCLE'].matches('^[1-9][0-9]*$')",
    message: 'spec.ecs.agentConfig: ECS_NUM_IMAGES_DELETE_PER_CYCLE is a number of at least 1; correct it',
  },
];

function atLeast(variable: string, least: string): string {
  return `!('${variable}' in self) || (self['${variable}'].matches('^([0-9]+(h|m|s))+$') && duration(self['${variable}']) >= duration('${least}'))`;
}

const noBlockingStart: Rule = {
  // AG-01: the agent waits for cloud-init, which waits for the script.
  rule: "!self.matches('systemctl +((re)?start|enable +--now) +(ecs|docker)') || self.contains('--no-block')",
  message:
    'spec.ecs.linux.script starts ecs or docker and waits, which never ends while user data runs: remove it, or add --no-block',
};

export const rules: KindRules = {
  names: launchTemplateNames,
  description:
    'An Amazon EC2 launch template. The fields of spec are those of CreateLaunchTemplate; a change makes a new version, which becomes the default.',
  spec: 'LaunchTemplateSpec',
  status: 'LaunchTemplateStatus',
  request: { type: 'CreateLaunchTemplateRequest', nameField: 'launchTemplateName' },
  overlays: {
    Object: cel(
      {
        rule: `${name}.size() >= 3 && ${name}.size() <= 128`,
        message:
          'metadata.name is shorter than 3 or longer than 128 characters, which EC2 does not take as the name of a launch template: set spec.launchTemplateName',
      },
      fixedName('LaunchTemplate', 'launchTemplateName', 'a launch template', 'EC2'),
    ),
    Spec: cel(...specRules),
    'Spec.launchTemplateName': {
      description: 'The name in AWS. The default is metadata.name.',
      pattern: '^[a-zA-Z0-9().\\-/_]{3,128}$',
      maxLength: 128,
    },
    // EC2 takes 255 characters; the operator adds the hash of the content.
    'Spec.versionDescription': { maxLength: 190 },
    'Spec.launchTemplateData': { description: 'What instances are launched with.' },
    'Spec.ecs': { description: 'Renders user data with which instances join a cluster.' },
    'Spec.imageSelector': {
      description: 'Names an image that AWS publishes for ECS; what it resolves to is pinned in status.image.',
    },
    'Spec.versionHistoryLimit': {
      description: 'Old versions to keep beside the default one. The default is 10.',
      minimum: 0,
      maximum: 5000,
    },
    'Spec.tags': tags,
    LaunchTemplateData: cel(...dataRules),
    'LaunchTemplateData.instanceType': { pattern: '^[a-z0-9-]+\\.[a-z0-9-]+$', maxLength: 64 },
    'LaunchTemplateData.imageId': {
      description: 'Id of an image, or resolve:ssm: and the name of a parameter that holds one.',
      pattern: '^(ami-[0-9a-f]+|resolve:ssm:.+)$',
      maxLength: 2048,
    },
    'LaunchTemplateData.userData': {
      description: 'User data in base64. spec.ecs is the other way to give some.',
      // 16 KB in base64, with line breaks.
      maxLength: 24_000,
      ...cel({
        rule: "self.matches('^[A-Za-z0-9+/\\\\s]*={0,2}\\\\s*$')",
        message: 'spec.launchTemplateData.userData has to be base64: encode it, or use spec.ecs',
      }),
    },
    'LaunchTemplateData.networkInterfaces': { maxItems: 60 },
    LaunchTemplateIamInstanceProfileSpecificationRequest: cel({
      rule: 'has(self.arn) != has(self.name)',
      message: 'spec.launchTemplateData.iamInstanceProfile: set exactly one of arn and name',
    }),
    'LaunchTemplateInstanceMetadataOptionsRequest.httpPutResponseHopLimit': { minimum: 1, maximum: 64 },
    ...instanceRequirements('InstanceRequirementsRequest', 'spec.launchTemplateData.instanceRequirements'),
    EcsHost: cel(...hostRules),
    'EcsHost.cluster': { description: 'Name or ARN of a cluster that is not an ECSCluster of ours.', maxLength: 2048 },
    'EcsHost.clusterRef': { description: 'The ECSCluster that instances join.' },
    'EcsHost.agentConfig': {
      description: 'Variables of the container agent, such as ECS_RESERVED_MEMORY.',
      maxProperties: 100,
      additionalProperties: { type: 'string', maxLength: 4096 },
      ...cel(...agentConfigRules),
    },
    'LinuxHost.script': {
      description: 'Shell commands that run at first boot, after the agent has been configured.',
      ...script,
      ...cel(noBlockingStart),
    },
    'BottlerocketHost.settings': { description: 'More settings, as TOML.', ...script },
    'WindowsHost.script': {
      description: 'PowerShell commands that run at first boot, before the agent starts.',
      ...script,
    },
    'WindowsHost.awsvpcAdditionalLocalRoutes': { maxItems: 20, items: { maxLength: 64 } },
    'WindowsHost.loggingDrivers': { maxItems: 20, items: { maxLength: 64 } },
    ImageSelector: cel(
      {
        rule: "!has(self.architecture) || self.architecture != 'arm64' || !(self.family.contains('GPU') || self.family.contains('Neuron') || self.family.startsWith('Windows'))",
        message:
          'spec.imageSelector: AWS publishes no arm64 image of this family; remove architecture, or choose another family',
      },
      {
        rule: '!has(self.timeZone) || has(self.schedule)',
        message: 'spec.imageSelector.timeZone has no meaning without schedule: set schedule, or remove timeZone',
      },
    ),
    'ImageSelector.architecture': { description: 'The default is x86_64.' },
    'ImageSelector.schedule': {
      ...cron,
      description: 'When to look for a newer image: five cron fields. Without it the image stays as it is.',
    },
    'ImageSelector.timeZone': timeZone,
    'Status.defaultVersionNumber': { ...int64, description: 'The version that groups get which refer to this object.' },
    'Status.latestVersionNumber': int64,
    'Status.image': { description: 'The image of spec.imageSelector, pinned.' },
    'Status.contentHash': { description: 'Hash of what the default version was made from.' },
  },
  columns: [
    { name: 'Version', type: 'integer', jsonPath: '.status.defaultVersionNumber' },
    { name: 'Image', type: 'string', jsonPath: '.status.image.imageId' },
    { name: 'ID', type: 'string', jsonPath: '.status.launchTemplateId', priority: 1 },
  ],
};
