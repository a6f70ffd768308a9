import type { Cluster } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { AwsReads } from '../../../../src/aws/reads.ts';
import { OperatorError } from '../../../../src/errors.ts';
import { observeCluster } from '../../../../src/kinds/cluster/observe.ts';
import { concluded } from '../../../../src/kinds/cluster/status.ts';
import { deleted, ecsCluster, liveCluster } from '../../../support/builders.ts';
import {
  capacityProvider,
  containerInstance,
  desiredCluster,
  groupInstance,
  launchActivity,
  m5Large,
  scalingGroup,
  waitingTask,
} from '../../../support/builders-cluster.ts';
import { unusedReads } from '../../../support/reads.ts';

const answer =
  <T>(value: T) =>
  () =>
    Promise.resolve(value);

const group = scalingGroup('ec2', {
  MaxSize: 1,
  DesiredCapacity: 1,
  Instances: [groupInstance('i-1')],
  MixedInstancesPolicy: {
    LaunchTemplate: {
      LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '1' },
      Overrides: [{ InstanceType: 'm5.large' }],
    },
  },
});

/** Without overrides and instances of the present version only the template knows what the group launches. */
const plainGroup = scalingGroup('ec2', {
  MaxSize: 1,
  DesiredCapacity: 1,
  Instances: [groupInstance('i-1')],
  LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' },
});

/** Of a cluster with the provider `ec2`, for which a task waits although its group is full. */
const all: Partial<AwsReads> = {
  containerInstances: answer([containerInstance('i-1', { agentConnected: false })]),
  waitingTasks: answer([waitingTask()]),
  describeCapacityProvider: answer(capacityProvider('ec2')),
  describeAutoScalingGroup: answer(group),
  latestScalingActivities: answer([launchActivity()]),
  describeInstanceType: answer(m5Large),
};

function denied(action: string): () => Promise<never> {
  return () => Promise.reject(new OperatorError('terminal', 'AccessDenied', `Allow ${action}.`));
}

async function told(reads: Partial<AwsReads>, { deleting = false, live = {} as Partial<Cluster> } = {}) {
  const of = ecsCluster('prod', {}, { metadata: deleting ? deleted : {} });
  const shown = liveCluster(of, { capacityProviders: ['ec2'], pendingTasksCount: 1, ...live });
  const observed = await observeCluster(
    { ...unusedReads, describeCluster: answer(shown), ...all, ...reads },
    desiredCluster(of),
  );
  if (observed === undefined) throw new Error('the cluster is there');
  return concluded(desiredCluster(of), observed);
}

describe('a cluster of which the operator may read everything', () => {
  test('is told of whole', async () => {
    const { status, conditions } = await told({});
    expect(status).toMatchObject({
      containerInstances: { registered: 1, disconnected: 1 },
      capacityProviderStatuses: [{ name: 'ec2', maxSize: 1, runningInstances: 1, reservation: 200 }],
    });
    expect(status.capacityProviderStatuses?.[0]?.notScaling).toBe('the group is at its maximum of 1');
    expect(conditions?.map(({ type }) => type)).toEqual(['AgentDisconnected', 'TasksUnplaceable']);
  });
});

describe('a read for the status that the operator may not make', () => {
  const rows: readonly (readonly [string, keyof AwsReads, Partial<AwsReads>])[] = [
    ['ecs:ListContainerInstances', 'containerInstances', {}],
    ['ecs:ListTasks', 'waitingTasks', {}],
    ['autoscaling:DescribeAutoScalingGroups', 'describeAutoScalingGroup', {}],
    ['autoscaling:DescribeScalingActivities', 'latestScalingActivities', {}],
    ['ec2:DescribeInstanceTypes', 'describeInstanceType', {}],
    [
      'ec2:DescribeLaunchTemplateVersions',
      'describeLaunchTemplateVersions',
      { describeAutoScalingGroup: answer(plainGroup) },
    ],
  ];

  test.each(rows)('%s: does not end the pass, and nothing is guessed', async (action, read, more) => {
    const { status, conditions, progress } = await told({ ...more, [read]: denied(action) });
    expect(progress).toEqual({ kind: 'live' });
    expect(status.capacityProviderStatuses).toMatchObject([{ name: 'ec2', status: 'ACTIVE' }]);
    const [provider] = status.capacityProviderStatuses ?? [];
    expect(provider).toMatchObject({ reservation: undefined, notScaling: undefined });
    const incomplete = conditions?.filter(({ type }) => type === 'StatusIncomplete');
    expect(incomplete).toMatchObject([
      { reason: 'AccessDenied', message: expect.stringContaining(`Allow ${action}.`) },
    ]);
    expect(conditions?.map(({ type }) => type)).not.toContain('TasksUnplaceable');
  });

  test('leaves out the numbers that come from it, and no others', async () => {
    const withoutInstances = await told({ containerInstances: denied('ecs:ListContainerInstances') });
    expect(withoutInstances.status).toMatchObject({
      containerInstances: undefined,
      capacityProviderStatuses: [{ maxSize: 1, desiredInstances: 1, runningInstances: undefined }],
    });
    const withoutGroups = await told({ describeAutoScalingGroup: denied('autoscaling:DescribeAutoScalingGroups') });
    expect(withoutGroups.status).toMatchObject({
      containerInstances: { registered: 1 },
      capacityProviderStatuses: [{ maxSize: undefined, desiredInstances: undefined, runningInstances: 1 }],
    });
    expect(withoutGroups.conditions?.map(({ type }) => type)).toEqual(['AgentDisconnected', 'StatusIncomplete']);
  });

  test('does not keep a cluster from being deleted', async () => {
    const reads = { containerInstances: denied('ecs:ListContainerInstances') };
    expect((await told(reads, { deleting: true })).conditions).toMatchObject([{ type: 'StatusIncomplete' }]);
  });

  test('is another matter when it tells what there is to associate', async () => {
    await expect(told({ describeCapacityProvider: denied('ecs:DescribeCapacityProviders') })).rejects.toMatchObject({
      reason: 'AccessDenied',
    });
  });
});
