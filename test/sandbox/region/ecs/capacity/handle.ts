import { type Whereabouts, whereaboutsFrom, worldAt } from '../../whereabouts.ts';
import type { WorldSource } from '../../worlds.ts';
import { setAgent } from './instance-life.ts';

/** What a test does to container instances. */
export interface CapacityHandle {
  /** Connects or disconnects the container agent of an EC2 instance. `false` if it has not registered. */
  setAgent(ec2InstanceId: string, connected: boolean, where?: Whereabouts): boolean;
  /** From now on no task can be placed on FARGATE or FARGATE_SPOT, or can again. */
  setFargateShortage(provider: 'FARGATE' | 'FARGATE_SPOT', isShort: boolean, where?: Whereabouts): void;
}

export function capacityHandle(worlds: WorldSource): CapacityHandle {
  return {
    setAgent: (ec2InstanceId, connected, where) => setAgent(worldAt(worlds, where), ec2InstanceId, connected),
    setFargateShortage(provider, isShort, where) {
      const { fargateShortages } = worldAt(worlds, where).ecs;
      if (isShort) fargateShortages.add(provider);
      else fargateShortages.delete(provider);
    },
  };
}

/** `POST /_region/agents`: returns what is wrong with the body, if anything. */
export function controlAgents(handle: CapacityHandle, body: Readonly<Record<string, unknown>>): string | undefined {
  const { instanceId, connected } = body;
  if (typeof instanceId !== 'string') return 'instanceId must be a string';
  if (typeof connected !== 'boolean') return 'connected must be true or false';
  return handle.setAgent(instanceId, connected, whereaboutsFrom(body))
    ? undefined
    : `no container instance ${instanceId}`;
}

/** `POST /_region/fargate-shortages`: returns what is wrong with the body, if anything. */
export function controlFargateShortages(
  handle: CapacityHandle,
  body: Readonly<Record<string, unknown>>,
): string | undefined {
  const { capacityProvider, short } = body;
  if (capacityProvider !== 'FARGATE' && capacityProvider !== 'FARGATE_SPOT') {
    return 'capacityProvider must be FARGATE or FARGATE_SPOT';
  }
  if (typeof short !== 'boolean') return 'short must be true or false';
  handle.setFargateShortage(capacityProvider, short, whereaboutsFrom(body));
  return undefined;
}
