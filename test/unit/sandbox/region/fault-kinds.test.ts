import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  type ECSClient,
  ListClustersCommand,
  RegisterContainerInstanceCommand,
} from '@aws-sdk/client-ecs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { Faults } from '../../../sandbox/region/faults.ts';
import { connection, type FaultRule, type Region } from '../../../sandbox/region/index.ts';
import { expectError, serviceInput, startFixture, startPopulated } from './support.ts';

const create = (clusterName: string) => new CreateClusterCommand({ clusterName });
const list = () => new ListClustersCommand({});

async function names(ecs: ECSClient): Promise<string[]> {
  const { clusterArns = [] } = await ecs.send(list());
  return clusterArns.map((arn) => arn.split('/')[1] ?? '');
}

/** Which of so many requests fail. */
async function failures(ecs: ECSClient, count: number): Promise<string> {
  let pattern = '';
  for (let index = 0; index < count; index += 1) {
    pattern += await ecs.send(list()).then(
      () => '.',
      () => 'x',
    );
  }
  return pattern;
}

async function patternOf(seed: number, rule: FaultRule): Promise<string> {
  const { ecs, region } = await startFixture({ speed: 0, seed });
  region.faults.add(rule);
  return failures(ecs, 60);
}

describe('a fault with a share', () => {
  const rule: FaultRule = { fault: { kind: 'serverError' }, share: 0.3 };

  it('hits about that part of the requests, the same ones for the same seed', async () => {
    const first = await patternOf(7, rule);
    expect(first.split('x').length - 1).toBeGreaterThan(8);
    expect(first.split('x').length - 1).toBeLessThan(30);
    expect(await patternOf(7, rule)).toBe(first);
    expect(await patternOf(8, rule)).not.toBe(first);
  });

  it('leaves the requests it does not hit to the next rule', async () => {
    const { ecs, region } = await startFixture();
    region.faults.add({ fault: { kind: 'throttle' }, share: 0.5 });
    region.faults.add({ fault: { kind: 'serverError' }, times: 0 });
    await failures(ecs, 30);
    const outcomes = new Set(region.journal.entries.map(({ outcome }) => outcome));
    expect(outcomes).toEqual(new Set(['ThrottlingException', 'ServerException']));
  });

  it('hits no more often than it is told', async () => {
    const pattern = await patternOf(1, { ...rule, share: 0.9, times: 4 });
    expect(pattern.split('x')).toHaveLength(5);
  });
});

it('latency is drawn from its range by the seed', async () => {
  const { ecs, region } = await startFixture();
  await ecs.send(list());
  const [entry] = region.journal.entries;
  if (entry === undefined) throw new Error('no entry');
  const delays = [1, 1, 2].map((seed) => {
    const faults = new Faults({ seed, remember: () => {} });
    faults.add({ fault: { kind: 'latency', ms: 100, maxMs: 200 }, times: 0 });
    return Array.from({ length: 20 }, () => faults.take(entry)).map((fault) => fault?.kind === 'latency' && fault.ms);
  });
  for (const ms of delays[0] ?? []) expect(Math.abs(Number(ms) - 150)).toBeLessThan(50);
  expect(new Set(delays[0]).size).toBe(20);
  expect(delays[1]).toEqual(delays[0]);
  expect(delays[2]).not.toEqual(delays[0]);
});

describe('a rule', () => {
  it('is for one service, account or input', async () => {
    const { ecs, region } = await startFixture();
    region.faults.add({ fault: { kind: 'throttle' }, service: 'ec2', times: 0 });
    region.faults.add({ fault: { kind: 'throttle' }, account: '210987654321', times: 0 });
    region.faults.add({ fault: { kind: 'throttle' }, input: { clusterName: 'b', tags: [{ key: 'k' }] }, times: 0 });
    await ecs.send(create('a'));
    await ecs.send(create('b'));
    const tagged = new CreateClusterCommand({ clusterName: 'b', tags: [{ key: 'k' }] });
    await expectError(ecs.send(tagged), 'ThrottlingException');
  });
});

describe('refusals are in the words of the service', () => {
  const scaling = (region: Region) =>
    new AutoScalingClient(connection(region)).send(new DescribeAutoScalingGroupsCommand({}));
  const instances = (region: Region) => new EC2Client(connection(region)).send(new DescribeInstancesCommand({}));

  it.each([
    [{ kind: 'throttle' }, 'Throttling', 'RequestLimitExceeded'],
    [{ kind: 'serverError' }, 'ServiceUnavailable', 'Unavailable'],
    [{ kind: 'accessDenied' }, 'AccessDenied', 'UnauthorizedOperation'],
  ] as const)('%j', async (fault, autoScaling, ec2) => {
    const { region } = await startFixture();
    region.faults.add({ fault, times: 0 });
    await expectError(scaling(region), autoScaling);
    await expectError(instances(region), ec2);
  });

  it('and name who was denied what', async () => {
    const { ecs, region } = await startPopulated();
    const user = 'arn:aws:iam::123456789012:user/simulated';
    region.faults.add({ operation: 'CreateService', fault: { kind: 'accessDenied' } });
    await expectError(
      ecs.send(new CreateServiceCommand(serviceInput())),
      'AccessDeniedException',
      `User: ${user} is not authorized to perform: ecs:CreateService on resource: * because no identity-based policy allows the ecs:CreateService action`,
    );
    expect(region.inventory().services).toEqual([]);
    const RoleArn = 'arn:aws:iam::210987654321:role/deploy';
    region.faults.add({ fault: { kind: 'accessDenied', resource: RoleArn }, input: { RoleArn } });
    const sts = new STSClient(connection(region));
    await expectError(
      sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'operator' })),
      'AccessDenied',
      `User: ${user} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn} because no identity-based policy allows the sts:AssumeRole action`,
    );
  });
});

describe('reads that lag', () => {
  it('see the world of so long ago, and changes only then', async () => {
    const { ecs, region } = await startFixture();
    await ecs.send(create('old'));
    const remove = region.faults.add({ fault: { kind: 'lag', ms: 5_000 }, times: 0 });
    await ecs.send(create('new'));
    expect(await names(ecs)).toEqual(['old']);
    region.advance(3_000);
    await ecs.send(create('newer'));
    region.advance(1_999);
    expect(await names(ecs)).toEqual(['old']);
    region.advance(1);
    expect(await names(ecs)).toEqual(['old', 'new']);
    region.advance(3_000);
    expect(await names(ecs)).toEqual(['old', 'new', 'newer']);
    await ecs.send(create('last'));
    remove();
    expect(await names(ecs)).toEqual(['old', 'new', 'newer', 'last']);
  });

  it('lag behind what happens by itself, too', async () => {
    const { ecs, region } = await startFixture({ speed: 0, timings: { cluster: 10_000 } });
    const status = async () => (await ecs.send(new DescribeClustersCommand({ clusters: ['a'] }))).clusters?.[0]?.status;
    await ecs.send(new CreateClusterCommand({ clusterName: 'a', capacityProviders: ['FARGATE'] }));
    region.faults.add({ fault: { kind: 'lag', ms: 2_000 }, times: 0 });
    region.advance(11_999);
    expect(await status()).toBe('PROVISIONING');
    region.advance(1);
    expect(await status()).toBe('ACTIVE');
  });

  it('see what was already due when the rule was added', async () => {
    const { ecs, region } = await startFixture({ speed: 0, timings: 'instant' });
    await ecs.send(new CreateClusterCommand({ clusterName: 'a', capacityProviders: ['FARGATE'] }));
    region.faults.add({ fault: { kind: 'lag', ms: 2_000 }, times: 0 });
    const described = await ecs.send(new DescribeClustersCommand({ clusters: ['a'] }));
    expect(described.clusters?.[0]?.status).toBe('ACTIVE');
  });

  it.each([
    { kind: 'lag', sees: true },
    { kind: 'eventual', sees: false },
  ] as const)('see what a test has changed as what happens by itself: $kind', async ({ kind, sees }) => {
    const { ecs, region } = await startFixture();
    await ecs.send(new CreateClusterCommand({ clusterName: 'a' }));
    const { containerInstance } = await ecs.send(new RegisterContainerInstanceCommand({ cluster: 'a' }));
    const { ec2InstanceId = '', containerInstanceArn = '' } = containerInstance ?? {};
    region.advance(10_000);
    region.faults.add({ fault: { kind, ms: 2_000 }, times: 0 });
    region.setAgent(ec2InstanceId, false);
    const isConnected = async () => {
      const described = new DescribeContainerInstancesCommand({
        cluster: 'a',
        containerInstances: [containerInstanceArn],
      });
      return (await ecs.send(described)).containerInstances?.[0]?.agentConnected;
    };
    expect(await isConnected()).toBe(sees);
    region.advance(2_000);
    expect(await isConnected()).toBe(false);
  });

  it('leave mutations in the present', async () => {
    const { ecs, region } = await startFixture();
    region.faults.add({ fault: { kind: 'lag', ms: 60_000 }, times: 0 });
    await ecs.send(create('a'));
    await ecs.send(new DeleteClusterCommand({ cluster: 'a' }));
    expect(region.inventory().clusters).toEqual([]);
  });
});

describe('eventual consistency', () => {
  it('hides what requests have just changed, but not what has happened by itself', async () => {
    const { ecs, region } = await startFixture({ speed: 0, timings: { cluster: 1_000 } });
    await ecs.send(new CreateClusterCommand({ clusterName: 'a', capacityProviders: ['FARGATE'] }));
    region.faults.add({ fault: { kind: 'eventual', ms: 3_000 }, times: 0 });
    // A read changes nothing, so that nothing is hidden on its account.
    expect(await names(ecs)).toEqual(['a']);
    region.advance(1_000);
    const described = await ecs.send(new DescribeClustersCommand({ clusters: ['a'] }));
    expect(described.clusters?.[0]?.status).toBe('ACTIVE');
    await ecs.send(create('b'));
    expect(await names(ecs)).toEqual(['a']);
    region.advance(3_000);
    expect(await names(ecs)).toEqual(['a', 'b']);
  });

  it('can concern some operations only', async () => {
    const { ecs, region } = await startFixture();
    region.faults.add({ operation: 'ListClusters', fault: { kind: 'eventual', ms: 3_000 }, times: 0 });
    await ecs.send(create('a'));
    expect(await names(ecs)).toEqual([]);
    expect((await ecs.send(new DescribeClustersCommand({ clusters: ['a'] }))).clusters).toHaveLength(1);
  });
});

describe('the control endpoint', () => {
  const post = (region: Region, rule: unknown): Promise<Response> =>
    fetch(`${region.endpoint}/_region/faults`, { method: 'POST', body: JSON.stringify(rule) });

  it('adds a rule with all it can have, and takes it away by its number', async () => {
    const { ecs, region } = await startFixture();
    const rule = {
      fault: { kind: 'error', code: 'ClientException', message: 'no', status: 418 },
      service: 'ecs',
      operation: 'CreateCluster',
      account: '123456789012',
      input: { clusterName: 'a' },
      share: 1,
      times: 0,
      skip: 1,
    };
    const answer = await post(region, rule);
    expect(await answer.json()).toEqual({ id: 1 });
    await ecs.send(create('a'));
    await expectError(ecs.send(create('a')), 'ClientException', 'no');
    await ecs.send(create('b'));
    const remove = (): Promise<Response> => fetch(`${region.endpoint}/_region/faults?id=1`, { method: 'DELETE' });
    expect((await remove()).status).toBe(200);
    expect((await remove()).status).toBe(404);
    await ecs.send(create('a'));
  });

  it.each([
    { fault: { kind: 'lag', ms: 5 } },
    { fault: { kind: 'eventual', ms: 5 } },
    { fault: { kind: 'accessDenied', resource: '*' } },
    { fault: { kind: 'latency', ms: 1, maxMs: 5 } },
    { fault: { kind: 'hang' } },
    { fault: { kind: 'dropRequest' } },
    { fault: { kind: 'dropResponse' } },
  ])('takes %j', async (rule) => {
    const { region } = await startFixture();
    expect((await post(region, rule)).status).toBe(200);
  });

  it.each([
    { fault: 'throttle' },
    { fault: { kind: 'stale' } },
    { fault: { kind: 'lag' } },
    { fault: { kind: 'latency', ms: -1 } },
    { fault: { kind: 'latency', ms: 1, maxMs: 'x' } },
    { fault: { kind: 'error', message: 'no code' } },
    { fault: { kind: 'accessDenied', resource: 1 } },
    { fault: { kind: 'throttle' }, share: 1.5 },
    { fault: { kind: 'throttle' }, operations: 'ListClusters' },
    { fault: { kind: 'throttle' }, input: 'x' },
  ])('refuses %j', async (rule) => {
    const { ecs, region } = await startFixture();
    expect((await post(region, rule)).status).toBe(400);
    await ecs.send(list());
  });
});
