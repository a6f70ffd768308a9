import type {
  ContainerDefinition,
  EFSVolumeConfiguration,
  RegisterTaskDefinitionRequest,
  Volume,
} from '@aws-sdk/client-ecs';
import { clientException } from '../../../errors.ts';

/** Volumes by kind (guide 4, 20.9), and that mount points find theirs (CD-25, TRAP-01: names are case-sensitive). */
export function checkVolumes(input: RegisterTaskDefinitionRequest, containers: readonly ContainerDefinition[]): void {
  const volumes = new Map<string, Volume>();
  for (const volume of input.volumes ?? []) {
    const name = volume.name ?? '';
    if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name)) throw clientException(`Invalid volume name '${name}'.`);
    if (volumes.has(name)) throw clientException(`Duplicate volume name '${name}'.`);
    volumes.set(name, volume);
    checkVolume(volume);
  }
  if ([...volumes.values()].filter(({ configuredAtLaunch }) => configuredAtLaunch === true).length > 1) {
    throw clientException('Only one volume can be configured at launch.');
  }
  for (const { mountPoints = [] } of containers) {
    for (const { sourceVolume = '' } of mountPoints) {
      if (!volumes.has(sourceVolume)) throw clientException(`Unknown volume '${sourceVolume}'.`);
    }
  }
}

function checkVolume(volume: Volume): void {
  const { dockerVolumeConfiguration: docker, efsVolumeConfiguration: efs } = volume;
  const fsx = volume.fsxWindowsFileServerVolumeConfiguration;
  const kinds = [volume.host, docker, efs, volume.s3filesVolumeConfiguration, fsx].filter((kind) => kind !== undefined);
  const limit = volume.configuredAtLaunch === true ? 0 : 1;
  if (kinds.length > limit) throw clientException(`Volume '${volume.name}' can have only one configuration.`);
  // DOC-02.
  if (docker?.autoprovision === true && docker.scope !== 'shared') {
    throw clientException(`Volume '${volume.name}' can be autoprovisioned only with scope shared.`);
  }
  if (efs !== undefined) checkEfs(efs);
}

/** EFS-02, EFS-03 (VOL-30, VOL-31). */
function checkEfs({ authorizationConfig, rootDirectory = '/', transitEncryption }: EFSVolumeConfiguration): void {
  const accessPoint = authorizationConfig?.accessPointId !== undefined;
  if (accessPoint && rootDirectory !== '/' && rootDirectory !== '') {
    throw clientException("With an EFS access point the root directory must be omitted or '/'.");
  }
  if ((accessPoint || authorizationConfig?.iam === 'ENABLED') && transitEncryption !== 'ENABLED') {
    throw clientException('EFS access points and IAM authorization need transit encryption to be enabled.');
  }
}
