import type { ListAccountSettingsResponse } from '@aws-sdk/client-ecs';
import type { World } from './state.ts';

/** The account settings of a present-day account: long ARNs on, everything optional off. */
export function listAccountSettings(world: World): ListAccountSettingsResponse {
  const settings = {
    serviceLongArnFormat: 'enabled',
    taskLongArnFormat: 'enabled',
    containerInstanceLongArnFormat: 'enabled',
    awsvpcTrunking: 'disabled',
    containerInsights: 'disabled',
    tagResourceAuthorization: 'on',
  } as const;
  const principalArn = `arn:aws:iam::${world.account}:root`;
  return {
    settings: [
      { name: 'serviceLongArnFormat', value: settings.serviceLongArnFormat, principalArn },
      { name: 'taskLongArnFormat', value: settings.taskLongArnFormat, principalArn },
      { name: 'containerInstanceLongArnFormat', value: settings.containerInstanceLongArnFormat, principalArn },
      { name: 'awsvpcTrunking', value: settings.awsvpcTrunking, principalArn },
      { name: 'containerInsights', value: settings.containerInsights, principalArn },
      { name: 'tagResourceAuthorization', value: settings.tagResourceAuthorization, principalArn },
    ],
  };
}
