import { operationName } from '../../aws/command.ts';
import type { AwsCommand, CallStep, WaitStep } from '../../engine/kind.ts';

/** Names under which `aws/clients.ts` knows its clients. */
export const ecs = 'ecs';
export const autoScaling = 'autoscaling';
export const ec2 = 'ec2';

/** One AWS call as data, with the sentence that the user reads in the Event. */
export function step(service: string, command: AwsCommand, reason: string): CallStep {
  return { kind: 'call', service, operation: operationName(command), command, reason };
}

export function wait(reason: string, message: string): WaitStep {
  return { kind: 'wait', reason, message };
}
