import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeClustersCommand, type ECSClient, ListServicesCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { client, connection } from '../../../sandbox/region/index.ts';
import { PUBLISHED_RATES, Rates } from '../../../sandbox/region/rates.ts';
import { SERVICES } from '../../../sandbox/region/services.ts';
import { expectError, startFixture } from './support.ts';

const request = (operation: string, overrides: object = {}) => ({
  service: 'ecs',
  operation,
  account: '1',
  region: 'eu-central-1',
  ...overrides,
});

/** How many of a hundred and more requests at one moment are allowed. */
function allowed(rates: Rates, operation: string, now = 0, overrides: object = {}): number {
  let count = 0;
  for (let index = 0; index < 1_000; index += 1) if (rates.allow(request(operation, overrides), now)) count += 1;
  return count;
}

describe('rates', () => {
  it.each([
    ['DescribeClusters', 50, 20],
    ['RegisterTaskDefinition', 20, 1],
    ['DeleteTaskDefinitions', 5, 1],
    ['UpdateService', 50, 5],
    ['RunTask', 20, 20],
  ])('allow a burst of %s, then what is refilled in a second', (operation, burst, refill) => {
    const rates = new Rates('published');
    expect(allowed(rates, operation)).toBe(burst);
    expect(allowed(rates, operation, 1_000)).toBe(refill);
    expect(allowed(rates, operation, 3_600_000)).toBe(burst);
  });

  it('share a bucket within a class, and nothing beyond it, another account or region', () => {
    const rates = new Rates('published');
    expect(allowed(rates, 'CreateService')).toBe(50);
    expect(allowed(rates, 'UpdateService')).toBe(0);
    expect(allowed(rates, 'DescribeServices')).toBe(100);
    expect(allowed(rates, 'UpdateService', 0, { account: '2' })).toBe(50);
    expect(allowed(rates, 'UpdateService', 0, { region: 'us-east-1' })).toBe(50);
  });

  it('give each action of EC2 a bucket of its own', () => {
    const rates = new Rates('published');
    const ec2 = { service: 'ec2' };
    expect(allowed(rates, 'DescribeInstances', 0, ec2)).toBe(100);
    expect(allowed(rates, 'DescribeLaunchTemplates', 0, ec2)).toBe(100);
    expect(allowed(rates, 'RunInstances', 0, ec2)).toBe(5);
    expect(allowed(rates, 'CreateLaunchTemplate', 0, ec2)).toBe(50);
  });

  it('are multiplied by a scale, but never below one token', () => {
    expect(allowed(new Rates(2), 'DescribeClusters')).toBe(100);
    expect(allowed(new Rates(0.001), 'DescribeClusters')).toBe(1);
  });

  it('cannot be nothing', () => {
    expect(() => new Rates(0)).toThrow(/above 0/);
    expect(() => new Rates(Number.NaN)).toThrow(/above 0/);
  });

  it('limit nothing that has no published figure, and nothing at all unless asked', () => {
    expect(allowed(new Rates('published'), 'DescribeAutoScalingGroups', 0, { service: 'autoscaling' })).toBe(1_000);
    expect(allowed(new Rates('unlimited'), 'DescribeClusters')).toBe(1_000);
  });

  it('name only actions that the service has', () => {
    for (const [name, classes] of Object.entries(PUBLISHED_RATES)) {
      const operations = SERVICES.find((service) => service.name === name)?.operations;
      const named = classes.flatMap(({ actions }) => (actions instanceof RegExp ? [] : actions));
      expect(named.filter((action) => operations?.has(action) !== true)).toEqual([]);
      expect(new Set(named).size).toBe(named.length);
    }
  });
});

async function burst(ecs: ECSClient, count: number): Promise<number> {
  const calls = Array.from({ length: count }, () => ecs.send(new DescribeClustersCommand({})));
  return (await Promise.allSettled(calls)).filter(({ status }) => status === 'fulfilled').length;
}

describe('a region with rates', () => {
  it('throttles in the words of the service, and recovers in simulated time', async () => {
    const { ecs, region } = await startFixture({ speed: 0, rates: 'published' });
    expect(await burst(ecs, 60)).toBe(50);
    await expectError(ecs.send(new DescribeClustersCommand({})), 'ThrottlingException', 'Rate exceeded');
    region.advance(500);
    expect(await burst(ecs, 20)).toBe(10);
    expect(await burst(client(region, { account: '210987654321' }), 20)).toBe(20);
    const ec2 = new EC2Client(connection(region));
    const calls = Array.from({ length: 101 }, () => ec2.send(new DescribeInstancesCommand({})));
    const refused = (await Promise.allSettled(calls)).filter(
      (call) => call.status === 'rejected' && call.reason.name === 'RequestLimitExceeded',
    );
    expect(refused).toHaveLength(1);
    expect(refused).toMatchObject([{ reason: { $metadata: { httpStatusCode: 503 } } }]);
  });

  it('is switched over the control endpoint', async () => {
    const { ecs, region } = await startFixture();
    const use = (scale: unknown): Promise<Response> =>
      fetch(`${region.endpoint}/_region/rates`, { method: 'POST', body: JSON.stringify({ scale }) });
    expect((await use(0.02)).status).toBe(200);
    expect(await burst(ecs, 20)).toBe(1);
    expect((await use('unlimited')).status).toBe(200);
    expect(await burst(ecs, 20)).toBe(20);
    expect((await use('often')).status).toBe(400);
    expect((await use(0)).status).toBe(400);
    await expectError(ecs.send(new ListServicesCommand({})), 'ClusterNotFoundException');
  });
});
