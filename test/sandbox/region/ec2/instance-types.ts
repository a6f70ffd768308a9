import type {
  ArchitectureType,
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  InstanceTypeInfo,
  _InstanceType as InstanceTypeName,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../errors.ts';
import { paged } from '../paged.ts';
import type { World } from '../world.ts';
import { invalidValue } from './errors.ts';
import { matches } from './filters.ts';
import { zoneId, zonesOf } from './network.ts';

export interface InstanceTypeFacts {
  readonly name: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** Network interfaces. One is the instance's own: without trunking it can run one awsvpc task less (TR-11). */
  readonly interfaces: number;
  /** How many awsvpc tasks it can run with ENI trunking (TR-11); `undefined` where trunking is not to be had (TR-12). */
  readonly trunkedTasks: number | undefined;
  readonly gpus: number;
  readonly burstable: boolean;
}

interface Size {
  readonly vcpus: number;
  readonly interfaces: number;
  readonly trunkedTasks: number;
}

/** What the common families share by size. */
const SIZES: Readonly<Record<string, Size>> = {
  medium: { vcpus: 1, interfaces: 2, trunkedTasks: 4 },
  large: { vcpus: 2, interfaces: 3, trunkedTasks: 10 },
  xlarge: { vcpus: 4, interfaces: 4, trunkedTasks: 20 },
  '2xlarge': { vcpus: 8, interfaces: 4, trunkedTasks: 40 },
  '4xlarge': { vcpus: 16, interfaces: 8, trunkedTasks: 60 },
  '8xlarge': { vcpus: 32, interfaces: 8, trunkedTasks: 60 },
  '9xlarge': { vcpus: 36, interfaces: 8, trunkedTasks: 60 },
  '12xlarge': { vcpus: 48, interfaces: 8, trunkedTasks: 60 },
  '16xlarge': { vcpus: 64, interfaces: 15, trunkedTasks: 120 },
  '18xlarge': { vcpus: 72, interfaces: 15, trunkedTasks: 120 },
  '24xlarge': { vcpus: 96, interfaces: 15, trunkedTasks: 120 },
};

/** Families whose memory grows with their vCPUs: MiB a vCPU, and sizes. */
const FAMILIES: readonly (readonly [string, InstanceTypeFacts['architecture'], number, string])[] = [
  ['c5', 'x86_64', 2_048, 'large xlarge 2xlarge 4xlarge 9xlarge 12xlarge 18xlarge 24xlarge'],
  ['c5a', 'x86_64', 2_048, 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge'],
  ['c6g', 'arm64', 2_048, 'medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge'],
  ['c6i', 'x86_64', 2_048, 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge'],
  ['c7g', 'arm64', 2_048, 'medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge'],
  ['m5', 'x86_64', 4_096, 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge'],
  ['m5a', 'x86_64', 4_096, 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge'],
  ['m6g', 'arm64', 4_096, 'medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge'],
  ['m6i', 'x86_64', 4_096, 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge'],
  ['m7g', 'arm64', 4_096, 'medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge'],
  ['m7i', 'x86_64', 4_096, 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge'],
  ['r5', 'x86_64', 8_192, 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge'],
  ['r6g', 'arm64', 8_192, 'medium large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge'],
  ['r6i', 'x86_64', 8_192, 'large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge'],
];

/** Types that trunking excludes although the rest of their family has it (TR-12). */
const WITHOUT_TRUNK: readonly string[] = ['c5a.8xlarge', 'r5.8xlarge'];

/** Types that run more awsvpc tasks with trunking than others of their size (section 9 of part 2). */
const DENSER: Readonly<Record<string, number>> = Object.fromEntries(
  ['c6i', 'm6i', 'm7i', 'r6i'].flatMap((family) => [
    [`${family}.8xlarge`, 90],
    [`${family}.12xlarge`, 120],
  ]),
);

/** Types that follow no rule: vCPUs, MiB, interfaces, tasks with trunking, GPUs. */
const OTHERS: readonly (readonly [string, number, number, number, number | undefined, number])[] = [
  ['t2.micro', 1, 1_024, 2, undefined, 0],
  ['t2.small', 1, 2_048, 3, undefined, 0],
  ['t2.medium', 2, 4_096, 3, undefined, 0],
  ['t2.large', 2, 8_192, 3, undefined, 0],
  ['m4.large', 2, 8_192, 2, undefined, 0],
  ['g4dn.xlarge', 4, 16_384, 3, undefined, 1],
  ['g4dn.2xlarge', 8, 32_768, 3, undefined, 1],
  ['g4dn.12xlarge', 48, 196_608, 8, undefined, 4],
  ['g5.xlarge', 4, 16_384, 4, 6, 1],
  ['g5.2xlarge', 8, 32_768, 4, 19, 1],
  ['g5.12xlarge', 48, 196_608, 15, 120, 4],
  ['p3.2xlarge', 8, 62_464, 4, undefined, 1],
  ['p4d.24xlarge', 96, 1_179_648, 60, 120, 8],
];

/** The burstable families share their sizes. */
const BURSTABLE = { t3: 'x86_64', t3a: 'x86_64', t4g: 'arm64' } as const;
const BURSTABLE_SIZES: readonly (readonly [string, number, number, number])[] = [
  ['nano', 2, 512, 2],
  ['micro', 2, 1_024, 2],
  ['small', 2, 2_048, 3],
  ['medium', 2, 4_096, 3],
  ['large', 2, 8_192, 3],
  ['xlarge', 4, 16_384, 4],
  ['2xlarge', 8, 32_768, 4],
];

const TYPES: ReadonlyMap<string, InstanceTypeFacts> = new Map(
  [...regular(), ...burstable(), ...others()].map((type) => [type.name, type]),
);

function regular(): InstanceTypeFacts[] {
  return FAMILIES.flatMap(([family, architecture, ratio, sizes]) =>
    sizes.split(' ').flatMap((name) => {
      const size = SIZES[name];
      if (size === undefined) return [];
      const type = `${family}.${name}`;
      const trunkedTasks = WITHOUT_TRUNK.includes(type) ? undefined : (DENSER[type] ?? size.trunkedTasks);
      const memoryMiB = size.vcpus * ratio;
      return [{ name: type, architecture, ...size, trunkedTasks, memoryMiB, gpus: 0, burstable: false }];
    }),
  );
}

function burstable(): InstanceTypeFacts[] {
  return Object.entries(BURSTABLE).flatMap(([family, architecture]) =>
    BURSTABLE_SIZES.map(([size, vcpus, memoryMiB, interfaces]) => ({
      name: `${family}.${size}`,
      architecture,
      vcpus,
      memoryMiB,
      interfaces,
      trunkedTasks: undefined,
      gpus: 0,
      burstable: true,
    })),
  );
}

function others(): InstanceTypeFacts[] {
  return OTHERS.map(([name, vcpus, memoryMiB, interfaces, trunkedTasks, gpus]) => ({
    name,
    architecture: 'x86_64',
    vcpus,
    memoryMiB,
    interfaces,
    trunkedTasks,
    gpus,
    burstable: name.startsWith('t2.'),
  }));
}

/** What the region knows of a type: about a hundred of the common ones. */
export function instanceType(name: string): InstanceTypeFacts | undefined {
  return TYPES.get(name);
}

/** All types there are, for a choice by requirements. */
export function instanceTypes(): readonly InstanceTypeFacts[] {
  return [...TYPES.values()];
}

/** The type, or what RunInstances answers for one that does not exist. */
export function requireInstanceType(name: string): InstanceTypeFacts {
  const type = TYPES.get(name);
  if (type === undefined) throw invalidValue(`Invalid value '${name}' for InstanceType.`);
  return type;
}

export function describeInstanceTypes(_world: World, input: DescribeInstanceTypesRequest): DescribeInstanceTypesResult {
  const names: readonly string[] = input.InstanceTypes ?? [...TYPES.keys()];
  const unknown = names.filter((name) => !TYPES.has(name));
  if (unknown.length > 0) {
    throw new AwsError(
      'InvalidInstanceType',
      `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
    );
  }
  const found = names.map(requireInstanceType).filter((type) =>
    matches(input.Filters, {
      'instance-type': () => [type.name],
      'processor-info.supported-architecture': () => [type.architecture],
      'vcpu-info.default-vcpus': () => [String(type.vcpus)],
      'memory-info.size-in-mib': () => [String(type.memoryMiB)],
      'current-generation': () => [String(isCurrent(type))],
      'burstable-performance-supported': () => [String(type.burstable)],
    }),
  );
  const { items, nextToken } = paged(found, ({ name }) => name, pageOf(input));
  return { InstanceTypes: items.map(view), NextToken: nextToken };
}

export function describeInstanceTypeOfferings(
  world: World,
  input: DescribeInstanceTypeOfferingsRequest,
): DescribeInstanceTypeOfferingsResult {
  const kind = input.LocationType ?? 'region';
  const locations = locationsOf(world, kind);
  const found = [...TYPES.keys()]
    .flatMap((name) => locations.map((location) => ({ name, location })))
    .filter(({ name, location }) =>
      matches(input.Filters, { 'instance-type': () => [name], location: () => [location] }),
    );
  const { items, nextToken } = paged(found, ({ name, location }) => `${name}/${location}`, pageOf(input));
  return {
    InstanceTypeOfferings: items.map(({ name, location }) => ({
      InstanceType: sdkName(name),
      LocationType: kind,
      Location: location,
    })),
    NextToken: nextToken,
  };
}

function locationsOf(world: World, kind: string): readonly string[] {
  if (kind === 'availability-zone') return zonesOf(world);
  if (kind === 'availability-zone-id') return zonesOf(world).map(zoneId);
  return [world.region];
}

function pageOf(input: { readonly NextToken?: string | undefined; readonly MaxResults?: number | undefined }) {
  return {
    token: input.NextToken,
    size: input.MaxResults ?? 1_000,
    invalidToken: () => invalidValue('The token is invalid.'),
  };
}

function view(type: InstanceTypeFacts): InstanceTypeInfo {
  const architectures: ArchitectureType[] = [type.architecture];
  return {
    InstanceType: sdkName(type.name),
    CurrentGeneration: isCurrent(type),
    FreeTierEligible: type.name === 't2.micro',
    SupportedUsageClasses: ['on-demand', 'spot'],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    BareMetal: false,
    Hypervisor: type.name.startsWith('t2.') || type.name.startsWith('m4.') ? 'xen' : 'nitro',
    ProcessorInfo: { SupportedArchitectures: architectures },
    VCpuInfo: { DefaultVCpus: type.vcpus },
    MemoryInfo: { SizeInMiB: type.memoryMiB },
    InstanceStorageSupported: false,
    NetworkInfo: { MaximumNetworkInterfaces: type.interfaces, Ipv6Supported: true },
    ...(type.gpus > 0 ? { GpuInfo: { Gpus: [{ Manufacturer: 'NVIDIA', Count: type.gpus }] } } : {}),
    HibernationSupported: !type.gpus,
    BurstablePerformanceSupported: type.burstable,
  };
}

const isCurrent = ({ name }: InstanceTypeFacts): boolean => !/^(m4|p3)\./.test(name);

/** The SDK lists every type there is; ours are among them. */
const sdkName = (name: string): InstanceTypeName => name as InstanceTypeName;
