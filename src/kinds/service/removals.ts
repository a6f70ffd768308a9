import type { Service } from '@aws-sdk/client-ecs';
import { covers, isEmpty } from '../shared/compare.ts';
import { wasSettled } from '../shared/fields.ts';
import type { ECSServiceSpec } from './api.ts';
import type { DesiredService } from './desired.ts';

/** A member below a field of the spec that a user may take out again while the field stays. */
interface Member {
  /** Names from the field on; lists are gone through. */
  readonly path: readonly string[];
  /** What AWS has without it: sent in its place, because AWS keeps what an update leaves out. Absent below lists, which are replaced whole. */
  readonly reset?: unknown;
}

type Members = Partial<Record<keyof ECSServiceSpec, readonly Member[]>>;

/** Only what AWS leaves empty, or fills in with a value that is known: anything else might be sent again and again. */
const membersOf = (percents: { readonly maximum: number; readonly minimumHealthy: number }): Members => ({
  deploymentConfiguration: [
    { path: ['alarms'], reset: { alarmNames: [], enable: false, rollback: false } },
    { path: ['bakeTimeInMinutes'], reset: 0 },
    { path: ['deploymentCircuitBreaker'], reset: { enable: false, rollback: false } },
    { path: ['lifecycleHooks'], reset: [] },
    { path: ['maximumPercent'], reset: percents.maximum },
    { path: ['minimumHealthyPercent'], reset: percents.minimumHealthy },
    { path: ['strategy'], reset: 'ROLLING' },
  ],
  loadBalancers: [{ path: ['advancedConfiguration'] }],
  networkConfiguration: [
    { path: ['awsvpcConfiguration', 'assignPublicIp'], reset: 'DISABLED' },
    { path: ['awsvpcConfiguration', 'securityGroups'], reset: [] },
  ],
  serviceConnectConfiguration: [
    { path: ['accessLogConfiguration'] },
    { path: ['logConfiguration'] },
    { path: ['services'] },
    { path: ['services', 'clientAliases'] },
    { path: ['services', 'ingressPortOverride'] },
    { path: ['services', 'timeout'] },
    { path: ['services', 'tls'] },
  ],
});

/** What ECS has for each scheduling strategy when nobody says otherwise (guide 4, SV-15). */
const REPLICA = membersOf({ maximum: 200, minimumHealthy: 100 });
const DAEMON = membersOf({ maximum: 100, minimumHealthy: 0 });

/** The members of this kind that a spec sets, as `networkConfiguration.awsvpcConfiguration.securityGroups`: what has to be known to see one go. */
export function removableMembers(spec: ECSServiceSpec): readonly string[] {
  return Object.entries(REPLICA).flatMap(([field, members]) =>
    members.flatMap(({ path }) => (valuesAt(memberOf(spec, field), path).length > 0 ? [nameOf(field, path)] : [])),
  );
}

/**
 * What takes away the members of `field` that have left the spec and that AWS still has: the field as it is to be sent.
 * `undefined` when there are none.
 */
export function withoutRemoved(
  desired: DesiredService,
  service: Pick<Service, 'schedulingStrategy'>,
  field: keyof ECSServiceSpec,
  have: unknown,
  wanted: unknown,
): unknown {
  const members = service.schedulingStrategy === 'DAEMON' ? DAEMON : REPLICA;
  const removed = (members[field] ?? []).filter(
    ({ path, reset }) =>
      wasSettled(desired, nameOf(field, path)) &&
      valuesAt(have, path).filter((value) => reset === undefined || !covers(value, reset)).length >
        valuesAt(wanted, path).length,
  );
  if (removed.length === 0) return undefined;
  return removed.reduce<unknown>(
    (value, { path, reset }) => (reset === undefined ? value : withValueAt(value, path, reset)),
    wanted ?? {},
  );
}

const nameOf = (field: string, path: readonly string[]): string => [field, ...path].join('.');

/** What there is at this path, once for each item of the lists on the way. */
function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const [name, ...rest] = path;
  if (name === undefined) return isEmpty(value) ? [] : [value];
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  return valuesAt(memberOf(value, name), rest);
}

function withValueAt(value: unknown, path: readonly string[], to: unknown): unknown {
  const [name, ...rest] = path;
  return name === undefined ? to : { ...Object(value), [name]: withValueAt(memberOf(value, name), rest, to) };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
