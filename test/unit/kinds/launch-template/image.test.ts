import { describe, expect, test } from 'vitest';
import { type Disposition, OperatorError } from '../../../../src/errors.ts';
import type { ImageSelector, ResolvedImage } from '../../../../src/kinds/launch-template/api.ts';
import { isImageDue, parameterOf, resolveImage } from '../../../../src/kinds/launch-template/image.ts';
import { desired } from '../../../support/builders.ts';
import { launchTemplate } from '../../../support/builders-launch-template.ts';

const PARAMETER = '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id';
const pinned: ResolvedImage = { imageId: 'ami-1', parameter: PARAMETER, resolvedAt: '2026-01-02T12:00:00Z' };

/** At midnight of the third of January. */
function template(selector: Partial<ImageSelector>, image?: ResolvedImage) {
  const spec = { launchTemplateData: {}, imageSelector: { family: 'AmazonLinux2023' as const, ...selector } };
  return desired(launchTemplate('web', spec, { status: image === undefined ? undefined : { image } }));
}

describe('the parameter of a selector', () => {
  test.each<[ImageSelector['family'], string | undefined, string | undefined]>([
    [
      'AmazonLinux2023',
      '/ecs/optimized-ami/amazon-linux-2023/recommended',
      '/ecs/optimized-ami/amazon-linux-2023/arm64/recommended',
    ],
    ['AmazonLinux2023GPU', '/ecs/optimized-ami/amazon-linux-2023/gpu/recommended', undefined],
    ['AmazonLinux2023Neuron', '/ecs/optimized-ami/amazon-linux-2023/neuron/recommended', undefined],
    [
      'AmazonLinux2',
      '/ecs/optimized-ami/amazon-linux-2/recommended',
      '/ecs/optimized-ami/amazon-linux-2/arm64/recommended',
    ],
    ['AmazonLinux2GPU', '/ecs/optimized-ami/amazon-linux-2/gpu/recommended', undefined],
    ['AmazonLinux2Neuron', '/ecs/optimized-ami/amazon-linux-2/inf/recommended', undefined],
    [
      'AmazonLinux2Kernel510',
      '/ecs/optimized-ami/amazon-linux-2/kernel-5.10/recommended',
      '/ecs/optimized-ami/amazon-linux-2/kernel-5.10/arm64/recommended',
    ],
    ['Bottlerocket', '/bottlerocket/aws-ecs-2/x86_64/latest', '/bottlerocket/aws-ecs-2/arm64/latest'],
    [
      'BottlerocketNvidia',
      '/bottlerocket/aws-ecs-2-nvidia/x86_64/latest',
      '/bottlerocket/aws-ecs-2-nvidia/arm64/latest',
    ],
    ['WindowsServer2022Core', '/ami-windows-latest/Windows_Server-2022-English-Core-ECS_Optimized', undefined],
    ['WindowsServer2022Full', '/ami-windows-latest/Windows_Server-2022-English-Full-ECS_Optimized', undefined],
    ['WindowsServer2019Core', '/ami-windows-latest/Windows_Server-2019-English-Core-ECS_Optimized', undefined],
    ['WindowsServer2019Full', '/ami-windows-latest/Windows_Server-2019-English-Full-ECS_Optimized', undefined],
    ['WindowsServer2016Full', '/ami-windows-latest/Windows_Server-2016-English-Full-ECS_Optimized', undefined],
  ])('INS-04, INS-09, WA-03: of %s', (family, x86, arm64) => {
    const parameter = (path: string | undefined) => (path === undefined ? undefined : `/aws/service${path}/image_id`);
    expect(parameterOf({ family })).toBe(parameter(x86));
    expect(parameterOf({ family, architecture: 'x86_64' })).toBe(parameter(x86));
    expect(parameterOf({ family, architecture: 'arm64' })).toBe(parameter(arm64));
  });
});

describe('the image is looked up', () => {
  test.each<[string, boolean, Partial<ImageSelector>, ResolvedImage | undefined]>([
    ['when none is pinned', true, {}, undefined],
    ['not again without a schedule', false, {}, { ...pinned, resolvedAt: '2020-01-01T00:00:00Z' }],
    ['when the selector names another parameter', true, { architecture: 'arm64' }, pinned],
    ['when the schedule has come', true, { schedule: '0 0 * * *' }, pinned],
    ['not before it has', false, { schedule: '1 0 * * *' }, pinned],
    ['not twice for one time', false, { schedule: '0 0 * * *' }, { ...pinned, resolvedAt: '2026-01-03T00:00:00Z' }],
    ['in the time zone of the schedule', true, { schedule: '0 15 * * *', timeZone: 'America/New_York' }, pinned],
    [
      'in no other one',
      false,
      { schedule: '0 15 * * *', timeZone: 'Pacific/Kiritimati' },
      { ...pinned, resolvedAt: '2026-01-02T02:00:00Z' },
    ],
    ['when nobody can read when it was pinned', true, {}, { ...pinned, resolvedAt: 'yesterday' }],
  ])('%s: %s', (_what, due, selector, image) => {
    expect(isImageDue(template(selector, image))).toBe(due);
  });

  test('never without a selector', () => {
    expect(isImageDue(desired(launchTemplate('web')))).toBe(false);
  });

  test('with a schedule that can be read, pinned or not', () => {
    for (const image of [undefined, pinned]) {
      expect(() => isImageDue(template({ schedule: 'daily' }, image))).toThrow(/spec\.imageSelector\.schedule/);
    }
  });
});

describe('an image', () => {
  const names = (imageId: string | undefined) => async (name: string) => (name === PARAMETER ? imageId : undefined);
  const fails = (disposition: Disposition) => () => Promise.reject(new OperatorError(disposition, 'Because', 'no'));
  const unasked = () => Promise.reject(new Error('asked'));
  const due = template({ schedule: '0 0 * * *' }, pinned);

  test('is pinned with its parameter and the time', async () => {
    const image = await resolveImage(names('ami-2'), template({}));
    expect(image).toEqual({ imageId: 'ami-2', parameter: PARAMETER, resolvedAt: '2026-01-03T00:00:00Z' });
  });

  test('that is pinned is not asked for', async () => {
    expect(await resolveImage(unasked, template({}, pinned))).toBe(pinned);
    expect(await resolveImage(unasked, desired(launchTemplate('web')))).toBeUndefined();
  });

  test('that is still the recommended one is known to be so', async () => {
    expect(await resolveImage(names('ami-1'), due)).toEqual({ ...pinned, resolvedAt: '2026-01-03T00:00:00Z' });
  });

  test.each<Disposition>(['failed', 'throttled'])('stays while AWS cannot say: %s', async (disposition) => {
    expect(await resolveImage(fails(disposition), due)).toBe(pinned);
    await expect(resolveImage(fails(disposition), template({}))).rejects.toMatchObject({ disposition });
  });

  test('does not stay without a word when the operator may not ask', async () => {
    await expect(resolveImage(fails('terminal'), due)).rejects.toMatchObject({ reason: 'Because' });
  });

  test('of another selector does not stand in', async () => {
    await expect(resolveImage(fails('failed'), template({ architecture: 'arm64' }, pinned))).rejects.toThrow('no');
  });

  test.each<[string, Partial<ImageSelector>, string]>([
    ['a parameter without a value', {}, `The SSM parameter ${PARAMETER} does not exist in this region.`],
    [
      'a family that there is for x86_64 alone',
      { family: 'WindowsServer2022Core', architecture: 'arm64' },
      'AWS publishes no arm64 image of family WindowsServer2022Core.',
    ],
  ])('cannot be had: %s', async (_what, selector, message) => {
    await expect(resolveImage(names(undefined), template(selector))).rejects.toMatchObject({
      disposition: 'terminal',
      reason: 'ImageNotFound',
      message: expect.stringMatching(/^spec\.imageSelector: /),
    });
    await expect(resolveImage(names(undefined), template(selector))).rejects.toThrow(message);
  });
});
