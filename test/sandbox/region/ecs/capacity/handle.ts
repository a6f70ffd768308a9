import { DEFAULT_ACCOUNT, DEFAULT_REGION } from '../../wire/caller.ts';
import type { World } from '../../world.ts';
import { setAgent } from './instance-life.ts';

/** Where a container instance is; the account and region of `region.env` if left out. */
export interface CapacityPlace {
  readonly account?: string;
  readonly region?: string;
}

/** What a test does to container instances. */
export interface CapacityHandle {
  /** Connects or disconnects the container agent of an EC2 instance. `false` if it has not registered. */
  setAgent(ec2InstanceId: string, connected: boolean, place?: CapacityPlace): boolean;
}

export function capacityHandle(worlds: { at(account: string, region: string): World }): CapacityHandle {
  return {
    setAgent: (ec2InstanceId, connected, place = {}) =>
      setAgent(worlds.at(place.account ?? DEFAULT_ACCOUNT, place.region ?? DEFAULT_REGION), ec2InstanceId, connected),
  };
}

/** `POST /_region/agents`: returns what is wrong with the body, if anything. */
export function controlAgents(handle: CapacityHandle, body: Readonly<Record<string, unknown>>): string | undefined {
  const { instanceId, connected, account, region } = body;
  if (typeof instanceId !== 'string') return 'instanceId must be a string';
  if (typeof connected !== 'boolean') return 'connected must be true or false';
  const place = {
    ...(typeof account === 'string' ? { account } : {}),
    ...(typeof region === 'string' ? { region } : {}),
  };
  return handle.setAgent(instanceId, connected, place) ? undefined : `no container instance ${instanceId}`;
}
