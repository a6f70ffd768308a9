import { autoScalingGroupCases, autoScalingGroupSchemaCases } from './cases/auto-scaling-group.ts';
import { awsAccountCases, awsAccountSchemaCases } from './cases/aws-account.ts';
import { capacityProviderCases, capacityProviderSchemaCases } from './cases/capacity-provider.ts';
import { clusterCases, clusterSchemaCases } from './cases/cluster.ts';
import { launchTemplateCases, launchTemplateSchemaCases } from './cases/launch-template.ts';
import { serviceCases, serviceSchemaCases } from './cases/service.ts';
import type { RuleCase, SchemaCase } from './cases/shared.ts';
import { taskDefinitionCases, taskDefinitionSchemaCases } from './cases/task-definition.ts';

export const ruleCases: readonly RuleCase[] = [
  ...clusterCases,
  ...taskDefinitionCases,
  ...serviceCases,
  ...launchTemplateCases,
  ...autoScalingGroupCases,
  ...capacityProviderCases,
  ...awsAccountCases,
];

export const schemaCases: readonly SchemaCase[] = [
  ...clusterSchemaCases,
  ...taskDefinitionSchemaCases,
  ...serviceSchemaCases,
  ...launchTemplateSchemaCases,
  ...autoScalingGroupSchemaCases,
  ...capacityProviderSchemaCases,
  ...awsAccountSchemaCases,
];
