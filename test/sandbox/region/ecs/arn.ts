/** ARNs of one account and region, in the long format. */
export function arn(place: { readonly account: string; readonly region: string }, resource: string): string {
  return `arn:aws:ecs:${place.region}:${place.account}:${resource}`;
}

/** The part after the account, such as `service/cluster/name`; `undefined` if it is no ECS ARN. */
export function resourceOf(value: string): string | undefined {
  return /^arn:aws[a-z-]*:ecs:[^:]*:[^:]*:(.+)$/.exec(value)?.[1];
}

/** The last path element of an ARN, or the value itself if it is a short name. */
export function shortName(value: string): string {
  const resource = resourceOf(value) ?? value;
  return resource.slice(resource.lastIndexOf('/') + 1);
}
