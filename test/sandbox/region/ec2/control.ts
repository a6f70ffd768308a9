import { whereaboutsFrom } from '../whereabouts.ts';
import type { Ec2Handle, Shortage } from './handle.ts';

type Body = Readonly<Record<string, unknown>>;

/** `POST /_region/shortages`: returns what is wrong with the body, if anything. */
export function controlShortages(handle: Ec2Handle, body: Body): string | undefined {
  const shortage: Shortage = {
    ...whereaboutsFrom(body),
    ...(typeof body.instanceType === 'string' ? { instanceType: body.instanceType } : {}),
    ...(typeof body.availabilityZone === 'string' ? { availabilityZone: body.availabilityZone } : {}),
  };
  if (typeof body.short !== 'boolean') return 'short must be true or false';
  handle.setShortage(shortage, body.short);
  return undefined;
}

/** `POST /_region/spot-interruptions`: returns what is wrong with the body, if anything. */
export function controlSpotInterruptions(handle: Ec2Handle, body: Body): string | undefined {
  const { instanceId } = body;
  if (typeof instanceId !== 'string') return 'instanceId must be a string';
  return handle.interruptSpotInstance(instanceId, whereaboutsFrom(body)) ? undefined : `no instance ${instanceId}`;
}
