import type { World } from '../world.ts';
import { IMAGE_FAMILIES, type ImageFamily } from './image-families.ts';
import { type ImageFacts, imagesOf } from './images.ts';

/** What Systems Manager publishes of images. */
export interface ImageParameter {
  readonly name: string;
  readonly value: string;
  /** Counts from 1. */
  readonly version: number;
  readonly modifiedAt: Date;
}

/** All versions of all parameters, the newest version of each last. */
export function imageParameters(world: World): readonly ImageParameter[] {
  const images = imagesOf(world);
  return IMAGE_FAMILIES.flatMap((family) =>
    familyParameters(
      family,
      images.filter((image) => image.family === family),
    ),
  );
}

/** A version of one parameter, the newest if none is asked for. */
export function imageParameter(world: World, name: string, version?: number): ImageParameter | undefined {
  return imageParameters(world).findLast(
    (parameter) => parameter.name === name && (version === undefined || parameter.version === version),
  );
}

function familyParameters(family: ImageFamily, images: readonly ImageFacts[]): ImageParameter[] {
  return images.flatMap((image, index) => [
    ...parametersAt(family.path, image, index + 1),
    ...(family.editions === undefined ? [] : parametersAt(`${family.editions}/${edition(image)}`, image, 1)),
  ]);
}

/** INS-04: under an image's name; Bottlerocket's are under their version. */
function edition({ family, name }: ImageFacts): string {
  return family.platform === 'bottlerocket' ? bottlerocketVersion(name) : name;
}

function parametersAt(path: string, image: ImageFacts, version: number): ImageParameter[] {
  const members = membersOf(image);
  const named = Object.entries(members).map(([member, value]) => [`${path}/${member}`, String(value)] as const);
  // WA-06: without a member it is all of them as JSON. Bottlerocket has only the members.
  const whole = image.family.platform === 'bottlerocket' ? [] : [[path, JSON.stringify(members)] as const];
  return [...whole, ...named].map(([name, value]) => ({ name, value, version, modifiedAt: image.created }));
}

/** INS-05, WA-03. */
function membersOf({ id, name, day, family: { platform, os } }: ImageFacts): Readonly<Record<string, string | number>> {
  switch (platform) {
    case 'bottlerocket':
      return { image_id: id, image_version: bottlerocketVersion(name) };
    case 'windows':
      return {
        schema_version: 1,
        image_name: name,
        image_id: id,
        os,
        ecs_runtime_version: 'Docker (CE) version 25.0.6',
        ecs_agent_version: '1.100.0',
      };
    case 'amazon-linux':
      return {
        schema_version: 1,
        image_name: name,
        image_id: id,
        image_version: `${os.endsWith('2023') ? '2023.0' : '2.0'}.${day}`,
        os,
        ecs_runtime_version: 'Docker version 25.0.6',
        ecs_agent_version: '1.100.0',
        source_image_name: name.replace('-ecs-', '-minimal-'),
      };
  }
}

const bottlerocketVersion = (name: string): string => name.slice(name.lastIndexOf('-v') + 2);
