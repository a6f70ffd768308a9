import { CreateClusterCommand, DiscoverPollEndpointCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { expectError, startFixture } from './support.ts';

const SIGNED =
  'AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/eu-central-1/ecs/aws4_request, SignedHeaders=host, Signature=x';

async function post(endpoint: string, target: string, body: string, authorization: string | undefined = SIGNED) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': target, ...(authorization === '' ? {} : { authorization }) },
    body,
  });
  return { status: response.status, requestId: response.headers.get('x-amzn-requestid'), body: await response.text() };
}

const ecsTarget = (operation: string): string => `AmazonEC2ContainerServiceV20141113.${operation}`;

describe('the wire', () => {
  it.each([
    ['text that is not JSON', 'CreateCluster', '{', 'SerializationException', /not JSON/],
    ['an unknown member', 'CreateCluster', '{"clusterNam":"a"}', 'SerializationException', /Unknown member clusterNam/],
    [
      'a number for a string',
      'CreateCluster',
      '{"clusterName":1}',
      'SerializationException',
      /NUMBER_VALUE can not be converted to String/,
    ],
    [
      'a string for a number',
      'CreateService',
      '{"serviceName":"a","desiredCount":"2"}',
      'SerializationException',
      /STRING_VALUE can not be converted to Integer/,
    ],
    ['a structure for a list', 'CreateCluster', '{"tags":{}}', 'SerializationException', /where a list was expected/],
    [
      'a list for a structure',
      'CreateService',
      '{"serviceName":"a","networkConfiguration":[]}',
      'SerializationException',
      /where a structure was expected/,
    ],
    ['a missing required member', 'CreateService', '{}', 'InvalidParameterException', 'ServiceName can not be blank.'],
    [
      'a missing family',
      'RegisterTaskDefinition',
      '{"containerDefinitions":[]}',
      'ClientException',
      'Family should not be null or empty.',
    ],
    [
      'an unknown enum value',
      'DescribeClusters',
      '{"include":["WRONG"]}',
      'InvalidParameterException',
      /Value 'WRONG' at 'include'/,
    ],
    ['an unknown operation', 'MakeCoffee', '{}', 'UnknownOperationException', /MakeCoffee/],
  ])('answers 400 to %s', async (_, operation, body, type, message) => {
    const { region } = await startFixture();
    const answer = await post(region.endpoint, ecsTarget(operation), body);
    expect(answer.status).toBe(400);
    expect(answer.requestId).toMatch(/^[0-9a-f-]{36}$/);
    const error: unknown = JSON.parse(answer.body);
    expect(error).toEqual({ __type: type, message: expect.stringMatching(message) });
    expect(region.journal.entries).toMatchObject([{ operation, outcome: type, effective: false }]);
  });

  it('takes null for absent and gives timestamps in seconds', async () => {
    const { region } = await startFixture();
    await post(region.endpoint, ecsTarget('CreateCluster'), '{"clusterName":"a","tags":null}');
    const definition = { family: 'f', containerDefinitions: [{ name: 'a', image: 'b', memory: 64 }] };
    const answer = await post(region.endpoint, ecsTarget('RegisterTaskDefinition'), JSON.stringify(definition));
    const body = JSON.parse(answer.body) as { taskDefinition: { registeredAt: number } };
    expect(body.taskDefinition.registeredAt).toBeGreaterThan(1_700_000_000);
    expect(body.taskDefinition.registeredAt).toBeLessThan(10_000_000_000);
  });

  it('refuses another service and an unsigned request', async () => {
    const { region } = await startFixture();
    const other = await post(region.endpoint, 'DynamoDB_20120810.ListTables', '{}');
    expect(other.body).toContain('UnknownOperationException');
    const unsigned = await post(region.endpoint, ecsTarget('ListClusters'), '{}', '');
    expect(unsigned.body).toContain('MissingAuthenticationTokenException');
  });

  it('says which operations it does not have', async () => {
    const { ecs } = await startFixture();
    await expectError(
      ecs.send(new DiscoverPollEndpointCommand({})),
      'UnsupportedFeatureException',
      /DiscoverPollEndpoint/,
    );
  });

  it('tells who the caller is', async () => {
    const { region } = await startFixture();
    const sts = new STSClient({
      endpoint: region.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: '210987654321', secretAccessKey: 'x' },
    });
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '210987654321' });
    sts.destroy();
  });

  it('works with nothing but the environment', async () => {
    const { region } = await startFixture();
    const saved = { ...process.env };
    Object.assign(process.env, region.env);
    try {
      const ecs = new ECSClient();
      await ecs.send(new CreateClusterCommand({ clusterName: 'a' }));
      expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toHaveLength(1);
      ecs.destroy();
    } finally {
      for (const name of Object.keys(region.env)) {
        if (saved[name] === undefined) delete process.env[name];
        else process.env[name] = saved[name];
      }
    }
  });
});
