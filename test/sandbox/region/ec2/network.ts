import type {
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  Filter,
  Subnet,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../errors.ts';
import type { World } from '../world.ts';
import { matches } from './filters.ts';

/**
 * The network is not modelled: every `subnet-...` and `sg-...` that is asked for exists, all in one VPC.
 * A subnet lies in the zone that the last character of its id says: 1, a, 4, d, ... in the first, 2, b, ... in the second, 3, c, ... in the third.
 */
export const VPC_ID = 'vpc-0a1b2c3d4e5f60718';
const DEFAULT_SUBNETS = ['subnet-00000000000000001', 'subnet-00000000000000002', 'subnet-00000000000000003'];
const DEFAULT_SECURITY_GROUP = 'sg-00000000000000001';

type Place = Pick<World, 'account' | 'region'>;

export function zonesOf(place: Place): readonly string[] {
  return ['a', 'b', 'c'].map((letter) => place.region + letter);
}

/** `euc1-az1` for the first zone of eu-central-1. */
export function zoneId(zone: string): string {
  const [area = '', direction = '', number = ''] = zone.split('-');
  const index = zone.charCodeAt(zone.length - 1) - 'a'.charCodeAt(0) + 1;
  const short = direction.replace(/^(north|south)(east|west)$/, '$1,$2').split(',');
  return `${area}${short.map((word) => word[0]).join('')}${number.slice(0, 1)}-az${index}`;
}

export function isSubnet(id: string): boolean {
  return /^subnet-[0-9a-zA-Z-]+$/.test(id);
}

export function zoneOfSubnet(place: Place, id: string): string {
  const zones = zonesOf(place);
  return zones[(id.charCodeAt(id.length - 1) - 1) % zones.length] ?? `${place.region}a`;
}

/** The default subnet of a zone. */
export function subnetOfZone(place: Place, zone: string): string {
  return DEFAULT_SUBNETS[zonesOf(place).indexOf(zone)] ?? `subnet-${zone}`;
}

export function checkSubnet(id: string): void {
  if (!isSubnet(id)) throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
}

export function describeAvailabilityZones(
  world: World,
  input: DescribeAvailabilityZonesRequest,
): DescribeAvailabilityZonesResult {
  const unknown = (input.ZoneNames ?? []).filter((name) => !zonesOf(world).includes(name));
  if (unknown.length > 0) {
    throw new AwsError('InvalidParameterValue', `Invalid availability zone: [${unknown.join(',')}]`);
  }
  return {
    AvailabilityZones: zonesOf(world)
      .filter((name) => input.ZoneNames === undefined || input.ZoneNames.includes(name))
      .map((name) => ({
        State: 'available' as const,
        OptInStatus: 'opt-in-not-required' as const,
        Messages: [],
        RegionName: world.region,
        ZoneName: name,
        ZoneId: zoneId(name),
        GroupName: world.region,
        NetworkBorderGroup: world.region,
        ZoneType: 'availability-zone',
      })),
  };
}

export function describeSubnets(world: World, input: DescribeSubnetsRequest): DescribeSubnetsResult {
  const ids = input.SubnetIds ?? filterValues(input.Filters, 'subnet-id') ?? DEFAULT_SUBNETS;
  ids.forEach(checkSubnet);
  const subnets = ids.map((id) => subnet(world, id));
  return {
    Subnets: subnets.filter((each) =>
      matches(input.Filters, {
        'subnet-id': () => [each.SubnetId],
        'vpc-id': () => [each.VpcId],
        'availability-zone': () => [each.AvailabilityZone],
        state: () => [each.State],
      }),
    ),
  };
}

function subnet(world: World, id: string): Subnet {
  const zone = zoneOfSubnet(world, id);
  return {
    SubnetId: id,
    SubnetArn: `arn:aws:ec2:${world.region}:${world.account}:subnet/${id}`,
    VpcId: VPC_ID,
    State: 'available',
    OwnerId: world.account,
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneId(zone),
    AvailableIpAddressCount: 4_000,
    CidrBlock: `10.0.${16 * zonesOf(world).indexOf(zone)}.0/20`,
    DefaultForAz: DEFAULT_SUBNETS.includes(id),
    MapPublicIpOnLaunch: false,
    Tags: [],
  };
}

export function describeVpcs(world: World, input: DescribeVpcsRequest): DescribeVpcsResult {
  const ids = input.VpcIds ?? [VPC_ID];
  for (const id of ids) {
    if (!id.startsWith('vpc-')) throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
  }
  return {
    Vpcs: ids
      .map((id) => ({
        VpcId: id,
        State: 'available' as const,
        CidrBlock: '10.0.0.0/16',
        OwnerId: world.account,
        IsDefault: id === VPC_ID,
        InstanceTenancy: 'default' as const,
        Tags: [],
      }))
      .filter((each) =>
        matches(input.Filters, {
          'vpc-id': () => [each.VpcId],
          'is-default': () => [String(each.IsDefault)],
          state: () => [each.State],
        }),
      ),
  };
}

export function describeSecurityGroups(
  world: World,
  input: DescribeSecurityGroupsRequest,
): DescribeSecurityGroupsResult {
  const ids = input.GroupIds ?? filterValues(input.Filters, 'group-id') ?? [DEFAULT_SECURITY_GROUP];
  for (const id of ids) {
    if (!id.startsWith('sg-')) throw new AwsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
  }
  return {
    SecurityGroups: ids
      .map((id) => ({
        GroupId: id,
        GroupName: id === DEFAULT_SECURITY_GROUP ? 'default' : id,
        Description: 'simulated',
        OwnerId: world.account,
        VpcId: VPC_ID,
        SecurityGroupArn: `arn:aws:ec2:${world.region}:${world.account}:security-group/${id}`,
        IpPermissions: [],
        IpPermissionsEgress: [],
        Tags: [],
      }))
      .filter((each) =>
        matches(input.Filters, {
          'group-id': () => [each.GroupId],
          'group-name': () => [each.GroupName],
          'vpc-id': () => [each.VpcId],
        }),
      ),
  };
}

const filterValues = (filters: readonly Filter[] | undefined, name: string): readonly string[] | undefined =>
  filters?.find((filter) => filter.Name === name)?.Values;
