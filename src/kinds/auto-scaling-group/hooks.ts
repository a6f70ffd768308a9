import {
  DeleteLifecycleHookCommand,
  type LifecycleHook,
  type LifecycleHookSpecification,
  PutLifecycleHookCommand,
} from '@aws-sdk/client-auto-scaling';
import type { CallStep } from '../../engine/kind.ts';
import { pascalCase } from '../shared/camel-case.ts';
import { covers } from '../shared/compare.ts';
import { autoScaling, step } from '../shared/step.ts';
import type { AutoScalingGroupSpec } from './api.ts';
import { groupName } from './desired.ts';
import type { DesiredGroup } from './observed.ts';

/** What AWS takes when a hook does not say; an empty target takes one away. */
const DEFAULTS = { HeartbeatTimeout: 3_600, DefaultResult: 'ABANDON', NotificationTargetARN: '' };

const FIELD = 'lifecycleHookSpecificationList/';

/** Each hook by its name, as entries of `status.settledFields`, so that one that leaves the spec can be told from one of somebody else. */
export function hookFields({ lifecycleHookSpecificationList: hooks }: AutoScalingGroupSpec): readonly string[] {
  return (hooks ?? []).map(({ lifecycleHookName }) => `${FIELD}${lifecycleHookName}`);
}

/** True when hooks have to be read to tell whether they are as the spec says. */
export function concernsHooks({ spec, status }: DesiredGroup): boolean {
  const had = status?.settledFields?.some((field) => field.startsWith(FIELD)) ?? false;
  return had || (spec.lifecycleHookSpecificationList ?? []).length > 0;
}

/** Steps that bring the hooks of the spec about and remove those that left it. Other hooks stay, ECS's among them (MD-04). */
export function hookSteps(desired: DesiredGroup, live: readonly LifecycleHook[] | undefined): readonly CallStep[] {
  if (live === undefined) return [];
  const hooks = desired.spec.lifecycleHookSpecificationList ?? [];
  const wanted = hooks.map((hook) => pascalCase<LifecycleHookSpecification>(hook));
  const put = wanted.filter((hook) => !live.some((have) => sameHook(have, hook)));
  return [...goneHooks(desired, wanted, live), ...put.flatMap((hook) => putHook(desired, hook, live))];
}

function sameHook(have: LifecycleHook, want: LifecycleHookSpecification): boolean {
  if (have.LifecycleHookName !== want.LifecycleHookName) return false;
  return covers({ ...have, NotificationTargetARN: have.NotificationTargetARN ?? '' }, { ...DEFAULTS, ...want });
}

function goneHooks(
  desired: DesiredGroup,
  wanted: readonly LifecycleHookSpecification[],
  live: readonly LifecycleHook[],
): readonly CallStep[] {
  const settled = (desired.status?.settledFields ?? []).filter((field) => field.startsWith(FIELD));
  return settled
    .map((field) => field.slice(FIELD.length))
    .filter((name) => !wanted.some(({ LifecycleHookName }) => LifecycleHookName === name))
    .filter((name) => live.some(({ LifecycleHookName }) => LifecycleHookName === name))
    .map((name) => deleteHook(desired, name));
}

function putHook(
  desired: DesiredGroup,
  hook: LifecycleHookSpecification,
  live: readonly LifecycleHook[],
): readonly CallStep[] {
  const name = hook.LifecycleHookName ?? '';
  const have = live.find(({ LifecycleHookName }) => LifecycleHookName === name);
  const { NotificationTargetARN, ...defaults } = DEFAULTS;
  // An update keeps what it does not name.
  const cleared = have?.NotificationTargetARN === undefined ? {} : { NotificationTargetARN };
  const command = new PutLifecycleHookCommand({
    AutoScalingGroupName: groupName(desired),
    ...defaults,
    ...cleared,
    ...hook,
  });
  const put = step(autoScaling, command, `lifecycle hook ${name} ${have === undefined ? 'made' : 'changed'}`);
  // The transition of a hook is fixed: it is another hook then.
  const moved = have !== undefined && have.LifecycleTransition !== hook.LifecycleTransition;
  return moved ? [deleteHook(desired, name), put] : [put];
}

function deleteHook(desired: DesiredGroup, name: string): CallStep {
  const command = new DeleteLifecycleHookCommand({
    AutoScalingGroupName: groupName(desired),
    LifecycleHookName: name,
  });
  return step(autoScaling, command, `lifecycle hook ${name} removed`);
}
