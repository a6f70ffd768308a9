import {
  CreateServiceCommand,
  DeregisterTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ecs';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { type BoundCloud, type Cloud, type CloudConfig, createCloud } from '../../../src/aws/cloud.ts';
import type { Priority } from '../../../src/aws/command.ts';
import { type Clock, systemClock } from '../../../src/clock.ts';
import {
  type AwsScript,
  awsError,
  json,
  type ScriptedAws,
  scriptedAccount,
  startScriptedAws,
} from '../../support/scripted-aws.ts';
import { until } from '../../support/until.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

let aws: ScriptedAws;
let cloud: Cloud;

async function start(
  script: AwsScript,
  config: Partial<CloudConfig> = {},
  clock: Clock = systemClock,
): Promise<BoundCloud> {
  aws = await startScriptedAws(script);
  cloud = createCloud({ config: { region: 'eu-west-1', ...config }, clock, log: pino({ level: 'silent' }) });
  return pass();
}

function pass(priority: Priority = 'user', signal = new AbortController().signal): BoundCloud {
  const account = { accountId: scriptedAccount };
  return cloud.bind({ account, region: 'eu-west-1', priority, signal, gate: () => {} });
}

afterEach(async () => {
  cloud.close();
  await aws.close();
});

const serviceArn = (cluster: string, name: string) => `arn:aws:ecs:eu-west-1:1:service/${cluster}/${name}`;

/** Answers DescribeServices from a list of names that exist. */
const servicesNamed =
  (...known: string[]): AwsScript =>
  ({ input }) => {
    const cluster = String(input.cluster);
    const names = input.services as string[];
    return json({
      services: names
        .filter((name) => known.includes(name))
        .map((name) => ({ serviceName: name, serviceArn: serviceArn(cluster, name), status: 'ACTIVE' })),
      failures: names
        .filter((name) => !known.includes(name))
        .map((name) => ({ arn: serviceArn(cluster, name), reason: 'MISSING' })),
    });
  };

describe('describeService', () => {
  test('passes of one moment share calls of ten, by cluster, with tags', async () => {
    const names = Array.from({ length: 23 }, (_, i) => `s${i}`);
    await start(servicesNamed(...names));
    const answers = await Promise.all([
      ...names.map((name) => pass().reads.describeService('a', name)),
      pass().reads.describeService('b', 's0'),
    ]);
    expect(answers.map((service) => service?.serviceName)).toEqual([...names, 's0']);
    const sizes = aws.requests.map(({ input }) => [input.cluster, (input.services as string[]).length]);
    expect(sizes.toSorted()).toEqual([
      ['a', 10],
      ['a', 10],
      ['a', 3],
      ['b', 1],
    ]);
    for (const { input } of aws.requests) expect(input.include).toEqual(['TAGS']);
  });

  test('the same name asked for twice at once is asked once', async () => {
    await start(servicesNamed('web'));
    const [one, two] = await Promise.all([
      pass().reads.describeService('a', 'web'),
      pass('background').reads.describeService('a', 'web'),
    ]);
    expect(one).toBe(two);
    expect(aws.requests[0]?.input.services).toEqual(['web']);
  });

  test('nothing is remembered beyond the call', async () => {
    const { reads } = await start(servicesNamed('web'));
    await reads.describeService('a', 'web');
    await reads.describeService('a', 'web');
    expect(aws.requests).toHaveLength(2);
  });

  test('a request that has left takes on nobody, neither for its names nor for others', async () => {
    const answer = Promise.withResolvers<void>();
    const { reads } = await start(async (request) => {
      if (aws.requests.length === 1) await answer.promise;
      return servicesNamed('web', 'api')(request);
    });
    const first = reads.describeService('a', 'web');
    await until('the request', () => aws.requests.length === 1);
    const later = await Promise.all([reads.describeService('a', 'web'), reads.describeService('a', 'api')]);
    expect(later.map((service) => service?.serviceName)).toEqual(['web', 'api']);
    answer.resolve();
    await first;
    expect(aws.requests.map(({ input }) => input.services)).toEqual([['web'], ['web', 'api']]);
  });

  test('MISSING is undefined, for that name alone', async () => {
    const { reads } = await start(servicesNamed('web'));
    const answers = await Promise.all([reads.describeService('a', 'web'), reads.describeService('a', 'gone')]);
    expect(answers.map((service) => service?.serviceName)).toEqual(['web', undefined]);
    expect(aws.requests).toHaveLength(1);
  });

  test('an INACTIVE service is returned as it is', async () => {
    const { reads } = await start(() => json({ services: [{ serviceName: 'web', status: 'INACTIVE' }] }));
    expect(await reads.describeService('a', 'web')).toMatchObject({ status: 'INACTIVE' });
  });

  test('a service may be asked for by ARN', async () => {
    const { reads } = await start(() =>
      json({ services: [{ serviceName: 'web', serviceArn: serviceArn('a', 'web') }] }),
    );
    expect(await reads.describeService('a', serviceArn('a', 'web'))).toMatchObject({ serviceName: 'web' });
  });

  test('services of a cluster that does not exist do not exist', async () => {
    const { reads } = await start(() => awsError('ClusterNotFoundException', 'Cluster not found.'));
    expect(await Promise.all([reads.describeService('a', 'x'), reads.describeService('a', 'y')])).toEqual([
      undefined,
      undefined,
    ]);
    expect(aws.requests).toHaveLength(1);
  });

  test('a name that AWS refuses fails alone', async () => {
    const ok = servicesNamed('web', 'api');
    const { reads } = await start((request) =>
      (request.input.services as string[]).includes('bad!')
        ? awsError('InvalidParameterException', 'Service name contains invalid characters.')
        : ok(request),
    );
    const answers = await Promise.allSettled(['web', 'bad!', 'api'].map((name) => reads.describeService('a', name)));
    expect(answers).toMatchObject([
      { status: 'fulfilled', value: { serviceName: 'web' } },
      { status: 'rejected', reason: { disposition: 'rejected', reason: 'InvalidParameter' } },
      { status: 'fulfilled', value: { serviceName: 'api' } },
    ]);
    expect(aws.requests).toHaveLength(4);
  });

  test('a name that the policy does not allow fails alone', async () => {
    const denied = 'User: me is not authorized to perform: ecs:DescribeServices on resource: arn:aws:ecs:us-east-1:1:y';
    const { reads } = await start((request) =>
      JSON.stringify(request.input).includes('"y"')
        ? awsError('AccessDeniedException', denied)
        : servicesNamed('x')(request),
    );
    const [x, y] = await Promise.allSettled([reads.describeService('a', 'x'), reads.describeService('a', 'y')]);
    expect(x).toMatchObject({ value: { serviceName: 'x' } });
    expect(y).toMatchObject({ reason: { reason: 'AccessDenied' } });
  });

  test('another failure, and a name that AWS says nothing about, are errors and never "does not exist"', async () => {
    const { reads } = await start(() =>
      json({ services: [], failures: [{ arn: serviceArn('a', 'odd'), reason: 'INTERNAL', detail: 'busy' }] }),
    );
    const answers = await Promise.allSettled([reads.describeService('a', 'odd'), reads.describeService('a', 'silent')]);
    expect(answers).toMatchObject([
      { reason: { disposition: 'failed', reason: 'ReadFailed' } },
      { reason: { disposition: 'failed', reason: 'IncompleteAnswer' } },
    ]);
  });

  test('a fault of AWS is everybody’s, and is not split into single calls', async () => {
    const { reads } = await start(() => awsError('AccessDeniedException', 'no'));
    const answers = await Promise.allSettled([reads.describeService('a', 'x'), reads.describeService('a', 'y')]);
    expect(answers).toMatchObject([{ reason: { reason: 'AccessDenied' } }, { reason: { reason: 'AccessDenied' } }]);
    expect(aws.requests).toHaveLength(1);
  });
});

describe('aborting', () => {
  test('one caller’s abort leaves the batch to the others', async () => {
    const answer = Promise.withResolvers<void>();
    await start(async (request) => {
      await answer.promise;
      return servicesNamed('web', 'api')(request);
    });
    const controller = new AbortController();
    const leaving = pass('user', controller.signal).reads.describeService('a', 'web');
    const staying = pass().reads.describeService('a', 'api');
    await until('the request', () => aws.requests.length === 1);
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ reason: 'Aborted' });
    answer.resolve();
    expect(await staying).toMatchObject({ serviceName: 'api' });
  });

  test('a batch that everybody left is not sent', async () => {
    await start(servicesNamed('web'), { batchWindowMs: 20 });
    const controller = new AbortController();
    const leaving = pass('user', controller.signal).reads.describeService('a', 'web');
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ reason: 'Aborted' });
    // A later caller gets a batch of its own.
    expect(await pass().reads.describeService('a', 'web')).toMatchObject({ serviceName: 'web' });
    expect(aws.requests).toHaveLength(1);
  });

  test('a pass that is over asks nothing', async () => {
    await start(servicesNamed('web'));
    await expect(pass('user', AbortSignal.abort()).reads.describeService('a', 'web')).rejects.toMatchObject({
      reason: 'Aborted',
    });
    expect(aws.requests).toHaveLength(0);
  });
});

describe('short of budget', () => {
  test('a waiting batch takes on more names, and a user’s name takes it to the front', async () => {
    const clock = new VirtualClock();
    await start(servicesNamed('web', 's1', 's2'), {}, clock);
    const read = (priority: Priority, cluster: string, name: string) => {
      const answer = pass(priority).reads.describeService(cluster, name);
      clock.advance(4);
      return answer;
    };
    // All of the burst, one call for each cluster, in no time.
    const burst = Array.from({ length: 100 }, (_, i) => pass('background').reads.describeService(`c${i}`, 'web'));
    clock.advance(4);
    await Promise.all(burst);

    const waiting = [read('background', 'x', 's1'), read('background', 'y', 's1')];
    await new Promise((resolve) => setImmediate(resolve));
    waiting.push(read('user', 'y', 's2'));
    await until('both batches', () => aws.requests.length === 102, { step: () => clock.advance(10) });
    await Promise.all(waiting);
    expect(aws.requests.slice(100).map(({ input }) => [input.cluster, input.services])).toEqual([
      ['y', ['s1', 's2']],
      ['x', ['s1']],
    ]);
  });
});

describe('other batches', () => {
  test('clusters are described with everything AWS has, and MISSING is undefined', async () => {
    const { reads } = await start(() =>
      json({
        clusters: [{ clusterName: 'a', clusterArn: 'arn:aws:ecs:eu-west-1:1:cluster/a' }],
        failures: [{ arn: 'arn:aws:ecs:eu-west-1:1:cluster/b', reason: 'MISSING' }],
      }),
    );
    const answers = await Promise.all([reads.describeCluster('a'), reads.describeCluster('b')]);
    expect(answers.map((cluster) => cluster?.clusterName)).toEqual(['a', undefined]);
    expect(aws.requests.map(({ input }) => input)).toEqual([
      { clusters: ['a', 'b'], include: ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS'] },
    ]);
  });

  test('service revisions go twenty a call', async () => {
    const arns = Array.from({ length: 21 }, (_, i) => `arn:aws:ecs:eu-west-1:1:service-revision/a/web/${i}`);
    const { reads } = await start(({ input }) =>
      json({
        serviceRevisions: (input.serviceRevisionArns as string[]).map((serviceRevisionArn) => ({ serviceRevisionArn })),
      }),
    );
    const answers = await Promise.all(arns.map((arn) => reads.describeServiceRevision(arn)));
    expect(answers.map((revision) => revision?.serviceRevisionArn)).toEqual(arns);
    expect(aws.requests).toHaveLength(2);
  });

  test('a revision that is MISSING is undefined', async () => {
    const arn = 'arn:aws:ecs:eu-west-1:1:service-revision/a/web/1';
    const { reads } = await start(() => json({ serviceRevisions: [], failures: [{ arn, reason: 'MISSING' }] }));
    expect(await reads.describeServiceRevision(arn)).toBeUndefined();
  });

  test('one revision whose service is gone does not make the others absent', async () => {
    const { reads } = await start(({ input }) => {
      const arns = input.serviceRevisionArns as string[];
      if (arns.includes('gone')) return awsError('ServiceNotFoundException', 'Service not found.');
      return json({ serviceRevisions: arns.map((serviceRevisionArn) => ({ serviceRevisionArn })) });
    });
    const answers = await Promise.all(['r1', 'gone'].map((arn) => reads.describeServiceRevision(arn)));
    expect(answers.map((revision) => revision?.serviceRevisionArn)).toEqual(['r1', undefined]);
    expect(aws.requests).toHaveLength(3);
  });

  test('the latest service deployment is the newest by time, in full', async () => {
    const { reads } = await start(({ operation, input }) =>
      operation === 'ListServiceDeployments'
        ? json({
            serviceDeployments: [
              { serviceDeploymentArn: 'old', createdAt: 1_700_000_000 },
              { serviceDeploymentArn: 'new', createdAt: 1_700_000_900 },
            ],
          })
        : json({
            serviceDeployments: (input.serviceDeploymentArns as string[]).map((serviceDeploymentArn) => ({
              serviceDeploymentArn,
              status: 'IN_PROGRESS',
            })),
          }),
    );
    expect(await reads.latestServiceDeployment('a', 'web')).toMatchObject({
      serviceDeploymentArn: 'new',
      status: 'IN_PROGRESS',
    });
  });

  test('a service without a deployment, and a service that does not exist, have no latest one', async () => {
    const replies = [json({ serviceDeployments: [] }), awsError('ServiceNotFoundException')];
    const { reads } = await start(() => replies.shift() ?? json({}));
    expect(await reads.latestServiceDeployment('a', 'web')).toBeUndefined();
    expect(await reads.latestServiceDeployment('a', 'gone')).toBeUndefined();
    expect(aws.operations()).toEqual(['ListServiceDeployments', 'ListServiceDeployments']);
  });
});

describe('lists', () => {
  test('all pages of the services of a cluster, by name', async () => {
    const { reads } = await start(({ input }) =>
      input.nextToken === undefined
        ? json({ serviceArns: [serviceArn('a', 'web')], nextToken: 'more' })
        : json({ serviceArns: [serviceArn('a', 'api')] }),
    );
    expect(await reads.listServices('a')).toEqual(['web', 'api']);
  });

  test('all revisions of exactly one family, newest first', async () => {
    const arn = (family: string, revision: number) => `arn:aws:ecs:eu-west-1:1:task-definition/${family}:${revision}`;
    const { reads } = await start(({ input }) =>
      input.nextToken === undefined
        ? json({ taskDefinitionArns: [arn('web', 3), arn('web-admin', 9)], nextToken: 'more' })
        : json({ taskDefinitionArns: [arn('web', 2)] }),
    );
    expect(await reads.listTaskDefinitions('web', { status: 'INACTIVE' })).toEqual([arn('web', 3), arn('web', 2)]);
    expect(aws.requests[0]?.input).toEqual({ familyPrefix: 'web', status: 'INACTIVE', sort: 'DESC', maxResults: 100 });
  });
});

describe('activeFamilyExists', () => {
  /** Pages of two, as ECS pages: in order, filtered by prefix. */
  const families =
    (...known: string[]): AwsScript =>
    ({ input }) => {
      const matching = known.filter((family) => family.startsWith(String(input.familyPrefix ?? ''))).toSorted();
      const from = Number(input.nextToken ?? 0);
      const nextToken = from + 2 < matching.length ? String(from + 2) : undefined;
      return json({ families: matching.slice(from, from + 2), nextToken });
    };

  test('one family is looked up by its name, and a longer name is not it', async () => {
    const { reads } = await start(families('web', 'web-admin', 'api-old'));
    expect(await reads.activeFamilyExists('web')).toBe(true);
    expect(await reads.activeFamilyExists('api')).toBe(false);
    expect(aws.requests.map(({ input }) => input.familyPrefix)).toEqual(['web', 'api']);
    expect(aws.requests[0]?.input).toMatchObject({ status: 'ACTIVE', maxResults: 100 });
  });

  test('one family is found behind pages of longer names', async () => {
    const { reads } = await start(families('web-1', 'web-2', 'web-3'));
    expect(await reads.activeFamilyExists('web-')).toBe(false);
    expect(aws.requests).toHaveLength(2);
  });

  test('many at once are answered by one walk over what they have in common', async () => {
    const { reads } = await start(families('shop-api', 'shop-web'));
    const answers = await Promise.all(['shop-web', 'shop-api', 'shop-gone'].map((f) => reads.activeFamilyExists(f)));
    expect(answers).toEqual([true, true, false]);
    expect(aws.requests.map(({ input }) => input.familyPrefix)).toEqual(['shop-']);
  });

  test('with nothing in common there is no prefix', async () => {
    const { reads } = await start(families('api', 'web'));
    await Promise.all(['web', 'api'].map((family) => reads.activeFamilyExists(family)));
    expect(aws.requests.map(({ input }) => input)).toEqual([{ status: 'ACTIVE', maxResults: 100 }]);
  });

  test('a walk through a very full account ends in single look-ups', async () => {
    const others = Array.from({ length: 50 }, (_, i) => `m${String(i).padStart(2, '0')}`);
    const { reads } = await start(families('a', ...others, 'z'));
    expect(await Promise.all(['a', 'z', 'zz'].map((family) => reads.activeFamilyExists(family)))).toEqual([
      true,
      true,
      false,
    ]);
    expect(aws.requests.map(({ input }) => input.familyPrefix)).toEqual([undefined, undefined, undefined, 'z', 'zz']);
  });
});

describe('describeTaskDefinition', () => {
  const arn = 'arn:aws:ecs:eu-west-1:1:task-definition/web:3';
  const revision = { taskDefinitionArn: arn, family: 'web', revision: 3, status: 'ACTIVE' };
  const script: AwsScript = ({ input }) =>
    input.taskDefinition === 'gone'
      ? awsError('ClientException', 'Unable to describe task definition.')
      : json({ taskDefinition: revision, tags: [{ key: 'a', value: 'b' }] });
  const register = () => new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions: [] });

  test('comes with its tags, once for all who ask at the same moment, and undefined when it does not exist', async () => {
    const { reads } = await start(script);
    const [one, two, gone] = await Promise.all([
      reads.describeTaskDefinition(arn),
      pass().reads.describeTaskDefinition(arn),
      reads.describeTaskDefinition('gone'),
    ]);
    expect(one).toEqual({ taskDefinition: revision, tags: [{ key: 'a', value: 'b' }] });
    expect(two).toBe(one);
    expect(gone).toBeUndefined();
    expect(aws.requests.map(({ input }) => input.taskDefinition).toSorted()).toEqual([arn, 'gone']);
    for (const { input } of aws.requests) expect(input.include).toEqual(['TAGS']);
  });

  test('after a registration the first read is answered by what AWS returned, the second by AWS', async () => {
    const { reads, send } = await start(script);
    await send('ecs', register());
    expect(await reads.describeTaskDefinition(arn)).toEqual({
      taskDefinition: revision,
      tags: [{ key: 'a', value: 'b' }],
    });
    expect(aws.operations()).toEqual(['RegisterTaskDefinition']);
    await reads.describeTaskDefinition(arn);
    expect(aws.operations()).toEqual(['RegisterTaskDefinition', 'DescribeTaskDefinition']);
  });

  test('after a registration that was answered without tags AWS is read: they say whose the revision is', async () => {
    const tags = [{ key: 'a', value: 'b' }];
    const untagged: AwsScript = ({ operation }) =>
      json({ taskDefinition: revision, ...(operation === 'RegisterTaskDefinition' ? {} : { tags }) });
    const { reads, send } = await start(untagged);
    await send('ecs', register());
    expect(await reads.describeTaskDefinition(arn)).toEqual({ taskDefinition: revision, tags });
  });

  test.each([
    ['deregistered', new DeregisterTaskDefinitionCommand({ taskDefinition: arn }), true],
    ['tagged', new TagResourceCommand({ resourceArn: arn, tags: [] }), true],
    ['used by a service', new CreateServiceCommand({ serviceName: 's', taskDefinition: arn }), false],
  ] as const)('a revision that was %s in between: read again %j', async (_, command, again) => {
    const { reads, send } = await start(script);
    await send('ecs', register());
    await send('ecs', command);
    await reads.describeTaskDefinition(arn);
    expect(aws.operations().includes('DescribeTaskDefinition')).toBe(again);
  });
});
