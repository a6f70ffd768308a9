import {
  AttachLoadBalancersCommand,
  AttachLoadBalancerTargetGroupsCommand,
  AttachTrafficSourcesCommand,
  DescribeLoadBalancersCommand,
  DescribeLoadBalancerTargetGroupsCommand,
  DescribeTrafficSourcesCommand,
  DetachLoadBalancersCommand,
  DetachLoadBalancerTargetGroupsCommand,
  DetachTrafficSourcesCommand,
  StartInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { expectError } from '../support.ts';
import { createGroup, describeGroup, GROUP, startGroups, startWithGroup } from './support.ts';

const arn = (name: string): string =>
  `arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/${name}/0123456789abcdef`;
const LATTICE = 'arn:aws:vpc-lattice:eu-central-1:123456789012:targetgroup/tg-0123456789abcdef0';

describe('where a group gets traffic from', () => {
  it('is given at its creation in three ways, and all of it are traffic sources', async () => {
    const fixture = await startGroups();
    await createGroup(fixture, {
      TargetGroupARNs: [arn('a')],
      LoadBalancerNames: ['classic'],
      TrafficSources: [{ Identifier: LATTICE }, { Identifier: arn('b'), Type: 'elbv2' }],
    });
    expect(await describeGroup(fixture)).toMatchObject({
      TargetGroupARNs: [arn('a')],
      LoadBalancerNames: ['classic'],
      TrafficSources: [
        { Identifier: 'classic', Type: 'elb' },
        { Identifier: arn('a'), Type: 'elbv2' },
        { Identifier: LATTICE, Type: 'vpc-lattice' },
        { Identifier: arn('b'), Type: 'elbv2' },
      ],
    });
  });

  it('is nothing unless told otherwise', async () => {
    const fixture = await startWithGroup({});
    const nothing = { TargetGroupARNs: [], LoadBalancerNames: [], TrafficSources: [] };
    expect(await describeGroup(fixture)).toMatchObject(nothing);
  });

  it('is added to and taken from, once', async () => {
    const fixture = await startWithGroup({});
    const { scaling } = fixture;
    const targetGroups = { ...GROUP, TargetGroupARNs: [arn('a'), arn('b')] };
    await scaling.send(new AttachLoadBalancerTargetGroupsCommand(targetGroups));
    await scaling.send(new AttachLoadBalancerTargetGroupsCommand(targetGroups));
    await scaling.send(new AttachLoadBalancersCommand({ ...GROUP, LoadBalancerNames: ['classic'] }));
    await scaling.send(new AttachTrafficSourcesCommand({ ...GROUP, TrafficSources: [{ Identifier: LATTICE }] }));
    expect((await describeGroup(fixture)).TrafficSources).toHaveLength(4);
    await scaling.send(new DetachLoadBalancerTargetGroupsCommand({ ...GROUP, TargetGroupARNs: [arn('a')] }));
    await scaling.send(new DetachLoadBalancersCommand({ ...GROUP, LoadBalancerNames: ['classic'] }));
    const sources = [{ Identifier: LATTICE }, { Identifier: arn('b') }];
    await scaling.send(new DetachTrafficSourcesCommand({ ...GROUP, TrafficSources: sources }));
    expect((await describeGroup(fixture)).TrafficSources).toEqual([]);
  });

  it('is told by type and state', async () => {
    const fixture = await startWithGroup({
      DesiredCapacity: 1,
      HealthCheckType: 'ELB',
      TargetGroupARNs: [arn('a')],
      LoadBalancerNames: ['classic'],
    });
    const { scaling } = fixture;
    const describeSources = (type?: string) =>
      scaling.send(new DescribeTrafficSourcesCommand({ ...GROUP, TrafficSourceType: type }));
    expect((await describeSources()).TrafficSources).toHaveLength(2);
    expect((await describeSources('elbv2')).TrafficSources).toEqual([
      { Identifier: arn('a'), TrafficSource: arn('a'), Type: 'elbv2', State: 'InService' },
    ]);
    expect(await scaling.send(new DescribeLoadBalancersCommand(GROUP))).toMatchObject({
      LoadBalancers: [{ LoadBalancerName: 'classic', State: 'InService' }],
    });
    expect(await scaling.send(new DescribeLoadBalancerTargetGroupsCommand(GROUP))).toMatchObject({
      LoadBalancerTargetGroups: [{ LoadBalancerTargetGroupARN: arn('a'), State: 'InService' }],
    });
  });

  it('is refused where it makes no sense, and then nothing changes', async () => {
    const fixture = await startWithGroup({ TrafficSources: [{ Identifier: arn('a') }] });
    const { scaling } = fixture;
    const detach = (names: readonly string[]) =>
      scaling.send(
        new DetachTrafficSourcesCommand({ ...GROUP, TrafficSources: names.map((Identifier) => ({ Identifier })) }),
      );
    await expectError(detach([arn('a'), arn('nobody')]), 'ValidationError', /not part of the group/);
    // It was attached as a traffic source.
    const asTargetGroup = new DetachLoadBalancerTargetGroupsCommand({ ...GROUP, TargetGroupARNs: [arn('a')] });
    await expectError(scaling.send(asTargetGroup), 'ValidationError', /not part of the group/);
    const wrong = new AttachLoadBalancerTargetGroupsCommand({ ...GROUP, TargetGroupARNs: ['classic'] });
    await expectError(scaling.send(wrong), 'ValidationError', /may not be valid/);
    const type = new AttachTrafficSourcesCommand({ ...GROUP, TrafficSources: [{ Identifier: arn('b'), Type: 'elb' }] });
    await expectError(scaling.send(type), 'ValidationError', /does not fit/);
    const many = Array.from({ length: 11 }, (_, index) => arn(`t${index}`));
    const eleven = new AttachLoadBalancerTargetGroupsCommand({ ...GROUP, TargetGroupARNs: many });
    await expectError(scaling.send(eleven), 'ValidationError', /up to 10/);
    expect((await describeGroup(fixture)).TrafficSources).toHaveLength(1);
  });

  it('is not added to while instances are refreshed', async () => {
    const { scaling } = await startWithGroup({ DesiredCapacity: 1 });
    await scaling.send(new StartInstanceRefreshCommand(GROUP));
    const attach = new AttachTrafficSourcesCommand({ ...GROUP, TrafficSources: [{ Identifier: arn('a') }] });
    await expectError(scaling.send(attach), 'InstanceRefreshInProgressFault');
  });
});
