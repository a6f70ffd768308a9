import {
  DeleteScalingPolicyCommand,
  DeleteScheduledActionCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  ListTagsForResourceCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CreateServiceCommand, DeleteServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { createService, expectError } from '../support.ts';
import {
  activities,
  CPU,
  CPU_50,
  desired,
  minutes,
  notScaled,
  pass,
  publish,
  putPolicy,
  register,
  type ScalingFixture,
  START,
  setCount,
  startScaling,
  stepping,
  tracking,
  WEB,
} from './support.ts';

async function targetsOf({ scaling }: ScalingFixture) {
  const { ScalableTargets = [] } = await scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }));
  return ScalableTargets;
}

describe('a scalable target (AS-01)', () => {
  it('is described as AWS does', async () => {
    const fixture = await startScaling();
    const arn = await register(fixture);
    expect(arn).toMatch(/^arn:aws:application-autoscaling:eu-central-1:123456789012:scalable-target\/[0-9a-f]{34}$/);
    expect(await targetsOf(fixture)).toEqual([
      {
        ...WEB,
        MinCapacity: 1,
        MaxCapacity: 10,
        RoleARN:
          'arn:aws:iam::123456789012:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService',
        CreationTime: START,
        SuspendedState: {
          DynamicScalingInSuspended: false,
          DynamicScalingOutSuspended: false,
          ScheduledScalingSuspended: false,
        },
        ScalableTargetARN: arn,
      },
    ]);
  });

  it('is registered for a service that exists, by plain names and not by ARNs (cdk#14297)', async () => {
    const { scaling, ...fixture } = await startScaling();
    const arn = 'arn:aws:ecs:eu-central-1:123456789012:cluster/main';
    for (const ResourceId of ['service/main/gone', 'service/gone/web', `service/${arn}/web`, 'service/main/web/x']) {
      await expectError(
        register({ ...fixture, scaling }, { ResourceId }),
        'ValidationException',
        `ECS service doesn't exist: ${ResourceId}`,
      );
    }
    await expectError(
      register({ ...fixture, scaling }, { ResourceId: 'web' }),
      'ValidationException',
      'Unsupported service namespace, resource type or scalable dimension',
    );
    expect(await targetsOf({ ...fixture, scaling })).toEqual([]);
  });

  it('is not registered for a DAEMON service (AS-16)', async () => {
    const fixture = await startScaling();
    await createService(fixture.ecs, {
      serviceName: 'daemon',
      schedulingStrategy: 'DAEMON',
      launchType: 'EC2',
      desiredCount: undefined,
    });
    await expectError(register(fixture, { ResourceId: 'service/main/daemon' }), 'ValidationException', /DAEMON/);
  });

  it.each([
    [{ MinCapacity: 5, MaxCapacity: 4 }, 'Maximum capacity cannot be less than minimum capacity'],
    [{ MinCapacity: -1 }, /Value '-1' at 'minCapacity' failed to satisfy constraint/],
    [{ MaxCapacity: undefined }, /must be specified/],
    [{ ScalableDimension: 'rds:cluster:ReadReplicaCount' }, /Unsupported service namespace/],
    [{ ServiceNamespace: 'nonsense' }, /Member must satisfy enum value set: \[/],
  ] as const)('is not registered with %j', async (input, message) => {
    const fixture = await startScaling();
    await expectError(register(fixture, input as never), 'ValidationException', message);
    expect(await targetsOf(fixture)).toEqual([]);
  });

  it('is changed by registering it again, in what is given', async () => {
    const fixture = await startScaling(5);
    const arn = await register(fixture);
    const suspended = { DynamicScalingInSuspended: true };
    const again = new RegisterScalableTargetCommand({ ...WEB, MaxCapacity: 7, SuspendedState: suspended });
    await expect(fixture.scaling.send(again)).resolves.toMatchObject({ ScalableTargetARN: arn });
    expect(await targetsOf(fixture)).toMatchObject([
      {
        MinCapacity: 1,
        MaxCapacity: 7,
        SuspendedState: { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: false },
      },
    ]);
    await expectError(
      fixture.scaling.send(new RegisterScalableTargetCommand({ ...WEB, MinCapacity: 8 })),
      'ValidationException',
    );
    expect(await targetsOf(fixture)).toMatchObject([{ MinCapacity: 1, MaxCapacity: 7 }]);
  });

  it('moves the count between its bounds when they change, and only then', async () => {
    const fixture = await startScaling(5);
    await register(fixture, { MinCapacity: 7 });
    expect(await desired(fixture)).toBe(7);
    await register(fixture, { MinCapacity: 1, MaxCapacity: 3 });
    expect(await desired(fixture)).toBe(3);
    expect((await activities(fixture)).map(({ Cause }) => Cause)).toEqual([
      'maximum capacity was set to 3',
      'minimum capacity was set to 7',
    ]);
    // A count set by hand stays until something scales (AS-13).
    await setCount(fixture, 6);
    pass(fixture, 10);
    expect(await desired(fixture)).toBe(6);
  });

  it('suspends scaling by policies, either way, until it is told otherwise (AS-12)', async () => {
    const fixture = await startScaling(4);
    await register(fixture, { SuspendedState: { DynamicScalingOutSuspended: true, DynamicScalingInSuspended: true } });
    await putPolicy(fixture, 'cpu', tracking(CPU_50));
    publish(fixture, CPU, minutes(5, 100));
    pass(fixture, 1);
    publish(fixture, CPU, minutes(20, 10));
    expect(await desired(fixture)).toBe(4);
    expect(await activities(fixture)).toEqual([]);
    await register(fixture, { SuspendedState: { DynamicScalingInSuspended: false } });
    pass(fixture, 1);
    publish(fixture, CPU, [10]);
    expect(await desired(fixture)).toBe(1);
    pass(fixture, 1);
    publish(fixture, CPU, minutes(5, 100));
    expect(await desired(fixture)).toBe(1);
  });

  it('raises a count below the minimum when an alarm scales out (AS-10)', async () => {
    const fixture = await startScaling(6);
    await register(fixture, { MinCapacity: 5 });
    const arn = await putPolicy(
      fixture,
      'out',
      stepping({
        AdjustmentType: 'ChangeInCapacity',
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      }),
    );
    const down = await putPolicy(
      fixture,
      'in',
      stepping({
        AdjustmentType: 'ChangeInCapacity',
        StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -1 }],
      }),
    );
    fixture.region.putMetricAlarm({ name: 'high', actions: [arn] });
    fixture.region.putMetricAlarm({ name: 'low', actions: [down] });
    await setCount(fixture, 2);
    fixture.region.setAlarm('low', 'ALARM');
    expect(await desired(fixture)).toBe(2);
    expect(await notScaled(fixture)).toEqual(['AlreadyAtMinCapacity']);
    fixture.region.setAlarm('low', 'OK');
    fixture.region.setAlarm('high', 'ALARM');
    expect(await desired(fixture)).toBe(5);
    fixture.region.setAlarm('high', 'OK');
    await setCount(fixture, 15);
    fixture.region.setAlarm('high', 'ALARM');
    expect(await desired(fixture)).toBe(15);
    fixture.region.setAlarm('high', 'OK');
    fixture.region.setAlarm('low', 'ALARM');
    expect(await desired(fixture)).toBe(10);
  });
});

describe('deregistering a scalable target', () => {
  it('takes its policies along and leaves the count', async () => {
    const fixture = await startScaling(4);
    await register(fixture);
    await putPolicy(fixture, 'cpu', tracking(CPU_50));
    await fixture.scaling.send(new DeregisterScalableTargetCommand(WEB));
    publish(fixture, CPU, minutes(5, 100));
    expect(await desired(fixture)).toBe(4);
    expect(await targetsOf(fixture)).toEqual([]);
    await register(fixture);
    await expect(fixture.scaling.send(new DescribeScalingPoliciesCommand(WEB))).resolves.toMatchObject({
      ScalingPolicies: [],
    });
  });

  it('happens by itself when the service is deleted', async () => {
    const fixture = await startScaling(4);
    await register(fixture);
    await putPolicy(fixture, 'cpu', tracking(CPU_50));
    await fixture.ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    expect(await targetsOf(fixture)).toEqual([]);
    await expectError(
      fixture.scaling.send(new DeregisterScalableTargetCommand(WEB)),
      'ObjectNotFoundException',
      'No scalable target found for service namespace: ecs, resource ID: service/main/web, scalable dimension: ecs:service:DesiredCount',
    );
    await fixture.ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition: 'web:1',
        desiredCount: 2,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      }),
    );
    publish(fixture, CPU, minutes(5, 100));
    expect(await desired(fixture)).toBe(2);
  });
});

describe('what does not exist', () => {
  const PLACE = 'service namespace: ecs, resource ID: service/main/web, scalable dimension: ecs:service:DesiredCount';

  it('gets no policy', async () => {
    const fixture = await startScaling();
    await expectError(
      putPolicy(fixture, 'cpu', tracking(CPU_50)),
      'ObjectNotFoundException',
      `No scalable target registered for ${PLACE}`,
    );
  });

  it('is not deleted', async () => {
    const { scaling, ...fixture } = await startScaling();
    await register({ ...fixture, scaling });
    await expectError(
      scaling.send(new DeleteScalingPolicyCommand({ ...WEB, PolicyName: 'cpu' })),
      'ObjectNotFoundException',
      `No scaling policy found for ${PLACE}, policy name: cpu`,
    );
    await expectError(
      scaling.send(new DeleteScheduledActionCommand({ ...WEB, ScheduledActionName: 'night' })),
      'ObjectNotFoundException',
      `No scheduled action found for ${PLACE}, scheduled action name: night`,
    );
  });
});

describe('lists of scalable targets and policies', () => {
  it('come in pages, and are filtered by resource', async () => {
    const fixture = await startScaling();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      await createService(fixture.ecs, { serviceName: `s${index}`, desiredCount: 1 });
      ids.push(`service/main/s${index}`);
      await register(fixture, { ResourceId: ids[index] });
    }
    const found: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const input = {
        ServiceNamespace: 'ecs',
        MaxResults: 2,
        ...(NextToken === undefined ? {} : { NextToken }),
      } as const;
      const page = await fixture.scaling.send(new DescribeScalableTargetsCommand(input));
      expect(page.ScalableTargets?.length).toBeLessThanOrEqual(2);
      found.push(...(page.ScalableTargets ?? []).map(({ ResourceId }) => ResourceId));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(found).toEqual(ids);
    const filter = { ServiceNamespace: WEB.ServiceNamespace, ResourceIds: ['service/main/s3', 'service/main/gone'] };
    await expect(fixture.scaling.send(new DescribeScalableTargetsCommand(filter))).resolves.toMatchObject({
      ScalableTargets: [{ ResourceId: 'service/main/s3' }],
    });
    await expectError(
      fixture.scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', NextToken: 'nonsense' })),
      'InvalidNextTokenException',
    );
    await expectError(
      fixture.scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs', MaxResults: 51 })),
      'ValidationException',
    );
    await expect(
      fixture.scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'dynamodb' })),
    ).resolves.toMatchObject({ ScalableTargets: [] });
  });

  it('hold at most fifty policies of a target, ten in a page', async () => {
    const fixture = await startScaling();
    await register(fixture);
    const step = stepping({
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    });
    for (let index = 0; index < 50; index += 1) await putPolicy(fixture, `p${index}`, step);
    await expectError(putPolicy(fixture, 'p50', step), 'LimitExceededException');
    await putPolicy(fixture, 'p49', step);
    const page = await fixture.scaling.send(new DescribeScalingPoliciesCommand(WEB));
    expect(page.ScalingPolicies).toHaveLength(10);
    expect(page.NextToken).toBeDefined();
    const named = new DescribeScalingPoliciesCommand({ ...WEB, PolicyNames: ['p7', 'gone'] });
    await expect(fixture.scaling.send(named)).resolves.toMatchObject({ ScalingPolicies: [{ PolicyName: 'p7' }] });
  });

  it('name policies by ARNs with one UUID for each target', async () => {
    const fixture = await startScaling();
    await register(fixture);
    const put = new PutScalingPolicyCommand({ ...WEB, PolicyName: 'cpu', ...tracking(CPU_50) });
    const { PolicyARN = '' } = await fixture.scaling.send(put);
    expect(PolicyARN).toMatch(
      /^arn:aws:autoscaling:eu-central-1:123456789012:scalingPolicy:[-0-9a-f]{36}:resource\/ecs\/service\/main\/web:policyName\/cpu$/,
    );
    await expect(fixture.scaling.send(put)).resolves.toMatchObject({ PolicyARN });
  });
});

describe('tags of a scalable target', () => {
  it('are given at registration, added, overwritten and removed', async () => {
    const fixture = await startScaling();
    const ResourceARN = await register(fixture, { Tags: { team: 'a', env: 'test' } });
    await fixture.scaling.send(new TagResourceCommand({ ResourceARN, Tags: { env: 'prod', more: '1' } }));
    await fixture.scaling.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['team', 'gone'] }));
    const list = new ListTagsForResourceCommand({ ResourceARN });
    await expect(fixture.scaling.send(list)).resolves.toMatchObject({ Tags: { env: 'prod', more: '1' } });
  });

  it('cannot be given when it is registered again', async () => {
    const fixture = await startScaling();
    await register(fixture);
    await expectError(
      register(fixture, { Tags: { team: 'a' }, MaxCapacity: 3 }),
      'ValidationException',
      'The scalable target that you tried to tag already exists. To update tags on an existing scalable target, use the TagResource API.',
    );
    expect(await targetsOf(fixture)).toMatchObject([{ MaxCapacity: 10 }]);
  });

  it('are fifty at most, of a target that exists', async () => {
    const fixture = await startScaling();
    const ResourceARN = await register(fixture, { Tags: { last: '50' } });
    const Tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, '']));
    await expectError(fixture.scaling.send(new TagResourceCommand({ ResourceARN, Tags })), 'TooManyTagsException');
    const list = new ListTagsForResourceCommand({ ResourceARN });
    await expect(fixture.scaling.send(list)).resolves.toMatchObject({ Tags: { last: '50' } });
    const gone = new ListTagsForResourceCommand({ ResourceARN: `${ResourceARN}0` });
    await expectError(fixture.scaling.send(gone), 'ResourceNotFoundException');
    const malformed = new ListTagsForResourceCommand({ ResourceARN: 'arn:aws:ecs:x:1:service/a' });
    await expectError(fixture.scaling.send(malformed), 'ValidationException');
  });
});
