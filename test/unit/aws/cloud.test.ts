import { DescribeClustersCommand, RegisterTaskDefinitionCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { type Binding, type CallRecord, type Cloud, type CloudConfig, createCloud } from '../../../src/aws/cloud.ts';
import { type Clock, systemClock } from '../../../src/clock.ts';
import { OperatorError } from '../../../src/errors.ts';
import {
  type AwsScript,
  awsError,
  identityOf,
  json,
  type ScriptedAws,
  type ScriptedAwsOptions,
  scriptedAccount,
  startScriptedAws,
} from '../../support/scripted-aws.ts';
import { until } from '../../support/until.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

let aws: ScriptedAws;
let cloud: Cloud;
let calls: CallRecord[];

async function start(
  script: AwsScript,
  config: Partial<CloudConfig> = {},
  clock: Clock = systemClock,
  options: ScriptedAwsOptions = {},
): Promise<void> {
  aws = await startScriptedAws(script, options);
  calls = [];
  cloud = createCloud({
    config: { region: 'eu-west-1', ...config },
    clock,
    log: pino({ level: 'silent' }),
    onCall: (call) => {
      if (call.service !== 'sts') calls.push(call);
    },
  });
}

function bind(change: Partial<Binding> = {}) {
  const signal = new AbortController().signal;
  const account = { accountId: scriptedAccount };
  return cloud.bind({ account, region: 'eu-west-1', priority: 'user', signal, gate: () => {}, ...change });
}

const update = () => new UpdateServiceCommand({ service: 'web', desiredCount: 3 });

afterEach(async () => {
  cloud.close();
  await aws.close();
});

describe('send', () => {
  test('returns AWS’s answer and reports the call', async () => {
    await start(() => json({ service: { serviceName: 'web' } }));
    expect(await bind().send('ecs', update())).toMatchObject({ service: { serviceName: 'web' } });
    expect(calls).toEqual([
      {
        service: 'ecs',
        operation: 'UpdateService',
        region: 'eu-west-1',
        account: scriptedAccount,
        cause: undefined,
        status: 200,
        outcome: 'ok',
        reason: undefined,
        durationMs: expect.any(Number),
        requestId: 'request-1',
        attempts: 1,
      },
    ]);
  });

  test('an error is classified, reported, and carries the request id', async () => {
    await start(() => awsError('InvalidParameterException', 'bad'));
    await expect(bind().send('ecs', update())).rejects.toMatchObject({
      disposition: 'rejected',
      reason: 'InvalidParameter',
      operation: 'UpdateService',
      requestId: 'request-1',
    });
    expect(calls).toMatchObject([{ outcome: 'rejected', reason: 'InvalidParameter', requestId: 'request-1' }]);
  });

  test('the gate is asked after the wait for budget, and nothing is sent when it refuses', async () => {
    const clock = new VirtualClock();
    await start(() => awsError('ThrottlingException', 'Rate exceeded'), {}, clock);
    await expect(bind().send('ecs', update())).rejects.toMatchObject({ disposition: 'throttled' });
    // The class is held for a second now, and the lead is lost in the meantime.
    const lost = new OperatorError('failed', 'LeadershipLost', 'Another replica leads.');
    let leading = true;
    const waiting = bind({
      gate: () => {
        if (!leading) throw lost;
      },
    }).send('ecs', update());
    const outcome = expect(waiting).rejects.toBe(lost);
    leading = false;
    clock.advance(1_000);
    await outcome;
    expect(aws.requests).toHaveLength(1);
  });

  test('each region has its own clients and its own budget', async () => {
    await start(() => json({}));
    await bind().send('ecs', update());
    await bind({ region: 'us-east-1' }).send('ecs', update());
    expect(aws.requests.map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
  });

  test('no more than the limit are under way at once', async () => {
    await start(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        return json({});
      },
      { http: { concurrency: 3 } },
    );
    await Promise.all(Array.from({ length: 12 }, () => bind().send('ecs', update())));
    expect(aws.mostAtOnce).toBe(3);
  });

  test('an abort while the request is under way is Aborted, and frees its slot', async () => {
    await start(() => ({ kind: 'hang' }), { http: { concurrency: 1 } });
    const controller = new AbortController();
    const sent = bind({ signal: controller.signal }).send('ecs', update());
    await until('the request', () => aws.requests.length === 1);
    controller.abort();
    await expect(sent).rejects.toMatchObject({ reason: 'Aborted', disposition: 'failed' });
    aws.script = () => json({});
    await bind().send('ecs', update());
  });
});

describe('throttling', () => {
  test('a throttle answer holds the class, and then calls go through again', async () => {
    const replies = [awsError('ThrottlingException', 'Rate exceeded')];
    await start(() => replies.shift() ?? json({}), {
      budget: { throttle: { holdMs: 150, floor: 0.5, recoveryMs: 1_000 }, quotaScale: 100 },
    });
    await expect(bind().send('ecs', update())).rejects.toMatchObject({ disposition: 'throttled', reason: 'Throttled' });
    await bind().send('ecs', update());
    const [first, second] = aws.requests;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(140);
  });

  test('giving up while waiting for budget is throttled, not failed', async () => {
    await start(() => json({}));
    const controller = new AbortController();
    for (let i = 0; i < 20; i += 1) await bind().send('ecs', register());
    const waiting = bind({ signal: controller.signal }).send('ecs', register());
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ disposition: 'throttled', reason: 'BudgetExhausted' });
    expect(aws.requests).toHaveLength(20);
  });
});

describe('identify', () => {
  const scripted = { scriptsIdentity: true };

  test('asks STS once', async () => {
    await start(() => identityOf('1'), {}, systemClock, scripted);
    const { signal } = new AbortController();
    const told = { account: '1', arn: 'arn:aws:iam::1:user/u' };
    expect(await Promise.all([cloud.identify(signal), cloud.identify(signal)])).toMatchObject([told, told]);
    expect(await cloud.identify(signal)).toMatchObject(told);
    expect(aws.operations()).toEqual(['GetCallerIdentity']);
  });

  test('does not remember an error', async () => {
    let broken = true;
    await start(() => (broken ? { kind: 'drop' } : identityOf('1')), {}, systemClock, scripted);
    const { signal } = new AbortController();
    await expect(cloud.identify(signal)).rejects.toMatchObject({ reason: 'ConnectionFailed' });
    broken = false;
    expect(await cloud.identify(signal)).toMatchObject({ account: '1' });
  });
});

test('the attempts of a read that was repeated are reported', async () => {
  const replies = [awsError('ServerException', 'oops', 500)];
  await start(() => replies.shift() ?? json({ clusters: [] }));
  await bind().send('ecs', new DescribeClustersCommand({ clusters: ['a'] }));
  expect(calls).toMatchObject([{ operation: 'DescribeClusters', attempts: 2, outcome: 'ok' }]);
});

function register(): RegisterTaskDefinitionCommand {
  return new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions: [] });
}
