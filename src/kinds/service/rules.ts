import type { KindRules, Rule, Schema } from '../../generate/contract.ts';
import {
  awsName,
  capacityProviderStrategy,
  rules as cel,
  double,
  immutable,
  nameRules,
  regionRule,
  tags,
} from '../../generate/shared.ts';
import { serviceNames } from './names.ts';

const port: Schema = { minimum: 0, maximum: 65_535 };
const recreate = 'ECS cannot change it; create another ECSService and delete this one';

const referenceRules: readonly Rule[] = [
  {
    rule: '!has(self.cluster) || !has(self.clusterRef)',
    message: 'spec.cluster and spec.clusterRef exclude each other: remove one',
  },
  {
    rule: '!has(self.taskDefinition) || !has(self.taskDefinitionRef)',
    message: 'spec.taskDefinition and spec.taskDefinitionRef exclude each other: remove one',
  },
  {
    // XD-02: with the EXTERNAL controller the task definition belongs to the task sets.
    rule: "has(self.taskDefinition) || has(self.taskDefinitionRef) || (has(self.deploymentController) && self.deploymentController.type == 'EXTERNAL')",
    message: 'spec.taskDefinition or spec.taskDefinitionRef is required: set one',
  },
];

const rollingUpdate =
  "(!has(self.deploymentController) || self.deploymentController.type == 'ECS') && (!has(self.deploymentConfiguration.strategy) || self.deploymentConfiguration.strategy == 'ROLLING')";

const deploymentRules: readonly Rule[] = [
  {
    // RD-01
    rule: `!has(self.deploymentConfiguration) || !(${rollingUpdate}) || !has(self.deploymentConfiguration.minimumHealthyPercent) || !has(self.deploymentConfiguration.maximumPercent) || self.deploymentConfiguration.minimumHealthyPercent < 100 || self.deploymentConfiguration.maximumPercent > 100`,
    message:
      'spec.deploymentConfiguration: minimumHealthyPercent and maximumPercent are both 100, so that no task could ever be replaced; lower the one or raise the other',
  },
];

const placementRules: readonly Rule[] = [
  {
    // SU-01; an empty strategy is how ECS goes back from capacity providers to the launch type.
    rule: '!has(self.launchType) || !has(self.capacityProviderStrategy) || self.capacityProviderStrategy.size() == 0',
    message: 'spec.launchType and spec.capacityProviderStrategy exclude each other: remove one',
  },
  {
    // SV-01
    rule: "!has(self.schedulingStrategy) || self.schedulingStrategy != 'DAEMON' || !has(self.desiredCount)",
    message:
      'spec.desiredCount has no meaning with schedulingStrategy DAEMON, which runs one task an instance: remove it',
  },
  {
    // SV-01
    rule: "!has(self.schedulingStrategy) || self.schedulingStrategy != 'DAEMON' || !has(self.placementStrategy)",
    message:
      'spec.placementStrategy has no meaning with schedulingStrategy DAEMON: remove it, or use placementConstraints',
  },
];

/** What UpdateService has no member for, or will not change. The controller (`deploymentController`) is not among them any more. */
const immutableRules: readonly Rule[] = [
  regionRule,
  immutable('cluster', 'a service cannot move to another cluster; create another ECSService and delete this one'),
  immutable('clusterRef', 'a service cannot move to another cluster; create another ECSService and delete this one'),
  immutable('role', recreate),
  {
    rule: "(has(self.schedulingStrategy) ? self.schedulingStrategy : 'REPLICA') == (has(oldSelf.schedulingStrategy) ? oldSelf.schedulingStrategy : 'REPLICA')",
    message: `spec.schedulingStrategy is immutable: ${recreate}`,
  },
  {
    // CPS-09: to a capacity provider strategy and back is allowed, from one launch type to another is not.
    rule: '!has(self.launchType) || (has(oldSelf.launchType) ? self.launchType == oldSelf.launchType : has(oldSelf.capacityProviderStrategy))',
    message:
      'spec.launchType is immutable: ECS cannot change it; use spec.capacityProviderStrategy in its place, or create another ECSService',
  },
];

export const rules: KindRules = {
  names: serviceNames,
  description: 'An Amazon ECS service. The fields of spec are those of CreateService.',
  spec: 'ECSServiceSpec',
  status: 'ECSServiceStatus',
  request: { type: 'CreateServiceRequest', nameField: 'serviceName' },
  overlays: {
    // SU-14
    Object: cel(...nameRules('ECSService', 'serviceName', 'service')),
    Spec: cel(...referenceRules, ...placementRules, ...deploymentRules, ...immutableRules),
    'Spec.serviceName': { ...awsName, description: 'The name in AWS. The default is metadata.name.' },
    'Spec.cluster': { description: 'Name or ARN of a cluster that is not an ECSCluster of ours.' },
    'Spec.clusterRef': { description: 'The ECSCluster that the service runs in.' },
    'Spec.taskDefinition': { description: 'family, family:revision or ARN of a task definition that is not ours.' },
    'Spec.taskDefinitionRef': {
      description: 'The ECSTaskDefinition to run. A new revision of it rolls the service.',
    },
    'Spec.deploymentController': {
      description:
        'Who rolls out changes. With CODE_DEPLOY, task definition, network and load balancers are left to CodeDeploy.',
    },
    'Spec.desiredCount': {
      description: 'Number of tasks. Left as it is in AWS when not set, so that an autoscaler can own it.',
      minimum: 0,
    },
    // SU-15
    'Spec.healthCheckGracePeriodSeconds': { minimum: 0 },
    'Spec.tags': tags,
    'Spec.capacityProviderStrategy': capacityProviderStrategy('spec.capacityProviderStrategy'),
    // Section 31: at most five target groups.
    'Spec.loadBalancers': { maxItems: 5 },
    'Spec.placementConstraints': { maxItems: 10 },
    'Spec.placementStrategy': { maxItems: 5 },
    'Spec.gatewayConnectors': { maxItems: 1 },
    // LIM-01
    'AwsVpcConfiguration.subnets': { maxItems: 16 },
    'AwsVpcConfiguration.securityGroups': { maxItems: 5 },
    'DeploymentConfiguration.minimumHealthyPercent': { minimum: 0, maximum: 100 },
    'DeploymentConfiguration.maximumPercent': { minimum: 100 },
    'CanaryConfiguration.canaryPercent': double,
    'LinearConfiguration.stepPercent': double,
    'DeploymentEarlySuccessCriteria.healthyPercent': { minimum: 0, maximum: 100 },
    'DeploymentLifecycleHookTimeoutConfiguration.timeoutInMinutes': { minimum: 1, maximum: 20_160 },
    'ServiceConnectClientAlias.port': port,
    'ServiceConnectService.ingressPortOverride': port,
    'ServiceConnectConfiguration.containerConfigurations': { maxItems: 10 },
    'TimeoutConfiguration.idleTimeoutSeconds': { minimum: 0 },
    'TimeoutConfiguration.perRequestTimeoutSeconds': { minimum: 0 },
    'EBSTagSpecification.tags': {
      maxItems: 50,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['key'],
    },
    'GatewayConnectorFilters.accessTypes': { maxItems: 2 },
    'MonitoringConfiguration.metricConfigurations': { maxItems: 5 },
    'MetricConfiguration.metricNames': { minItems: 1, maxItems: 5 },
    'MetricConfiguration.resolutionSeconds': { minimum: 20, maximum: 60 },
    'Status.taskDefinition': { description: 'ARN of the task definition that the primary deployment runs.' },
    'Status.taskDefinitionRevision': { description: 'The same as family:revision.' },
    'Status.events': { description: 'The last events of the service, newest first, repeated messages left out.' },
    'Status.rolledBack': {
      description: 'The deployment that ECS took back. It is not tried again until the spec changes.',
    },
  },
  columns: [
    { name: 'Running', type: 'integer', jsonPath: '.status.runningCount' },
    { name: 'Desired', type: 'integer', jsonPath: '.status.desiredCount' },
    { name: 'Task Definition', type: 'string', jsonPath: '.status.taskDefinitionRevision' },
    { name: 'Rollout', type: 'string', jsonPath: '.status.rolloutState' },
    { name: 'ARN', type: 'string', jsonPath: '.status.serviceArn', priority: 1 },
  ],
  scale: { specReplicasPath: '.spec.desiredCount', statusReplicasPath: '.status.runningCount' },
};
