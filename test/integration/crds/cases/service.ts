import { serviceNames } from '../../../../src/kinds/service/names.ts';
import { change, commonCases, dottedCase, many, type RuleCase, type SchemaCase, strategyCases } from './shared.ts';

const service = (fields: object = {}): object => ({ taskDefinition: 'web:1', desiredCount: 1, ...fields });

const replica = service({ schedulingStrategy: 'REPLICA' });
const daemon = { taskDefinition: 'web:1', schedulingStrategy: 'DAEMON' };
const strategy = { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] };
const percent = (minimumHealthyPercent: number, maximumPercent: number, more: object = {}): object => ({
  deploymentConfiguration: { minimumHealthyPercent, maximumPercent, ...more },
});

export const serviceCases: readonly RuleCase[] = [
  ...commonCases(serviceNames, service, 'serviceName'),
  dottedCase(serviceNames, service, 'serviceName'),
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

export const serviceSchemaCases: readonly SchemaCase[] = [
  {
    names: serviceNames,
    spec: service({ capacityProviderStrategy: [{ capacityProviderRef: { name: 'GPU' } }] }),
    says: 'spec.capacityProviderStrategy[0].capacityProviderRef.name',
  },
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
