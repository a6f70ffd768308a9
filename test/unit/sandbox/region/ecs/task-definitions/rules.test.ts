import { describe, expect, it } from 'vitest';
import { app, CHECK, check, ec2, type Overrides, ports, ROLE } from './inputs.ts';

describe('a task definition for EC2 is accepted with', () => {
  it.each<[string, Overrides]>([
    ['nothing special', {}],
    ['a soft limit only', app({ memory: undefined, memoryReservation: 64 })],
    ['task memory in place of containers', { ...app({ memory: undefined }), memory: '512' }],
    [
      'containers as large as the task (27-5)',
      { ...app({ memory: 256, cpu: 128 }, { memory: 256, cpu: 128 }), cpu: '256', memory: '512' },
    ],
    ['192 vCPU (TD-4)', { cpu: '192 vCPU', memory: '4 GB' }],
    ['4 MiB, for an old Docker (SIZE-04)', app({ memory: 4 })],
    ['dynamic ports in bridge mode', { networkMode: 'bridge', ...ports({ containerPort: 80, hostPort: 0 }) }],
    ['host 443 to container 80 without a mode (TRAP-22)', ports({ containerPort: 80, hostPort: 443 })],
    ['a range of ports (TD-30)', ports({ containerPortRange: '100-200' }, { containerPort: 80 })],
    ['the same port for tcp and udp', ports({ containerPortRange: '1-9' }, { containerPort: 5, protocol: 'udp' })],
    ['links (TD-16)', app({ links: ['c1:db'] }, {})],
    [
      'a chain of dependencies',
      app(
        { dependsOn: [{ containerName: 'c1', condition: 'START' }] },
        { dependsOn: [{ containerName: 'c2', condition: 'SUCCESS' }] },
        { essential: false },
      ),
    ],
    [
      'a healthy dependency',
      app({ dependsOn: [{ containerName: 'c1', condition: 'HEALTHY' }] }, { healthCheck: CHECK }),
    ],
    [
      'health checks at their limits',
      app({ healthCheck: { ...CHECK, interval: 300, timeout: 60, retries: 10, startPeriod: 300 } }),
    ],
    [
      'a volume of the host',
      {
        volumes: [{ name: 'v', host: { sourcePath: '/v' } }],
        ...app({ mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] }),
      },
    ],
    ['one volume of EBS', { volumes: [{ name: 'v', configuredAtLaunch: true }] }],
    [
      'an EFS access point',
      {
        volumes: [
          {
            name: 'v',
            efsVolumeConfiguration: {
              fileSystemId: 'fs-1',
              rootDirectory: '/',
              transitEncryption: 'ENABLED',
              authorizationConfig: { accessPointId: 'fsap-1' },
            },
          },
        ],
      },
    ],
    ['secrets and a role', { executionRoleArn: ROLE, ...app({ secrets: [{ name: 'A', valueFrom: 'a' }] }) }],
    ['a role by name', { taskRoleArn: 'worker' }],
    ['a memberOf constraint', { placementConstraints: [{ type: 'memberOf', expression: 'runningTasksCount == 1' }] }],
    [
      'a FireLens router',
      app({ logConfiguration: { logDriver: 'awsfirelens' } }, { firelensConfiguration: { type: 'fluentbit' } }),
    ],
    ['IPC and PID modes', { ipcMode: 'host', pidMode: 'host' }],
  ])('%s', (_, overrides) => {
    expect(check(ec2(overrides))).not.toThrow();
  });
});

describe('a task definition for EC2 is refused with', () => {
  it.each<[string, Overrides, string | RegExp]>([
    ['a family that is no name', { family: 'a b' }, 'Family contains invalid characters.'],
    ['a family of 256 characters', { family: 'f'.repeat(256) }, 'Family contains invalid characters.'],
    // What no SDK would send.
    [
      'a network mode of its own',
      { networkMode: 'own' as 'bridge' },
      /'own' at 'networkMode'.*enum value set: \[awsvpc/,
    ],
    [
      'a ulimit of its own',
      app({ ulimits: [{ name: 'own' as 'cpu', softLimit: 1, hardLimit: 1 }] }),
      /'own' at 'name'/,
    ],
    ['no container', { containerDefinitions: [] }, 'Container list cannot be empty.'],
    ['eleven containers', app(...Array.from({ length: 11 }, () => ({}))), /more than 10 containers/],
    ['more than 64 KiB (G4 23)', app({ environment: [{ name: 'A', value: 'x'.repeat(65_536) }] }), /64KiB/],
    ['a container twice', app({}, { name: 'app' }), 'Container.name contains duplicates: app'],
    ['a container name with a dot', app({ name: 'a.b' }), /letters, numbers, hyphens and underscores/],
    ['nothing essential (TD-24)', app({ essential: false }), /must be marked essential/],
    [
      'no memory at all (TD-20)',
      app({ memory: undefined }),
      /^Invalid setting for container 'app'\. At least one of 'memory'/,
    ],
    ['a hard limit that is the soft one (TD-21)', app({ memoryReservation: 128 }), /must be greater than/],
    ['3 MiB', app({ memory: 3 }), /at least 4 MiB/],
    ['100 CPU units (TD-4)', { cpu: '100' }, /^Invalid 'cpu' setting for task\./],
    ['no number of CPU units', { cpu: 'many' }, /^Invalid 'cpu' setting for task\./],
    ['no amount of memory', { memory: '1 TB' }, /^Invalid 'memory' setting for task\./],
    [
      'a container larger than the task',
      { ...app({ memory: 600, memoryReservation: 10 }), memory: '512' },
      /'memory' is greater/,
    ],
    [
      'containers that together are',
      { ...app({ cpu: 200 }, { cpu: 200 }), cpu: '256' },
      /sum of the containers' 'cpu'/,
    ],
    [
      'reservations that together are',
      { ...app({ memory: 300 }, { memory: 300 }), memory: '512' },
      /sum of the containers' memory/,
    ],
    ['ports in mode none (TD-10)', { networkMode: 'none', ...ports({ containerPort: 80 }) }, /networkMode=none/],
    [
      'other host ports in host mode (TD-11)',
      { networkMode: 'host', ...ports({ containerPort: 80, hostPort: 81 }) },
      'When networkMode=host, the host ports and container ports in port mappings must match.',
    ],
    [
      'a dynamic port in awsvpc (TD-12)',
      { networkMode: 'awsvpc', ...ports({ containerPort: 80, hostPort: 0 }) },
      /networkMode=awsvpc/,
    ],
    ['port 65536', ports({ containerPort: 65_536 }), /between 1 and 65535/],
    ['a mapping without a port', ports({ protocol: 'tcp' }), /needs 'containerPort'/],
    ['a port and a range', ports({ containerPort: 1, containerPortRange: '1-2' }), /either/],
    ['a range that is none', ports({ containerPortRange: '9-9' }), /Invalid container port range: 9-9/],
    [
      'ranges that overlap (TD-30)',
      ports({ containerPortRange: '1-5' }, { containerPortRange: '5-9' }),
      /must not overlap/,
    ],
    ['a port in a range', ports({ containerPortRange: '1-5' }, { containerPort: 3 }), /must not overlap/],
    [
      '101 ranges',
      ports(
        ...Array.from({ length: 101 }, (_, index) => ({ containerPortRange: `${index * 2 + 1}-${index * 2 + 2}` })),
      ),
      /100 port ranges/,
    ],
    ['a port name twice', ports({ containerPort: 1, name: 'a' }, { containerPort: 2, name: 'a' }), /unique: a/],
    ['links in awsvpc (TD-15)', { networkMode: 'awsvpc', ...app({ links: ['c1'] }, {}) }, /Links are not supported/],
    ['links to nobody', app({ links: ['nobody'] }), /unknown container 'nobody'/],
    [
      'a host name in awsvpc',
      { networkMode: 'awsvpc', ...app({ hostname: 'h' }) },
      /hostname is not supported on container when networkMode=awsvpc/,
    ],
    [
      'extra hosts in awsvpc',
      { networkMode: 'awsvpc', ...app({ extraHosts: [{ hostname: 'h', ipAddress: '1' }] }) },
      /extraHosts/,
    ],
    ['a search domain that is none (TD-17)', app({ dnsSearchDomains: ['a_'] }), /search domain/],
    [
      'network sysctls in host mode (TD-44)',
      { networkMode: 'host', ...app({ systemControls: [{ namespace: 'net.core.x', value: '1' }] }) },
      /net\.core\.x/,
    ],
    [
      'a dependency on nobody (CD-22)',
      app({ dependsOn: [{ containerName: 'nobody', condition: 'START' }] }),
      /unknown container 'nobody'/,
    ],
    [
      'a dependency on itself (TD-47)',
      app({ dependsOn: [{ containerName: 'app', condition: 'START' }] }),
      /depends on itself/,
    ],
    [
      'a circle of three',
      app(
        { dependsOn: [{ containerName: 'c1', condition: 'START' }] },
        { dependsOn: [{ containerName: 'c2', condition: 'START' }] },
        { dependsOn: [{ containerName: 'app', condition: 'START' }] },
      ),
      /depends on itself/,
    ],
    [
      'SUCCESS of an essential container (TD-40)',
      app({ dependsOn: [{ containerName: 'c1', condition: 'SUCCESS' }] }, {}),
      /essential container 'c1'/,
    ],
    [
      'HEALTHY without a health check (TD-41)',
      app({ dependsOn: [{ containerName: 'c1', condition: 'HEALTHY' }] }, {}),
      /no health check/,
    ],
    ['volumes from nobody', app({ volumesFrom: [{ sourceContainer: 'nobody' }] }), /unknown container 'nobody'/],
    ['an interval of 4 s', app({ healthCheck: { ...CHECK, interval: 4 } }), /'interval' must be between 5 and 300/],
    ['a timeout of 61 s', app({ healthCheck: { ...CHECK, timeout: 61 } }), /'timeout' must be between 2 and 60/],
    ['11 retries', app({ healthCheck: { ...CHECK, retries: 11 } }), /'retries' must be between 1 and 10/],
    [
      'a start period of 301 s',
      app({ healthCheck: { ...CHECK, startPeriod: 301 } }),
      /'startPeriod' must be between 0 and 300/,
    ],
    [
      'a restart period of 59 s',
      app({ restartPolicy: { enabled: true, restartAttemptPeriod: 59 } }),
      /'restartAttemptPeriod'/,
    ],
    ['swappiness of 101 (SWP-02)', app({ linuxParameters: { swappiness: 101 } }), /'swappiness'/],
    ['a soft limit above the hard one', app({ ulimits: [{ name: 'nofile', softLimit: 2, hardLimit: 1 }] }), /nofile/],
    [
      'a mount point without its volume (CD-25)',
      app({ mountPoints: [{ sourceVolume: 'v', containerPath: '/' }] }),
      "Unknown volume 'v'.",
    ],
    [
      'a volume name of another case (TRAP-01)',
      { volumes: [{ name: 'V' }], ...app({ mountPoints: [{ sourceVolume: 'v', containerPath: '/' }] }) },
      "Unknown volume 'v'.",
    ],
    ['a volume twice', { volumes: [{ name: 'v' }, { name: 'v' }] }, /Duplicate volume name/],
    [
      'a volume of two kinds',
      { volumes: [{ name: 'v', host: {}, dockerVolumeConfiguration: {} }] },
      /only one configuration/,
    ],
    [
      'a volume at launch that is configured',
      { volumes: [{ name: 'v', host: {}, configuredAtLaunch: true }] },
      /only one configuration/,
    ],
    [
      'two volumes at launch',
      { volumes: ['a', 'b'].map((name) => ({ name, configuredAtLaunch: true })) },
      /Only one volume/,
    ],
    [
      'autoprovision of a task volume (DOC-02)',
      { volumes: [{ name: 'v', dockerVolumeConfiguration: { scope: 'task', autoprovision: true } }] },
      /scope shared/,
    ],
    [
      'an access point without encryption (EFS-03)',
      {
        volumes: [
          { name: 'v', efsVolumeConfiguration: { fileSystemId: 'f', authorizationConfig: { accessPointId: 'a' } } },
        ],
      },
      /transit encryption/,
    ],
    [
      'an access point and a directory (EFS-02)',
      {
        volumes: [
          {
            name: 'v',
            efsVolumeConfiguration: {
              fileSystemId: 'f',
              rootDirectory: '/d',
              transitEncryption: 'ENABLED',
              authorizationConfig: { accessPointId: 'a' },
            },
          },
        ],
      },
      /root directory/,
    ],
    [
      'secrets without a role (SEC-08)',
      app({ secrets: [{ name: 'A', valueFrom: 'a' }] }),
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    ],
    [
      'a secret that is a variable',
      {
        executionRoleArn: ROLE,
        ...app({ secrets: [{ name: 'A', valueFrom: 'a' }], environment: [{ name: 'A', value: '' }] }),
      },
      /^The secret name must be unique.*such as 'A'\.$/,
    ],
    [
      'registry credentials without a role (REGY-02)',
      app({ repositoryCredentials: { credentialsParameter: 'a' } }),
      /executionRoleArn/,
    ],
    [
      'an environment file of another name (ENV-02)',
      app({ environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::b/a.txt' }] }),
      /\.env/,
    ],
    [
      'eleven environment files',
      app({ environmentFiles: Array.from({ length: 11 }, () => ({ type: 's3' as const, value: 'a.env' })) }),
      /at most 10/,
    ],
    [
      'FireLens without a router (LOG-11)',
      app({ logConfiguration: { logDriver: 'awsfirelens' } }),
      /firelensConfiguration/,
    ],
    [
      'two routers',
      app({ firelensConfiguration: { type: 'fluentbit' } }, { firelensConfiguration: { type: 'fluentd' } }),
      /Only one container/,
    ],
    [
      'both multi-line options (LOG-05)',
      app({
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-datetime-format': '', 'awslogs-multiline-pattern': '' },
        },
      }),
      /cannot be used together/,
    ],
    [
      "the router's own file (LOG-16)",
      app({ firelensConfiguration: { type: 'fluentd', options: { 'config-file-value': '/fluentd/etc/fluent.conf' } } }),
      /config-file-value/,
    ],
    [
      'a role with an empty field (TRAP-02)',
      { executionRoleArn: 'arn:aws::iam:1111222333:role/r' },
      'Role is not valid',
    ],
    [
      'distinctInstance (PL-11)',
      { placementConstraints: [{ type: 'distinctInstance' as 'memberOf' }] },
      /distinctInstance/,
    ],
    [
      'eleven constraints (PL-12)',
      { placementConstraints: Array.from({ length: 11 }, () => ({ type: 'memberOf' as const, expression: 'a' })) },
      /at most 10/,
    ],
    ['20 GiB of storage (EPH-01)', { ephemeralStorage: { sizeInGiB: 20 } }, /between 21 and 200/],
    ['201 GiB of storage', { ephemeralStorage: { sizeInGiB: 201 } }, /between 21 and 200/],
    ['a proxy that is no container', { proxyConfiguration: { containerName: 'envoy' } }, /envoy/],
    ['a proxy without its user', { proxyConfiguration: { containerName: 'app', properties: [] } }, /IgnoredUID/],
    ['awsvpc on external instances', { requiresCompatibilities: ['EXTERNAL'], networkMode: 'awsvpc' }, /EXTERNAL/],
  ])('%s', (_, overrides, message) => {
    expect(check(ec2(overrides))).toThrow(message);
  });
});
