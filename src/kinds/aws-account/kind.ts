import type { CallerIdentity } from '../../aws/identity.ts';
import { absent } from '../../engine/kind.ts';
import type { AwsKind } from '../kind.ts';
import type { AWSAccountSpec, AWSAccountStatus } from './api.ts';
import { awsAccountNames } from './names.ts';

/**
 * There is nothing of it in AWS: to observe it is to sign in. So there is nothing to plan and nothing to remove, and its deletion waits
 * only for those that are in it.
 */
export const awsAccount: AwsKind<AWSAccountSpec, AWSAccountStatus, CallerIdentity> = {
  names: awsAccountNames,

  references: () => [],

  account: ({ spec: { accountId, roleArn, externalId, region } }) => ({ accountId, roleArn, externalId, region }),

  /** Never resolved by a reference: its change wakes those that are in it. */
  identity(object) {
    const { name } = object.metadata;
    const { accountId, roleArn = '', externalId = '', region = '' } = object.spec;
    const ready = object.status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? '';
    const details = { accountId, roleArn, externalId, region, ready };
    return { arn: object.status?.callerArn ?? '', name, region, details };
  },

  async observe({ reads }, { deleting }) {
    return deleting ? absent : await reads.callerIdentity();
  },

  plan: () => [],

  retire: () => [],

  conclude: (_, { arn }) => ({ status: { callerArn: arn }, progress: { kind: 'live' } }),

  fields: () => [],

  batchGroup: ({ accountId }) => accountId,
};
