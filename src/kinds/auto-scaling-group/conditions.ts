import type { KindCondition } from '../../engine/kind.ts';
import { agentDisconnected, refusedRegistrations, registrationFailed } from '../shared/container-instances.ts';
import { STATUS_INCOMPLETE, statusIncomplete } from '../shared/status-reads.ts';
import { counted, listedInOrder } from '../shared/text.ts';
import { clusterOf } from './desired.ts';
import { drainAnnotation, drainReport } from './drain.ts';
import { lacksInstances } from './instances.ts';
import { failedLaunch } from './launch-failures.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';
import { isActive } from './refresh-decision.ts';
import { disconnectedInstances, overdueInstances, unregisteredInstances } from './registration.ts';

export const CONDITION_TYPES = [
  'CapacityUnavailable',
  'LaunchFailed',
  'AgentDisconnected',
  'RegistrationFailed',
  'Drained',
  STATUS_INCOMPLETE,
] as const;

type Found = KindCondition & { readonly type: (typeof CONDITION_TYPES)[number] };

/** What is out of order with the group's instances, each only while it is. */
export function groupConditions(desired: DesiredGroup, observed: ObservedGroup): readonly KindCondition[] {
  return [
    launchFailed(observed),
    agentDisconnected(disconnectedInstances(desired, observed)),
    registrationFailed([
      ...refusedRegistrations(observed.containerInstances ?? []),
      ...overdueRegistrations(desired, observed),
    ]),
    drained(desired, observed),
    ...statusIncomplete(observed.denied),
  ].filter((condition) => condition !== undefined);
}

/** True when the scaling activities say something that a condition needs: why a launch failed, or since when an instance is in service. */
export function concernsActivities(observed: ObservedGroup): boolean {
  return lacksInstances(observed.group) || isActive(observed.refresh) || unregisteredInstances(observed).length > 0;
}

function launchFailed(observed: ObservedGroup): Found | undefined {
  const failure = failedLaunch(observed);
  if (failure === undefined) return undefined;
  const { kind, reason, message } = failure;
  return { type: kind === 'capacity' ? 'CapacityUnavailable' : 'LaunchFailed', reason, message };
}

/** AG-02, AG-03: an agent without a role or without a way to ECS is never heard of. */
function overdueRegistrations(desired: DesiredGroup, observed: ObservedGroup): readonly string[] {
  const ids = overdueInstances(desired, observed);
  if (ids.length === 0) return [];
  return [
    `${counted(ids.length, 'instance')} in service for more than 10 minutes and unknown to the cluster ${clusterOf(desired)}: ${listedInOrder(ids)}. ` +
      "Check that the image has the ECS agent, that the user data names this cluster, that the instance profile's role allows what AmazonEC2ContainerServiceforEC2Role does, and that the subnets reach ECS (public address, NAT or VPC endpoints).",
  ];
}

function drained(desired: DesiredGroup, observed: ObservedGroup): Found | undefined {
  const isAsked = desired.object.metadata.annotations?.[drainAnnotation] !== undefined;
  const report = drainReport(desired, observed);
  if (!isAsked || report === undefined || clusterOf(desired) === undefined) return undefined;
  if (report.some(({ state }) => state === 'Draining')) return undefined;
  const of = (state: 'Drained' | 'NotRegistered') =>
    report.filter((instance) => instance.state === state).map(({ instanceId }) => instanceId);
  const [gone, unknown] = [of('Drained'), of('NotRegistered')];
  const said = [
    ...(gone.length === 0 ? [] : [`Nothing runs on ${listedInOrder(gone)} any more.`]),
    ...(unknown.length === 0 ? [] : [`ECS does not know ${listedInOrder(unknown)}.`]),
  ];
  const message = said.length === 0 ? 'The group has no instances to drain.' : said.join(' ');
  return { type: 'Drained', reason: 'Drained', message };
}
