import {
  ApplicationAutoScalingClient,
  GetPredictiveScalingForecastCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { AutoScalingClient, CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { connection, type Region } from '../../../sandbox/region/index.ts';
import { expectError, startFixture } from './support.ts';

const scope = (service: string, accessKey = 'AKIAEXAMPLE'): string =>
  `AWS4-HMAC-SHA256 Credential=${accessKey}/20260101/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=x`;

async function postForm(
  region: Region,
  form: Readonly<Record<string, string>>,
  authorization?: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const response = await fetch(region.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: new URLSearchParams(form).toString(),
  });
  return { status: response.status, body: await response.text() };
}

const AUTO_SCALING = { Version: '2011-01-01' };
const EC2 = { Version: '2016-11-15' };

describe('Query services', () => {
  it.each([
    [
      'Auto Scaling an unknown action',
      { ...AUTO_SCALING, Action: 'MakeCoffee' },
      'autoscaling',
      400,
      'InvalidAction',
      'Could not find operation MakeCoffee for version 2011-01-01',
    ],
    [
      'Auto Scaling a missing member',
      { ...AUTO_SCALING, Action: 'DeleteAutoScalingGroup' },
      'autoscaling',
      400,
      'ValidationError',
      "1 validation error detected: Value null at 'autoScalingGroupName' failed to satisfy constraint: Member must not be null",
    ],
    [
      'Auto Scaling a word for a number',
      { ...AUTO_SCALING, Action: 'DescribeAutoScalingGroups', MaxRecords: 'many' },
      'autoscaling',
      400,
      'MalformedInput',
      "MaxRecords must be a number, not 'many'.",
    ],
    [
      'Auto Scaling a parameter that nobody knows',
      { ...AUTO_SCALING, Action: 'DescribeAutoScalingGroups', 'Filters.member.1.Nam': 'x' },
      'autoscaling',
      400,
      'ValidationError',
      'Unknown parameter Filters.member.1.Nam.',
    ],
  ])('answer %s with a Query error', async (_, form, service, status, code, message) => {
    const { region } = await startFixture();
    const answer = await postForm(region, form, scope(service));
    expect(answer.status).toBe(status);
    expect(answer.body).toMatch(/^<ErrorResponse xmlns="[^"]+"><Error><Type>Sender<\/Type>/);
    expect(answer.body).toContain(`<Code>${code}</Code><Message>${message}</Message>`);
    expect(answer.body).toMatch(/<RequestId>[0-9a-f-]{36}<\/RequestId><\/ErrorResponse>$/);
    expect(region.journal.entries).toMatchObject([{ service, outcome: code, effective: false }]);
  });

  it.each([
    ['an unknown action', { ...EC2, Action: 'MakeCoffee' }, 'InvalidAction'],
    ['a missing parameter', { ...EC2, Action: 'CreateLaunchTemplate' }, 'MissingParameter'],
    ['a word for a number', { ...EC2, Action: 'DescribeInstances', MaxResults: 'many' }, 'InvalidParameterValue'],
    ['an unknown parameter', { ...EC2, Action: 'DescribeInstances', Coffee: 'black' }, 'UnknownParameter'],
  ])('answer %s with an error of EC2', async (_, form, code) => {
    const { region } = await startFixture();
    const answer = await postForm(region, form, scope('ec2'));
    expect(answer.status).toBe(400);
    expect(answer.body).toMatch(
      new RegExp(`^<Response><Errors><Error><Code>${code}</Code><Message>.+</Message></Error></Errors><RequestID>`),
    );
  });

  it('ignore what they do not know unless the region is strict', async () => {
    const { region } = await startFixture({ speed: 0, strict: false });
    const form = { Version: '2011-06-15', Action: 'GetCallerIdentity', Coffee: 'black' };
    expect((await postForm(region, form, scope('sts'))).status).toBe(200);
  });
});

describe('an unsigned request', () => {
  it.each([
    [{ ...AUTO_SCALING, Action: 'DescribeAutoScalingGroups' }, 403, '<Code>MissingAuthenticationToken</Code>'],
    [
      { ...EC2, Action: 'DescribeInstances' },
      400,
      '<Code>MissingParameter</Code><Message>The request must contain the parameter AWSAccessKeyId</Message>',
    ],
  ])('is refused in the protocol of the version it names: %j', async (form, status, text) => {
    const { region } = await startFixture();
    const answer = await postForm(region, form);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(text);
  });
});

describe('an operation that the region does not have', () => {
  it('is refused in the protocol of its service', async () => {
    const { region } = await startFixture();
    const ec2 = new EC2Client(connection(region));
    await expectError(ec2.send(new CreateVpcCommand({})), 'UnsupportedFeatureException', /CreateVpc of ec2/);
    const scaling = new ApplicationAutoScalingClient(connection(region));
    const forecast = new GetPredictiveScalingForecastCommand({
      ServiceNamespace: 'ecs',
      ResourceId: 'service/main/web',
      ScalableDimension: 'ecs:service:DesiredCount',
      PolicyName: 'p',
      StartTime: new Date(0),
      EndTime: new Date(1),
    });
    await expectError(scaling.send(forecast), 'UnsupportedFeatureException', /Forecast of application-autoscaling/);
    ec2.destroy();
    scaling.destroy();
  });
});

describe('a service that is not modelled', () => {
  const sentence = (operation: string): string =>
    `The simulated region does not model the service ${operation}; AWS_FALLBACK_ENDPOINT may name an endpoint that does.`;

  it('is refused with its name and the variable that would help', async () => {
    const { region } = await startFixture();
    const answer = await fetch(region.endpoint, {
      method: 'POST',
      headers: { authorization: scope('secretsmanager'), 'x-amz-target': 'secretsmanager.GetSecretValue' },
      body: '{}',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      __type: 'UnknownOperationException',
      message: sentence('secretsmanager (GetSecretValue)'),
    });
  });

  it('is refused in XML if it takes forms, so that its client can read it', async () => {
    const { region } = await startFixture();
    const answer = await postForm(region, { Action: 'ListUsers', Version: '2010-05-08' }, scope('iam'));
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(
      `<Code>UnknownOperationException</Code><Message>${sentence('iam (ListUsers)')}</Message>`,
    );
  });
});

it('keeps the input of a form in the journal as the SDK took it', async () => {
  const { region } = await startFixture();
  const scaling = new AutoScalingClient(connection(region));
  const input = { AutoScalingGroupName: 'g', MinSize: 1, MaxSize: 3, Tags: [{ Key: 'a', Value: '<b>' }] };
  await scaling.send(new CreateAutoScalingGroupCommand(input)).catch(() => {});
  expect(region.journal.entries[0]?.input).toEqual(input);
  scaling.destroy();
});
