/** Capabilities that the agent of an ECS-optimized AMI registers, as attributes without a value. */
const COMMON: readonly string[] = [
  ...range(17, 44).map((minor) => `com.amazonaws.ecs.capability.docker-remote-api.1.${minor}`),
  'com.amazonaws.ecs.capability.ecr-auth',
  'com.amazonaws.ecs.capability.logging-driver.awslogs',
  'com.amazonaws.ecs.capability.logging-driver.json-file',
  'com.amazonaws.ecs.capability.logging-driver.none',
  'com.amazonaws.ecs.capability.privileged-container',
  'com.amazonaws.ecs.capability.task-iam-role',
  'ecs.capability.aws-appmesh',
  'ecs.capability.container-health-check',
  'ecs.capability.container-ordering',
  'ecs.capability.docker-plugin.local',
  'ecs.capability.ecr-endpoint',
  'ecs.capability.env-files.s3',
  'ecs.capability.execute-command',
  'ecs.capability.execution-role-awslogs',
  'ecs.capability.execution-role-ecr-pull',
  'ecs.capability.full-sync',
  'ecs.capability.logging-driver.awsfirelens',
  'ecs.capability.network.container-port-range',
  'ecs.capability.private-registry-authentication.secretsmanager',
  'ecs.capability.secrets.asm.bootstrap.log-driver',
  'ecs.capability.secrets.asm.environment-variables',
  'ecs.capability.secrets.ssm.bootstrap.log-driver',
  'ecs.capability.secrets.ssm.environment-variables',
  'ecs.capability.storage.ebs-task-attach',
  'ecs.capability.task-eni',
];

const LINUX: readonly string[] = [
  ...['fluentd', 'gelf', 'journald', 'splunk', 'syslog'].map(
    (driver) => `com.amazonaws.ecs.capability.logging-driver.${driver}`,
  ),
  'com.amazonaws.ecs.capability.task-iam-role-network-host',
  'ecs.capability.cni-plugin-version',
  'ecs.capability.efs',
  'ecs.capability.efsAuth',
  'ecs.capability.external',
  'ecs.capability.fault-injection',
  'ecs.capability.firelens.fluentbit',
  'ecs.capability.firelens.fluentd',
  'ecs.capability.firelens.options.config.file',
  'ecs.capability.firelens.options.config.s3',
  'ecs.capability.increased-task-cpu-limit',
  'ecs.capability.pid-ipc-namespace-sharing',
  'ecs.capability.service-connect-v1',
  'ecs.capability.task-cpu-mem-limit',
  'ecs.capability.task-eia',
  'ecs.capability.task-eia.optimized-cpu',
];

const WINDOWS: readonly string[] = [
  'ecs.capability.fsxWindowsFileServer',
  'ecs.capability.gmsa',
  'ecs.capability.gmsa-domainless',
];

/** `ecs.capability.external` marks only external instances; Windows has fewer drivers and no task-level limits. */
export function capabilities(os: 'linux' | 'windows', external: boolean): string[] {
  const all = [...COMMON, ...(os === 'linux' ? LINUX : WINDOWS)];
  return all.filter((name) => {
    if (name === 'ecs.capability.external') return external;
    return name !== 'ecs.capability.task-eni' || !external;
  });
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
