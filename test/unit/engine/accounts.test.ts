import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Accounts, chooseAccount, refersElsewhere, whyElsewhere } from '../../../src/engine/accounts.ts';
import type { CommonSpec, CommonStatus } from '../../../src/engine/kind.ts';
import type { Directory } from '../../../src/engine/references.ts';
import { OperatorError } from '../../../src/errors.ts';
import type { AWSAccount, AWSAccountSpec, AWSAccountStatus } from '../../../src/kinds/aws-account/api.ts';
import { awsAccount } from '../../../src/kinds/aws-account/kind.ts';
import { awsAccountNames } from '../../../src/kinds/aws-account/names.ts';
import type { KubeObject, ObjectKey, ObjectMeta } from '../../../src/kube/types.ts';
import { condition, deleted, ecsCluster, object } from '../../support/builders.ts';
import { Harness } from './harness.ts';

const BLUE = '111111111111';
const GREEN = '222222222222';

const ready: AWSAccountStatus = { observedGeneration: 1, conditions: [condition('Ready', 'True', 'Live')] };

function account(
  name: string,
  spec: Partial<AWSAccountSpec> = {},
  { status = ready, metadata = {} }: { status?: AWSAccountStatus; metadata?: Partial<ObjectMeta> } = {},
): AWSAccount {
  const full = { accountId: BLUE, roleArn: `arn:aws:iam::${BLUE}:role/ecs`, allowedNamespaces: ['team'], ...spec };
  return object(awsAccountNames, name, full, { status, metadata: { namespace: '', ...metadata } });
}

function accountsOf(all: readonly AWSAccount[], annotations: Readonly<Record<string, string>> = {}): Accounts {
  return {
    hasSeen: (namespace) => namespace !== 'unseen',
    ofNamespace: (namespace) => annotations[namespace],
    get: (name) => all.find(({ metadata }) => metadata.name === name),
    access: (one) => {
      const found = all.find(({ metadata }) => metadata.name === one.metadata.name);
      if (found === undefined) throw new Error('not an account');
      return awsAccount.account?.(found) ?? { accountId: '' };
    },
  };
}

function managed(
  spec: CommonSpec = {},
  status?: CommonStatus,
  metadata?: Partial<ObjectMeta>,
): KubeObject<CommonSpec, CommonStatus> {
  return ecsCluster('web', spec, { status, metadata });
}

const blue = account('blue');
const green = account('green', { accountId: GREEN, roleArn: undefined, region: 'eu-west-1' });
const annotated = { team: 'blue' };

describe('the account of an object', () => {
  test('is the one that it names, else that of its namespace, else the operator’s own', () => {
    const accounts = accountsOf([blue, green], annotated);
    expect(chooseAccount(managed({ accountRef: { name: 'green' } }), accounts)).toEqual({
      kind: 'account',
      access: { accountId: GREEN, roleArn: undefined, externalId: undefined, region: 'eu-west-1' },
    });
    expect(chooseAccount(managed(), accounts)).toMatchObject({ kind: 'account', access: { accountId: BLUE } });
    expect(chooseAccount(managed({}, undefined, { namespace: 'other' }), accounts)).toEqual({ kind: 'own' });
  });

  const stalled: AWSAccountStatus = {
    conditions: [
      condition('Ready', 'False', 'AccountMismatch', { message: 'Another one.' }),
      condition('Stalled', 'True', 'AccountMismatch'),
    ],
  };
  const failing: AWSAccountStatus = { conditions: [condition('Ready', 'False', 'AccessDenied', { message: 'No.' })] };
  const placed: CommonStatus = { accountId: BLUE };
  const here: Partial<ObjectMeta> = {};

  test.each([
    ['does not exist', [], undefined, here, 'AccountNotFound'],
    ['allows no namespace', [account('blue', { allowedNamespaces: undefined })], undefined, here, 'AccountNotFound'],
    ['allows other namespaces', [account('blue', { allowedNamespaces: ['x'] })], undefined, here, 'AccountNotFound'],
    ['no longer allows this one', [account('blue', { allowedNamespaces: ['x'] })], placed, here, 'AccountNotFound'],
    ['allows all', [account('blue', { allowedNamespaces: ['*'] })], undefined, here, 'account'],
    ['was never looked at', [account('blue', {}, { status: {} })], undefined, here, 'AccountNotReady'],
    ['cannot be signed in to', [account('blue', {}, { status: failing })], undefined, here, 'AccountNotReady'],
    ['cannot be signed in to for a moment', [account('blue', {}, { status: failing })], placed, here, 'account'],
    ['is another one', [account('blue', {}, { status: stalled })], placed, here, 'AccountNotReady'],
    [
      'was another one',
      [account('blue', {}, { status: stalled, metadata: { generation: 2 } })],
      placed,
      here,
      'account',
    ],
    ['is going', [account('blue', {}, { metadata: deleted })], undefined, here, 'AccountDeleting'],
    ['is going and has the object', [account('blue', {}, { metadata: deleted })], placed, here, 'account'],
    ['is going with the object', [account('blue', {}, { metadata: deleted })], undefined, deleted, 'account'],
  ])('that %s', (_, all, status, metadata, expected) => {
    const chosen = chooseAccount(managed({}, status, metadata), accountsOf(all, annotated));
    expect(chosen.kind === 'blocked' ? chosen.reason : chosen.kind).toBe(expected);
  });

  test('says which field named it and why it cannot be used', () => {
    const accounts = accountsOf([account('blue', {}, { status: failing })], annotated);
    expect(chooseAccount(managed(), accounts)).toMatchObject({
      message:
        'annotation ecs-operator.dev/aws-account of namespace team: AWSAccount blue is not ready (AccessDenied: No.).',
    });
    expect(chooseAccount(managed({ accountRef: { name: 'x' } }), accounts)).toMatchObject({
      message:
        'spec.accountRef: AWSAccount x does not exist or does not list namespace team in spec.allowedNamespaces.',
    });
  });

  test('is not known before its Namespace has been seen, unless the object names it', () => {
    const accounts = accountsOf([account('blue', { allowedNamespaces: ['*'] })], annotated);
    const unseen: Partial<ObjectMeta> = { namespace: 'unseen' };
    expect(chooseAccount(managed({}, undefined, unseen), accounts)).toEqual({
      kind: 'blocked',
      reason: 'NamespaceNotSeen',
      message: 'Waiting until the operator sees Namespace unseen, whose annotation may name the account.',
    });
    expect(chooseAccount(managed({ accountRef: { name: 'blue' } }, undefined, unseen), accounts)).toMatchObject({
      kind: 'account',
      access: { accountId: BLUE },
    });
    expect(chooseAccount(managed({}, undefined, unseen), undefined)).toEqual({ kind: 'own' });
  });

  test('where AWSAccount objects are not read, a reference to one is refused and not ignored', () => {
    const chosen = chooseAccount(managed({ accountRef: { name: 'blue' } }), undefined);
    expect(chosen).toMatchObject({ kind: 'blocked', reason: 'AccountsNotRead' });
    expect(chooseAccount(managed(), undefined)).toEqual({ kind: 'own' });
  });

  test('never falls back to the operator’s own, and never is one that its namespace may not use', () => {
    const name = fc.constantFrom('', 'a', 'b', 'c');
    const allowed = fc.option(fc.subarray(['team', 'other', '*']), { nil: undefined });
    const anAccount = fc.record({ name: fc.constantFrom('a', 'b'), allowedNamespaces: allowed });
    fc.assert(
      fc.property(fc.option(name), fc.option(name), fc.array(anAccount), (referred, annotation, all) => {
        const objects = all.map(({ name, allowedNamespaces }) => account(name, { allowedNamespaces }));
        const accounts = accountsOf(objects, annotation === null ? {} : { team: annotation });
        const chosen = chooseAccount(managed(referred === null ? {} : { accountRef: { name: referred } }), accounts);
        expect(chosen.kind === 'own').toBe(referred === null && annotation === null);
        if (chosen.kind !== 'account') return;
        const named = accounts.get(referred ?? annotation ?? '');
        expect(named?.spec.allowedNamespaces?.some((one) => one === 'team' || one === '*')).toBe(true);
      }),
    );
  });
});

describe('an object that is somewhere', () => {
  const at: CommonStatus = { accountId: BLUE, region: 'us-east-1' };

  test.each([
    ['in the same place', at, { accountId: BLUE, region: 'us-east-1' }, undefined],
    ['nowhere so far', undefined, { accountId: GREEN, region: 'eu-west-1' }, undefined],
    ['in another account', at, { accountId: GREEN, region: 'us-east-1' }, 'AccountChanged'],
    ['in another region', at, { accountId: BLUE, region: 'eu-west-1' }, 'RegionChanged'],
    ['in another account and region', at, { accountId: GREEN, region: 'eu-west-1' }, 'AccountChanged'],
  ])('is looked for %s', (_, status, now, reason) => {
    expect(whyElsewhere(managed({}, status), now)?.reason).toBe(reason);
  });

  test('is told how to go on', () => {
    const moved = whyElsewhere(managed({}, at), { accountId: GREEN, region: 'us-east-1' });
    expect(moved?.message).toContain("Put back what has changed (the namespace's annotation, or the operator's own");
    const referring = whyElsewhere(managed({ accountRef: { name: 'x' } }, at), { accountId: GREEN, region: '' });
    expect(referring?.message).toContain('Put back what has changed (spec.accountRef,');
    const elsewhere = whyElsewhere(managed({}, at), { accountId: BLUE, region: 'eu-west-1' });
    expect(elsewhere?.message).toContain('Set spec.region: us-east-1;');
  });
});

describe('a reference', () => {
  const reference = { field: 'spec.clusterRef', kind: 'ECSCluster', to: { name: 'prod' } };
  const identity = { arn: 'arn', name: 'prod', region: 'us-east-1' };
  const found = (status: CommonStatus | undefined, isResolved = true) => {
    const directory: Directory = {
      get: () => ecsCluster('prod', {}, { status }),
      identity: () => undefined,
      referrers: () => [],
    };
    const identities = new Map(isResolved ? [['spec.clusterRef', identity]] : []);
    const resolved = { kind: 'resolved', identities, unresolved: new Map() } as const;
    return refersElsewhere(managed(), [reference], { directory, resolved }, BLUE);
  };

  test('leads into no other account', () => {
    expect(found({ accountId: BLUE })).toBeUndefined();
    expect(found(undefined)).toBeUndefined();
    expect(found({ accountId: GREEN })).toMatchObject({
      kind: 'terminal',
      reason: 'ReferenceInOtherAccount',
      message: expect.stringContaining(`spec.clusterRef: ECSCluster team/prod is in AWS account ${GREEN}`),
    });
  });

  test('that does not resolve tells nothing of what is at its end', () => {
    expect(found({ accountId: GREEN }, false)).toBeUndefined();
  });
});

describe('a pass', () => {
  let world: Harness;
  beforeEach(() => {
    world = new Harness();
  });

  async function settled(spec: CommonSpec = {}): Promise<ObjectKey> {
    const key = world.put('a', { size: 1, ...spec });
    await world.run(key);
    return key;
  }

  test('notes in which account and region the object is', async () => {
    const key = await settled();
    expect(world.get(key)?.status).toMatchObject({ accountId: '123456789012', region: 'us-east-1' });
  });

  test('notes it also when the answer to the first call was lost, and not when AWS refused it', async () => {
    world.cloud.loseNextAnswer = true;
    const lost = world.put('lost', { size: 1 });
    await world.run(lost);
    expect(world.get(lost)?.status).toMatchObject({ accountId: '123456789012' });
    world.cloud.sendErrors.push(new OperatorError('terminal', 'AccessDenied', 'No.'));
    const refused = world.put('refused', { size: 1 });
    await world.run(refused);
    expect(world.get(refused)?.status).not.toHaveProperty('accountId');
  });

  test('asks AWS for nothing before it says whose the credentials are', async () => {
    world.cloud.account = undefined;
    const key = world.put('a', { size: 1 });
    expect(await world.pass(key)).toMatchObject({
      outcome: 'failed ConnectionFailed',
      journal: ['finalizer added', expect.stringContaining('Ready=False ConnectionFailed')],
    });
    expect(world.cloud.live.size).toBe(0);
  });

  test('with credentials of another account touches nothing, neither to change the object nor to delete it', async () => {
    const key = await settled();
    world.cloud.account = GREEN;
    world.put('a', { size: 2 });
    expect(await world.pass(key)).toMatchObject({ outcome: 'terminal AccountChanged' });
    world.delete(key);
    expect(await world.pass(key)).toMatchObject({ outcome: 'terminal AccountChanged' });
    expect(world.cloud.live.get('a')).toMatchObject({ size: 1 });
    expect(world.get(key)?.status).toMatchObject({ accountId: '123456789012' });
    world.cloud.account = '123456789012';
    expect((await world.pass(key)).journal).toEqual(['DeleteWidget a', 'finalizer removed']);
  });

  test('lets an object with deletionPolicy Retain go without a look at AWS', async () => {
    const key = await settled({ deletionPolicy: 'Retain' });
    world.cloud.account = undefined;
    world.delete(key);
    expect(await world.pass(key)).toEqual({ outcome: 'gone', journal: ['finalizer removed'] });
    expect(world.cloud.live.has('a')).toBe(true);
  });

  test('without its Namespace does nothing, and deletes only what is in the operator’s own account', async () => {
    const seen = new Set(['team']);
    const accounts: Accounts = { ...accountsOf([]), hasSeen: (namespace) => seen.has(namespace) };
    world = new Harness({}, undefined, accounts);
    const key = await settled();
    seen.clear();
    world.put('a', { size: 2 });
    expect(await world.pass(key)).toMatchObject({ outcome: 'blocked NamespaceNotSeen' });
    world.delete(key);
    for (const elsewhere of [{ accountId: GREEN }, { region: 'eu-west-1' }]) {
      const status = world.get(key)?.status ?? {};
      world.setStatus(key, { ...status, ...elsewhere });
      expect(await world.pass(key)).toMatchObject({ outcome: 'blocked NamespaceNotSeen' });
      world.setStatus(key, status);
    }
    expect(world.cloud.live.get('a')).toMatchObject({ size: 1 });
    expect((await world.pass(key)).journal).toEqual(['DeleteWidget a', 'finalizer removed']);
  });

  test('lets an object go that never found its account, and not one that may have', async () => {
    const never = world.put('never', { size: 1, accountRef: { name: 'x' } });
    world.touch(never, { finalizers: ['ecs-operator.dev/finalizer'] });
    world.delete(never);
    expect(await world.pass(never)).toEqual({ outcome: 'gone', journal: ['finalizer removed'] });
    const key = await settled();
    world.put('a', { size: 1, accountRef: { name: 'x' } });
    world.delete(key);
    expect(await world.pass(key)).toMatchObject({ outcome: 'blocked AccountsNotRead' });
  });
});
