/** ARNs of one account and region, in the long format. */
export function arn(place: { readonly account: string; readonly region: string }, resource: string): string {
  return `arn:aws:ecs:${place.region}:${place.account}:${resource}`;
}

/** The part after the account, such as `service/cluster/name`; `undefined` if it is no ECS ARN. */
export function resourceOf(value: string): string | undefined {
  return /^arn:aws[a-z-]*:ecs:[^:]*:[^:]*:(.+)$/.exec(value)?.[1];
}

/**
 * Whether a reference may name something in the account and region that the ARN `here` is of: a name may, an ARN only if it is of the same.
 * What has the same name in another region is something else.
 */
export function isOf(here: string, reference: string): boolean {
  return resourceOf(reference) === undefined || placeOf(reference) === placeOf(here);
}

const placeOf = (value: string): string => value.split(':', 5).join(':');

/** The last path element of an ARN, or the value itself if it is a short name. */
export function shortName(value: string): string {
  const resource = resourceOf(value) ?? value;
  return resource.slice(resource.lastIndexOf('/') + 1);
}
