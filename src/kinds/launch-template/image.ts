import { rfc3339 } from '../../clock.ts';
import { fromUnknown, OperatorError } from '../../errors.ts';
import { nextTime } from '../shared/schedule.ts';
import type { ImageFamily, ImageSelector, ResolvedImage } from './api.ts';
import type { DesiredTemplate } from './desired.ts';

type Architecture = NonNullable<ImageSelector['architecture']>;
type Paths = Readonly<Partial<Record<Architecture, string>>>;

/** Parameters that AWS publishes for each family; where one lacks, there is no such image. */
const PARAMETERS: Readonly<Record<ImageFamily, Paths>> = {
  // INS-04; GPU and kernel 5.10 as in "Retrieving Amazon ECS-optimized Linux AMI metadata" of the developer guide.
  AmazonLinux2023: amazonLinux('amazon-linux-2023', 'amazon-linux-2023/arm64'),
  AmazonLinux2023GPU: amazonLinux('amazon-linux-2023/gpu'),
  AmazonLinux2023Neuron: amazonLinux('amazon-linux-2023/neuron'),
  AmazonLinux2: amazonLinux('amazon-linux-2', 'amazon-linux-2/arm64'),
  AmazonLinux2GPU: amazonLinux('amazon-linux-2/gpu'),
  AmazonLinux2Neuron: amazonLinux('amazon-linux-2/inf'),
  AmazonLinux2Kernel510: amazonLinux('amazon-linux-2/kernel-5.10', 'amazon-linux-2/kernel-5.10/arm64'),
  // INS-09
  Bottlerocket: bottlerocket('aws-ecs-2'),
  BottlerocketNvidia: bottlerocket('aws-ecs-2-nvidia'),
  // WA-03
  WindowsServer2022Core: windows('2022-English-Core'),
  WindowsServer2022Full: windows('2022-English-Full'),
  WindowsServer2019Core: windows('2019-English-Core'),
  WindowsServer2019Full: windows('2019-English-Full'),
  WindowsServer2016Full: windows('2016-English-Full'),
};

function amazonLinux(x86: string, arm64?: string): Paths {
  const parameter = (path: string): string => `/aws/service/ecs/optimized-ami/${path}/recommended/image_id`;
  return { x86_64: parameter(x86), ...(arm64 === undefined ? {} : { arm64: parameter(arm64) }) };
}

function bottlerocket(variant: string): Paths {
  const parameter = (architecture: Architecture): string =>
    `/aws/service/bottlerocket/${variant}/${architecture}/latest/image_id`;
  return { x86_64: parameter('x86_64'), arm64: parameter('arm64') };
}

function windows(edition: string): Paths {
  return { x86_64: `/aws/service/ami-windows-latest/Windows_Server-${edition}-ECS_Optimized/image_id` };
}

export function architectureOf({ architecture = 'x86_64' }: ImageSelector): Architecture {
  return architecture;
}

/** The public SSM parameter that names the image of this selector; `undefined` when AWS publishes none. */
export function parameterOf(selector: ImageSelector): string | undefined {
  return PARAMETERS[selector.family][architectureOf(selector)];
}

/** The image that the status pins for this very selector. */
export function pinnedImage({ spec, status }: DesiredTemplate): ResolvedImage | undefined {
  if (spec.imageSelector === undefined || status?.image === undefined) return undefined;
  return status.image.parameter === parameterOf(spec.imageSelector) ? status.image : undefined;
}

/** True when the image has to be looked up: none is pinned, or the schedule has come since it was. */
export function isImageDue(desired: DesiredTemplate): boolean {
  const selector = desired.spec.imageSelector;
  if (selector === undefined) return false;
  const resolvedAt = Date.parse(pinnedImage(desired)?.resolvedAt ?? '');
  // Judged even when nothing is pinned: a mistake in the schedule is told before anything is made.
  const due = dueAfter(selector, Number.isNaN(resolvedAt) ? desired.now : resolvedAt);
  return Number.isNaN(resolvedAt) || due <= desired.now;
}

function dueAfter({ schedule, timeZone }: ImageSelector, time: number): number {
  if (schedule === undefined) return Number.POSITIVE_INFINITY;
  return nextTime(schedule, time, timeZone, 'spec.imageSelector');
}

/**
 * The image that the template is to have: looked up when that is due, otherwise the pinned one, which also stays while AWS cannot say.
 * `undefined` without `spec.imageSelector`.
 */
export async function resolveImage(
  getParameter: (name: string) => Promise<string | undefined>,
  desired: DesiredTemplate,
): Promise<ResolvedImage | undefined> {
  const pinned = pinnedImage(desired);
  if (desired.spec.imageSelector === undefined || !isImageDue(desired)) return pinned;
  try {
    return await lookUp(getParameter, desired.spec.imageSelector, desired.now);
  } catch (error) {
    if (pinned === undefined || fromUnknown(error).disposition === 'terminal') throw error;
    return pinned;
  }
}

async function lookUp(
  getParameter: (name: string) => Promise<string | undefined>,
  selector: ImageSelector,
  now: number,
): Promise<ResolvedImage> {
  const parameter = parameterOf(selector);
  const imageId = parameter === undefined ? undefined : await getParameter(parameter);
  if (parameter !== undefined && imageId !== undefined) {
    return { imageId, parameter, resolvedAt: rfc3339(new Date(now)) };
  }
  const why =
    parameter === undefined
      ? `AWS publishes no ${architectureOf(selector)} image of family ${selector.family}.`
      : `The SSM parameter ${parameter} does not exist in this region.`;
  throw new OperatorError(
    'terminal',
    'ImageNotFound',
    `spec.imageSelector: ${why} Choose another family or architecture, or remove it and set spec.launchTemplateData.imageId.`,
  );
}
