import * as applicationAutoScaling from '@aws-sdk/client-application-auto-scaling';
import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import {
  APPLICATION_AUTO_SCALING_DIALECT,
  APPLICATION_AUTO_SCALING_HANDLERS,
} from './application-autoscaling/operations.ts';
import { AUTO_SCALING_DIALECT, AUTO_SCALING_HANDLERS } from './autoscaling/operations.ts';
import { EC2_DIALECT, EC2_HANDLERS } from './ec2/operations.ts';
import { ECS_DIALECT, ECS_HANDLERS } from './ecs/operations.ts';
import type { Dialect, Handlers } from './service.ts';
import { SSM_DIALECT, SSM_HANDLERS } from './ssm/operations.ts';
import { STS_DIALECT, STS_HANDLERS } from './sts.ts';
import { ec2Query } from './wire/ec2-query.ts';
import { json } from './wire/json.ts';
import { query } from './wire/query.ts';
import { type Operation, operationsOf } from './wire/shape.ts';
import type { WireProtocol } from './wire/wire-protocol.ts';

/** A service of AWS that the region models. */
export interface AwsService {
  /** As in the credential scope of SigV4, and before the colon in an action of IAM. */
  readonly name: string;
  /** The API's version; a form names it, which tells whose it is when the request is not signed. */
  readonly version: string;
  /** What stands before the operation's name in the header `x-amz-target` of AWS JSON. */
  readonly target?: string;
  readonly protocol: WireProtocol;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly handlers: Handlers;
  readonly dialect: Dialect;
}

export const SERVICES: readonly AwsService[] = [
  {
    name: 'ecs',
    version: '2014-11-13',
    target: 'AmazonEC2ContainerServiceV20141113',
    protocol: json,
    operations: operationsOf(ecs),
    handlers: ECS_HANDLERS,
    dialect: ECS_DIALECT,
  },
  {
    name: 'autoscaling',
    version: '2011-01-01',
    protocol: query({ version: '2011-01-01', namespace: 'http://autoscaling.amazonaws.com/doc/2011-01-01/' }),
    operations: operationsOf(autoScaling),
    handlers: AUTO_SCALING_HANDLERS,
    dialect: AUTO_SCALING_DIALECT,
  },
  {
    name: 'ec2',
    version: '2016-11-15',
    protocol: ec2Query({ namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/' }),
    operations: operationsOf(ec2),
    handlers: EC2_HANDLERS,
    dialect: EC2_DIALECT,
  },
  {
    name: 'application-autoscaling',
    version: '2016-02-06',
    target: 'AnyScaleFrontendService',
    protocol: json,
    operations: operationsOf(applicationAutoScaling),
    handlers: APPLICATION_AUTO_SCALING_HANDLERS,
    dialect: APPLICATION_AUTO_SCALING_DIALECT,
  },
  {
    name: 'ssm',
    version: '2014-11-06',
    target: 'AmazonSSM',
    protocol: json,
    operations: operationsOf(ssm),
    handlers: SSM_HANDLERS,
    dialect: SSM_DIALECT,
  },
  {
    name: 'sts',
    version: '2011-06-15',
    protocol: query({ version: '2011-06-15', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' }),
    operations: operationsOf(sts),
    handlers: STS_HANDLERS,
    dialect: STS_DIALECT,
  },
];
