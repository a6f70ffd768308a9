import { CreateClusterCommand, DeleteClusterCommand, ListClustersCommand } from '@aws-sdk/client-ecs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from 'vitest';
import { client, connection } from '../../../sandbox/region/index.ts';
import { type Fixture, startFixture } from './support.ts';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
  const { ecs, region } = fixture;
  await ecs.send(new CreateClusterCommand({ clusterName: 'a' }));
  await ecs.send(new ListClustersCommand({}));
  await ecs.send(new DeleteClusterCommand({ cluster: 'missing' })).catch(() => {});
  region.advance(60_000);
  await client(region, { account: '210987654321' }).send(new ListClustersCommand({}));
  await new STSClient(connection(region)).send(new GetCallerIdentityCommand({}));
});

const query = async (parameters: string): Promise<readonly number[]> => {
  const response = await fetch(`${fixture.region.endpoint}/_region/journal?${parameters}`);
  const entries: readonly { readonly seq: number }[] = JSON.parse(await response.text());
  return entries.map(({ seq }) => seq);
};

describe('the journal over the control endpoint', () => {
  it.each([
    ['', [1, 2, 3, 4, 5]],
    ['operation=ListClusters', [2, 4]],
    ['service=sts', [5]],
    ['account=210987654321', [4]],
    ['outcome=ClusterNotFoundException', [3]],
    ['outcome=ok&operation=ListClusters&since=2', [4]],
    ['since=3', [4, 5]],
    ['limit=2', [4, 5]],
    ['service=ecs&limit=1', [4]],
    ['limit=0', []],
    ['region=eu-central-1&service=sts', [5]],
    ['region=eu-west-1', []],
  ])('is asked for %j', async (parameters, expected) => {
    expect(await query(parameters)).toEqual(expected);
  });

  it.each(['operaton=ListClusters', 'since=yesterday', 'limit=-1', 'limit='])('refuses %j', async (parameters) => {
    const response = await fetch(`${fixture.region.endpoint}/_region/journal?${parameters}`);
    expect(response.status).toBe(400);
  });
});

it('tells the real and the simulated time', () => {
  const [first, , , fourth] = fixture.region.journal.entries;
  expect((fourth?.simulatedAt ?? 0) - (first?.simulatedAt ?? 0)).toBe(60_000);
  expect((fourth?.startedAt ?? 0) - (first?.startedAt ?? 0)).toBeLessThan(60_000);
});

it('keeps the external id with which a role was assumed', async () => {
  const { region } = fixture;
  const { Credentials } = await new STSClient(connection(region)).send(
    new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::210987654321:role/x', RoleSessionName: 'op', ExternalId: 'shop' }),
  );
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  await new STSClient({ ...connection(region), credentials }).send(new GetCallerIdentityCommand({}));
  expect(region.journal.entries.at(-1)).toMatchObject({
    externalId: 'shop',
    identity: 'arn:aws:sts::210987654321:assumed-role/x/op',
    account: '210987654321',
  });
});
