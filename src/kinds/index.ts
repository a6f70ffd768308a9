import type { CommonSpec, CommonStatus } from '../engine/kind.ts';
import { autoScalingGroup } from './auto-scaling-group/kind.ts';
import { awsAccount } from './aws-account/kind.ts';
import { capacityProvider } from './capacity-provider/kind.ts';
import { cluster } from './cluster/kind.ts';
import type { AwsKind } from './kind.ts';
import { launchTemplate } from './launch-template/kind.ts';
import { service } from './service/kind.ts';
import { taskDefinition } from './task-definition/kind.ts';

/** Every kind of this operator. A new kind is a folder beside this file and a line here. */
export const kinds: readonly AwsKind<CommonSpec, CommonStatus, unknown>[] = [
  cluster,
  taskDefinition,
  service,
  launchTemplate,
  autoScalingGroup,
  capacityProvider,
  awsAccount,
];
