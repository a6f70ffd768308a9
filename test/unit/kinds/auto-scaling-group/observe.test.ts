import type { AutoScalingGroup as LiveGroup } from '@aws-sdk/client-auto-scaling';
import { describe, expect, test } from 'vitest';
import type { AwsReads } from '../../../../src/aws/reads.ts';
import { absent, type Identity } from '../../../../src/engine/kind.ts';
import { OperatorError } from '../../../../src/errors.ts';
import type { AutoScalingGroupSpec, AutoScalingGroupStatus } from '../../../../src/kinds/auto-scaling-group/api.ts';
import { autoScalingGroup as kind } from '../../../../src/kinds/auto-scaling-group/kind.ts';
import { deleted, desired } from '../../../support/builders.ts';
import {
  autoScalingGroup,
  containerInstance,
  instance,
  liveGroup,
  template,
  templateField,
} from '../../../support/builders-auto-scaling-group.ts';
import { unusedReads } from '../../../support/reads.ts';

interface Asked {
  readonly spec?: Partial<AutoScalingGroupSpec>;
  readonly live?: Partial<LiveGroup> | undefined;
  readonly reads?: Partial<AwsReads>;
  readonly status?: AutoScalingGroupStatus;
  readonly deleting?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly references?: Readonly<Record<string, Identity>>;
}

/** A group with as many instances as it wants, which nobody has to know more about. */
const full: Partial<LiveGroup> = { DesiredCapacity: 1, Instances: [instance('i-1')] };

const done = { InstanceRefreshId: 'r', Status: 'Successful' } as const;

function observe({ spec, live, reads, status, deleting = false, references, annotations = {} }: Asked) {
  const of = autoScalingGroup('nodes', spec, { status, metadata: { ...(deleting ? deleted : {}), annotations } });
  const group = live === undefined ? undefined : liveGroup(of, live);
  return kind.observe(
    {
      reads: {
        ...unusedReads,
        describeAutoScalingGroup: (name) => Promise.resolve(name === 'nodes' ? group : undefined),
        containerInstances: () => Promise.resolve([containerInstance('i-1')]),
        ...reads,
      },
      signal: AbortSignal.timeout(10_000),
      afterChange: false,
    },
    desired(of, references ?? { [templateField]: template() }),
  );
}

const answer =
  <T>(value: T) =>
  () =>
    Promise.resolve(value);

describe('what is read of a group', () => {
  test('nothing more when there is none', async () => {
    expect(await observe({})).toBe(absent);
  });

  test('nothing more while AWS deletes it', async () => {
    const observed = await observe({ live: { ...full, Status: 'Delete in progress' }, spec: { instanceRefresh: {} } });
    expect(observed).toMatchObject({ containerInstances: undefined, hooks: undefined });
  });

  test('its own instances among those of the cluster, which the template names', async () => {
    const asked: string[] = [];
    const containerInstances = (cluster: string) => {
      asked.push(cluster);
      return Promise.resolve([containerInstance('i-1'), containerInstance('i-of-another'), containerInstance('mi-1')]);
    };
    expect(await observe({ live: full, reads: { containerInstances } })).toMatchObject({
      containerInstances: [{ ec2InstanceId: 'i-1' }],
    });
    expect(asked).toEqual(['prod']);
  });

  test.each<[string, Asked]>([
    ['no cluster is known', { live: full, references: { [templateField]: template('3', {}) } }],
    ['it has no instances', { live: { DesiredCapacity: 0 } }],
  ])('no container instances when %s', async (_when, asked) => {
    const { containerInstances } = unusedReads;
    expect(await observe({ ...asked, reads: { containerInstances } })).toMatchObject({ containerInstances: undefined });
  });

  test.each<[string, Asked, Partial<AwsReads>, object]>([
    [
      'hooks when the spec has some',
      {
        spec: {
          lifecycleHookSpecificationList: [
            { lifecycleHookName: 'a', lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' },
          ],
        },
      },
      { describeLifecycleHooks: answer([{ LifecycleHookName: 'a' }]) },
      { hooks: [{ LifecycleHookName: 'a' }] },
    ],
    [
      'hooks when the spec had some',
      { status: { settledFields: ['lifecycleHookSpecificationList', 'lifecycleHookSpecificationList/a'] } },
      { describeLifecycleHooks: answer([]) },
      { hooks: [] },
    ],
    [
      'hooks and the newest refresh when there may have to be one',
      { spec: { instanceRefresh: {} }, references: { [templateField]: template('4') } },
      { describeLifecycleHooks: answer([]), latestInstanceRefresh: answer(done) },
      { hooks: [], refresh: done },
    ],
    [
      'the newest refresh when one was seen',
      { status: { instanceRefresh: { id: 'r', status: 'InProgress', generation: 1 } } },
      { latestInstanceRefresh: answer(done) },
      { refresh: done },
    ],
    [
      'activities while instances are missing, for why',
      { live: { ...full, DesiredCapacity: 2 } },
      { latestScalingActivities: answer([]) },
      { activities: [] },
    ],
    [
      'policies when the spec has another desired capacity',
      { spec: { desiredCapacity: 3 } },
      { describeScalingPolicies: answer([{ PolicyName: 'p' }]) },
      { policies: [{ PolicyName: 'p' }] },
    ],
    [
      'the warm pool apart when the group does not show it',
      { spec: { warmPool: {} } },
      { describeWarmPool: answer({ MinSize: 1 }) },
      { warmPool: { MinSize: 1 } },
    ],
    [
      'the warm pool with the group',
      { live: { ...full, WarmPoolConfiguration: { MinSize: 1 } } },
      {},
      { warmPool: { MinSize: 1 } },
    ],
    [
      'for a deletion no more than that needs',
      { spec: { desiredCapacity: 3, warmPool: { minSize: 1 }, instanceRefresh: {} }, deleting: true },
      { latestInstanceRefresh: answer(undefined), describeWarmPool: answer(undefined) },
      { hooks: undefined, policies: [], containerInstances: [{ ec2InstanceId: 'i-1' }] },
    ],
  ])('%s', async (_what, asked, reads, expected) => {
    expect(await observe({ live: full, ...asked, reads })).toMatchObject(expected);
  });
});

describe('container instances that the operator may not read', () => {
  const refusal = new OperatorError('terminal', 'AccessDenied', 'Allow ecs:ListContainerInstances.');
  const reads = { latestInstanceRefresh: answer(undefined), containerInstances: () => Promise.reject(refusal) };

  test('are left out of what only the status tells, which says so', async () => {
    const observed = await observe({ live: full, reads });
    if (observed === absent) throw new Error('the group is there');
    expect(observed.containerInstances).toBeUndefined();
    const wanted = desired(autoScalingGroup('nodes'), { [templateField]: template() });
    expect(kind.conclude(wanted, observed).conditions).toMatchObject([
      { type: 'StatusIncomplete', reason: 'AccessDenied', message: expect.stringContaining(refusal.message) },
    ]);
  });

  test.each<[string, Asked]>([
    ['the group is deleted', { deleting: true }],
    ['the annotation asks for a drain', { annotations: { 'ecs-operator.dev/drain': 'all' } }],
    [
      'a drain is to be taken back',
      { status: { drain: [{ instanceId: 'i-1', state: 'Drained', runningTasksCount: 0 }] } },
    ],
  ])('are needed when %s', async (_when, asked) => {
    await expect(observe({ live: full, ...asked, reads })).rejects.toBe(refusal);
  });
});

describe('instance types of overrides', () => {
  const overrides = [{ instanceType: 'm7g.large' }, { instanceType: 'm7g.lrage' }] as const;
  const spec = { mixedInstancesPolicy: { launchTemplate: { overrides } } };
  const describeInstanceType = (type: string) => Promise.resolve(type === 'm7g.large' ? {} : undefined);
  const unknown = {
    disposition: 'terminal',
    reason: 'InstanceTypeUnknown',
    message: expect.stringContaining('spec.mixedInstancesPolicy.launchTemplate.overrides[1].instanceType'),
  };

  test('are looked up before the group is made', async () => {
    await expect(observe({ spec, reads: { describeInstanceType } })).rejects.toMatchObject(unknown);
  });

  test('are looked up when one is added, and only that one', async () => {
    const has = (...types: readonly string[]) => ({
      ...full,
      MixedInstancesPolicy: { LaunchTemplate: { Overrides: types.map((InstanceType) => ({ InstanceType })) } },
    });
    await expect(observe({ spec, live: has('m7g.large'), reads: { describeInstanceType } })).rejects.toMatchObject(
      unknown,
    );
    const reads = { latestInstanceRefresh: answer(undefined) };
    expect(await observe({ spec, live: has('m7g.large', 'm7g.lrage'), reads })).not.toBe(absent);
  });

  test('do not keep the group from being deleted', async () => {
    expect(await observe({ spec, deleting: true })).toBe(absent);
  });
});

test('a template in another region is refused', async () => {
  const references = { [templateField]: { ...template(), region: 'eu-west-1' } };
  await expect(observe({ references })).rejects.toThrow(
    'spec.launchTemplateRef is in eu-west-1 but this Auto Scaling group is in us-east-1',
  );
});
