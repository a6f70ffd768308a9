import { describe, expect, test } from 'vitest';
import { absent } from '../../../../src/engine/kind.ts';
import type { AWSAccount, AWSAccountSpec, AWSAccountStatus } from '../../../../src/kinds/aws-account/api.ts';
import { awsAccount as kind } from '../../../../src/kinds/aws-account/kind.ts';
import { awsAccountNames } from '../../../../src/kinds/aws-account/names.ts';
import type { ObjectMeta } from '../../../../src/kube/types.ts';
import { condition, deleted, desired, object } from '../../../support/builders.ts';
import { unusedReads } from '../../../support/reads.ts';

const accountId = '111122223333';
const roleArn = `arn:aws:iam::${accountId}:role/ecs`;

interface Change {
  readonly spec?: Partial<AWSAccountSpec>;
  readonly status?: AWSAccountStatus;
  readonly metadata?: Partial<ObjectMeta>;
}

function account({ spec, status, metadata }: Change = {}): AWSAccount {
  const all = { namespace: '', ...metadata };
  return object(awsAccountNames, 'prod', { accountId, roleArn, ...spec }, { status, metadata: all });
}

const caller = { account: accountId, arn: `arn:aws:sts::${accountId}:assumed-role/ecs/ecs-operator` };
const context = (reads = unusedReads) => ({ reads, signal: new AbortController().signal, afterChange: false });

test('is reached as its spec says', () => {
  const of = account({ spec: { externalId: 'shop', region: 'eu-west-1', allowedNamespaces: ['*'] } });
  expect(kind.account?.(of)).toEqual({ accountId, roleArn, externalId: 'shop', region: 'eu-west-1' });
});

describe('observing', () => {
  test('is signing in', async () => {
    const reads = { ...unusedReads, callerIdentity: async () => caller };
    const seen = await kind.observe(context(reads), desired(account()));
    expect(seen).toEqual(caller);
    if (seen === absent) throw new Error('not seen');
    expect(kind.plan(desired(account()), seen)).toEqual([]);
    expect(kind.conclude(desired(account()), seen)).toEqual({
      status: { callerArn: caller.arn },
      progress: { kind: 'live' },
    });
  });

  test('is not done while it is being deleted, for then its role may be gone; there is nothing to remove', async () => {
    const going = desired(account({ metadata: deleted }));
    expect(await kind.observe(context(), going)).toBe(absent);
    expect(kind.retire(going, caller)).toEqual([]);
  });
});

describe('those that are in it are woken', () => {
  const seen = (change: Change) => {
    const identity = kind.identity(account(change));
    return JSON.stringify([identity?.arn, identity?.name, identity?.details]);
  };
  const ready = (status: 'True' | 'False', more = {}): Change => ({
    status: { conditions: [condition('Ready', status, 'X', more)] },
  });

  test.each<[string, Change, Change]>([
    ['its role', {}, { spec: { roleArn: `${roleArn}2` } }],
    ['its external id', {}, { spec: { externalId: 'shop' } }],
    ['its region', {}, { spec: { region: 'eu-west-1' } }],
    ['who the operator is there', {}, { status: { callerArn: caller.arn } }],
    ['whether it is Ready', ready('False'), ready('True')],
  ])('by a change of %s', (_, before, after) => {
    expect(seen(before)).not.toBe(seen(after));
  });

  test('and not by another text of a failure', () => {
    expect(seen(ready('False'))).toBe(seen(ready('False', { reason: 'Y', message: 'again' })));
  });
});
