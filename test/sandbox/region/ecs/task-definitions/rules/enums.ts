import {
  ApplicationProtocol,
  Compatibility,
  ContainerCondition,
  CPUArchitecture,
  DeviceCgroupPermission,
  EFSAuthorizationConfigIAM,
  EFSTransitEncryption,
  EnvironmentFileType,
  FirelensConfigurationType,
  IpcMode,
  NetworkMode,
  OSFamily,
  PidMode,
  ProxyConfigurationType,
  type RegisterTaskDefinitionRequest,
  ResourceType,
  Scope,
  TransportProtocol,
  UlimitName,
} from '@aws-sdk/client-ecs';
import { clientException } from '../../../errors.ts';

type Enum = Readonly<Record<string, string>>;

/** By the member that holds the structure, and the member within: the runtime schemas have no enums. */
const ENUMS: ReadonlyMap<string, Enum> = new Map<string, Enum>([
  ['.networkMode', NetworkMode],
  ['.pidMode', PidMode],
  ['.ipcMode', IpcMode],
  ['.requiresCompatibilities', Compatibility],
  ['runtimePlatform.operatingSystemFamily', OSFamily],
  ['runtimePlatform.cpuArchitecture', CPUArchitecture],
  ['proxyConfiguration.type', ProxyConfigurationType],
  ['dockerVolumeConfiguration.scope', Scope],
  ['efsVolumeConfiguration.transitEncryption', EFSTransitEncryption],
  ['authorizationConfig.iam', EFSAuthorizationConfigIAM],
  ['firelensConfiguration.type', FirelensConfigurationType],
  ['dependsOn.condition', ContainerCondition],
  ['ulimits.name', UlimitName],
  ['environmentFiles.type', EnvironmentFileType],
  ['resourceRequirements.type', ResourceType],
  ['portMappings.protocol', TransportProtocol],
  // The guide writes them in capitals, the API in small letters (27-10).
  ['portMappings.appProtocol', ApplicationProtocol],
  ['devices.permissions', DeviceCgroupPermission],
]);

/** Values that are not one of their enum's. The other operations of ECS answer InvalidParameterException, this one does not. */
export function checkEnums(input: RegisterTaskDefinitionRequest): void {
  checkMembers(input, '');
}

function checkMembers(structure: object, holder: string): void {
  for (const [member, value] of Object.entries(structure)) {
    const allowed = ENUMS.get(`${holder}.${member}`);
    for (const entry of Array.isArray(value) ? value : [value]) {
      if (typeof entry === 'object' && entry !== null) checkMembers(entry, member);
      else if (allowed !== undefined && entry !== undefined) checkValue(member, String(entry), Object.values(allowed));
    }
  }
}

function checkValue(member: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw clientException(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${allowed.join(', ')}]`,
  );
}
