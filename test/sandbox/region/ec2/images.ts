import type { DescribeImagesRequest, DescribeImagesResult, Image } from '@aws-sdk/client-ec2';
import { AwsError } from '../errors.ts';
import type { World } from '../world.ts';
import { matches } from './filters.ts';

interface ImageFacts {
  readonly id: string;
  readonly name: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly windows: boolean;
  readonly created: string;
  /** Where Systems Manager names it (INS-04, INS-09). */
  readonly parameter: string;
}

const OPTIMIZED = '/aws/service/ecs/optimized-ami';

/** ECS-optimized images, two of each of the first families so that one can be newer than the other. */
const IMAGES: readonly ImageFacts[] = [
  linux(
    'ami-0ec5a1000000000a1',
    'al2023-ami-ecs-hvm-2023.0.20260101-kernel-6.1-x86_64-ebs',
    'x86_64',
    'amazon-linux-2023',
  ),
  linux(
    'ami-0ec5a1000000000a2',
    'al2023-ami-ecs-hvm-2023.0.20260201-kernel-6.1-x86_64-ebs',
    'x86_64',
    'amazon-linux-2023',
  ),
  linux(
    'ami-0ec5a1000000000b1',
    'al2023-ami-ecs-hvm-2023.0.20260101-kernel-6.1-arm64-ebs',
    'arm64',
    'amazon-linux-2023/arm64',
  ),
  linux(
    'ami-0ec5a1000000000b2',
    'al2023-ami-ecs-hvm-2023.0.20260201-kernel-6.1-arm64-ebs',
    'arm64',
    'amazon-linux-2023/arm64',
  ),
  linux('ami-0ec5a1000000000c1', 'amzn2-ami-ecs-hvm-2.0.20260101-x86_64-ebs', 'x86_64', 'amazon-linux-2'),
  linux('ami-0ec5a1000000000d1', 'amzn2-ami-ecs-hvm-2.0.20260101-arm64-ebs', 'arm64', 'amazon-linux-2/arm64'),
  linux('ami-0ec5a1000000000e1', 'amzn2-ami-ecs-gpu-hvm-2.0.20260101-x86_64-ebs', 'x86_64', 'amazon-linux-2/gpu'),
  {
    id: 'ami-0ec5a1000000000f1',
    name: 'bottlerocket-aws-ecs-2-x86_64-v1.50.0',
    architecture: 'x86_64',
    windows: false,
    created: '2026-01-01T00:00:00.000Z',
    parameter: '/aws/service/bottlerocket/aws-ecs-2/x86_64/latest/image_id',
  },
  {
    id: 'ami-0ec5a100000000101',
    name: 'Windows_Server-2022-English-Core-ECS_Optimized-2026.01.01',
    architecture: 'x86_64',
    windows: true,
    created: '2026-01-01T00:00:00.000Z',
    parameter: '/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-ECS_Optimized/image_id',
  },
];

function linux(id: string, name: string, architecture: ImageFacts['architecture'], path: string): ImageFacts {
  const date = /\.(\d{4})(\d{2})(\d{2})-/.exec(name);
  const created = `${date?.[1]}-${date?.[2]}-${date?.[3]}T00:00:00.000Z`;
  return { id, name, architecture, windows: false, created, parameter: `${OPTIMIZED}/${path}/recommended/image_id` };
}

/** The image an instance starts from: `ami-...`, or `resolve:ssm:` and the name of a public parameter. Any id in the right form exists. */
export function resolveImage(given: string): string {
  if (given.startsWith('resolve:ssm:')) {
    const parameter = given.slice('resolve:ssm:'.length);
    const image = IMAGES.findLast((each) => each.parameter === parameter);
    if (image !== undefined) return image.id;
    throw new AwsError('InvalidParameterValue', `Invalid parameter: ${parameter} could not be resolved to an AMI ID.`);
  }
  if (!/^ami-[0-9a-f]{8,17}$/.test(given)) {
    throw new AwsError('InvalidAMIID.Malformed', `Invalid id: "${given}" (expecting "ami-...")`);
  }
  return given;
}

export function describeImages(_world: World, input: DescribeImagesRequest): DescribeImagesResult {
  const unknown = (input.ImageIds ?? []).filter((id) => !IMAGES.some((image) => image.id === id));
  if (unknown.length > 0) {
    const [text, are] = unknown.length === 1 ? ['image id', 'does'] : ['image ids', 'do'];
    throw new AwsError('InvalidAMIID.NotFound', `The ${text} '[${unknown.join(', ')}]' ${are} not exist`);
  }
  return {
    Images: IMAGES.filter((image) => input.ImageIds === undefined || input.ImageIds.includes(image.id))
      .filter((image) =>
        matches(input.Filters, {
          'image-id': () => [image.id],
          name: () => [image.name],
          architecture: () => [image.architecture],
          'owner-alias': () => ['amazon'],
          state: () => ['available'],
          platform: () => (image.windows ? ['windows'] : []),
        }),
      )
      .map(view),
  };
}

function view(image: ImageFacts): Image {
  return {
    ImageId: image.id,
    Name: image.name,
    Architecture: image.architecture,
    CreationDate: image.created,
    ImageLocation: `amazon/${image.name}`,
    ImageOwnerAlias: 'amazon',
    OwnerId: image.windows ? '801119661308' : '591542846629',
    ImageType: 'machine',
    State: 'available',
    Public: true,
    RootDeviceType: 'ebs',
    RootDeviceName: image.windows ? '/dev/sda1' : '/dev/xvda',
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: true,
    Platform: image.windows ? 'Windows' : undefined,
    PlatformDetails: image.windows ? 'Windows' : 'Linux/UNIX',
    Tags: [],
  };
}
