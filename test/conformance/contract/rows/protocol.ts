import { expect } from 'vitest';
import type { Aws } from '../aws.ts';
import { createCluster } from '../builders.ts';
import { refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

/** One request as no SDK sends it. The signature is only parsed by either backend. */
function post(aws: Aws, target: string, body: string): Promise<Response> {
  const credential = `AKIAIOSFODNN7EXAMPLE/20260101/${aws.region}/ecs/aws4_request`;
  return fetch(aws.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${target}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
    },
    body,
  });
}

export const protocol: readonly Row[] = [
  row('API.json', 'AWS JSON 1.1: an answer is 200 with its content type', async (aws) => {
    const answer = await post(aws, 'ListClusters', '{}');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(await answer.json()).toHaveProperty('clusterArns');
  }),
  row('API.jsonB', 'an answer has a request id', async (aws) => {
    const answer = await aws.ecs.listClusters({});
    expect(answer.$metadata.requestId).toMatch(/^[0-9a-zA-Z-]{10,}$/);
  }),
  row('API.jsonC', 'an error is 400 with its code in __type', async (aws) => {
    const answer = await post(aws, 'ListServices', JSON.stringify({ cluster: aws.name('nobody') }));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: 'ClusterNotFoundException', message: 'Cluster not found.' });
  }),
  row('API.jsonD', 'times are seconds since 1970, as numbers', async (aws) => {
    const body = { family: aws.name('family'), containerDefinitions: [{ name: 'a', image: 'b', memory: 16 }] };
    const answer = await post(aws, 'RegisterTaskDefinition', JSON.stringify(body));
    const { taskDefinition } = (await answer.json()) as { taskDefinition: { registeredAt: unknown } };
    expect(taskDefinition.registeredAt).toBeTypeOf('number');
  }),
  row('API.jsonE', 'a body that is not JSON is a SerializationException', async (aws) => {
    const answer = await post(aws, 'ListClusters', '{');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: 'SerializationException' });
  }),
  row('API.jsonF', 'an operation that does not exist is an UnknownOperationException', async (aws) => {
    const answer = await post(aws, 'MakeCoffee', '{}');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: 'UnknownOperationException' });
  }),
  row('API.jsonG', 'a value of the wrong type is a SerializationException', async (aws) => {
    const answer = await post(aws, 'DescribeClusters', JSON.stringify({ clusters: 'default' }));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: 'SerializationException' });
  }),
  row('ARN-06', 'an identity has an account of twelve digits', async (aws) => {
    const { Account, Arn } = await aws.sts.getCallerIdentity({});
    expect(Account).toMatch(/^\d{12}$/);
    expect(Arn).toContain(`::${Account}:`);
  }),
  row('INV-04', 'clusters belong to one region', async (aws) => {
    const { clusterName } = await createCluster(aws);
    const there = aws.elsewhere('us-west-2');
    expect((await there.ecs.describeClusters({ clusters: [clusterName] })).clusters).toEqual([]);
    await refused(there.ecs.listServices({ cluster: clusterName }), 'ClusterNotFoundException');
  }),
  row('API.nextToken', 'a token that AWS never gave is refused', async (aws) => {
    await refused(aws.ecs.listClusters({ nextToken: 'invented' }), 'InvalidParameterException');
  }),
];
