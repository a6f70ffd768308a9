import { performance } from 'node:perf_hooks';
import { DescribeAutoScalingGroupsCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, DescribeLaunchTemplatesCommand } from '@aws-sdk/client-ec2';
import { CreateServiceCommand, DescribeClustersCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { GetParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, test } from 'vitest';
import { createRegionClients, defaultHttpSettings, type RegionClients } from '../../../src/aws/clients.ts';
import type { AwsCommand } from '../../../src/aws/command.ts';
import { fromAws } from '../../../src/aws/errors.ts';
import {
  type AwsReply,
  awsError,
  json,
  type ScriptedAws,
  scriptedAccount,
  startScriptedAws,
} from '../../support/scripted-aws.ts';
import { until } from '../../support/until.ts';

const register = () => new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions: [] });
const read = () => new DescribeClustersCommand({ clusters: ['a'] });
const never = new AbortController().signal;

let aws: ScriptedAws;
let clients: RegionClients;

async function start(reply: AwsReply | (() => AwsReply), requestTimeoutMs = 10_000): Promise<void> {
  aws = await startScriptedAws(() => (typeof reply === 'function' ? reply() : reply));
  clients = createRegionClients('eu-west-1', { ...defaultHttpSettings, requestTimeoutMs });
}

afterEach(async () => {
  clients.destroy();
  await aws.close();
});

describe('attempts', () => {
  const failures: readonly [string, AwsReply, string][] = [
    ['a dropped connection', { kind: 'drop' }, 'ConnectionFailed'],
    ['a 500', awsError('ServerException', 'oops', 500), 'AWSServerError'],
    ['a 503 without a code', awsError('', '', 503), 'AWSServerError'],
    ['a throttle', awsError('ThrottlingException', 'Rate exceeded'), 'Throttled'],
  ];

  test.each(failures)('a mutation is sent once when it meets %s', async (_, reply, reason) => {
    await start(reply);
    const error = await clients
      .send('ecs', register(), never)
      .catch((thrown) => fromAws(thrown, 'RegisterTaskDefinition'));
    expect(error).toMatchObject({ reason });
    expect(aws.requests).toHaveLength(1);
  });

  test.each(failures)('a read is sent twice when it meets %s', async (_, reply, reason) => {
    await start(reply);
    const error = await clients.send('ecs', read(), never).catch((thrown) => fromAws(thrown, 'DescribeClusters'));
    expect(error).toMatchObject({ reason });
    expect(aws.requests).toHaveLength(2);
  });

  test('a refusal is sent once, whatever was asked', async () => {
    await start(awsError('InvalidParameterException', 'bad'));
    await expect(clients.send('ecs', read(), never)).rejects.toThrow('bad');
    await expect(clients.send('ecs', register(), never)).rejects.toThrow('bad');
    expect(aws.requests).toHaveLength(2);
  });

  test('a read that fails once succeeds and says how often it was sent', async () => {
    const replies = [awsError('ServerException', 'oops', 500), json({ clusters: [] })];
    await start(() => replies.shift() ?? json({}));
    const answer = await clients.send('ecs', read(), never);
    expect(answer).toMatchObject({ clusters: [], $metadata: { attempts: 2 } });
  });
});

describe('the gate', () => {
  const mutations: readonly [string, AwsCommand][] = [
    ['ecs', register()],
    ['autoscaling', new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 1 })],
    ['ec2', new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData: {} })],
  ];

  test.each(mutations)(
    'of %s is asked when new credentials have come, however long that took',
    async (service, command) => {
      aws = await startScriptedAws(() => json({}));
      const fetching = Promise.withResolvers<void>();
      const fetched = Promise.withResolvers<{ accessKeyId: string; secretAccessKey: string }>();
      clients = createRegionClients('eu-west-1', defaultHttpSettings, () => {
        fetching.resolve();
        return fetched.promise;
      });
      const lost = new Error('another replica leads');
      let leads = true;
      const sending = clients.send(service, command, never, () => {
        if (!leads) throw lost;
      });
      const outcome = expect(sending).rejects.toBe(lost);
      await fetching.promise;
      leads = false;
      fetched.resolve({ accessKeyId: 'AKIA', secretAccessKey: 'secret' });
      await outcome;
      expect(aws.requests).toEqual([]);
    },
  );

  test('of one request is not that of another', async () => {
    await start(json({}));
    const lost = new Error('another replica leads');
    const refused = clients.send('ecs', register(), never, () => {
      throw lost;
    });
    await Promise.all([
      expect(refused).rejects.toBe(lost),
      clients.send('ecs', register(), never, () => {}),
      clients.send('ecs', read(), never),
    ]);
    expect(aws.operations().sort()).toEqual(['DescribeClusters', 'RegisterTaskDefinition']);
  });
});

describe('time-outs', () => {
  test('a server that hangs makes a mutation fail with Timeout in about the configured time', async () => {
    await start({ kind: 'hang' }, 200);
    const startedMs = performance.now();
    const error = await clients
      .send('ecs', register(), never)
      .catch((thrown) => fromAws(thrown, 'RegisterTaskDefinition'));
    expect(error).toMatchObject({ reason: 'Timeout', disposition: 'failed', operation: 'RegisterTaskDefinition' });
    expect(performance.now() - startedMs).toBeGreaterThan(190);
    expect(performance.now() - startedMs).toBeLessThan(1_500);
    expect(aws.requests).toHaveLength(1);
  });

  test('an abort ends a request that hangs', async () => {
    await start({ kind: 'hang' });
    const controller = new AbortController();
    const sent = clients.send('ecs', register(), controller.signal).catch((thrown) => fromAws(thrown, 'Register'));
    await until('the request', () => aws.requests.length > 0);
    controller.abort();
    expect(await sent).toMatchObject({ reason: 'Aborted' });
  });

  test('nobody listening is ConnectionFailed', async () => {
    await start({ kind: 'hang' });
    await aws.close();
    const error = await clients.send('ecs', register(), never).catch((thrown) => fromAws(thrown, 'Register'));
    expect(error).toMatchObject({ reason: 'ConnectionFailed' });
  });
});

test('without credentials an error says so', async () => {
  await start(json({}));
  const kept = { ...process.env };
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' });
  Object.assign(process.env, { AWS_CONFIG_FILE: '/nonexistent' });
  try {
    const error = await clients.send('ecs', read(), never).catch((thrown) => fromAws(thrown, 'DescribeClusters'));
    expect(error).toMatchObject({ reason: 'CredentialsUnavailable', disposition: 'failed' });
    expect(aws.requests).toHaveLength(0);
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
    Object.assign(process.env, kept);
  }
});

test('requests carry the region and the operator as user agent, over one kept connection', async () => {
  await start(json({}));
  await clients.send('ecs', new CreateServiceCommand({ serviceName: 'web' }), never);
  await clients.send('ecs', read(), never);
  expect(aws.requests.map(({ region }) => region)).toEqual(['eu-west-1', 'eu-west-1']);
  for (const { userAgent } of aws.requests) expect(userAgent).toContain('ecs-operator');
  expect(aws.connections).toBe(1);
});

test('STS is asked in its own protocol', async () => {
  await start(json({}));
  const answer = await clients.send('sts', new GetCallerIdentityCommand({}), never);
  expect(answer).toMatchObject({ Account: scriptedAccount, Arn: `arn:aws:iam::${scriptedAccount}:user/u` });
});

test('Auto Scaling and EC2 are asked in their own protocols, over the connection that there is', async () => {
  await start({ kind: 'xml', body: '<DescribeLaunchTemplatesResponse></DescribeLaunchTemplatesResponse>' });
  await clients.send('ec2', new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: ['a'] }), never);
  aws.script = () => ({
    kind: 'xml',
    body: `<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups/>
      </DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>`,
  });
  const answer = await clients.send('autoscaling', new DescribeAutoScalingGroupsCommand({}), never);
  expect(answer).toMatchObject({ AutoScalingGroups: [] });
  expect(aws.operations()).toEqual(['DescribeLaunchTemplates', 'DescribeAutoScalingGroups']);
  expect(aws.requests[0]?.input).toMatchObject({ 'LaunchTemplateName.1': 'a' });
  expect(aws.connections).toBe(1);
});

test.each([
  ['ec2', new CreateLaunchTemplateCommand({ LaunchTemplateName: 'a', LaunchTemplateData: {} }), 1],
  ['ec2', new DescribeLaunchTemplatesCommand({}), 2],
  ['autoscaling', new DescribeAutoScalingGroupsCommand({}), 2],
  ['ssm', new GetParametersCommand({ Names: ['a'] }), 2],
] as const)('%s is asked as often as ECS when it drops the connection (%#)', async (service, command, times) => {
  await start({ kind: 'drop' });
  const error = await clients.send(service, command, never).catch((thrown) => fromAws(thrown, 'It'));
  expect(error).toMatchObject({ reason: 'ConnectionFailed' });
  expect(aws.requests).toHaveLength(times);
});

test('nothing is written to Systems Manager', async () => {
  await start(json({}));
  const write = new PutParameterCommand({ Name: 'a', Value: 'b' });
  await expect(clients.send('ssm', write, never)).rejects.toMatchObject({ reason: 'InternalError' });
  expect(aws.requests).toHaveLength(0);
});

test('a service without a client, and what is no command, are refused before anything is sent', async () => {
  await start(json({}));
  await expect(clients.send('lambda', read(), never)).rejects.toMatchObject({ reason: 'InternalError' });
  await expect(clients.send('ecs', { input: {} }, never)).rejects.toMatchObject({ reason: 'InternalError' });
  expect(aws.requests).toHaveLength(0);
});
