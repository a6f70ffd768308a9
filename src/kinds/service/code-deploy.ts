import type { Service, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import type { KindCondition } from '../../engine/kind.ts';
import type { DesiredService } from './desired.ts';

/** The type of the condition that `codeDeployCondition` gives. */
export const LEFT_TO_CODE_DEPLOY = 'LeftToCodeDeploy';

/** What UpdateService refuses for a service whose deployments CodeDeploy makes: it belongs to the task sets (guide 2, BG-07 and LB-14; guide 3, L50746). */
const TASK_SET_FIELDS: ReadonlySet<string> = new Set([
  'capacityProviderStrategy',
  'loadBalancers',
  'networkConfiguration',
  'platformVersion',
  'serviceConnectConfiguration',
  'serviceRegistries',
  'taskDefinition',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
] satisfies readonly (keyof UpdateServiceCommandInput)[]);

/** True when CodeDeploy deploys changes of this field, and has perhaps moved it on from what the spec says. */
export function isLeftToCodeDeploy(
  { spec }: DesiredService,
  { deploymentController }: Service,
  field: string,
): boolean {
  const stays = (spec.deploymentController?.type ?? 'CODE_DEPLOY') === 'CODE_DEPLOY';
  return deploymentController?.type === 'CODE_DEPLOY' && stays && TASK_SET_FIELDS.has(field);
}

/** Tells in what the service differs from its spec because CodeDeploy has the say; nothing when it does not. */
export function codeDeployCondition(left: readonly { readonly reason: string }[]): readonly KindCondition[] {
  if (left.length === 0) return [];
  const differing = left.map(({ reason }) => reason).join(', ');
  const message = `${differing}: with the deployment controller CODE_DEPLOY this is rolled out by a CodeDeploy deployment, not by the operator. Start one, or bring the spec in line.`;
  return [{ type: LEFT_TO_CODE_DEPLOY, reason: 'DiffersFromSpec', message }];
}
