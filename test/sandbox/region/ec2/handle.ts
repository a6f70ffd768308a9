import { DEFAULT_ACCOUNT, DEFAULT_REGION } from '../wire/caller.ts';
import type { World } from '../world.ts';
import { interruptInstance } from './instance-life.ts';
import { setShortage } from './launch.ts';

/** Where something of EC2 is; the account and region of `region.env` if left out. */
export interface Ec2Place {
  readonly account?: string;
  readonly region?: string;
}

export interface Shortage extends Ec2Place {
  /** All types if left out. */
  readonly instanceType?: string;
  /** All zones if left out. */
  readonly availabilityZone?: string;
}

/** What a test does to EC2. */
export interface Ec2Handle {
  /** From now on launches of that type in that zone end in InsufficientInstanceCapacity, or no longer do. */
  setShortage(shortage: Shortage, isShort: boolean): void;
  /** EC2 gives an instance its two-minute notice. `false` if there is no such instance. */
  interruptSpotInstance(instanceId: string, place?: Ec2Place): boolean;
}

export function ec2Handle(worlds: { at(account: string, region: string): World }): Ec2Handle {
  const at = (place: Ec2Place): World => worlds.at(place.account ?? DEFAULT_ACCOUNT, place.region ?? DEFAULT_REGION);
  return {
    setShortage: (shortage, isShort) =>
      setShortage(at(shortage), shortage.instanceType ?? '*', shortage.availabilityZone ?? '*', isShort),
    interruptSpotInstance(instanceId, place = {}) {
      const world = at(place);
      const instance = world.ec2.instances.get(instanceId);
      if (instance === undefined) return false;
      interruptInstance(world, instance);
      return true;
    },
  };
}
