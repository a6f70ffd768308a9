import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { expectError } from '../support.ts';
import { type Ec2Fixture, IMAGE, startEc2 } from './support.ts';

async function post({ region }: Ec2Fixture, path: string, body: object): Promise<number> {
  const response = await fetch(`${region.endpoint}/_region/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return response.status;
}

it('other processes can take capacity away and give it back, and interrupt instances', async () => {
  const fixture = await startEc2();
  const run = () =>
    fixture.ec2.send(new RunInstancesCommand({ ImageId: IMAGE, InstanceType: 'm5.large', MinCount: 1, MaxCount: 1 }));
  expect(await post(fixture, 'shortages', { instanceType: 'm5.large', short: true })).toBe(200);
  await expectError(run(), 'InsufficientInstanceCapacity');
  expect(await post(fixture, 'shortages', { instanceType: 'm5.large', short: false })).toBe(200);
  const { Instances = [] } = await run();
  const instanceId = Instances[0]?.InstanceId;
  expect(await post(fixture, 'spot-interruptions', { instanceId })).toBe(200);
  fixture.region.advance(200_000);
  expect(fixture.region.inventory().instances).toEqual([]);
});

it('a control request that makes no sense is refused', async () => {
  const fixture = await startEc2();
  expect(await post(fixture, 'shortages', { instanceType: 'm5.large' })).toBe(400);
  expect(await post(fixture, 'spot-interruptions', { instanceId: 'i-00000000' })).toBe(400);
});
