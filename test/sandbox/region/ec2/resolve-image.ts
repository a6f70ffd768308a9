import { AwsError } from '../errors.ts';
import type { World } from '../world.ts';
import { imageParameter } from './image-parameters.ts';
import { checkImageId } from './images.ts';

/** The image an instance starts from: `ami-...`, or `resolve:ssm:` and the name of a public parameter, which may end in a version of it. */
export function resolveImage(world: World, given: string): string {
  if (!given.startsWith('resolve:ssm:')) {
    checkImageId(given);
    return given;
  }
  const [name = '', version] = given.slice('resolve:ssm:'.length).split(':');
  const parameter = imageParameter(world, name, version === undefined ? undefined : Number(version));
  if (parameter === undefined || !name.endsWith('/image_id')) {
    throw new AwsError('InvalidParameterValue', `Invalid parameter: ${name} could not be resolved to an AMI ID.`);
  }
  return parameter.value;
}
