import {
  DeleteWarmPoolCommand,
  DescribeWarmPoolCommand,
  PutWarmPoolCommand,
  type PutWarmPoolCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { expectError } from '../support.ts';
import {
  describeGroup,
  GROUP,
  type GroupFixture,
  idsOf,
  inEc2,
  setDesired,
  settle,
  startWithGroup,
  statesOf,
} from './support.ts';

async function putPool({ scaling }: GroupFixture, input: Partial<PutWarmPoolCommandInput> = {}): Promise<void> {
  await scaling.send(new PutWarmPoolCommand({ ...GROUP, ...input }));
}

async function pool({ scaling }: GroupFixture): Promise<(string | undefined)[]> {
  const { Instances = [] } = await scaling.send(new DescribeWarmPoolCommand(GROUP));
  return Instances.map(({ LifecycleState }) => LifecycleState);
}

describe('a warm pool', () => {
  it('prepares stopped instances up to the maximum, beside those in service', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1, MaxSize: 3 });
    await putPool(fixture);
    fixture.region.advance(500);
    expect(await pool(fixture)).toEqual(['Warmed:Pending', 'Warmed:Pending']);
    settle(fixture);
    expect(await pool(fixture)).toEqual(['Warmed:Stopped', 'Warmed:Stopped']);
    expect(await statesOf(fixture)).toEqual({ InService: 1 });
    expect(await describeGroup(fixture)).toMatchObject({
      WarmPoolSize: 2,
      WarmPoolConfiguration: { MinSize: 0, PoolState: 'Stopped' },
    });
  });

  it('gives its instances to the group, which start faster than new ones, and fills up again', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1, MaxSize: 3 });
    await putPool(fixture, { MinSize: 2 });
    settle(fixture);
    await setDesired(fixture, 2);
    fixture.region.advance(4_000);
    expect(await statesOf(fixture)).toEqual({ InService: 2 });
    settle(fixture);
    expect(await pool(fixture)).toEqual(['Warmed:Stopped', 'Warmed:Stopped']);
  });

  it('keeps instances running if it is to', async () => {
    const fixture = await startWithGroup({ MaxSize: 1 });
    await putPool(fixture, { PoolState: 'Running' });
    settle(fixture);
    expect(await pool(fixture)).toEqual(['Warmed:Running']);
    await setDesired(fixture, 1);
    fixture.region.advance(600);
    expect(await statesOf(fixture)).toEqual({ InService: 1 });
  });

  it('takes instances back on scale-in only where it says so', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1, MaxSize: 1 });
    await putPool(fixture, { InstanceReusePolicy: { ReuseOnScaleIn: true } });
    const [id = ''] = await idsOf(fixture);
    await setDesired(fixture, 0);
    settle(fixture);
    expect(await pool(fixture)).toEqual(['Warmed:Stopped']);
    expect((await inEc2(fixture, id))?.State?.Name).toBe('stopped');
  });

  it('ends with its instances when it is deleted', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1, MaxSize: 3 });
    await putPool(fixture, { MaxGroupPreparedCapacity: 2 });
    settle(fixture);
    expect(await pool(fixture)).toEqual(['Warmed:Stopped']);
    await fixture.scaling.send(new DeleteWarmPoolCommand(GROUP));
    expect((await describeGroup(fixture)).WarmPoolConfiguration?.Status).toBe('PendingDelete');
    settle(fixture);
    expect(fixture.region.inventory().instances).toHaveLength(1);
    expect((await describeGroup(fixture)).WarmPoolConfiguration).toBeUndefined();
    await expectError(fixture.scaling.send(new DeleteWarmPoolCommand(GROUP)), 'ValidationError', /No warm pool/);
  });
});
