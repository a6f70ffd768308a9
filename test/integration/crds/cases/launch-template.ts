import { launchTemplateNames } from '../../../../src/kinds/launch-template/names.ts';
import { type Attempt, commonCases, type RuleCase, type SchemaCase } from './shared.ts';

const names = launchTemplateNames;
const profile = { iamInstanceProfile: { name: 'ecsInstanceRole' } };
const data = { instanceType: 'm5.large', ...profile };
const template = (fields: object = {}): object => ({ launchTemplateData: data, ...fields });
const withData = (more: object, fields: object = {}): object =>
  template({ launchTemplateData: { ...data, ...more }, ...fields });
const ecs = (fields: object = {}, more: object = {}): object =>
  template({ ecs: { cluster: 'prod', ...fields }, ...more });
const agent = (agentConfig: object): Attempt => ({ spec: ecs({ agentConfig }) });
const image = (imageSelector: object, host?: object): Attempt => ({
  spec: template({ imageSelector, ...(host === undefined ? {} : { ecs: { cluster: 'prod', ...host } }) }),
});
const spot = (instanceInterruptionBehavior: string): object => ({
  instanceMarketOptions: { marketType: 'spot', spotOptions: { instanceInterruptionBehavior } },
});
const required = { vCpuCount: { min: 2 }, memoryMiB: { min: 4096 } };
const requiring = (more: object): object =>
  template({ launchTemplateData: { ...profile, instanceRequirements: { ...required, ...more } } });
const encoded = Buffer.from('#!/bin/sh\necho ok\n').toString('base64');

export const launchTemplateCases: readonly RuleCase[] = [
  ...commonCases(names, template, 'launchTemplateName'),
  {
    names,
    says: 'shorter than 3 or longer than 128',
    accepted: [
      { name: 'with.dot', spec: template() },
      { name: 'lt', spec: template({ launchTemplateName: 'web/(blue)_1' }) },
      { name: 'x'.repeat(128), spec: template() },
    ],
    refused: [
      { name: 'lt', spec: template() },
      { name: 'x'.repeat(129), spec: template() },
    ],
  },
  {
    names,
    says: 'spec.launchTemplateData is empty',
    accepted: [
      { spec: { launchTemplateData: { imageId: 'ami-0' } } },
      { spec: { launchTemplateData: {}, imageSelector: { family: 'AmazonLinux2023' } } },
    ],
    refused: [{ spec: { launchTemplateData: {} } }],
  },
  {
    names,
    says: 'spec.imageSelector and spec.launchTemplateData.imageId exclude',
    accepted: [image({ family: 'AmazonLinux2023' }), { spec: withData({ imageId: 'ami-0123456789abcdef0' }) }],
    refused: [
      { spec: withData({ imageId: 'ami-0123456789abcdef0' }, { imageSelector: { family: 'AmazonLinux2023' } }) },
    ],
  },
  {
    names,
    says: 'spec.launchTemplateData.userData has to be removed',
    accepted: [{ spec: ecs() }, { spec: withData({ userData: encoded }) }],
    refused: [{ spec: withData({ userData: encoded }, { ecs: { cluster: 'prod' } }) }],
  },
  {
    names,
    says: 'spec.launchTemplateData.iamInstanceProfile is required with spec.ecs',
    accepted: [{ spec: ecs() }, { spec: { launchTemplateData: { imageId: 'ami-0' } } }],
    refused: [{ spec: { launchTemplateData: {}, ecs: { cluster: 'prod' } } }],
  },
  {
    names,
    says: 'spec.launchTemplateData.iamInstanceProfile: set exactly one',
    accepted: [{ spec: withData({ iamInstanceProfile: { arn: 'arn:aws:iam::111122223333:instance-profile/ecs' } }) }],
    refused: [
      { spec: withData({ iamInstanceProfile: {} }) },
      { spec: withData({ iamInstanceProfile: { name: 'a', arn: 'b' } }) },
    ],
  },
  {
    names,
    says: 'hibernate gives no notice',
    accepted: [
      { spec: withData(spot('terminate'), { ecs: { cluster: 'prod' } }) },
      { spec: withData({ instanceMarketOptions: { marketType: 'spot' } }, { ecs: { cluster: 'prod' } }) },
      { spec: withData(spot('hibernate')) },
    ],
    refused: [{ spec: withData(spot('hibernate'), { ecs: { cluster: 'prod' } }) }],
  },
  {
    names,
    says: 'spec.ecs.bottlerocket and the Bottlerocket families',
    accepted: [
      image({ family: 'Bottlerocket' }, { bottlerocket: {} }),
      image({ family: 'BottlerocketNvidia', architecture: 'arm64' }, { bottlerocket: { settings: '' } }),
      image({ family: 'Bottlerocket' }),
      image({ family: 'AmazonLinux2' }, { linux: {} }),
      { spec: ecs({ bottlerocket: {} }) },
    ],
    refused: [image({ family: 'Bottlerocket' }, {}), image({ family: 'AmazonLinux2023' }, { bottlerocket: {} })],
  },
  {
    names,
    says: 'spec.ecs.windows and the Windows families',
    accepted: [image({ family: 'WindowsServer2022Core' }, { windows: {} }), { spec: ecs({ windows: {} }) }],
    refused: [image({ family: 'WindowsServer2022Full' }, {}), image({ family: 'AmazonLinux2' }, { windows: {} })],
  },
  {
    names,
    says: 'one of cluster and clusterRef has to name',
    accepted: [{ spec: ecs() }, { spec: template({ ecs: { clusterRef: { name: 'prod' } } }) }],
    refused: [{ spec: template({ ecs: {} }) }, { spec: ecs({ clusterRef: { name: 'prod' } }) }],
  },
  {
    names,
    says: 'linux, bottlerocket and windows exclude one another',
    accepted: [{ spec: ecs({ linux: {} }) }],
    refused: [{ spec: ecs({ linux: {}, windows: {} }) }, { spec: ecs({ linux: {}, bottlerocket: {} }) }],
  },
  {
    names,
    says: 'spec.ecs.agentConfig is not for Bottlerocket',
    accepted: [
      { spec: ecs({ agentConfig: { ECS_LOGLEVEL: 'debug' }, windows: {} }) },
      agent({ ECS_LOGLEVEL: 'debug' }),
    ],
    refused: [{ spec: ecs({ agentConfig: { ECS_LOGLEVEL: 'debug' }, bottlerocket: {} }) }],
  },
  {
    names,
    says: 'keys are variables of the agent',
    accepted: [agent({ ECS_RESERVED_MEMORY: '256', HTTP_PROXY: 'proxy:80', _X: '' })],
    refused: [agent({ ecs_loglevel: 'debug' }), agent({ 'A B': 'x' }), agent({ '1A': 'x' }), agent({ 'A=B\nC': 'x' })],
  },
  {
    names,
    says: 'spec.ecs.agentConfig: a value has a line break',
    accepted: [agent({ ECS_INSTANCE_ATTRIBUTES: '{"stack": "prod"}' })],
    refused: [agent({ ECS_LOGLEVEL: 'debug\nECS_CLUSTER=other' }), agent({ ECS_LOGLEVEL: '\r' })],
  },
  {
    names,
    says: 'must not have ECS_CLUSTER',
    accepted: [agent({ ECS_CLUSTERS: 'x' })],
    refused: [agent({ ECS_CLUSTER: 'prod' })],
  },
  {
    names,
    says: 'must not have ECS_ENGINE_AUTH_DATA',
    accepted: [agent({ ECS_ENGINE_AUTH_TYPE: 'docker' })],
    refused: [agent({ ECS_ENGINE_AUTH_DATA: '{}' })],
  },
  {
    names,
    says: 'ECS_IMAGE_CLEANUP_INTERVAL is a time',
    accepted: ['10m', '1h', '1h30m'].map((ECS_IMAGE_CLEANUP_INTERVAL) => agent({ ECS_IMAGE_CLEANUP_INTERVAL })),
    refused: ['9m59s', '30', 'soon', ''].map((ECS_IMAGE_CLEANUP_INTERVAL) => agent({ ECS_IMAGE_CLEANUP_INTERVAL })),
  },
  {
    names,
    says: 'ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION is a time',
    accepted: [agent({ ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '1s' })],
    refused: [agent({ ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '0s' })],
  },
  {
    names,
    says: 'ECS_NUM_IMAGES_DELETE_PER_CYCLE is a number',
    accepted: [agent({ ECS_NUM_IMAGES_DELETE_PER_CYCLE: '10' })],
    refused: [agent({ ECS_NUM_IMAGES_DELETE_PER_CYCLE: '0' }), agent({ ECS_NUM_IMAGES_DELETE_PER_CYCLE: 'all' })],
  },
  {
    names,
    says: 'spec.ecs.linux.script starts ecs or docker and waits',
    accepted: [
      { spec: ecs({ linux: { script: 'yum install -y jq\nsystemctl restart --no-block docker' } }) },
      { spec: ecs({ linux: { script: 'systemctl enable --now --no-block ecs.service' } }) },
      { spec: ecs({ linux: { script: 'systemctl start amazon-ssm-agent' } }) },
    ],
    refused: [
      { spec: ecs({ linux: { script: 'systemctl start ecs' } }) },
      { spec: ecs({ linux: { script: 'set -e\nsystemctl  restart docker\n' } }) },
      { spec: ecs({ linux: { script: 'systemctl enable --now ecs.service' } }) },
    ],
  },
  {
    names,
    says: 'AWS publishes no arm64 image of this family',
    accepted: [
      image({ family: 'AmazonLinux2023', architecture: 'arm64' }),
      image({ family: 'AmazonLinux2Kernel510', architecture: 'arm64' }),
      image({ family: 'AmazonLinux2023GPU', architecture: 'x86_64' }),
      image({ family: 'WindowsServer2019Core' }),
    ],
    refused: ['AmazonLinux2023GPU', 'AmazonLinux2Neuron', 'WindowsServer2019Core'].map((family) =>
      image({ family, architecture: 'arm64' }),
    ),
  },
  {
    names,
    says: 'spec.imageSelector.timeZone has no meaning without schedule',
    accepted: [image({ family: 'AmazonLinux2023', schedule: '0 3 * * MON-FRI', timeZone: 'Europe/Berlin' })],
    refused: [image({ family: 'AmazonLinux2023', timeZone: 'Europe/Berlin' })],
  },
  {
    names,
    says: 'spec.launchTemplateData: instanceType and instanceRequirements exclude',
    accepted: [{ spec: template() }, { spec: requiring({}) }],
    refused: [{ spec: withData({ instanceRequirements: required }) }],
  },
  {
    names,
    says: 'EC2 launches nothing with securityGroupIds',
    accepted: [
      { spec: withData({ securityGroupIds: ['sg-1'] }) },
      { spec: withData({ networkInterfaces: [{ deviceIndex: 0, groups: ['sg-1'] }] }) },
    ],
    refused: [
      { spec: withData({ securityGroupIds: ['sg-1'], networkInterfaces: [{ deviceIndex: 0 }] }) },
      { spec: withData({ securityGroups: ['web'], networkInterfaces: [{ deviceIndex: 0 }] }) },
    ],
  },
  {
    names,
    says: 'spec.launchTemplateData.userData has to be base64',
    accepted: [{ spec: withData({ userData: encoded }) }, { spec: withData({ userData: 'YWJj\nZGU=\n' }) }],
    refused: [{ spec: withData({ userData: '#!/bin/bash\necho ECS_CLUSTER=prod >> /etc/ecs/ecs.config' }) }],
  },
  {
    names,
    says: 'allowedInstanceTypes and excludedInstanceTypes exclude',
    accepted: [{ spec: requiring({ allowedInstanceTypes: ['m5.*'] }) }],
    refused: [{ spec: requiring({ allowedInstanceTypes: ['m5.*'], excludedInstanceTypes: ['t3.*'] }) }],
  },
  {
    names,
    says: 'spotMaxPricePercentageOverLowestPrice and maxSpotPriceAs',
    accepted: [{ spec: requiring({ maxSpotPriceAsPercentageOfOptimalOnDemandPrice: 50 }) }],
    refused: [
      {
        spec: requiring({
          spotMaxPricePercentageOverLowestPrice: 20,
          maxSpotPriceAsPercentageOfOptimalOnDemandPrice: 50,
        }),
      },
    ],
  },
];

export const launchTemplateSchemaCases: readonly SchemaCase[] = [
  { names, spec: {}, says: 'spec.launchTemplateData: Required value' },
  { names, spec: template({ launchTemplateName: 'ab' }), says: 'spec.launchTemplateName' },
  { names, spec: template({ launchTemplateName: 'a b c' }), says: 'spec.launchTemplateName' },
  { names, spec: template({ versionHistoryLimit: -1 }), says: 'spec.versionHistoryLimit' },
  { names, spec: withData({ instanceType: 'M5 large' }), says: 'spec.launchTemplateData.instanceType' },
  { names, spec: withData({ imageId: 'AmazonLinux2023' }), says: 'spec.launchTemplateData.imageId' },
  { names, spec: withData({ ImageId: 'ami-0' }), says: 'unknown field "spec.launchTemplateData.ImageId"' },
  { names, spec: withData(spot('explode')), says: 'instanceInterruptionBehavior: Unsupported value' },
  { names, spec: withData({ metadataOptions: { httpPutResponseHopLimit: 65 } }), says: 'httpPutResponseHopLimit' },
  {
    names,
    spec: withData({ instanceMarketOptions: { spotOptions: { validUntil: 'tomorrow' } } }),
    says: 'validUntil',
  },
  {
    names,
    spec: { launchTemplateData: { instanceRequirements: { vCpuCount: { min: 2 } } } },
    says: 'instanceRequirements.memoryMiB: Required value',
  },
  { names, spec: template({ imageSelector: { family: 'Debian' } }), says: 'imageSelector.family: Unsupported value' },
  {
    names,
    spec: template({ imageSelector: { family: 'AmazonLinux2', architecture: 'i386' } }),
    says: 'imageSelector.architecture: Unsupported value',
  },
  ...['@daily', '0 3 * *', '0 0 3 * * *', '? 3 * * *'].map((schedule) => ({
    names,
    spec: template({ imageSelector: { family: 'AmazonLinux2', schedule } }),
    says: 'imageSelector.schedule',
  })),
];
