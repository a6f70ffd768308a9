/** What a launch came to nothing for. */
export interface LaunchFailure {
  /** `capacity`: more kinds of instances, more zones or a higher price would have found some. */
  readonly kind: 'capacity' | 'other';
  readonly reason: string;
  readonly advice: string;
}

/** One row: the first that matches what AWS says decides. */
interface Rule extends LaunchFailure {
  readonly says: RegExp;
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
    says: /UnfulfillableCapacity|Insufficient\w*Capacity|not have sufficient\b.*\bcapacity|insufficient capacity|ReservationCapacityExceeded/i,
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

/** What this message of a failed launch means. */
export function launchFailureOf(said: string): LaunchFailure {
  const { kind, reason, advice } = rules.find(({ says }) => says.test(said)) ?? unknown;
  return { kind, reason, advice };
}

/** True when EC2 has no more of what is launched, and gets some by itself. Of a quota or a price that is not so. */
export function lacksCapacity(said: string): boolean {
  return launchFailureOf(said).reason.startsWith('Insufficient');
}
