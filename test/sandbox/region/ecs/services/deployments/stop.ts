import type {
  ContinueServiceDeploymentRequest,
  ContinueServiceDeploymentResponse,
  StopServiceDeploymentRequest,
  StopServiceDeploymentResponse,
} from '@aws-sdk/client-ecs';
import { AwsError, invalidParameter } from '../../../errors.ts';
import type { World } from '../../../world.ts';
import { resourceOf } from '../../arn.ts';
import type { ServiceDeploymentState } from '../state.ts';
import { wake } from '../wake.ts';
import { setStatus } from './record.ts';

/** Takes a deployment that is not finished back to the last completed one. One that is on its way back or out already goes on. */
export function stopServiceDeployment(
  world: World,
  input: StopServiceDeploymentRequest,
): StopServiceDeploymentResponse {
  const record = findRecord(world, input.serviceDeploymentArn);
  // ABORT is in the SDK's enum, but "the valid values are ROLLBACK".
  if ((input.stopType ?? 'ROLLBACK') !== 'ROLLBACK') {
    throw invalidParameter(`The stop type ${input.stopType} is not supported. The valid values are ROLLBACK.`);
  }
  switch (record.status) {
    case 'PENDING':
    case 'IN_PROGRESS':
      requestRollback(world, record);
      break;
    case 'STOP_REQUESTED':
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
      break;
    case 'SUCCESSFUL':
    case 'STOPPED':
    case 'ROLLBACK_SUCCESSFUL':
    case 'ROLLBACK_FAILED':
      throw new AwsError(
        'ConflictException',
        `The service deployment cannot be stopped because it is in the ${record.status} state.`,
      );
  }
  return { serviceDeploymentArn: record.arn };
}

/** Answers a PAUSE hook that waits for somebody to. */
export function continueServiceDeployment(
  world: World,
  input: ContinueServiceDeploymentRequest,
): ContinueServiceDeploymentResponse {
  const record = findRecord(world, input.serviceDeploymentArn);
  const hook = record.lifecycle?.hooks.find(({ id }) => id === input.hookId);
  if (hook === undefined) throw invalidParameter(`The lifecycle hook ${input.hookId} was not found.`);
  if (record.status !== 'IN_PROGRESS' || hook.status !== 'AWAITING_ACTION') {
    throw invalidParameter('The lifecycle hook is not awaiting an action.');
  }
  if ((input.action ?? 'CONTINUE') === 'CONTINUE') {
    hook.status = 'SUCCEEDED';
    wake(world, record.service);
  } else {
    hook.status = 'FAILED';
    requestRollback(world, record);
  }
  return { serviceDeploymentArn: record.arn };
}

function requestRollback(world: World, record: ServiceDeploymentState): void {
  setStatus(world, record, 'ROLLBACK_REQUESTED', 'A rollback of the service deployment was requested.');
  record.startedAt ??= world.agenda.date;
  wake(world, record.service);
}

function findRecord(world: World, arn: string | undefined): ServiceDeploymentState {
  if (!(resourceOf(arn ?? '') ?? '').startsWith('service-deployment/')) {
    throw invalidParameter('Invalid service deployment ARN.');
  }
  const record = world.ecs.serviceDeployments.get(arn ?? '');
  if (record === undefined) {
    throw new AwsError('ServiceDeploymentNotFoundException', 'The specified service deployment was not found.');
  }
  return record;
}
