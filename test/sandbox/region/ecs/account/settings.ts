import type { SettingName } from '@aws-sdk/client-ecs';
import type { World } from '../../world.ts';

/** `dualStackIPv6` is a setting of AWS that the SDK's enum does not have (ACS-04). */
export type AccountSettingName = SettingName | 'dualStackIPv6';

/** What principals have set, by their ARN. The root user's settings are the defaults of all others (ACS-10). */
export type AccountSettings = Map<string, Map<AccountSettingName, string>>;

interface Rule {
  readonly values: readonly string[];
  /** In an account of the present day that has set nothing. */
  readonly default: string;
  /** What only the account as a whole can set. */
  readonly accountLevel?: boolean;
  /** Values of the past, which can be read about and no longer be set. */
  readonly retired?: readonly string[];
  /** Written by another service on the account's behalf. */
  readonly readOnly?: boolean;
}

const SWITCH = ['enabled', 'disabled'];
const LONG_ARN: Rule = { values: SWITCH, default: 'enabled', retired: ['disabled'] };

/** Values and defaults by name (ACS-01 to ACS-08, ACS-14); those without an id are younger than the guide. */
const RULES: Readonly<Record<AccountSettingName, Rule>> = {
  serviceLongArnFormat: LONG_ARN,
  taskLongArnFormat: LONG_ARN,
  containerInstanceLongArnFormat: LONG_ARN,
  awsvpcTrunking: { values: SWITCH, default: 'disabled' },
  containerInsights: { values: [...SWITCH, 'enhanced'], default: 'disabled' },
  dualStackIPv6: { values: SWITCH, default: 'enabled' },
  fargateFIPSMode: { values: SWITCH, default: 'disabled' },
  tagResourceAuthorization: { values: ['on', 'off'], default: 'on', retired: ['off'] },
  fargateTaskRetirementWaitPeriod: { values: ['0', '7', '14'], default: '7', accountLevel: true },
  fargateEventWindows: { values: SWITCH, default: 'disabled', accountLevel: true },
  guardDutyActivate: { values: ['on', 'off'], default: 'off', readOnly: true },
  // Was `blocking` until 25 June 2025.
  defaultLogDriverMode: { values: ['blocking', 'non-blocking'], default: 'non-blocking' },
};

export const SETTING_NAMES = Object.keys(RULES).filter(isSettingName);

export function isSettingName(name: string): name is AccountSettingName {
  return Object.hasOwn(RULES, name);
}

export const settingRule = (name: AccountSettingName): Rule => RULES[name];

export const rootArn = (account: string): string => `arn:aws:iam::${account}:root`;

/** The value that holds for a principal, or for the account: its own, else the root user's, else AWS's. */
export function accountSetting(world: World, name: AccountSettingName, principal = rootArn(world.account)): string {
  return (
    world.ecs.accountSettings.get(principal)?.get(name) ??
    world.ecs.accountSettings.get(rootArn(world.account))?.get(name) ??
    RULES[name].default
  );
}
