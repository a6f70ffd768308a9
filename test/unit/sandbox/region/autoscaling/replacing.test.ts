import {
  DescribeAutoScalingInstancesCommand,
  ResumeProcessesCommand,
  SetInstanceHealthCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import { StopInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import {
  activitiesOf,
  GROUP,
  type GroupFixture,
  idsOf,
  inEc2,
  settle,
  startWithGroup,
  statesOf,
  update,
} from './support.ts';

describe('an instance that fails', () => {
  it.each([
    [
      'terminated',
      (fixture: GroupFixture, id: string) => fixture.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })),
    ],
    [
      'stopped',
      (fixture: GroupFixture, id: string) => fixture.ec2.send(new StopInstancesCommand({ InstanceIds: [id] })),
    ],
  ])('is replaced when somebody has %s it', async (_what, end) => {
    const fixture = await startWithGroup({ DesiredCapacity: 2 });
    const [lost = '', kept = ''] = await idsOf(fixture);
    await end(fixture, lost);
    settle(fixture);
    const ids = await idsOf(fixture);
    expect(ids).toHaveLength(2);
    expect(ids).toContain(kept);
    expect(ids).not.toContain(lost);
    expect((await inEc2(fixture, lost))?.State?.Name).toBe('terminated');
    const causes = (await activitiesOf(fixture)).map(({ Cause }) => Cause);
    expect(causes.join()).toMatch(/in response to an EC2 health check indicating it has been terminated or stopped\./);
    expect(causes.join()).toMatch(
      /an instance was launched in response to an unhealthy instance needing to be replaced\./,
    );
  });

  it('is replaced when it is reported as unhealthy, unless that process is suspended', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    const [id = ''] = await idsOf(fixture);
    const { scaling } = fixture;
    await scaling.send(new SuspendProcessesCommand({ ...GROUP, ScalingProcesses: ['ReplaceUnhealthy'] }));
    await scaling.send(new SetInstanceHealthCommand({ InstanceId: id, HealthStatus: 'Unhealthy' }));
    settle(fixture);
    expect(await idsOf(fixture)).toEqual([id]);
    const { AutoScalingInstances = [] } = await scaling.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [id] }),
    );
    expect(AutoScalingInstances[0]).toMatchObject({ HealthStatus: 'UNHEALTHY', AutoScalingGroupName: 'g' });
    await scaling.send(new ResumeProcessesCommand({ ...GROUP }));
    settle(fixture);
    expect(await idsOf(fixture)).not.toContain(id);
    expect(await statesOf(fixture)).toEqual({ InService: 1 });
  });

  it('that reached its maximum lifetime is replaced, one at a time', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 2, MaxInstanceLifetime: 86_400 });
    const before = await idsOf(fixture);
    fixture.region.advance(86_400_000 - 55_000);
    const between = await idsOf(fixture);
    expect(between.filter((id) => before.includes(id))).toHaveLength(1);
    settle(fixture);
    expect((await idsOf(fixture)).filter((id) => before.includes(id))).toEqual([]);
    expect(await statesOf(fixture)).toEqual({ InService: 2 });
  });

  it('of Spot is replaced before it goes with capacity rebalancing, else after', async () => {
    const mixed = {
      LaunchTemplate: undefined,
      MixedInstancesPolicy: {
        LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateName: 'web' } },
        InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 0 },
      },
    };
    const fixture = await startWithGroup({ ...mixed, DesiredCapacity: 1, CapacityRebalance: true });
    const [id = ''] = await idsOf(fixture);
    fixture.region.interruptSpotInstance(id);
    fixture.region.advance(30_000);
    expect(await idsOf(fixture)).not.toContain(id);
    await update(fixture, { CapacityRebalance: false });
    const [next = ''] = await idsOf(fixture);
    fixture.region.interruptSpotInstance(next);
    fixture.region.advance(30_000);
    expect(await idsOf(fixture)).toEqual([next]);
    fixture.region.advance(180_000);
    expect(await idsOf(fixture)).not.toContain(next);
    expect(await statesOf(fixture)).toEqual({ InService: 1 });
  });
});
