import { expect } from 'vitest';
import type { Aws } from '../aws.ts';
import { createGroup, describeGroup } from '../builders.ts';
import { only, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

const targetGroup = ({ region }: Aws, name: string): string =>
  `arn:aws:elasticloadbalancing:${region}:123456789012:targetgroup/${name}/0123456789abcdef`;

export const trafficSources: readonly Row[] = [
  row('API.AttachTrafficSources', 'a traffic source is told with its type', async (aws) => {
    const AutoScalingGroupName = await createGroup(aws);
    const TrafficSources = [{ Identifier: targetGroup(aws, 'b'), Type: 'elbv2' }];
    await aws.autoScaling.attachTrafficSources({ AutoScalingGroupName, TrafficSources });
    expect((await describeGroup(aws, AutoScalingGroupName)).TrafficSources).toEqual(TrafficSources);
    await aws.autoScaling.detachTrafficSources({ AutoScalingGroupName, TrafficSources });
    expect((await describeGroup(aws, AutoScalingGroupName)).TrafficSources).toEqual([]);
  }),
  row('API.DetachLoadBalancers', 'what is not attached cannot be detached', async (aws) => {
    const AutoScalingGroupName = await createGroup(aws);
    const LoadBalancerNames = ['nobody'];
    await refused(aws.autoScaling.detachLoadBalancers({ AutoScalingGroupName, LoadBalancerNames }), 'ValidationError');
  }),
  row('API.AttachLoadBalancers', 'an attached load balancer is one of its group', async (aws) => {
    const AutoScalingGroupName = await createGroup(aws);
    await aws.autoScaling.attachLoadBalancers({ AutoScalingGroupName, LoadBalancerNames: ['classic'] });
    const { LoadBalancers } = await aws.autoScaling.describeLoadBalancers({ AutoScalingGroupName });
    expect(only(LoadBalancers).LoadBalancerName).toBe('classic');
  }),
];
