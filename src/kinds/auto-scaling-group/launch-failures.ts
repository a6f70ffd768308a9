import type { Activity } from '@aws-sdk/client-auto-scaling';
import { lacksInstances } from './instances.ts';
import type { ObservedGroup } from './observed.ts';
import { isActive } from './refresh-decision.ts';

/** Why the newest launch came to nothing. */
export interface LaunchFailure {
  readonly kind: 'capacity' | 'other';
  readonly reason: string;
  /** What AWS says, and what to do. */
  readonly message: string;
}

/** One row: the first that matches what AWS says decides. */
interface Rule extends Pick<LaunchFailure, 'kind' | 'reason'> {
  readonly says: RegExp;
  readonly advice: string;
}

/** Auto Scaling puts EC2's message, and sometimes its code, into the activity. Few are documented, so each pattern is loose. */
const rules: readonly Rule[] = [
  {
    says: /MaxSpotInstanceCountExceeded|max spot instance count exceeded/i,
    kind: 'capacity',
    reason: 'SpotQuotaReached',
    advice:
      'Ask for more Spot vCPUs in Service Quotas, or run more On-Demand Instances (onDemandPercentageAboveBaseCapacity).',
  },
  {
    says: /SpotMaxPriceTooLow|lower than the (minimum|current) required Spot/i,
    kind: 'capacity',
    reason: 'SpotPriceTooLow',
    advice: 'Take spotMaxPrice out: then the On-Demand price is the most that is paid.',
  },
  {
    says: /no Spot capacity|capacity-not-available|Spot.*(UnfulfillableCapacity|InsufficientInstanceCapacity)/i,
    kind: 'capacity',
    reason: 'InsufficientSpotCapacity',
    advice: 'AWS goes on trying. Allow more instance types or zones, or the price-capacity-optimized strategy.',
  },
  {
    says: /UnfulfillableCapacity|Insufficient(Instance|Host|ReservedInstance)?Capacity|do not have sufficient .* capacity|insufficient capacity|ReservationCapacityExceeded/i,
    kind: 'capacity',
    reason: 'InsufficientInstanceCapacity',
    advice:
      'AWS goes on trying. Allow more instance types (spec.mixedInstancesPolicy) or more zones (spec.vpcZoneIdentifier).',
  },
  {
    says: /VcpuLimitExceeded|InstanceLimitExceeded|more (vCPU capacity|instances) \(?.*than your current|already running/i,
    kind: 'other',
    reason: 'QuotaExceeded',
    advice: 'Ask for a higher EC2 quota in Service Quotas, or lower spec.maxSize.',
  },
  {
    // WA-02: older images turn private or disappear.
    says: /InvalidAMIID|\bAMI\b|image id|not authorized for images/i,
    kind: 'other',
    reason: 'ImageUnavailable',
    advice:
      'The image is gone, private or not fit for this instance type: name one that exists in the LaunchTemplate (spec.imageSelector keeps it up to date).',
  },
  {
    says: /launch template.*(not exist|not found)|InvalidLaunchTemplate/i,
    kind: 'other',
    reason: 'LaunchTemplateMissing',
    advice: 'Somebody deleted the launch template or its version: name one that exists.',
  },
  {
    says: /free addresses|InsufficientFreeAddresses/i,
    kind: 'other',
    reason: 'SubnetFull',
    advice: 'Free addresses in the subnets of spec.vpcZoneIdentifier, or add another subnet.',
  },
  {
    says: /not supported in your requested/i,
    kind: 'other',
    reason: 'InstanceTypeUnsupported',
    advice: 'Choose another instance type, or subnets in zones that have this one.',
  },
  {
    says: /Lifecycle Action/i,
    kind: 'other',
    reason: 'LaunchAbandoned',
    advice: 'A launch hook ended with ABANDON, or nobody completed it in time: look at what it calls.',
  },
  {
    // AG-02
    says: /instance ?profile/i,
    kind: 'other',
    reason: 'InstanceProfileInvalid',
    advice:
      'Name an instance profile that exists in the LaunchTemplate; a new one takes a minute to be known everywhere.',
  },
  {
    says: /security group|subnet|key ?pair|placement group|availability zone is no longer supported/i,
    kind: 'other',
    reason: 'InvalidConfiguration',
    advice: 'Something that the LaunchTemplate or the group names does not exist: correct it.',
  },
  {
    says: /not authorized|authorization failure|Client error on launch|KMS/i,
    kind: 'other',
    reason: 'NotAuthorized',
    advice:
      'Allow the service-linked role AWSServiceRoleForAutoScaling to launch this, and to use the KMS key if the volumes are encrypted with one.',
  },
];

const unknown = { kind: 'other', reason: 'LaunchFailed', advice: 'AWS goes on trying.' } as const;

/** The newest launch, if it failed and instances are still wanted. */
export function failedLaunch({ group, refresh, activities }: ObservedGroup): LaunchFailure | undefined {
  if (!lacksInstances(group) && !isActive(refresh)) return undefined;
  const newest = activities.find(isDecidedLaunch);
  if (newest === undefined || !hasFailed(newest)) return undefined;
  const said = stable(newest.StatusMessage ?? newest.Description ?? '');
  const { kind, reason, advice } = rules.find(({ says }) => says.test(said)) ?? unknown;
  return { kind, reason, message: `${said} ${advice}`.trim() };
}

/** EC2 has an answer to it: until there is an instance, a launch that is still under way may fail as the ones before it did. */
function isDecidedLaunch(activity: Activity): boolean {
  return isLaunch(activity) && (activity.EndTime !== undefined || launchedInstance(activity) !== undefined);
}

function isLaunch({ Description }: Activity): boolean {
  return Description?.startsWith('Launching') ?? false;
}

/** The id in `Launching a new EC2 instance: i-0123`. */
export function launchedInstance(activity: Activity): string | undefined {
  return isLaunch(activity) ? /: (i-[0-9a-f]+)/.exec(activity.Description ?? '')?.[1] : undefined;
}

/** A launch that the user took back, by asking for fewer, is cancelled without a word. */
function hasFailed({ StatusCode, StatusMessage }: Activity): boolean {
  return StatusCode === 'Failed' || (StatusCode === 'Cancelled' && StatusMessage !== undefined);
}

/** Without what is another at each try: encoded texts and request ids would be a status write every time. */
function stable(message: string): string {
  return message
    .replace(/ *Encoded authorization failure message: \S+/, '')
    .replace(/ *(with token|\(?Request ?ID:?) *[0-9a-f-]{36}\)?/gi, '')
    .trim();
}
