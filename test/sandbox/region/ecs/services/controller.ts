import type { DeploymentController } from '@aws-sdk/client-ecs';
import type { Controller } from './state.ts';

/** Whoever deploys a service, by its settings or by the input that makes it: ECS unless somebody else is named. */
export const controllerOf = ({
  deploymentController,
}: {
  readonly deploymentController?: DeploymentController | undefined;
}): Controller => deploymentController?.type ?? 'ECS';
