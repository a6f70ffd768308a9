import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCloud } from '../../../src/aws/cloud.ts';
import type { AwsReads } from '../../../src/aws/reads.ts';
import { systemClock } from '../../../src/clock.ts';
import {
  type AwsScript,
  awsError,
  json,
  type ScriptedAws,
  scriptedAccount,
  startScriptedAws,
} from '../../support/scripted-aws.ts';
import { names, startBed } from './support.ts';

async function start(script: AwsScript): Promise<{ readonly reads: AwsReads; readonly aws: ScriptedAws }> {
  const aws = await startScriptedAws(script);
  const cloud = createCloud({ config: { region: 'eu-west-1' }, clock: systemClock, log: pino({ level: 'silent' }) });
  onTestFinished(async () => {
    cloud.close();
    await aws.close();
  });
  const signal = new AbortController().signal;
  return {
    aws,
    reads: cloud.bind({
      account: { accountId: scriptedAccount },
      region: 'eu-west-1',
      priority: 'user',
      signal,
      gate: () => {},
    }).reads,
  };
}

/** Answers GetParameters: what begins with `gone` does not exist, and a name with a space is refused. */
const store: AwsScript = ({ input }) => {
  const asked = input.Names as string[];
  if (asked.some((name) => name.includes(' '))) return awsError('ValidationException', 'Parameter name is invalid.');
  return json({
    Parameters: asked
      .filter((name) => !name.startsWith('gone'))
      .map((name) => ({ Name: name, Value: `value of ${name}` })),
    InvalidParameters: asked.filter((name) => name.startsWith('gone')),
  });
};

describe('getParameter', () => {
  test('goes ten a call, and one that does not exist is undefined', async () => {
    const { reads, aws } = await start(store);
    const values = await Promise.all([...names(11), 'gone'].map((name) => reads.getParameter(name)));
    expect(values).toEqual([...names(11).map((name) => `value of ${name}`), undefined]);
    expect(aws.requests.map(({ input }) => (input.Names as string[]).length).toSorted()).toEqual([10, 2]);
  });

  test('a name that AWS refuses fails alone', async () => {
    const { reads } = await start(store);
    const answers = await Promise.allSettled(['web-0', 'bad name'].map((name) => reads.getParameter(name)));
    expect(answers).toMatchObject([
      { status: 'fulfilled', value: 'value of web-0' },
      { status: 'rejected', reason: { disposition: 'rejected', reason: 'InvalidParameter' } },
    ]);
  });

  test('a name of which AWS says nothing is an error', async () => {
    const { reads } = await start(() => json({ Parameters: [] }));
    await expect(reads.getParameter('web')).rejects.toMatchObject({ reason: 'IncompleteAnswer' });
  });

  test('finds a public parameter by name, by ARN and in one version', async () => {
    const bed = await startBed();
    const image = '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id';
    const arn = `arn:aws:ssm:eu-west-1::parameter${image}`;
    const asked = [image, arn, `${image}:1`, `${arn}:1`, '/aws/service/ecs/gone'];
    const { result, calls } = await bed.callsOf(() =>
      Promise.all(asked.map((name) => bed.pass().reads.getParameter(name))),
    );
    const [newest, sameByArn, first, firstByArn, gone] = result;
    expect([newest, first]).toEqual([expect.stringMatching(/^ami-/), expect.stringMatching(/^ami-/)]);
    expect([sameByArn, firstByArn, gone]).toEqual([newest, first, undefined]);
    expect(calls).toHaveLength(1);
  });
});
