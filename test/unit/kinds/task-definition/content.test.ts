import type { TaskDefinition } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Content, contentOf, cpuUnits, hashOf, mebibytes } from '../../../../src/kinds/task-definition/content.ts';

const rich: Content = {
  family: 'web',
  taskRoleArn: 'arn:role/task',
  executionRoleArn: 'arn:role/execution',
  networkMode: 'bridge',
  cpu: '256',
  memory: '512',
  pidMode: 'task',
  requiresCompatibilities: ['EC2', 'FARGATE'],
  runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
  ephemeralStorage: { sizeInGiB: 30 },
  placementConstraints: [{ type: 'memberOf', expression: 'attribute:x == y' }],
  volumes: [
    { name: 'data', host: { sourcePath: '/data' } },
    { name: 'efs', efsVolumeConfiguration: { fileSystemId: 'fs-1', transitEncryption: 'ENABLED' } },
  ],
  containerDefinitions: [
    {
      name: 'web',
      image: 'nginx:1.29',
      cpu: 128,
      memory: 256,
      essential: false,
      command: ['serve', '--port', '80'],
      environment: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
        { name: 'C', value: '3' },
      ],
      secrets: [
        { name: 'S', valueFrom: 'arn:s' },
        { name: 'T', valueFrom: 'arn:t' },
      ],
      portMappings: [
        { containerPort: 53, hostPort: 53, protocol: 'udp', name: 'dns-udp' },
        { containerPort: 53, hostPort: 53, name: 'dns' },
        { containerPort: 80, hostPort: 8080, name: 'http', appProtocol: 'http2' },
      ],
      mountPoints: [
        { sourceVolume: 'data', containerPath: '/data', readOnly: true },
        { sourceVolume: 'efs', containerPath: '/efs', readOnly: false },
      ],
      ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 2048 }],
      dependsOn: [
        { containerName: 'init', condition: 'SUCCESS' },
        { containerName: 'log', condition: 'START' },
      ],
      healthCheck: { command: ['CMD', 'true'], interval: 10, retries: 3 },
      logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'web', 'awslogs-region': 'us-east-1' } },
      dockerLabels: { team: 'x' },
    },
    { name: 'init', image: 'busybox:1', memory: 16, essential: false },
    { name: 'log', image: 'fluent-bit:3', memory: 32 },
  ],
};

const UNORDERED: ReadonlySet<string> = new Set([
  'environment',
  'secrets',
  'portMappings',
  'mountPoints',
  'ulimits',
  'dependsOn',
  'volumes',
  'containerDefinitions',
  'requiresCompatibilities',
]);

/** The same value with its sets, and the members of all objects, in an order that `seed` decides. */
function shuffled<T>(value: T, seed: number): T;
function shuffled(value: unknown, seed: number): unknown {
  let state = seed;
  const chance = (): number => {
    state = (state * 48_271 + 11) % 2_147_483_647;
    return state;
  };
  const mixed = <E>(items: readonly E[]): E[] =>
    items
      .map((item) => [chance(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  const walk = (member: unknown, field: string): unknown => {
    if (Array.isArray(member)) {
      const items = member.map((item: unknown) => walk(item, ''));
      return UNORDERED.has(field) ? mixed(items) : items;
    }
    if (typeof member !== 'object' || member === null) return member;
    return Object.fromEntries(mixed(Object.entries(member)).map(([name, inner]) => [name, walk(inner, name)]));
  };
  return walk(value, '');
}

type Path = readonly (string | number)[];

function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => leavesOf(item, [...path, index]));
  return Object.entries(value).flatMap(([name, member]) => leavesOf(member, [...path, name]));
}

function changed<T>(value: T, path: Path): T;
function changed(value: unknown, [first, ...rest]: Path): unknown {
  if (first === undefined) {
    if (typeof value === 'boolean') return !value;
    return typeof value === 'number' ? value + 1 : `${String(value)}x`;
  }
  if (Array.isArray(value)) return value.map((item, index) => (index === first ? changed(item, rest) : item));
  const members = Object.entries(Object(value));
  return Object.fromEntries(members.map(([name, member]) => [name, name === first ? changed(member, rest) : member]));
}

describe('the hash of a task definition', () => {
  test('is the same in whatever order sets and members are written', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => hashOf(shuffled(rich, seed)) === hashOf(rich)),
      { numRuns: 300 },
    );
  });

  test.each(leavesOf(rich).map((path) => [path.join('.'), path] as const))('changes with %s', (_name, path) => {
    expect(hashOf(changed(rich, path))).not.toBe(hashOf(rich));
  });

  test('changes with the order of a command', () => {
    const of = (command: string[]) => hashOf({ family: 'web', containerDefinitions: [{ name: 'web', command }] });
    expect(of(['a', 'b'])).not.toBe(of(['b', 'a']));
  });

  const minimal: Content = {
    family: 'web',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    requiresCompatibilities: ['FARGATE'],
    containerDefinitions: [{ name: 'web', image: 'nginx', portMappings: [{ containerPort: 80 }] }],
    volumes: [{ name: 'scratch' }],
  };

  test('is the same for what AWS shows of it, with its defaults filled in', () => {
    const described: TaskDefinition = {
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:3',
      family: 'web',
      revision: 3,
      status: 'ACTIVE',
      compatibilities: ['EC2', 'FARGATE'],
      requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.task-eni' }],
      registeredAt: new Date(0),
      registeredBy: 'arn:aws:iam::123456789012:root',
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      requiresCompatibilities: ['FARGATE'],
      placementConstraints: [],
      volumes: [{ name: 'scratch', host: {} }],
      containerDefinitions: [
        {
          name: 'web',
          image: 'nginx',
          cpu: 0,
          essential: true,
          portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }],
          environment: [],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
        },
      ],
    };
    expect(hashOf(contentOf(described))).toBe(hashOf(minimal));
  });

  test.each<[string, Partial<Content>]>([
    ['1 vCPU forms', { cpu: '.25 vCPU', memory: '0.5 GB' }],
    [
      'a port that is the container port anyway',
      { containerDefinitions: [{ name: 'web', image: 'nginx', portMappings: [{ containerPort: 80, hostPort: 80 }] }] },
    ],
  ])('is the same for %s', (_what, change) => {
    expect(hashOf({ ...minimal, ...change })).toBe(hashOf(minimal));
  });

  test('takes the host port of host mode as the container port, and that of bridge mode as a choice', () => {
    const of = (networkMode: 'host' | 'bridge', hostPort: number | undefined) =>
      hashOf({
        ...minimal,
        networkMode,
        containerDefinitions: [{ name: 'web', portMappings: [{ containerPort: 80, hostPort }] }],
      });
    expect(of('host', 80)).toBe(of('host', undefined));
    expect(of('bridge', 80)).not.toBe(of('bridge', undefined));
    expect(of('bridge', 0)).toBe(of('bridge', undefined));
  });

  test('does not depend on the order of members when two ports have the same number', () => {
    const of = (udp: object) =>
      hashOf({
        family: 'dns',
        containerDefinitions: [{ portMappings: [{ containerPort: 53 }, { containerPort: 53, ...udp }] }],
      });
    const other = (udp: object) =>
      hashOf({
        family: 'dns',
        containerDefinitions: [{ portMappings: [{ ...udp, containerPort: 53 }, { containerPort: 53 }] }],
      });
    expect(of({ protocol: 'udp' })).toBe(other({ protocol: 'udp' }));
    expect(of({ appProtocol: 'grpc' })).toBe(other({ appProtocol: 'grpc' }));
  });
});

test.each([
  ['1 vCPU', '1024'],
  ['1vcpu', '1024'],
  ['.25 vCPU', '256'],
  ['0.5vCPU', '512'],
  [' 512 ', '512'],
  ['half', 'half'],
  ['1.2.3 vCPU', '1.2.3 vCPU'],
  [undefined, undefined],
])('cpu %s is %s', (written, units) => {
  expect(cpuUnits(written)).toBe(units);
});

test.each([
  ['1 GB', '1024'],
  ['0.5gb', '512'],
  ['2048', '2048'],
  ['.GB', '.GB'],
  [undefined, undefined],
])('memory %s is %s', (written, units) => {
  expect(mebibytes(written)).toBe(units);
});
