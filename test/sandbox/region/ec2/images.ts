import type { DescribeImagesRequest, DescribeImagesResult, Image } from '@aws-sdk/client-ec2';
import { AwsError } from '../errors.ts';
import type { World } from '../world.ts';
import { matches } from './filters.ts';
import { IMAGE_FAMILIES, type ImageFamily } from './image-families.ts';

/** An ECS-optimized image. */
export interface ImageFacts {
  readonly id: string;
  readonly family: ImageFamily;
  readonly name: string;
  /** `20260131` */
  readonly day: string;
  readonly created: Date;
}

const INITIAL: readonly ImageFacts[] = IMAGE_FAMILIES.flatMap((family) =>
  family.images.map(([id, day]) => imageOf(family, id, day)),
);

const FAMILY_BY_PATH: ReadonlyMap<string, ImageFamily> = new Map(IMAGE_FAMILIES.map((family) => [family.path, family]));

function imageOf(family: ImageFamily, id: string, day: string, created?: Date): ImageFacts {
  const date = new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00.000Z`);
  return { id, family, name: family.nameOn(day), day, created: created ?? date };
}

/** All images, oldest first. */
export function imagesOf(world: World): readonly ImageFacts[] {
  return [
    ...INITIAL,
    ...world.ec2.publishedImages.flatMap(({ path, id, publishedAt }) => {
      const family = FAMILY_BY_PATH.get(path);
      const day = publishedAt.toISOString().slice(0, 10).replaceAll('-', '');
      return family === undefined ? [] : [imageOf(family, id, day, publishedAt)];
    }),
  ];
}

/** A switch of the region: AWS recommends a new image. `false` if it publishes no such parameter. */
export function publishImage(world: World, parameter: string, id: string): boolean {
  checkImageId(id);
  const family = FAMILY_BY_PATH.get(parameter.replace(/\/image_id$/, ''));
  if (family === undefined) return false;
  world.ec2.publishedImages.push({ path: family.path, id, publishedAt: world.agenda.date });
  return true;
}

/** Any id in this form exists. */
export const isImageId = (id: string): boolean => /^ami-[0-9a-f]{8,17}$/.test(id);

export function checkImageId(id: string): void {
  if (!isImageId(id)) throw new AwsError('InvalidAMIID.Malformed', `Invalid id: "${id}" (expecting "ami-...")`);
}

export function describeImages(world: World, input: DescribeImagesRequest): DescribeImagesResult {
  const images = imagesOf(world);
  const unknown = (input.ImageIds ?? []).filter((id) => !images.some((image) => image.id === id));
  if (unknown.length > 0) {
    const [text, are] = unknown.length === 1 ? ['image id', 'does'] : ['image ids', 'do'];
    throw new AwsError('InvalidAMIID.NotFound', `The ${text} '[${unknown.join(', ')}]' ${are} not exist`);
  }
  return {
    Images: images
      .filter((image) => input.ImageIds === undefined || input.ImageIds.includes(image.id))
      .filter((image) =>
        matches(input.Filters, {
          'image-id': () => [image.id],
          name: () => [image.name],
          architecture: () => [image.family.architecture],
          'owner-alias': () => ['amazon'],
          state: () => ['available'],
          platform: () => (image.family.platform === 'windows' ? ['windows'] : []),
        }),
      )
      .map(view),
  };
}

function view({ id, name, created, family: { architecture, platform } }: ImageFacts): Image {
  const windows = platform === 'windows';
  return {
    ImageId: id,
    Name: name,
    Architecture: architecture,
    CreationDate: created.toISOString(),
    ImageLocation: `amazon/${name}`,
    ImageOwnerAlias: 'amazon',
    OwnerId: windows ? '801119661308' : '591542846629',
    ImageType: 'machine',
    State: 'available',
    Public: true,
    RootDeviceType: 'ebs',
    RootDeviceName: windows ? '/dev/sda1' : '/dev/xvda',
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: true,
    Platform: windows ? 'Windows' : undefined,
    PlatformDetails: windows ? 'Windows' : 'Linux/UNIX',
    Tags: [],
  };
}
