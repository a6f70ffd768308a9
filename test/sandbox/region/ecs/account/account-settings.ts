import type {
  DeleteAccountSettingRequest,
  DeleteAccountSettingResponse,
  ListAccountSettingsRequest,
  ListAccountSettingsResponse,
  PutAccountSettingDefaultRequest,
  PutAccountSettingDefaultResponse,
  PutAccountSettingRequest,
  PutAccountSettingResponse,
  Setting,
  SettingName,
} from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../errors.ts';
import type { Caller } from '../../wire/caller.ts';
import type { World } from '../../world.ts';
import { page } from '../pages.ts';
import {
  type AccountSettingName,
  accountSetting,
  isSettingName,
  rootArn,
  SETTING_NAMES,
  settingRule,
} from './settings.ts';

/** Sets what holds for one principal: the caller, or the one named (ACS-09). */
export function putAccountSetting(
  world: World,
  input: PutAccountSettingRequest,
  caller: Caller,
): PutAccountSettingResponse {
  return put(world, input, principalOf(world, input.principalArn, caller));
}

/** Sets what holds for all principals that have set nothing themselves. */
export function putAccountSettingDefault(
  world: World,
  input: PutAccountSettingDefaultRequest,
): PutAccountSettingDefaultResponse {
  return put(world, input, rootArn(world.account));
}

/** Gives a principal the account's value back (ACS-15). */
export function deleteAccountSetting(
  world: World,
  input: DeleteAccountSettingRequest,
  caller: Caller,
): DeleteAccountSettingResponse {
  const name = nameOf(input.name);
  const principal = principalOf(world, input.principalArn, caller);
  world.ecs.accountSettings.get(principal)?.delete(name);
  return { setting: view(name, accountSetting(world, name, principal), principal) };
}

/** Only what the principal has set itself, unless the effective settings are asked for: then all, with the defaults filled in. */
export function listAccountSettings(
  world: World,
  input: ListAccountSettingsRequest,
  caller: Caller,
): ListAccountSettingsResponse {
  if (input.value !== undefined && input.name === undefined) {
    throw invalidParameter('The name must be specified when filtering by value.');
  }
  const wanted = input.name === undefined ? undefined : nameOf(input.name);
  const principal = principalOf(world, input.principalArn, caller);
  const own = world.ecs.accountSettings.get(principal);
  const settings = new Map<string, Setting>();
  for (const name of SETTING_NAMES) {
    const isOwn = own?.has(name) === true;
    if (!isOwn && input.effectiveSettings !== true) continue;
    const value = accountSetting(world, name, principal);
    if (wanted !== undefined && wanted !== name) continue;
    if (input.value !== undefined && input.value !== value) continue;
    settings.set(name, view(name, value, isOwn ? principal : rootArn(world.account)));
  }
  const { items, nextToken } = page([...settings.keys()], input, { size: 10, max: 100 });
  return { settings: items.flatMap((name) => settings.get(name) ?? []), nextToken };
}

function put(
  world: World,
  input: PutAccountSettingDefaultRequest,
  principal: string,
): PutAccountSettingDefaultResponse {
  const name = nameOf(input.name);
  const rule = settingRule(name);
  const value = input.value ?? '';
  if (rule.readOnly === true) throw invalidParameter(`The setting ${name} is read-only.`);
  if (!rule.values.includes(value)) {
    throw invalidParameter(`Invalid value for setting ${name}. Valid values are: ${rule.values.join(', ')}.`);
  }
  if (rule.retired?.includes(value)) throw invalidParameter(`You can no longer set ${name} to ${value}.`);
  if (rule.accountLevel === true && principal !== rootArn(world.account)) {
    throw invalidParameter(`The setting ${name} can be set for the account only, by the root user or as a default.`);
  }
  const settings = world.ecs.accountSettings.get(principal) ?? new Map<AccountSettingName, string>();
  settings.set(name, value);
  world.ecs.accountSettings.set(principal, settings);
  return { setting: view(name, value, principal) };
}

function nameOf(name: string | undefined): AccountSettingName {
  if (name !== undefined && isSettingName(name)) return name;
  throw invalidParameter(`Unknown account setting: ${name}.`);
}

function principalOf(world: World, given: string | undefined, caller: Caller): string {
  if (given === undefined) return settingsPrincipal(caller.arn);
  if (new RegExp(`^arn:aws[a-z-]*:iam::${world.account}:(root|(user|role)/.+)$`).test(given)) return given;
  throw invalidParameter(`Invalid principal ARN: ${given}`);
}

/** A session has the settings of its role. */
function settingsPrincipal(arn: string): string {
  const session = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn);
  return session === null ? arn : `arn:${session[1]}:iam::${session[2]}:role/${session[3]}`;
}

function view(name: AccountSettingName, value: string, principalArn: string): Setting {
  const type = settingRule(name).readOnly === true ? 'aws_managed' : 'user';
  // The SDK's enum lacks dualStackIPv6; on the wire it is a string like the others.
  return { name: name as SettingName, value, principalArn, type };
}
