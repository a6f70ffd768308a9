import type {
  LaunchTemplateOverrides,
  LaunchTemplateSpecification,
  MixedInstancesPolicy,
} from '@aws-sdk/client-auto-scaling';
import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { findTemplate, findVersion } from '../ec2/find-template.ts';
import { instanceTypes } from '../ec2/instance-types.ts';
import { checkLaunch } from '../ec2/launch.ts';
import { templateTags } from '../ec2/run-instances.ts';
import { AwsError } from '../errors.ts';
import type { World } from '../world.ts';
import { validationError } from './errors.ts';
import type { LaunchSource, TemplateRef } from './state.ts';

interface Given {
  readonly LaunchConfigurationName?: string | undefined;
  readonly LaunchTemplate?: LaunchTemplateSpecification | undefined;
  readonly MixedInstancesPolicy?: MixedInstancesPolicy | undefined;
  readonly InstanceId?: string | undefined;
}

/** What the instances of a group are launched from; `undefined` if the request names nothing. An update may leave out the template of a mixed group. */
export function sourceFrom(world: World, given: Given, current?: LaunchSource): LaunchSource | undefined {
  const { LaunchConfigurationName, LaunchTemplate, MixedInstancesPolicy: mixed, InstanceId } = given;
  const named = [LaunchConfigurationName, LaunchTemplate, mixed, InstanceId].filter((each) => each !== undefined);
  if (named.length === 0) return undefined;
  if (named.length > 1) throw oneSource();
  if (LaunchConfigurationName !== undefined) {
    throw validationError(
      `Launch configuration name not found - Launch configuration ${LaunchConfigurationName} not found`,
    );
  }
  if (InstanceId !== undefined) throw validationError(`The instance ${InstanceId} cannot be used to create a group.`);
  const source = mixed === undefined ? templateSource(world, LaunchTemplate ?? {}) : mixedSource(world, mixed, current);
  checkSource(world, source);
  return source;
}

export const oneSource = (): AwsError =>
  validationError(
    'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
  );

function templateSource(world: World, given: LaunchTemplateSpecification): LaunchSource {
  return { kind: 'template', template: templateRef(world, given) };
}

function mixedSource(world: World, policy: MixedInstancesPolicy, current: LaunchSource | undefined): LaunchSource {
  const given = policy.LaunchTemplate?.LaunchTemplateSpecification;
  const known = current?.kind === 'mixed' ? current : undefined;
  const template = given === undefined ? known?.template : templateRef(world, given);
  if (template === undefined) {
    throw validationError('A MixedInstancesPolicy requires a LaunchTemplate with a LaunchTemplateSpecification.');
  }
  const distribution = policy.InstancesDistribution ?? known?.distribution ?? {};
  checkDistribution(distribution.OnDemandPercentageAboveBaseCapacity, distribution.OnDemandAllocationStrategy);
  return {
    kind: 'mixed',
    template,
    overrides: policy.LaunchTemplate?.Overrides ?? known?.overrides ?? [],
    distribution,
  };
}

function checkDistribution(percentage: number | undefined, onDemand: string | undefined): void {
  if (percentage !== undefined && (percentage < 0 || percentage > 100)) {
    throw validationError('OnDemandPercentageAboveBaseCapacity must be between 0 and 100.');
  }
  if (onDemand !== undefined && !['prioritized', 'lowest-price'].includes(onDemand)) {
    throw validationError(`Unsupported on-demand allocation strategy: ${onDemand}.`);
  }
}

/** The template with both its names, as AWS returns it. `undefined` as version means the default one. */
function templateRef(world: World, given: LaunchTemplateSpecification): TemplateRef {
  const template = asValidation(() => findTemplate(world, given));
  asValidation(() => findVersion(template, given.Version));
  return { id: template.id, name: template.name, version: given.Version };
}

/** EC2's refusals reach the caller as a ValidationError of Auto Scaling. */
function asValidation<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw validationError(`You must use a valid fully-formed launch template. ${error.message}`);
  }
}

/** A group is refused whose instances could never be launched. */
function checkSource(world: World, source: LaunchSource): void {
  for (const candidate of asValidation(() => candidatesOf(world, source))) {
    asValidation(() => checkLaunch(world, candidate.data));
  }
}

/** One way to launch an instance: with which template version, as what. */
export interface Candidate {
  /** With a version number. */
  readonly template: TemplateRef;
  readonly data: ResponseLaunchTemplateData;
  readonly tags: ReadonlyMap<string, string>;
}

/** The ways to launch an instance of a group, in the order in which they are tried. Throws if the template is gone. */
export function candidatesOf(world: World, source: LaunchSource): readonly Candidate[] {
  if (source.kind === 'template') return fromTemplate(world, source.template, {});
  if (source.overrides.length === 0) return fromTemplate(world, source.template, {});
  return source.overrides.flatMap((override) => {
    const own = override.LaunchTemplateSpecification;
    return fromTemplate(world, own === undefined ? source.template : templateRef(world, own), override);
  });
}

function fromTemplate(world: World, ref: TemplateRef, override: LaunchTemplateOverrides): readonly Candidate[] {
  const template = findTemplate(world, { LaunchTemplateId: ref.id });
  const version = findVersion(template, ref.version);
  const resolved: TemplateRef = { id: template.id, name: template.name, version: String(version.number) };
  const data = withOverride(version.data, override);
  const tags = templateTags(version.data);
  return typesOf(data, override).map((type) => ({ template: resolved, data: { ...data, InstanceType: type }, tags }));
}

function withOverride(data: ResponseLaunchTemplateData, override: LaunchTemplateOverrides): ResponseLaunchTemplateData {
  return override.ImageId === undefined ? data : { ...data, ImageId: override.ImageId };
}

type TypeName = NonNullable<ResponseLaunchTemplateData['InstanceType']>;

/** The override's type, those that its requirements allow, or what the template says. */
function typesOf(
  data: ResponseLaunchTemplateData,
  override: LaunchTemplateOverrides,
): readonly (TypeName | undefined)[] {
  // The SDK lists every type there is; whether it is one is checked at launch.
  if (override.InstanceType !== undefined) return [override.InstanceType as TypeName];
  const requirements = override.InstanceRequirements ?? data.InstanceRequirements;
  if (requirements === undefined) return [data.InstanceType];
  const vcpus = requirements.VCpuCount;
  const memory = requirements.MemoryMiB;
  const found = instanceTypes()
    .filter((type) => type.vcpus >= (vcpus?.Min ?? 0) && type.vcpus <= (vcpus?.Max ?? Number.POSITIVE_INFINITY))
    .filter(
      (type) => type.memoryMiB >= (memory?.Min ?? 0) && type.memoryMiB <= (memory?.Max ?? Number.POSITIVE_INFINITY),
    )
    .filter((type) => type.gpus === 0 && !type.burstable && type.architecture === 'x86_64')
    .sort((a, b) => a.vcpus - b.vcpus || a.memoryMiB - b.memoryMiB);
  if (found.length === 0) {
    throw validationError('No instance types were found that satisfy the requirements in InstanceRequirements.');
  }
  return found.map(({ name }) => name as TypeName);
}
