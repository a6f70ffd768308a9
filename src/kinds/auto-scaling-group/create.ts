import { CreateAutoScalingGroupCommand, type CreateAutoScalingGroupType } from '@aws-sdk/client-auto-scaling';
import type { CallStep } from '../../engine/kind.ts';
import { pascalCase } from '../shared/camel-case.ts';
import { awsFields } from '../shared/fields.ts';
import { autoScaling, step } from '../shared/step.ts';
import { groupName } from './desired.ts';
import type { DesiredGroup } from './observed.ts';
import { groupTags } from './tags.ts';
import { wantedTemplate } from './template.ts';
import { firstWarmPool } from './warm-pool.ts';

type PlainFields = Omit<
  CreateAutoScalingGroupType,
  'AutoScalingGroupName' | 'LaunchTemplate' | 'MixedInstancesPolicy' | 'Tags'
>;

/** Makes the group with its hooks and tags, and then its warm pool, which only an existing group can have. */
export function createSteps(desired: DesiredGroup): readonly CallStep[] {
  const name = groupName(desired);
  const {
    autoScalingGroupName,
    launchTemplate,
    launchTemplateRef,
    mixedInstancesPolicy,
    tags,
    warmPool,
    instanceRefresh,
    cluster,
    clusterRef,
    forceDelete,
    ...fields
  } = awsFields(desired.spec);
  const { policy, specification } = wantedTemplate(desired);
  const command = new CreateAutoScalingGroupCommand({
    ...pascalCase<PlainFields>(fields),
    AutoScalingGroupName: name,
    ...(policy === undefined ? {} : { MixedInstancesPolicy: policy }),
    ...(policy !== undefined || specification === undefined ? {} : { LaunchTemplate: specification }),
    Tags: groupTags(desired),
  });
  return [step(autoScaling, command, `Auto Scaling group ${name} created`), ...firstWarmPool(desired)];
}
