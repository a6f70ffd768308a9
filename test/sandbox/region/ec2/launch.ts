import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { AwsError } from '../errors.ts';
import type { World } from '../world.ts';
import { missingParameter } from './errors.ts';
import { ec2Id } from './ids.ts';
import { bootInstance } from './instance-life.ts';
import { requireInstanceType } from './instance-types.ts';
import { checkSubnet, zoneOfSubnet } from './network.ts';
import { resolveImage } from './resolve-image.ts';
import type { InstanceState } from './state.ts';
import { checkUserData } from './template-rules.ts';

export interface LaunchRequest {
  /** What a launch template says, with the request's own parameters laid over it. */
  readonly data: ResponseLaunchTemplateData;
  readonly subnetId: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly reservationId: string;
}

/** AWS's own default is m1.small, which is long gone; ours is in the table. */
const DEFAULT_TYPE = 't2.micro';

/** Throws what RunInstances answers when an instance cannot be launched like this. Changes nothing. */
export function checkLaunch(
  world: World,
  data: ResponseLaunchTemplateData,
): { readonly imageId: string; readonly type: string } {
  if (data.ImageId === undefined) throw missingParameter('ImageId');
  const type = requireInstanceType(data.InstanceType ?? DEFAULT_TYPE).name;
  checkUserData(data.UserData);
  return { imageId: resolveImage(world, data.ImageId), type };
}

export function launchInstance(world: World, request: LaunchRequest): InstanceState {
  const { data, subnetId } = request;
  const { imageId, type } = checkLaunch(world, data);
  checkSubnet(subnetId);
  const zone = zoneOfSubnet(world, subnetId);
  checkCapacity(world, type, zone);
  const id = ec2Id('i');
  const instance: InstanceState = {
    id,
    instanceType: type,
    imageId,
    availabilityZone: zone,
    subnetId,
    privateIp: privateIp(id, zone),
    securityGroupIds: securityGroups(data),
    keyName: data.KeyName,
    iamInstanceProfile: data.IamInstanceProfile?.Arn ?? profileArn(world, data.IamInstanceProfile?.Name),
    userData: data.UserData,
    lifecycle: data.InstanceMarketOptions?.MarketType === 'spot' ? 'spot' : 'on-demand',
    reservationId: request.reservationId,
    tags: new Map(request.tags),
    launchTime: world.agenda.date,
    state: 'pending',
    stateReason: undefined,
    stateChangedAt: world.agenda.date,
    interruptedAt: undefined,
  };
  world.ec2.instances.set(id, instance);
  bootInstance(world, instance);
  return instance;
}

/** A switch of the region: which types have run out where. `*` stands for all types or zones. */
export function setShortage(world: World, type: string, zone: string, short: boolean): void {
  if (short) world.ec2.shortages.add(`${type}/${zone}`);
  else world.ec2.shortages.delete(`${type}/${zone}`);
}

function checkCapacity(world: World, type: string, zone: string): void {
  const short = [`${type}/${zone}`, `${type}/*`, `*/${zone}`, '*/*'].some((key) => world.ec2.shortages.has(key));
  if (!short) return;
  throw new AwsError(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}). Our system ` +
      'will be working on provisioning additional capacity.',
    500,
  );
}

function securityGroups(data: ResponseLaunchTemplateData): readonly string[] {
  return [...(data.SecurityGroupIds ?? []), ...(data.NetworkInterfaces?.[0]?.Groups ?? [])];
}

const profileArn = (world: World, name: string | undefined): string | undefined =>
  name === undefined ? undefined : `arn:aws:iam::${world.account}:instance-profile/${name}`;

/** An address in the range of the zone's subnet, from the id's digits. */
function privateIp(id: string, zone: string): string {
  const place = 16 * (zone.charCodeAt(zone.length - 1) - 'a'.charCodeAt(0));
  return `10.0.${place + Number.parseInt(id.slice(-3, -2), 16)}.${Number.parseInt(id.slice(-2), 16)}`;
}
