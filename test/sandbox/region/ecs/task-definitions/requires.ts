import type { Attribute, ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';

const AGENT = 'com.amazonaws.ecs.capability.';
const ECS = 'ecs.capability.';

/**
 * What an instance's agent must be able to do for the definition (`requiresAttributes`). AWS documents neither the list nor its order;
 * these are the names that the agent registers, for what is known to ask for them.
 */
export function requiredAttributes(input: RegisterTaskDefinitionRequest): Attribute[] {
  const names = new Set<string>();
  for (const container of input.containerDefinitions ?? []) {
    for (const name of ofContainer(container, input.executionRoleArn !== undefined)) names.add(name);
  }
  for (const name of ofTask(input)) names.add(name);
  return [...names].map((name) => ({ name }));
}

export const isEcrImage = (image: string): boolean => /^\d{12}\.dkr\.ecr\.[^/]+\.amazonaws\.com(\.cn)?\//.test(image);

function ofTask(input: RegisterTaskDefinitionRequest): string[] {
  const volumes = input.volumes ?? [];
  const efs = volumes.flatMap(({ efsVolumeConfiguration }) => efsVolumeConfiguration ?? []);
  const drivers = volumes.flatMap(({ dockerVolumeConfiguration }) => dockerVolumeConfiguration?.driver ?? []);
  const fsx = volumes.some((volume) => volume.fsxWindowsFileServerVolumeConfiguration !== undefined);
  const role = input.networkMode === 'host' ? 'task-iam-role-network-host' : 'task-iam-role';
  return names({
    [`${AGENT}${role}`]: input.taskRoleArn !== undefined,
    [`${AGENT}docker-remote-api.1.17`]: input.taskRoleArn !== undefined,
    [`${ECS}task-eni`]: input.networkMode === 'awsvpc',
    [`${AGENT}docker-remote-api.1.18`]: input.networkMode === 'awsvpc',
    [`${ECS}pid-ipc-namespace-sharing`]: input.pidMode !== undefined || input.ipcMode !== undefined,
    [`${ECS}aws-appmesh`]: input.proxyConfiguration !== undefined,
    [`${ECS}efs`]: efs.length > 0,
    [`${ECS}efsAuth`]: efs.some(({ authorizationConfig }) => authorizationConfig !== undefined),
    [`${ECS}fsxWindowsFileServer`]: fsx,
    [`${ECS}storage.ebs-task-attach`]: volumes.some(({ configuredAtLaunch }) => configuredAtLaunch === true),
    ...Object.fromEntries(drivers.map((driver) => [`${ECS}docker-plugin.${driver}`, true])),
  });
}

function ofContainer(container: ContainerDefinition, hasRole: boolean): string[] {
  const { logConfiguration: log, firelensConfiguration: firelens, image = '' } = container;
  const ecr = isEcrImage(image);
  const dependsOn = (container.dependsOn ?? []).length > 0;
  return names({
    ...(log === undefined ? {} : ofLog(log.logDriver ?? '', hasRole)),
    [`${AGENT}ecr-auth`]: ecr,
    [`${ECS}execution-role-ecr-pull`]: ecr && hasRole,
    [`${AGENT}docker-remote-api.1.19`]: log?.options !== undefined,
    [`${AGENT}docker-remote-api.1.18`]: log !== undefined || (container.ulimits ?? []).length > 0,
    [`${AGENT}privileged-container`]: container.privileged === true,
    [`${ECS}container-health-check`]: container.healthCheck !== undefined,
    [`${AGENT}docker-remote-api.1.24`]: container.healthCheck !== undefined,
    [`${AGENT}docker-remote-api.1.25`]: container.linuxParameters?.initProcessEnabled === true,
    [`${ECS}container-ordering`]: dependsOn || container.startTimeout !== undefined,
    [`${ECS}env-files.s3`]: (container.environmentFiles ?? []).length > 0,
    [`${ECS}private-registry-authentication.secretsmanager`]: container.repositoryCredentials !== undefined,
    [`${ECS}network.container-port-range`]: (container.portMappings ?? []).some(
      ({ containerPortRange }) => containerPortRange !== undefined,
    ),
    ...(firelens === undefined ? {} : ofFirelens(firelens.type ?? '', firelens.options?.['config-file-type'])),
    ...ofSecrets(container),
  });
}

function ofLog(driver: string, hasRole: boolean): Record<string, boolean> {
  // The one driver that is the agent's own and not Docker's.
  if (driver === 'awsfirelens') return { [`${ECS}logging-driver.awsfirelens`]: true };
  return {
    [`${AGENT}logging-driver.${driver}`]: true,
    [`${ECS}execution-role-awslogs`]: driver === 'awslogs' && hasRole,
  };
}

function ofFirelens(type: string, file: string | undefined): Record<string, boolean> {
  return {
    [`${ECS}firelens.${type}`]: true,
    ...(file === undefined ? {} : { [`${ECS}firelens.options.config.${file}`]: true }),
  };
}

function ofSecrets({ secrets = [], logConfiguration }: ContainerDefinition): Record<string, boolean> {
  const isAsm = (from = ''): boolean => from.includes(':secretsmanager:');
  const options = logConfiguration?.secretOptions ?? [];
  return {
    [`${ECS}secrets.asm.environment-variables`]: secrets.some(({ valueFrom }) => isAsm(valueFrom)),
    [`${ECS}secrets.ssm.environment-variables`]: secrets.some(({ valueFrom }) => !isAsm(valueFrom)),
    [`${ECS}secrets.asm.bootstrap.log-driver`]: options.some(({ valueFrom }) => isAsm(valueFrom)),
    [`${ECS}secrets.ssm.bootstrap.log-driver`]: options.some(({ valueFrom }) => !isAsm(valueFrom)),
  };
}

const names = (asked: Readonly<Record<string, boolean>>): string[] =>
  Object.entries(asked).flatMap(([name, isAsked]) => (isAsked ? [name] : []));
