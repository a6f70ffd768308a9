import { describe, expect, test } from 'vitest';
import { absent, type Identity } from '../../../../src/engine/kind.ts';
import type { AutoScalingGroupSpec } from '../../../../src/kinds/auto-scaling-group/api.ts';
import { autoScalingGroup as kind } from '../../../../src/kinds/auto-scaling-group/kind.ts';
import { desired, summaries } from '../../../support/builders.ts';
import {
  autoScalingGroup,
  groupTags,
  liveGroup,
  observedGroup,
  template,
  templateField,
} from '../../../support/builders-auto-scaling-group.ts';

const overrideField = 'spec.mixedInstancesPolicy.launchTemplate.overrides[1].launchTemplateRef';

function create(spec: Partial<AutoScalingGroupSpec> = {}, references: Readonly<Record<string, Identity>> = {}) {
  const of = autoScalingGroup('nodes', spec);
  return summaries(kind.plan(desired(of, { [templateField]: template(), ...references }), absent));
}

describe('creating a group', () => {
  test('sends what the user wrote, the version of the template by its number, our tags, and none of the operator fields', () => {
    const of = autoScalingGroup('nodes');
    const steps = create({
      deletionPolicy: 'Retain',
      driftPolicy: 'Report',
      clusterRef: { name: 'prod' },
      forceDelete: true,
      instanceRefresh: { paused: true },
      desiredCapacity: 2,
      healthCheckType: 'EC2,EBS',
      lifecycleHookSpecificationList: [
        { lifecycleHookName: 'wait', lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING', roleARN: 'arn:role' },
      ],
      tags: [
        { key: 'team', value: 'x' },
        { key: 'quiet', propagateAtLaunch: false },
      ],
    });
    expect(steps).toEqual([
      {
        operation: 'CreateAutoScalingGroup',
        input: {
          AutoScalingGroupName: 'nodes',
          MinSize: 1,
          MaxSize: 4,
          DesiredCapacity: 2,
          HealthCheckType: 'EC2,EBS',
          VPCZoneIdentifier: 'subnet-a,subnet-b',
          LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '3' },
          LifecycleHookSpecificationList: [
            {
              LifecycleHookName: 'wait',
              LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
              RoleARN: 'arn:role',
            },
          ],
          Tags: [
            ...groupTags(of),
            { ...tag('quiet', ''), PropagateAtLaunch: false },
            { ...tag('team', 'x'), PropagateAtLaunch: true },
          ],
        },
        reason: 'Auto Scaling group nodes created',
      },
    ]);
  });

  test('leaves the desired capacity to AWS when the spec does', () => {
    expect(create()).toMatchObject([{ input: expect.not.objectContaining({ DesiredCapacity: expect.anything() }) }]);
  });

  test('makes the warm pool when the group is there', () => {
    expect(create({ autoScalingGroupName: 'blue', warmPool: { poolState: 'Running', minSize: 1 } })).toMatchObject([
      { operation: 'CreateAutoScalingGroup', input: expect.not.objectContaining({ WarmPool: expect.anything() }) },
      {
        operation: 'PutWarmPool',
        input: { AutoScalingGroupName: 'blue', PoolState: 'Running', MinSize: 1 },
        reason: 'warm pool set',
      },
    ]);
  });

  test('puts the template of the group and those of overrides into the mixed instances policy', () => {
    const steps = create(
      {
        mixedInstancesPolicy: {
          instancesDistribution: { onDemandBaseCapacity: 1, spotAllocationStrategy: 'price-capacity-optimized' },
          launchTemplate: {
            overrides: [
              { instanceType: 'm7g.large', weightedCapacity: '2' },
              { instanceType: 'm7i.large', launchTemplateRef: { name: 'x86' } },
            ],
          },
        },
      },
      { [overrideField]: { ...template('9'), arn: 'lt-2' } },
    );
    expect(steps).toMatchObject([
      {
        input: {
          MixedInstancesPolicy: {
            LaunchTemplate: {
              LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '3' },
              Overrides: [
                { InstanceType: 'm7g.large', WeightedCapacity: '2' },
                {
                  InstanceType: 'm7i.large',
                  LaunchTemplateSpecification: { LaunchTemplateId: 'lt-2', Version: '9' },
                },
              ],
            },
            InstancesDistribution: { OnDemandBaseCapacity: 1, SpotAllocationStrategy: 'price-capacity-optimized' },
          },
        },
      },
    ]);
    expect(steps).toMatchObject([{ input: expect.not.objectContaining({ LaunchTemplate: expect.anything() }) }]);
  });

  test('takes a template that is not ours as it is written', () => {
    const of = autoScalingGroup('nodes', {
      launchTemplateRef: undefined,
      launchTemplate: { launchTemplateName: 'theirs', version: '$Latest' },
    });
    expect(summaries(kind.plan(desired(of), absent))).toMatchObject([
      { input: { LaunchTemplate: { LaunchTemplateName: 'theirs', Version: '$Latest' } } },
    ]);
  });

  test('waits while a group of the same name is being deleted, whoever it belonged to', () => {
    const of = autoScalingGroup('nodes');
    const live = liveGroup(of, { Status: 'Delete in progress', Tags: [] });
    expect(summaries(kind.plan(desired(of, { [templateField]: template() }), observedGroup(live)))).toEqual([
      {
        wait: 'Deleting',
        message: 'A group of this name is still being deleted in AWS; it is created again afterwards.',
      },
    ]);
  });
});

describe('what a group refers to', () => {
  test('is its template, its cluster, and the templates of overrides', () => {
    const { spec } = autoScalingGroup('nodes', {
      clusterRef: { name: 'prod' },
      mixedInstancesPolicy: {
        launchTemplate: { overrides: [{ instanceType: 'm7g.large' }, { launchTemplateRef: { name: 'x86' } }] },
      },
    });
    expect(kind.references(spec)).toEqual([
      { field: 'spec.launchTemplateRef', kind: 'LaunchTemplate', to: { name: 'nodes' } },
      { field: 'spec.clusterRef', kind: 'ECSCluster', to: { name: 'prod' } },
      { field: overrideField, kind: 'LaunchTemplate', to: { name: 'x86' } },
    ]);
  });

  test('a group can be referred to once AWS has given it an ARN, and says whether its instances are protected', () => {
    const arn = 'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:0:autoScalingGroupName/nodes';
    const status = { autoScalingGroupArn: arn, autoScalingGroupName: 'nodes', newInstancesProtectedFromScaleIn: true };
    expect(kind.identity(autoScalingGroup('nodes'))).toBeUndefined();
    expect(kind.identity(autoScalingGroup('nodes', {}, { status }))).toEqual({
      arn,
      name: 'nodes',
      region: 'eu-west-1',
      details: { newInstancesProtectedFromScaleIn: 'true' },
    });
  });
});

function tag(Key: string, Value: string) {
  return { ResourceId: 'nodes', ResourceType: 'auto-scaling-group', Key, Value };
}
