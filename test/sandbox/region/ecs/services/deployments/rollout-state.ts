import type { World } from '../../../world.ts';
import type { DeploymentState, RolloutState } from '../state.ts';

export function setRollout(world: World, deployment: DeploymentState, state: RolloutState, reason: string): void {
  deployment.rolloutState = state;
  deployment.rolloutStateReason = reason;
  deployment.updatedAt = world.agenda.date;
}
