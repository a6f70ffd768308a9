import { describe, expect, it } from 'vitest';
import { AWSLOGS, app, check, fargate, type Overrides, ROLE } from './inputs.ts';

describe('a task definition for Fargate', () => {
  it.each<[string, Overrides]>([
    ['nothing special', {}],
    ['EC2 beside it', { requiresCompatibilities: ['EC2', 'FARGATE'] }],
    ['logs', { executionRoleArn: ROLE, ...app({ logConfiguration: { logDriver: 'awslogs', options: AWSLOGS } }) }],
    [
      'SYS_PTRACE, init and dropped capabilities',
      app({ linuxParameters: { initProcessEnabled: true, capabilities: { add: ['SYS_PTRACE'], drop: ['MKNOD'] } } }),
    ],
    ['pidMode task', { pidMode: 'task' }],
    [
      'Windows on 4 vCPU',
      { cpu: '4096', memory: '8192', runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } },
    ],
    ['ARM64', { runtimePlatform: { cpuArchitecture: 'ARM64' } }],
    ['200 GiB of storage', { ephemeralStorage: { sizeInGiB: 200 } }],
  ])('is accepted with %s', (_, overrides) => {
    expect(check(fargate(overrides))).not.toThrow();
  });

  const windows = { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2019_CORE' as const } };

  it.each<[string, Overrides, string | RegExp]>([
    ['another network mode (TD-13)', { networkMode: 'host' }, 'Fargate only supports network mode ‘awsvpc’.'],
    ['no cpu (TD-3)', { cpu: undefined }, "Fargate requires that 'cpu' be defined at the task level."],
    [
      'no memory (TD-3)',
      { memory: undefined, ...app({}) },
      "Fargate requires that 'memory' be defined at the task level.",
    ],
    ['EC2 beside it, and no cpu (TD-3)', { requiresCompatibilities: ['EC2', 'FARGATE'], cpu: undefined }, /'cpu'/],
    ['a size that it has not', { memory: '9216' }, 'No Fargate configuration exists for given values.'],
    [
      'Windows on 16 vCPU (SIZE-01)',
      { ...windows, cpu: '16384', memory: '32768' },
      'No Fargate configuration exists for given values.',
    ],
    ['Windows on ARM64', { runtimePlatform: { ...windows.runtimePlatform, cpuArchitecture: 'ARM64' } }, /ARM64/],
    ['Linux parameters on Windows', { ...windows, ...app({ linuxParameters: {} }) }, /linuxParameters/],
    ['a privileged container (FG-01)', app({ privileged: true }), /do not support privileged/],
    ['a GPU (FG-01)', app({ resourceRequirements: [{ type: 'GPU', value: '1' }] }), /resourceRequirements/],
    ['swap (FG-01)', app({ linuxParameters: { maxSwap: 1 } }), /maxSwap/],
    [
      'NET_ADMIN (FG-02)',
      app({ linuxParameters: { capabilities: { add: ['SYS_PTRACE', 'NET_ADMIN'] } } }),
      /capabilities/,
    ],
    ['devices (FG-02)', app({ linuxParameters: { devices: [{ hostPath: '/dev/x' }] } }), /devices/],
    [
      'a path of the host (FG-03)',
      { volumes: [{ name: 'v', host: { sourcePath: '/' } }] },
      /do not support sourcePath/,
    ],
    [
      'a Docker volume (FG-03)',
      { volumes: [{ name: 'v', dockerVolumeConfiguration: {} }] },
      /dockerVolumeConfiguration/,
    ],
    [
      'placement constraints (FG-01)',
      { placementConstraints: [{ type: 'memberOf', expression: 'a' }] },
      /placementConstraints/,
    ],
    ['ipcMode (FG-01)', { ipcMode: 'task' }, /ipcMode/],
    ['pidMode host', { pidMode: 'host' }, /pidMode=host/],
    ['another log driver (FG-05)', app({ logConfiguration: { logDriver: 'syslog' } }), /syslog/],
    [
      'logs without a stream prefix (LOG-03)',
      {
        executionRoleArn: ROLE,
        ...app({
          logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'g', 'awslogs-region': 'r' } },
        }),
      },
      'Log driver awslogs requires options: awslogs-stream-prefix',
    ],
    [
      'logs without a role',
      app({ logConfiguration: { logDriver: 'awslogs', options: AWSLOGS } }),
      'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
    ],
    [
      'an image of ECR without a role',
      app({ image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/app:1' }),
      'Fargate requires task definition to have execution role ARN to support ECR images.',
    ],
    [
      "a router's file in S3 (FG-07)",
      app({ firelensConfiguration: { type: 'fluentbit', options: { 'config-file-type': 's3' } } }),
      /s3/,
    ],
  ])('is refused with %s', (_, overrides, message) => {
    expect(check(fargate(overrides))).toThrow(message);
  });
});
