import * as applicationAutoScaling from '@aws-sdk/client-application-auto-scaling';
import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import {
  APPLICATION_AUTO_SCALING_DIALECT,
  APPLICATION_AUTO_SCALING_HANDLERS,
} from './application-autoscaling/operations.ts';
import { AUTO_SCALING_DIALECT, AUTO_SCALING_HANDLERS } from './autoscaling/operations.ts';
import { EC2_DIALECT, EC2_HANDLERS } from './ec2/operations.ts';
import { ECS_DIALECT, ECS_HANDLERS } from './ecs/operations.ts';
import { AwsError } from './errors.ts';
import type { Dialect, Handlers } from './service.ts';
import type { Caller } from './wire/caller.ts';
import { decode } from './wire/decode.ts';
import { type Operation, operationsOf } from './wire/shape.ts';
import type { World } from './world.ts';

/** A service of AWS that the region models. */
export interface AwsService {
  /** As in the credential scope of SigV4. */
  readonly name: string;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly handlers: Handlers;
  readonly dialect: Dialect;
}

export const SERVICES: readonly AwsService[] = [
  { name: 'ecs', operations: operationsOf(ecs), handlers: ECS_HANDLERS, dialect: ECS_DIALECT },
  {
    name: 'autoscaling',
    operations: operationsOf(autoScaling),
    handlers: AUTO_SCALING_HANDLERS,
    dialect: AUTO_SCALING_DIALECT,
  },
  { name: 'ec2', operations: operationsOf(ec2), handlers: EC2_HANDLERS, dialect: EC2_DIALECT },
  {
    name: 'application-autoscaling',
    operations: operationsOf(applicationAutoScaling),
    handlers: APPLICATION_AUTO_SCALING_HANDLERS,
    dialect: APPLICATION_AUTO_SCALING_DIALECT,
  },
];

/** The operation's schemas, or what AWS answers for one that it, or this region, does not have. */
export function operationOf(service: AwsService, name: string): Operation {
  const operation = service.operations.get(name);
  if (operation === undefined)
    throw new AwsError('UnknownOperationException', `${service.name} has no operation ${name}.`);
  if (service.handlers[name] === undefined) {
    throw new AwsError('UnsupportedFeatureException', `The simulated region does not support ${name}.`);
  }
  return operation;
}

/** Checks the input against the schema, runs the operation and returns its typed output. */
export function runOperation(
  service: AwsService,
  operation: Operation,
  world: World,
  input: unknown,
  caller: Caller,
): object {
  const handler = service.handlers[operation.name];
  if (handler === undefined) throw new Error(`no handler for ${operation.name}`);
  // `decode` has checked the input against the schema of this very operation, which is the handler's input type.
  return handler(world, decode(operation.input, input, service.dialect) as never, caller);
}
