import { type Whereabouts, worldAt } from '../whereabouts.ts';
import type { WorldSource } from '../worlds.ts';
import { publishImage } from './images.ts';
import { interruptInstance } from './instance-life.ts';
import { setShortage } from './launch.ts';

export interface Shortage extends Whereabouts {
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
  interruptSpotInstance(instanceId: string, where?: Whereabouts): boolean;
  /** AWS recommends a new image under a public parameter, with or without `/image_id` at the end. `false` if it publishes no such parameter. */
  publishImage(parameter: string, imageId: string, where?: Whereabouts): boolean;
}

export function ec2Handle(worlds: WorldSource): Ec2Handle {
  return {
    setShortage: (shortage, isShort) =>
      setShortage(worldAt(worlds, shortage), shortage.instanceType ?? '*', shortage.availabilityZone ?? '*', isShort),
    interruptSpotInstance(instanceId, where) {
      const world = worldAt(worlds, where);
      const instance = world.ec2.instances.get(instanceId);
      if (instance === undefined) return false;
      interruptInstance(world, instance);
      return true;
    },
    publishImage: (parameter, imageId, where) => publishImage(worldAt(worlds, where), parameter, imageId),
  };
}
