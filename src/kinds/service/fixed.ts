import type { Service } from '@aws-sdk/client-ecs';
import { OperatorError } from '../../errors.ts';
import { type DesiredService, serviceName } from './desired.ts';

/**
 * Throws when an existing service, which may be adopted, is another one than the spec describes in what UpdateService cannot change, or when
 * ECS manages it for an Express service (feature-bar section 6).
 */
export function assertSameService(desired: DesiredService, live: Service): void {
  const name = `service "${serviceName(desired)}"`;
  if (live.resourceManagementType === 'ECS') {
    throw new OperatorError(
      'terminal',
      'ManagedByECS',
      `The ${name} belongs to an Express service, which ECS manages. Choose another name in this spec.`,
    );
  }
  const { schedulingStrategy = 'REPLICA', launchType } = desired.spec;
  const scheduling = live.schedulingStrategy ?? 'REPLICA';
  if (scheduling !== schedulingStrategy) throw fixed(name, 'schedulingStrategy', scheduling, schedulingStrategy);
  // Without one of its own it runs on capacity providers, from which it can be brought back.
  if (launchType !== undefined && live.launchType !== undefined && live.launchType !== launchType) {
    throw fixed(name, 'launchType', live.launchType, launchType);
  }
}

function fixed(name: string, field: string, have: string, wanted: string): OperatorError {
  return new OperatorError(
    'terminal',
    'ImmutableField',
    `The ${name} exists with ${field} ${have}, and ECS cannot change that to ${wanted}. Correct spec.${field}, or choose another name.`,
  );
}
