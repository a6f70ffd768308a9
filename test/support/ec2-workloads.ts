import { example, withSpec } from './examples.ts';
import type { Manifest } from './test-bed.ts';
import type { Workload } from './workloads.ts';

/**
 * The circle of references with one instance in it. Tasks are left out: instances for them come by managed scaling, which looks once a
 * minute (`test/integration/ec2-cluster.test.ts` has them).
 */
const circle = withSpec(
  example('ec2-cluster', 'cluster', 'launch-template', 'auto-scaling-group', 'capacity-provider'),
  { AutoScalingGroup: { minSize: 1, maxSize: 3 } },
);

/** The same without instances, whose changes no instance refresh brings. */
const idle = withSpec(circle, { AutoScalingGroup: { minSize: 0, instanceRefresh: undefined } });

const machine = {
  imageId: 'ami-0123456789abcdef0',
  instanceType: 'm5.large',
  iamInstanceProfile: { name: 'ecsInstanceRole' },
};

/** A cluster and a group of two instances in it that nobody protects, so that they can be replaced. */
const instances = withSpec(
  circle.filter(({ kind }) => kind !== 'ECSCapacityProvider'),
  {
    ECSCluster: { capacityProviderRefs: undefined, defaultCapacityProviderStrategy: undefined },
    LaunchTemplate: { imageSelector: undefined, launchTemplateData: machine },
    AutoScalingGroup: { minSize: 2, newInstancesProtectedFromScaleIn: undefined },
  },
);

const drained: readonly Manifest[] = withSpec(instances, { AutoScalingGroup: { maxSize: 5 } }).map((manifest) =>
  manifest.kind === 'AutoScalingGroup'
    ? { ...manifest, metadata: { ...manifest.metadata, annotations: { 'ecs-operator.dev/drain': 'all' } } }
    : manifest,
);

const tags = [{ key: 'team', value: 'blue' }];

export const ec2Workloads: readonly Workload[] = [
  { name: 'create an EC2 cluster', from: [], to: circle },
  {
    name: 'change template, group and provider where they are',
    from: idle,
    to: withSpec(idle, {
      LaunchTemplate: { imageSelector: undefined, launchTemplateData: machine, tags },
      // What else would be updated with the new version, or before it, depending on who is first.
      AutoScalingGroup: { tags },
      ECSCapacityProvider: {
        tags,
        autoScalingGroupProvider: {
          autoScalingGroupRef: { name: 'ec2' },
          managedScaling: { status: 'ENABLED', targetCapacity: 90 },
          managedTerminationProtection: 'DISABLED',
        },
      },
    }),
  },
  {
    name: 'refresh instances with another image',
    from: instances,
    to: withSpec(instances, {
      LaunchTemplate: { launchTemplateData: { ...machine, imageId: 'ami-0fedcba9876543210' } },
    }),
  },
  { name: 'drain a group, and let it grow', from: instances, to: drained },
  { name: 'delete an EC2 cluster', from: circle, to: [] },
];
