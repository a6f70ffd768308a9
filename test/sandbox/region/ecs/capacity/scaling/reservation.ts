/** What managed scaling sees of one capacity provider. */
export interface Capacity {
  /** Instances of the group that run or start. */
  readonly running: number;
  /** Those of them without a task, daemons aside (CAS-10). */
  readonly empty: number;
  /** Further instances that waiting tasks need. */
  readonly missing: number;
}

export interface ScalingSettings {
  readonly targetCapacity: number;
  readonly minimumScalingStepSize: number;
  readonly maximumScalingStepSize: number;
}

export interface ScalingLimits {
  readonly desired: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** With no instances there is no share: 100 says that none is needed, 200 that some are. */
const NOTHING_NEEDED = 100;
const SOMETHING_NEEDED = 200;
/** CAS-07. */
const FIRST_INSTANCES = 2;

/** Instances that the tasks need: those in use, and those that are missing. While tasks wait, an empty instance is about to be used. */
export const needed = ({ running, empty, missing }: Capacity): number =>
  missing > 0 ? running + missing : running - empty;

/** CapacityProviderReservation: needed by running instances, in percent (CAS-02). */
export function reservationOf(capacity: Capacity): number {
  const wanted = needed(capacity);
  if (capacity.running === 0) return wanted === 0 ? NOTHING_NEEDED : SOMETHING_NEEDED;
  return (wanted / capacity.running) * 100;
}

/** The desired capacity for more instances; the present one when no more are needed (CAS-05, CAS-07). */
export function scaledOut(capacity: Capacity, settings: ScalingSettings, limits: ScalingLimits): number {
  if (reservationOf(capacity) <= settings.targetCapacity || capacity.missing + capacity.running === 0)
    return limits.desired;
  if (capacity.running === 0) return within(FIRST_INSTANCES, limits);
  const computed = Math.ceil((needed(capacity) * 100) / settings.targetCapacity) - capacity.running;
  const step = Math.max(settings.minimumScalingStepSize, Math.min(settings.maximumScalingStepSize, computed));
  return Math.max(limits.desired, within(capacity.running + step, limits));
}

/** The desired capacity for fewer instances: at least one goes, at most half of them at a time (CAS-08). */
export function scaledIn(capacity: Capacity, settings: ScalingSettings, limits: ScalingLimits): number {
  if (!hasSurplus(capacity, settings)) return limits.desired;
  const surplus = capacity.running - Math.ceil((needed(capacity) * 100) / settings.targetCapacity);
  const step = Math.min(surplus, Math.max(1, Math.floor(capacity.running / 2)));
  return Math.min(limits.desired, within(capacity.running - step, limits));
}

/** Below the target, with at least one instance that can go (CAS-03). */
export function hasSurplus(capacity: Capacity, settings: ScalingSettings): boolean {
  return Math.ceil((needed(capacity) * 100) / settings.targetCapacity) < capacity.running;
}

/** Managed scaling never moves the group's own limits (CP-05). */
const within = (count: number, { minimum, maximum }: ScalingLimits): number =>
  Math.min(maximum, Math.max(minimum, count));
