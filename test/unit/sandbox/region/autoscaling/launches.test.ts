import { describe, expect, it } from 'vitest';
import {
  activitiesOf,
  describeGroup,
  inEc2,
  instancesOf,
  setDesired,
  settle,
  startWithGroup,
  statesOf,
} from './support.ts';

describe('a mixed group', () => {
  it('launches its base on demand and the share above it as Spot, of the first type that is to be had', async () => {
    const fixture = await startWithGroup({
      LaunchTemplate: undefined,
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateName: 'web' },
          Overrides: [{ InstanceType: 'm5.large' }, { InstanceType: 'm5a.large' }],
        },
        InstancesDistribution: { OnDemandBaseCapacity: 2, OnDemandPercentageAboveBaseCapacity: 50 },
      },
    });
    fixture.region.setShortage({ instanceType: 'm5.large' }, true);
    await setDesired(fixture, 6);
    settle(fixture);
    const instances = await instancesOf(fixture);
    expect(new Set(instances.map(({ InstanceType }) => InstanceType))).toEqual(new Set(['m5a.large']));
    const seen = await Promise.all(instances.map(({ InstanceId = '' }) => inEc2(fixture, InstanceId)));
    expect(seen.filter((each) => each?.InstanceLifecycle === 'spot')).toHaveLength(2);
    expect((await describeGroup(fixture)).MixedInstancesPolicy?.InstancesDistribution).toMatchObject({
      OnDemandBaseCapacity: 2,
      OnDemandPercentageAboveBaseCapacity: 50,
      OnDemandAllocationStrategy: 'prioritized',
    });
  });
});

describe('a shortage of capacity', () => {
  it('in one zone sends instances to the others; in all, launches fail and are tried again', async () => {
    const fixture = await startWithGroup({});
    const { region } = fixture;
    region.setShortage({ availabilityZone: 'eu-central-1a' }, true);
    await setDesired(fixture, 2);
    settle(fixture);
    const zones = (await instancesOf(fixture)).map(({ AvailabilityZone }) => AvailabilityZone);
    expect(zones.sort()).toEqual(['eu-central-1b', 'eu-central-1c']);
    region.setShortage({}, true);
    await setDesired(fixture, 3);
    settle(fixture);
    expect(await statesOf(fixture)).toEqual({ InService: 2 });
    const failed = (await activitiesOf(fixture)).filter(({ StatusCode }) => StatusCode === 'Failed');
    expect(failed[0]?.StatusMessage).toMatch(
      /^We currently do not have sufficient m5.large capacity .* Launching EC2 instance failed\.$/,
    );
    expect(failed[0]?.Description).toMatch(/^Launching a new EC2 instance\. {2}Status Reason: We currently/);
    region.setShortage({}, false);
    region.advance(30_000);
    settle(fixture);
    expect(await statesOf(fixture)).toEqual({ InService: 3 });
  });
});
