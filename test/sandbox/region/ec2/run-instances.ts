import type { Reservation, ResponseLaunchTemplateData, RunInstancesRequest } from '@aws-sdk/client-ec2';
import type { World } from '../world.ts';
import { madeBefore, remember } from './client-tokens.ts';
import { invalidValue } from './errors.ts';
import { findTemplate, findVersion } from './find-template.ts';
import { ec2Id } from './ids.ts';
import { instanceView } from './instances.ts';
import { launchInstance } from './launch.ts';
import { subnetOfZone, zonesOf } from './network.ts';
import type { InstanceState } from './state.ts';
import { tagsFor } from './tag-rules.ts';

/** Launches instances outside any group; the parameters given replace those of the launch template. */
export function runInstances(world: World, input: RunInstancesRequest): Reservation {
  const made = madeBefore(world, 'RunInstances', input);
  if (made !== undefined) return reservation(world, made);
  const min = input.MinCount ?? 1;
  const max = input.MaxCount ?? 1;
  if (min < 1 || max < min) {
    throw invalidValue(
      `The value for minCount (${min}) and maxCount (${max}) must be at least 1, and minCount at most maxCount.`,
    );
  }
  const { data, tags } = fromTemplate(world, input);
  const request = { data, subnetId: subnetFor(world, input, data), tags, reservationId: ec2Id('r') };
  for (let count = 0; count < max; count += 1) launchInstance(world, request);
  remember(world, 'RunInstances', input, request.reservationId);
  return reservation(world, request.reservationId);
}

function fromTemplate(
  world: World,
  input: RunInstancesRequest,
): { readonly data: ResponseLaunchTemplateData; readonly tags: ReadonlyMap<string, string> } {
  const own = tagsFor(input.TagSpecifications, 'instance', ['instance', 'volume', 'network-interface']);
  const given = parametersOf(input);
  if (input.LaunchTemplate === undefined) return { data: given, tags: own };
  const template = findTemplate(world, input.LaunchTemplate);
  const version = findVersion(template, input.LaunchTemplate.Version);
  return {
    data: { ...version.data, ...given },
    tags: new Map([
      ...templateTags(version.data),
      ...own,
      ['aws:ec2launchtemplate:id', template.id],
      ['aws:ec2launchtemplate:version', String(version.number)],
    ]),
  };
}

/** The tags that a launch template gives to instances. */
export function templateTags(data: ResponseLaunchTemplateData): ReadonlyMap<string, string> {
  const specifications = (data.TagSpecifications ?? []).filter(({ ResourceType }) => ResourceType === 'instance');
  return new Map(specifications.flatMap(({ Tags = [] }) => Tags.map(({ Key = '', Value = '' }) => [Key, Value])));
}

function parametersOf(input: RunInstancesRequest): ResponseLaunchTemplateData {
  const given: ResponseLaunchTemplateData = {
    ImageId: input.ImageId,
    InstanceType: input.InstanceType,
    KeyName: input.KeyName,
    UserData: input.UserData,
    SecurityGroupIds: input.SecurityGroupIds,
    IamInstanceProfile: input.IamInstanceProfile,
    InstanceMarketOptions: input.InstanceMarketOptions,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function subnetFor(world: World, input: RunInstancesRequest, data: ResponseLaunchTemplateData): string {
  const [zone = ''] = zonesOf(world);
  return (
    input.SubnetId ??
    input.NetworkInterfaces?.[0]?.SubnetId ??
    data.NetworkInterfaces?.[0]?.SubnetId ??
    subnetOfZone(world, input.Placement?.AvailabilityZone ?? data.Placement?.AvailabilityZone ?? zone)
  );
}

function reservation(world: World, id: string): Reservation {
  const instances: readonly InstanceState[] = [...world.ec2.instances.values()].filter(
    ({ reservationId }) => reservationId === id,
  );
  return {
    ReservationId: id,
    OwnerId: world.account,
    Groups: [],
    Instances: instances.map((each) => instanceView(world, each)),
  };
}
