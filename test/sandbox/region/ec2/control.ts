import { whereaboutsFrom } from '../whereabouts.ts';
import type { Ec2Handle, Shortage } from './handle.ts';
import { isImageId } from './images.ts';

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

/** `POST /_region/images`: returns what is wrong with the body, if anything. */
export function controlImages(handle: Ec2Handle, body: Body): string | undefined {
  const { parameter, imageId } = body;
  if (typeof parameter !== 'string') return 'parameter must be a string';
  if (typeof imageId !== 'string' || !isImageId(imageId)) return 'imageId must be ami- and 8 to 17 hex digits';
  return handle.publishImage(parameter, imageId, whereaboutsFrom(body)) ? undefined : `no parameter ${parameter}`;
}
