import type { LaunchType, TaskDefinition } from '@aws-sdk/client-ecs';
import { AwsError } from '../errors.ts';

/** Versions that new tasks may ask for, newest first; older ones of Linux are retired (PV-05). Numbers of the two systems are unrelated (PV-02). */
const LINUX: readonly string[] = ['1.4.0', '1.3.0'];
const WINDOWS: readonly string[] = ['1.0.0'];

export const isFargateProvider = (name: string | undefined): boolean => name === 'FARGATE' || name === 'FARGATE_SPOT';

/** The launch type of a task that a capacity provider places. */
export const launchTypeOfProvider = (name: string | undefined): LaunchType =>
  isFargateProvider(name) ? 'FARGATE' : 'EC2';

export const isWindows = ({ runtimePlatform }: Pick<TaskDefinition, 'runtimePlatform'>): boolean =>
  runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false;

/** `LINUX` and `WINDOWS_SERVER_2019_CORE` of the definition are `Linux` and `Windows_Server_2019_Core` where Fargate runs them. */
export function platformFamily({ runtimePlatform }: TaskDefinition): string {
  return (runtimePlatform?.operatingSystemFamily ?? 'LINUX')
    .split('_')
    .map((word) => (/\d/.test(word) ? word : word.charAt(0) + word.slice(1).toLowerCase()))
    .join('_');
}

/** What LATEST stands for: deployments, task sets and tasks show it, the service keeps what was asked for (SU-19, PV-01). */
export function resolvedPlatform(definition: TaskDefinition, version: string | undefined): string | undefined {
  return version === 'LATEST' ? versionsFor(definition)[0] : version;
}

/** Whether Fargate has that version, and that version what the definition needs (PV-05, PV-13, PV-14). */
export function checkPlatform(definition: TaskDefinition, version: string, spot: boolean): void {
  if (version !== 'LATEST' && !LINUX.includes(version) && !WINDOWS.includes(version)) {
    throw new AwsError('PlatformUnknownException', 'The specified platform does not exist.');
  }
  const resolved = resolvedPlatform(definition, version) ?? '';
  // SPT-01: no Windows on Spot. The guide refuses ARM64 there too; AWS has had it since September 2024.
  const refused = !versionsFor(definition).includes(resolved) || (spot && isWindows(definition));
  if (refused || (resolved === '1.3.0' && needsNewest(definition))) throw incompatible();
}

export const incompatible = (): AwsError =>
  new AwsError(
    'PlatformTaskDefinitionIncompatibilityException',
    'The specified platform does not satisfy the required capabilities of the task definition.',
  );

const versionsFor = (definition: TaskDefinition): readonly string[] => (isWindows(definition) ? WINDOWS : LINUX);

/** The guide's list of what came with 1.4.0 (guide 1, section 6). */
function needsNewest(definition: TaskDefinition): boolean {
  return (
    Number(definition.cpu ?? 0) >= 8_192 ||
    definition.ephemeralStorage !== undefined ||
    definition.runtimePlatform?.cpuArchitecture === 'ARM64' ||
    (definition.volumes ?? []).some(
      (volume) => volume.efsVolumeConfiguration !== undefined || volume.configuredAtLaunch,
    ) ||
    (definition.containerDefinitions ?? []).some(({ environmentFiles = [] }) => environmentFiles.length > 0)
  );
}
