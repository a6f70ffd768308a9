import type { ListAccountSettingsResponse, SettingName } from '@aws-sdk/client-ecs';
import type { World } from '../../world.ts';

/** A present-day account: long ARNs on, everything optional off. */
const SETTINGS: ReadonlyMap<SettingName, string> = new Map([
  ['serviceLongArnFormat', 'enabled'],
  ['taskLongArnFormat', 'enabled'],
  ['containerInstanceLongArnFormat', 'enabled'],
  ['awsvpcTrunking', 'disabled'],
  ['containerInsights', 'disabled'],
  ['tagResourceAuthorization', 'on'],
]);

export function listAccountSettings(world: World): ListAccountSettingsResponse {
  const principalArn = `arn:aws:iam::${world.account}:root`;
  return { settings: [...SETTINGS].map(([name, value]) => ({ name, value, principalArn })) };
}
