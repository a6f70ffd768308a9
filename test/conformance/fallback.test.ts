import { ListClustersCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Region, startRegion } from '../sandbox/region/index.ts';
import { type AwsCli, awsCli } from './tools/aws-cli.ts';
import { CliSession } from './tools/cli-session.ts';
import { type Moto, motoClient, startMoto } from './tools/moto.ts';
import { describeWithPython, pythonTools } from './tools/python.ts';

describeWithPython('a simulated region with moto behind it', () => {
  let moto: Moto;
  let region: Region;
  let session: CliSession;
  let aws: AwsCli;
  beforeAll(async () => {
    moto = await startMoto(pythonTools());
    region = await startRegion({ timings: 'instant', fallback: moto.endpoint });
    session = new CliSession(pythonTools(), { ...region.env, AWS_DEFAULT_REGION: 'us-east-1' });
    aws = awsCli((words) => session.run(words));
  });
  afterAll(async () => {
    session.stop();
    await region.stop();
    await moto.stop();
  });

  it.each([
    ['Query', 'sns create-topic --name web --query TopicArn', /^arn:aws:sns:us-east-1:\d{12}:web$/],
    ['JSON', 'secretsmanager create-secret --name web --secret-string s --query Name', /^web$/],
    ['REST', 'apigatewayv2 create-api --name web --protocol-type HTTP --query Name', /^web$/],
  ])('passes on what it does not model, in the protocol %s', async (_protocol, command, printed) => {
    expect(await aws.text(command)).toMatch(printed);
  });

  it('answers by itself what it models', async () => {
    await aws.json('ecs create-cluster --cluster-name ours');
    expect(region.inventory().clusters).toHaveLength(1);
    expect(await aws.texts('ecs list-clusters --query clusterArns')).toHaveLength(1);
    expect((await motoClient(moto).send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  });
});
