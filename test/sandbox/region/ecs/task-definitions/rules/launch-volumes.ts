import { type ServiceVolumeConfiguration, TaskFilesystemType } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../../errors.ts';
import type { TaskDefinitionState } from '../state.ts';

type Ebs = NonNullable<ServiceVolumeConfiguration['managedEBSVolume']>;
type Range = readonly [minimum: number, maximum: number];

/** Guide 4, 22.12; the SDK, which is newer, gives io2 more operations. */
const TYPES: ReadonlyMap<string, { readonly size: Range; readonly iops?: Range; readonly needsIops?: true }> = new Map([
  ['gp2', { size: [1, 16_384] }],
  ['gp3', { size: [1, 16_384], iops: [3_000, 16_000] }],
  ['io1', { size: [4, 16_384], iops: [100, 64_000], needsIops: true }],
  ['io2', { size: [4, 16_384], iops: [100, 256_000], needsIops: true }],
  ['st1', { size: [125, 16_384] }],
  ['sc1', { size: [125, 16_384] }],
  ['standard', { size: [1, 1_024] }],
]);
const MAX_THROUGHPUT = 1_000;
const FILESYSTEMS: readonly string[] = Object.values(TaskFilesystemType);

/** The volume that a definition leaves open until launch needs a configuration, and no other takes one (EBS-06, ST-10). */
export function checkLaunchVolumes(
  { definition }: TaskDefinitionState,
  given: readonly ServiceVolumeConfiguration[],
  fargate: boolean,
): void {
  if (given.length > 1) throw invalidParameter('volumeConfigurations can have at most 1 items.');
  const open = definition.volumes?.find(({ configuredAtLaunch }) => configuredAtLaunch === true);
  const [configuration] = given;
  if (configuration === undefined) {
    if (open === undefined) return;
    throw invalidParameter(`Volume configuration must be specified for volume ${open.name}.`);
  }
  if (configuration.name !== open?.name) {
    throw invalidParameter(`Volume ${configuration.name} is not configured at launch in the task definition.`);
  }
  if (configuration.managedEBSVolume !== undefined) checkEbs(configuration.managedEBSVolume, fargate);
}

function checkEbs(volume: Ebs, fargate: boolean): void {
  const type = volume.volumeType ?? 'gp3';
  const limits = TYPES.get(type);
  if (limits === undefined) throw invalidParameter(`Invalid volume type ${type}.`);
  if (type === 'standard' && fargate) throw invalidParameter('The standard volume type is not supported on Fargate.');
  if (volume.sizeInGiB === undefined && volume.snapshotId === undefined) {
    throw invalidParameter('You must specify either sizeInGiB or snapshotId.');
  }
  checkRange('sizeInGiB', type, volume.sizeInGiB, limits.size);
  if (volume.iops === undefined && limits.needsIops) throw invalidParameter(`iops is required for ${type} volumes.`);
  checkRange('iops', type, volume.iops, limits.iops);
  checkRange('throughput', type, volume.throughput, type === 'gp3' ? [1, MAX_THROUGHPUT] : undefined);
  if (volume.kmsKeyId !== undefined && volume.encrypted !== true) {
    throw invalidParameter('encrypted must be true when kmsKeyId is specified.');
  }
  if (volume.filesystemType !== undefined && !FILESYSTEMS.includes(volume.filesystemType)) {
    throw invalidParameter(`Invalid filesystem type ${volume.filesystemType}.`);
  }
  if (volume.volumeInitializationRate !== undefined && volume.snapshotId === undefined) {
    throw invalidParameter('volumeInitializationRate can only be specified with a snapshotId.');
  }
}

/** Without a range the member is not for volumes of that type. */
function checkRange(member: string, type: string, value: number | undefined, range: Range | undefined): void {
  if (value === undefined) return;
  if (range === undefined) throw invalidParameter(`${member} is not supported for ${type} volumes.`);
  const [minimum, maximum] = range;
  if (value >= minimum && value <= maximum) return;
  throw invalidParameter(`${member} must be between ${minimum} and ${maximum} for ${type} volumes.`);
}
