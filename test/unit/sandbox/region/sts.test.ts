import { CreateClusterCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { connection, type Region } from '../../../sandbox/region/index.ts';
import { expectError, startFixture } from './support.ts';

const ROLE = 'arn:aws:iam::210987654321:role/teams/deploy';

async function assume(region: Region, sts: STSClient, overrides: Partial<AssumeRoleCommandInput> = {}) {
  const input = { RoleArn: ROLE, RoleSessionName: 'operator', ExternalId: 'shop', ...overrides };
  const { Credentials, AssumedRoleUser } = await sts.send(new AssumeRoleCommand(input));
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  return { config: { ...connection(region), credentials }, Credentials, AssumedRoleUser };
}

describe('AssumeRole', () => {
  it('makes the account of the role that of the caller', async () => {
    const { region, ecs } = await startFixture();
    const { config, AssumedRoleUser } = await assume(region, new STSClient(connection(region)));
    const other = new ECSClient(config);
    const { cluster } = await other.send(new CreateClusterCommand({ clusterName: 'theirs' }));
    expect(cluster?.clusterArn).toBe('arn:aws:ecs:eu-central-1:210987654321:cluster/theirs');
    expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
    const arn = 'arn:aws:sts::210987654321:assumed-role/deploy/operator';
    expect(AssumedRoleUser?.Arn).toBe(arn);
    const identity = await new STSClient(config).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: '210987654321', Arn: arn, UserId: AssumedRoleUser?.AssumedRoleId });
    expect(region.journal.entries[0]).toMatchObject({
      service: 'sts',
      identity: 'arn:aws:iam::123456789012:user/simulated',
      input: { RoleArn: ROLE, ExternalId: 'shop' },
    });
    expect(region.journal.entries[1]).toMatchObject({ operation: 'CreateCluster', identity: arn });
  });

  it('gives credentials that expire in simulated time, in the words of each protocol', async () => {
    const { region } = await startFixture();
    const { config, Credentials } = await assume(region, new STSClient(connection(region)), { DurationSeconds: 900 });
    const other = new ECSClient(config);
    region.advance(899_000);
    await other.send(new ListClustersCommand({}));
    region.advance(1_000);
    await expectError(other.send(new ListClustersCommand({})), 'ExpiredTokenException', /is expired/);
    await expectError(new STSClient(config).send(new GetCallerIdentityCommand({})), 'ExpiredToken', /is expired/);
    expect(Credentials?.Expiration?.getTime()).toBeLessThan(Date.now() + 901_000);
  });

  it('is refused to those whom the role does not trust, and to those without its external id', async () => {
    const { region } = await startFixture();
    const sts = new STSClient(connection(region));
    region.setTrust(ROLE, { externalId: 'shop' });
    await assume(region, sts);
    const refusal = /not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::210987654321:role/;
    await expectError(assume(region, sts, { ExternalId: 'else' }), 'AccessDenied', refusal);
    await expectError(assume(region, sts, { ExternalId: undefined }), 'AccessDenied', refusal);
    region.setTrust(ROLE, 'nobody');
    await expectError(assume(region, sts), 'AccessDenied', refusal);
    region.setTrust(ROLE, 'everybody');
    await assume(region, sts, { ExternalId: undefined });
  });

  it('gives credentials that hold only whole', async () => {
    const { region } = await startFixture();
    const { config } = await assume(region, new STSClient(connection(region)));
    const { sessionToken: _, ...withoutToken } = config.credentials;
    const invalid = [
      withoutToken,
      { ...config.credentials, sessionToken: 'x' },
      { ...withoutToken, accessKeyId: 'ASIAX' },
    ];
    for (const credentials of invalid) {
      const ecs = new ECSClient({ ...config, credentials });
      await expectError(ecs.send(new ListClustersCommand({})), 'UnrecognizedClientException', /token .* is invalid/);
    }
  });

  it('allows a role that was assumed by a role no more than an hour', async () => {
    const { region } = await startFixture();
    const { config } = await assume(region, new STSClient(connection(region)), { DurationSeconds: 43_200 });
    const chained = new STSClient(config);
    await expectError(assume(region, chained, { DurationSeconds: 3_601 }), 'ValidationError', /role chaining/);
    const { AssumedRoleUser } = await assume(region, chained, { RoleArn: 'arn:aws:iam::111111111111:role/x' });
    expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::111111111111:assumed-role/x/operator');
  });

  it.each([
    ['no ARN of a role', { RoleArn: 'deploy' }, /deploy is invalid/],
    ['a session name with a blank', { RoleSessionName: 'a b' }, /'roleSessionName' failed/],
    ['too short a time', { DurationSeconds: 899 }, /'durationSeconds' failed .* greater than or equal to 900/],
    ['too long a time', { DurationSeconds: 43_201 }, /less than or equal to 43200/],
  ])('refuses %s', async (_, overrides, message) => {
    const { region } = await startFixture();
    await expectError(assume(region, new STSClient(connection(region)), overrides), 'ValidationError', message);
  });
});
