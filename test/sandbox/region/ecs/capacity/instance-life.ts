import type { InstanceState } from '../../ec2/state.ts';
import type { World } from '../../world.ts';

/** The container instance of an EC2 instance: its agent registers once it runs and is gone with it. */
export function containerInstanceFollows(_world: World, _instance: InstanceState): void {}
