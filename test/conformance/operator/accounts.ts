import { DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { expect } from 'vitest';
import type { AWSAccountSpec } from '../../../src/kinds/aws-account/api.ts';
import { connection } from '../../sandbox/region/index.ts';
import { cluster } from '../../support/manifests.ts';
import type { Manifest } from '../../support/namespace-bed.ts';
import { clusterIn, type Scenario, type Stage, withSpec } from './stage.ts';

const theirs = '210987654321';
const roleArn = (name: string): string => `arn:aws:iam::${theirs}:role/${name}`;

export const accounts: readonly Scenario[] = [
  {
    name: 'an account is signed in to by its role, and what refers to it is made there',
    shows: ['AWSAccount create'],
    async play(stage) {
      await stage.bed.apply(account(stage, 'acct-create', { roleArn: roleArn('create'), externalId: 'shop' }));
      const { status } = await stage.bed.ready('AWSAccount', 'acct-create');
      expect(status).toMatchObject({
        accountId: theirs,
        callerArn: expect.stringMatching(new RegExp(`^arn:aws:sts::${theirs}:assumed-role/create/ecs-operator`)),
      });
      await stage.bed.apply(inAccount('acct-create', 'c-there'));
      const object = await stage.bed.ready('ECSCluster', 'c-there');
      const arn = `arn:aws:ecs:us-east-1:${theirs}:cluster/c-there`;
      expect(object.status).toMatchObject({ accountId: theirs, clusterArn: arn });
      expect(await clusterThere(stage, 'c-there')).toBe(arn);
      expect(await clusterIn(stage, 'c-there')).toBeUndefined();
    },
  },
  {
    name: "an account's role is replaced, and what is in it is changed by the new one",
    shows: ['AWSAccount update'],
    async play(stage) {
      await stage.bed.apply(account(stage, 'acct-update', { roleArn: roleArn('first') }));
      await stage.bed.apply(inAccount('acct-update', 'c-kept'));
      await stage.bed.ready('ECSCluster', 'c-kept');
      await stage.bed.apply(account(stage, 'acct-update', { roleArn: roleArn('second') }));
      const { status } = await stage.bed.ready('AWSAccount', 'acct-update');
      expect(status?.callerArn).toContain(':assumed-role/second/');
      const mark = stage.mark();
      const settings = [{ name: 'containerInsights', value: 'enabled' }];
      await stage.bed.apply(withSpec(inAccount('acct-update', 'c-kept'), { settings }));
      await stage.bed.ready('ECSCluster', 'c-kept');
      expect(stage.mutations(mark)).toEqual(['UpdateCluster']);
    },
  },
  {
    name: 'an account goes when nothing is in it any more, and takes nothing of AWS with it',
    shows: ['AWSAccount delete'],
    async play(stage) {
      const { bed } = stage;
      await bed.apply(account(stage, 'acct-delete', { roleArn: roleArn('delete') }));
      await bed.apply(inAccount('acct-delete', 'c-last'));
      await bed.ready('ECSCluster', 'c-last');
      await bed.delete('AWSAccount', 'acct-delete');
      const held = await bed.notReady('AWSAccount', 'acct-delete', 'InUse');
      expect(held.status?.conditions?.[0]?.message).toContain(`ECSCluster ${bed.namespace}/c-last`);
      const mark = stage.mark();
      await bed.delete('ECSCluster', 'c-last');
      await bed.gone('AWSAccount', 'acct-delete');
      expect(stage.mutations(mark)).toEqual(['DeleteCluster']);
      expect(await clusterThere(stage, 'c-last')).toBeUndefined();
    },
  },
];

function account({ bed }: Stage, name: string, spec: Omit<AWSAccountSpec, 'accountId'>): Manifest {
  const allowedNamespaces = [bed.namespace];
  return { kind: 'AWSAccount', metadata: { name }, spec: { accountId: theirs, allowedNamespaces, ...spec } };
}

function inAccount(name: string, clusterName: string): Manifest {
  return withSpec(cluster(clusterName), { accountRef: { name } });
}

/** The ARN of the live cluster in the other account. */
async function clusterThere(stage: Stage, name: string): Promise<string | undefined> {
  const config = connection(stage, { region: 'us-east-1' });
  const sts = new STSClient(config);
  const role = new AssumeRoleCommand({ RoleArn: roleArn('reader'), RoleSessionName: 'test' });
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = (await sts.send(role)).Credentials ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  const ecs = new ECSClient({ ...config, credentials });
  const { clusters = [] } = await ecs.send(new DescribeClustersCommand({ clusters: [name] }));
  sts.destroy();
  ecs.destroy();
  return clusters.find(({ status }) => status !== 'INACTIVE')?.clusterArn;
}
