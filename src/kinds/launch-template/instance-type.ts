import type { Ec2Reads } from '../../aws/reads.ts';
import { OperatorError } from '../../errors.ts';
import type { DesiredTemplate } from './desired.ts';
import { architectureOf } from './image.ts';

/**
 * Throws when the region has no such instance type, or the selected image cannot run on it. EC2 stores the template all the same, and
 * only the launches of a group would fail.
 */
export async function assertInstanceType(
  reads: Pick<Ec2Reads, 'describeInstanceType'>,
  { spec, region }: DesiredTemplate,
): Promise<void> {
  const { instanceType } = spec.launchTemplateData;
  if (instanceType === undefined) return;
  const found = await reads.describeInstanceType(instanceType);
  if (found === undefined) {
    throw new OperatorError(
      'terminal',
      'InstanceTypeUnknown',
      `spec.launchTemplateData.instanceType "${instanceType}" does not exist in ${region}. Correct it; \`aws ec2 describe-instance-type-offerings --region ${region}\` lists those that do.`,
    );
  }
  const runs: readonly string[] = found.ProcessorInfo?.SupportedArchitectures ?? [];
  if (spec.imageSelector === undefined || runs.length === 0 || runs.includes(architectureOf(spec.imageSelector)))
    return;
  throw new OperatorError(
    'terminal',
    'ArchitectureMismatch',
    `spec.launchTemplateData.instanceType "${instanceType}" does not run ${architectureOf(spec.imageSelector)} images, only ${runs.join(', ')}. Set spec.imageSelector.architecture, or choose another instance type.`,
  );
}
