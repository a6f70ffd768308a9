import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { clientException } from '../../../errors.ts';
import { isWindows } from '../../fargate.ts';
import { isEcrImage } from '../requires.ts';
import { cpuUnits, isFargateSize, mebibytes } from '../sizes.ts';

const LOG_DRIVERS = ['awslogs', 'splunk', 'awsfirelens'];
const AWSLOGS_OPTIONS = ['awslogs-group', 'awslogs-region', 'awslogs-stream-prefix'];

/** Rules for definitions that list FARGATE, also where EC2 is listed too (guide 4, 26). */
export function checkFargate(input: RegisterTaskDefinitionRequest, containers: readonly ContainerDefinition[]): void {
  const problem = fargateProblem(input, containers);
  if (problem !== undefined) throw clientException(problem);
}

/** Why a definition cannot run on Fargate; `undefined` if it can. */
export function fargateProblem(
  input: RegisterTaskDefinitionRequest,
  containers: readonly ContainerDefinition[],
): string | undefined {
  // The quotation marks are AWS's own.
  if (input.networkMode !== 'awsvpc') return 'Fargate only supports network mode ‘awsvpc’.';
  if (input.cpu === undefined) return "Fargate requires that 'cpu' be defined at the task level.";
  if (input.memory === undefined) return "Fargate requires that 'memory' be defined at the task level.";
  const windows = isWindows(input);
  if (!isFargateSize(cpuUnits(input.cpu), mebibytes(input.memory), windows)) {
    return 'No Fargate configuration exists for given values.';
  }
  const task = {
    ipcMode: input.ipcMode !== undefined,
    'pidMode=host': input.pidMode === 'host',
    placementConstraints: (input.placementConstraints ?? []).length > 0,
    inferenceAccelerators: (input.inferenceAccelerators ?? []).length > 0,
    'cpuArchitecture=ARM64 on Windows': windows && input.runtimePlatform?.cpuArchitecture === 'ARM64',
    ...volumes(input, windows),
  };
  return first([
    unsupported(task),
    ...containers.flatMap((container) => [
      unsupported(containerMembers(container, windows)),
      logProblem(container, input.executionRoleArn),
      imageProblem(container, input.executionRoleArn),
    ]),
  ]);
}

/** FG-03, FG-09. */
function volumes({ volumes: all = [] }: RegisterTaskDefinitionRequest, windows: boolean): Record<string, boolean> {
  return {
    sourcePath: all.some(({ host }) => host?.sourcePath !== undefined),
    dockerVolumeConfiguration: all.some((volume) => volume.dockerVolumeConfiguration !== undefined),
    fsxWindowsFileServerVolumeConfiguration: all.some(
      (volume) => volume.fsxWindowsFileServerVolumeConfiguration !== undefined,
    ),
    'efsVolumeConfiguration on Windows': windows && all.some((volume) => volume.efsVolumeConfiguration !== undefined),
  };
}

/** FG-01, FG-02, FG-07. Links, DNS and host entries are refused with awsvpc already. */
function containerMembers(container: ContainerDefinition, windows: boolean): Record<string, boolean> {
  const { linuxParameters: linux = {} } = container;
  return {
    privileged: container.privileged === true,
    dockerSecurityOptions: (container.dockerSecurityOptions ?? []).length > 0,
    resourceRequirements: (container.resourceRequirements ?? []).length > 0,
    devices: (linux.devices ?? []).length > 0,
    tmpfs: (linux.tmpfs ?? []).length > 0,
    sharedMemorySize: linux.sharedMemorySize !== undefined,
    maxSwap: linux.maxSwap !== undefined,
    swappiness: linux.swappiness !== undefined,
    'capabilities.add but SYS_PTRACE': (linux.capabilities?.add ?? []).some((name) => name !== 'SYS_PTRACE'),
    'linuxParameters on Windows': windows && container.linuxParameters !== undefined,
    'config-file-type s3': container.firelensConfiguration?.options?.['config-file-type'] === 's3',
  };
}

/** FG-05, LOG-01 to LOG-03. */
function logProblem({ logConfiguration }: ContainerDefinition, role: string | undefined): string | undefined {
  if (logConfiguration === undefined) return undefined;
  const { logDriver = '', options = {} } = logConfiguration;
  if (!LOG_DRIVERS.includes(logDriver)) {
    return `Fargate compatible task definitions do not support the log driver ${logDriver}.`;
  }
  if (logDriver !== 'awslogs') return undefined;
  const missing = AWSLOGS_OPTIONS.filter((option) => !(option in options));
  if (missing.length > 0) return `Log driver awslogs requires options: ${missing.join(', ')}`;
  return role === undefined
    ? 'Fargate requires task definition to have execution role ARN to support log driver awslogs.'
    : undefined;
}

function imageProblem({ image = '' }: ContainerDefinition, role: string | undefined): string | undefined {
  if (role !== undefined || !isEcrImage(image)) return undefined;
  return 'Fargate requires task definition to have execution role ARN to support ECR images.';
}

function unsupported(given: Readonly<Record<string, boolean>>): string | undefined {
  const [what] = Object.entries(given).find(([, isGiven]) => isGiven) ?? [];
  return what === undefined ? undefined : `Fargate compatible task definitions do not support ${what}.`;
}

const first = (problems: readonly (string | undefined)[]): string | undefined =>
  problems.find((problem) => problem !== undefined);
