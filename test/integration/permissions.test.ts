import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, EC2Client, type RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { UntagResourceCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectTag, ownerTag } from '../../src/aws/ownership.ts';
import { features } from '../../src/generate/iam-features.ts';
import { connection } from '../sandbox/region/index.ts';
import { eventually } from '../support/eventually.ts';
import { example, withSpec } from '../support/examples.ts';
import { cluster, rollingBack, running, service, taskDefinition, trio } from '../support/manifests.ts';
import { awsRegion, condition, type Managed, type Manifest, type TestBed, testBed } from '../support/test-bed.ts';
import { change, settled } from '../support/workloads.ts';
import { type Guard, guard, IN_ALL_REGIONS, policies, policiesWith } from './permissions/guard.ts';

const blue = [{ key: 'team', value: 'blue' }];

describe('with exactly the policies of docs/iam', () => {
  let bed: TestBed;
  let held: Guard;
  beforeAll(async () => {
    bed = await testBed();
  });
  afterAll(() => bed.stop());

  /** Applies, changes and deletes; whatever the policies refuse is an error with IAM's question in it. */
  async function lives(from: readonly Manifest[], to: readonly Manifest[]): Promise<void> {
    await change(bed, [], from);
    await settled(bed, [], from, refuses);
    await change(bed, from, to);
    await settled(bed, from, to, refuses);
    await change(bed, to, []);
    await settled(bed, to, [], refuses);
    expect([...held.refused]).toEqual([]);
  }
  const refuses = (): boolean => held.refused.size > 0;

  it('core is enough for the quickstart, from its creation to its deletion', async () => {
    held = guard(bed, policies('core'));
    const quickstart = example('quickstart', 'cluster', 'task-definition', 'service');
    const roles = { taskRoleArn: 'arn:aws:iam::123456789012:role/app-web' };
    await lives(
      withSpec(quickstart, { ECSCluster: { tags: blue }, ECSTaskDefinition: { ...roles, tags: blue } }),
      withSpec(quickstart, {
        ECSCluster: { settings: [{ name: 'containerInsights', value: 'enabled' }] },
        ECSTaskDefinition: { ...roles, cpu: 512, memory: 1024 },
        ECSService: { desiredCount: 3, tags: blue },
      }),
    );
    expect([...held.asked]).toEqual(expect.arrayContaining(['ecs:TagResource', 'ecs:UntagResource', 'iam:PassRole']));
    held.lift();
  });

  it('core, capacity-providers, ec2-capacity and image-selector are enough for the cluster on EC2, with `*` for the region', async () => {
    held = guard(bed, policiesWith(IN_ALL_REGIONS, 'core', 'capacity-providers', 'ec2-capacity', 'image-selector'));
    const ec2 = withSpec(
      example('ec2-cluster', 'cluster', 'launch-template', 'auto-scaling-group', 'capacity-provider'),
      { AutoScalingGroup: { minSize: 1, maxSize: 3, tags: blue }, LaunchTemplate: { tags: blue } },
    );
    await lives(ec2, withSpec(ec2, { AutoScalingGroup: { maxSize: 4 }, LaunchTemplate: { tags: undefined } }));
    expect([...held.asked]).toEqual(
      expect.arrayContaining([
        'ssm:GetParameters',
        'ec2:RunInstances',
        'ec2:CreateTags',
        'autoscaling:CreateOrUpdateTags',
      ]),
    );
    held.lift();
  });

  it('core and capacity-providers are enough for a provider of a group that is no object, and for its cluster', async () => {
    held = guard(bed, policies('core', 'capacity-providers'));
    const autoScalingGroupArn = await groupOfOthers(bed, 'theirs');
    const provider = (targetCapacity: number): Manifest => ({
      kind: 'ECSCapacityProvider',
      metadata: { name: 'on-theirs' },
      spec: {
        autoScalingGroupProvider: { autoScalingGroupArn, managedScaling: { status: 'ENABLED', targetCapacity } },
      },
    });
    const users = cluster('theirs', { capacityProviderRefs: [{ name: 'on-theirs' }] });
    await lives([users, provider(100)], [users, provider(80)]);
    expect([...held.asked]).toEqual(
      expect.arrayContaining(['autoscaling:DescribeAutoScalingGroups', 'autoscaling:CreateOrUpdateTags']),
    );
    held.lift();
  });

  it('a role that the policy does not name is not passed', async () => {
    held = guard(bed, policies('core'));
    const executionRoleArn = 'arn:aws:iam::123456789012:role/admin';
    await bed.apply(taskDefinition('admin', { executionRoleArn }));
    await bed.notReady('ECSTaskDefinition', 'admin', 'AccessDenied');
    expect([...held.refused].join()).toContain('iam:PassRole on arn:aws:iam::123456789012:role/admin');
    held.lift();
  });

  it('what has no owner tag is not changed, unless adoption is attached as well', async () => {
    const name = 'found';
    await bed.apply(...trio(name));
    const { status } = await bed.ready('ECSService', name);
    const resourceArn = String(status?.serviceArn);
    const disown = (): Promise<unknown> =>
      bed.aws.send(new UntagResourceCommand({ resourceArn, tagKeys: [ownerTag, objectTag] }));
    await disown();
    held = guard(bed, policies('core'));
    await bed.apply(service(name, { adoptionPolicy: 'Adopt', desiredCount: 2 }));
    await bed.notReady('ECSService', name, 'AccessDenied');
    expect([...held.refused].join()).toContain('ecs:UpdateService on');
    held.lift();

    held = guard(bed, policies('core', 'adoption'));
    await bed.apply(service(name, { adoptionPolicy: 'Adopt', desiredCount: 3 }));
    await bed.ready('ECSService', name);
    expect([...held.refused]).toEqual([]);
    held.lift();
    await change(bed, trio(name), []);
    await settled(bed, trio(name), []);
  });

  it('read-only tells what differs and changes nothing', async () => {
    await bed.apply(...trio('seen'));
    await bed.ready('ECSService', 'seen');
    held = guard(bed, policies('read-only'));
    const mark = bed.region.journal.mark();
    await bed.apply(service('seen', { driftPolicy: 'Report' }));
    await bed.ready('ECSService', 'seen');
    await bed.apply(service('seen', { driftPolicy: 'Report', desiredCount: 2 }));
    const object = await bed.notReady('ECSService', 'seen', 'AccessDenied');
    expect(condition(object, 'Ready')?.message).toContain('Allow ecs:UpdateService in');
    expect(bed.region.journal.mutations(mark).filter(({ effective }) => effective)).toEqual([]);
    held.lift();
  });
});

/** Made behind the operator's back, with an instance in the cluster of the same name; resolves with its ARN. */
async function groupOfOthers({ region }: TestBed, name: string): Promise<string | undefined> {
  const options = connection(region, { region: awsRegion });
  const [autoScaling, ec2] = [new AutoScalingClient(options), new EC2Client(options)];
  const LaunchTemplateData: RequestLaunchTemplateData = {
    ImageId: 'ami-0123456789abcdef0',
    InstanceType: 'm5.large',
    IamInstanceProfile: { Name: 'ecsInstanceRole' },
    UserData: Buffer.from(`#!/bin/bash\necho ECS_CLUSTER=${name} >> /etc/ecs/ecs.config\n`).toString('base64'),
  };
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData }));
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      LaunchTemplate: { LaunchTemplateName: name },
      MinSize: 1,
      MaxSize: 2,
      VPCZoneIdentifier: 'subnet-1',
    }),
  );
  const { AutoScalingGroups: [group] = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  ec2.destroy();
  autoScaling.destroy();
  return group?.AutoScalingGroupARN;
}

/** A life in which an operator of clusters, task definitions and services comes to make every call that it can make. */
describe('without one action of core', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed();
  });
  afterAll(() => bed.stop());

  const actions = features
    .filter(({ name }) => name === 'core')
    .flatMap(({ grants }) => grants.filter(({ dependent }) => dependent === undefined))
    .flatMap((grant) => grant.actions);

  /** Of families the operator asks for many at once, by what their names begin with: the request names none. */
  const nameless = 'ecs:ListTaskDefinitionFamilies';
  const named = [...new Set(actions)].filter((action) => action !== nameless).sort();

  it.concurrent.each(named)('%s: the object says AccessDenied and names it', async (action) => {
    const name = action.slice('ecs:'.length).toLowerCase();
    // Lives go on side by side, and only this one is refused.
    const whole = new RegExp(`\\b${name}(?![a-z])`);
    await isDenied(action, name, (input) => whole.test(JSON.stringify(input)));
  });

  it(`${nameless}: the object says AccessDenied and names it`, async () => {
    await isDenied(nameless, 'families', () => true);
  });

  async function isDenied(action: string, name: string, match: (input: unknown) => boolean): Promise<void> {
    const operation = action.slice('ecs:'.length);
    const fault = { kind: 'accessDenied', resource: 'arn:aws:ecs:us-east-1:123456789012:some/thing' } as const;
    const lift = bed.region.faults.add({ operation, times: 0, fault, match: ({ input }) => match(input) });
    expect(await denialOf(bed, name, action)).toContain(`Allow ${action} in the operator's IAM policy`);
    lift();
  }
});

/** What the first object that is refused something says; fails at the end of its life if none was. */
async function denialOf(bed: TestBed, name: string, action: string): Promise<string> {
  for (const { what, begin, over } of chapters(name)) {
    await begin(bed);
    const denial = await eventually(
      `${name}: ${what}, or is refused ${action}`,
      async () => {
        const objects = await Promise.all(trio(name).map(({ kind }) => bed.get(kind, name)));
        const said = objects
          .flatMap((object) => denials(object))
          .find((message) => message.includes(`Allow ${action} in`));
        return { value: said ?? objects.map(readyOf), done: said !== undefined || over(objects) };
      },
      30_000,
    );
    if (typeof denial === 'string') return denial;
  }
  throw new Error(`${name} has lived its life without ${action}`);
}

interface Chapter {
  readonly what: string;
  readonly begin: (bed: TestBed) => Promise<unknown>;
  /** The cluster, the task definition and the service, as far as they are there. */
  readonly over: (objects: readonly (Managed | undefined)[]) => boolean;
}

function chapters(name: string): readonly Chapter[] {
  const [, definition, web] = trio(name, { ...rollingBack, tags: blue });
  return [
    {
      what: 'is created',
      begin: (bed) => bed.apply(cluster(name, { capacityProviders: ['FARGATE'] }), definition, web),
      over: (objects) => objects.every((object) => readyOf(object) === 'True/Live'),
    },
    {
      what: 'is changed',
      begin: (bed) =>
        bed.apply(
          cluster(name, {
            capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
            settings: [{ name: 'containerInsights', value: 'enabled' }],
          }),
          service(name, { ...rollingBack, desiredCount: 2, tags: [{ key: 'stage', value: 'test' }] }),
        ),
      over: ([changed, , scaled]) => [changed, scaled].every((object) => readyOf(object) === 'True/Live'),
    },
    {
      what: 'is rolled back',
      begin: (bed) => bed.apply(taskDefinition(name, running('sim/cannot-pull:1'))),
      over: (objects) => readyOf(objects[2]) === 'False/RolledBack',
    },
    {
      what: 'is deleted, the cluster first',
      begin: (bed) => bed.delete('ECSCluster', name),
      over: ([deleted]) => readyOf(deleted) === 'False/InUse',
    },
    {
      what: 'is gone',
      begin: (bed) => Promise.all(['ECSService', 'ECSTaskDefinition'].map((kind) => bed.delete(kind, name))),
      over: (objects) => objects.every((object) => object === undefined),
    },
  ];
}

function readyOf(object: Managed | undefined): string {
  const ready = object === undefined ? undefined : condition(object, 'Ready');
  const current = ready?.observedGeneration === object?.metadata.generation;
  return ready === undefined || !current ? 'Unknown' : `${ready.status}/${ready.reason}`;
}

function denials(object: Managed | undefined): readonly string[] {
  return (object?.status?.conditions ?? []).flatMap(({ reason, message }) =>
    reason === 'AccessDenied' ? [message] : [],
  );
}
