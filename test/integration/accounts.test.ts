import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../sandbox/control-plane/index.ts';
import { type AccountsBed, accountsBed, inNamespace } from '../support/accounts-bed.ts';
import { eventually } from '../support/eventually.ts';
import { sandboxValues } from '../support/helm.ts';
import { must } from '../support/kubectl.ts';
import { cluster, service, taskDefinition } from '../support/manifests.ts';
import { startOperatorCluster } from '../support/operator-cluster.ts';
import { condition } from '../support/test-bed.ts';

/** Of the operator's own credentials in the simulated region. */
const OWN = '123456789012';
const BLUE = '111111111111';
const GREEN = '222222222222';

const roleIn = (account: string, name = 'ecs'): string => `arn:aws:iam::${account}:role/${name}`;
const clusterIn = (account: string, name: string, region = 'us-east-1'): string =>
  `arn:aws:ecs:${region}:${account}:cluster/${name}`;

let controlPlane: ControlPlane;
let accounts: AccountsBed;

beforeAll(async () => {
  controlPlane = await startOperatorCluster();
  accounts = await accountsBed(controlPlane, { adjustableClock: true });
}, 120_000);
afterAll(async () => {
  await accounts.bed.stop();
  await controlPlane.stop();
});

/** An account that every namespace may use, by a role that trusts everybody. */
async function open(name: string, accountId: string, more: { region?: string } = {}): Promise<void> {
  const roleArn = roleIn(accountId, name);
  await accounts.account(name, { accountId, roleArn, allowedNamespaces: ['*'], ...more });
}

function clusters(): readonly string[] {
  return accounts.bed.region.inventory().clusters;
}

describe('accounts side by side', () => {
  it('objects of the same name are each in the account that their namespace names, else in the own one', async () => {
    await open('blue', BLUE);
    await open('green', GREEN);
    const [blue, green, own] = await Promise.all([
      accounts.namespace('blue'),
      accounts.namespace('green'),
      accounts.namespace(),
    ]);
    for (const where of [blue, green, own]) await where.apply(cluster('same'));
    for (const [where, accountId] of [
      [blue, BLUE],
      [green, GREEN],
      [own, OWN],
    ] as const) {
      const { status } = await where.ready('ECSCluster', 'same');
      expect(status).toMatchObject({ accountId, region: 'us-east-1', clusterArn: clusterIn(accountId, 'same') });
    }
    expect(clusters()).toEqual(expect.arrayContaining([BLUE, GREEN, OWN].map((id) => clusterIn(id, 'same'))));
    const account = await blue.ready('AWSAccount', 'blue');
    expect(account.status).toMatchObject({
      accountId: BLUE,
      callerArn: `arn:aws:sts::${BLUE}:assumed-role/blue/ecs-operator-test`,
    });
  });

  it("an object's accountRef wins over its namespace; an annotation on the object itself says nothing", async () => {
    await open('red', '333333333333');
    const where = await accounts.namespace();
    const annotations = { 'ecs-operator.dev/aws-account': 'red' };
    await where.apply(
      { ...cluster('named'), spec: { accountRef: { name: 'red' } } },
      { ...cluster('annotated'), metadata: { name: 'annotated', annotations } },
    );
    expect((await where.ready('ECSCluster', 'named')).status).toMatchObject({ accountId: '333333333333' });
    expect((await where.ready('ECSCluster', 'annotated')).status).toMatchObject({ accountId: OWN });
  });

  it("the region is the object's, else the account's", async () => {
    await open('regional', BLUE, { region: 'eu-west-1' });
    const where = await accounts.namespace('regional');
    await where.apply(cluster('there'), cluster('elsewhere', { region: 'eu-north-1' }));
    const there = await where.ready('ECSCluster', 'there');
    expect(there.status).toMatchObject({ clusterArn: clusterIn(BLUE, 'there', 'eu-west-1'), region: 'eu-west-1' });
    const elsewhere = await where.ready('ECSCluster', 'elsewhere');
    expect(elsewhere.status).toMatchObject({ clusterArn: clusterIn(BLUE, 'elsewhere', 'eu-north-1') });
  });

  it('one account that AWS throttles does not slow another', async () => {
    await open('slow', '444444444444');
    await open('fast', '555555555555');
    const [slow, fast] = await Promise.all([accounts.namespace('slow'), accounts.namespace('fast')]);
    const { faults } = accounts.bed.region;
    faults.add({ fault: { kind: 'throttle' }, service: 'ecs', account: '444444444444', times: 0 });
    await slow.apply(...['a', 'b', 'c'].map((name) => cluster(`slow-${name}`)));
    await accounts.bed.region.journal.waitFor((entry) => entry.outcome === 'ThrottlingException', 10_000);
    await fast.apply(...['a', 'b', 'c'].map((name) => cluster(`fast-${name}`)));
    for (const name of ['a', 'b', 'c']) await fast.ready('ECSCluster', `fast-${name}`);
    expect(clusters().filter((arn) => arn.includes('444444444444'))).toEqual([]);
    faults.clear();
    for (const name of ['a', 'b', 'c']) await slow.ready('ECSCluster', `slow-${name}`);
  });
});

describe('examples/accounts', () => {
  it('is two accounts, with a cluster each in a namespace of theirs and one that an object chooses for itself', async () => {
    const example = join(import.meta.dirname, '../../examples/accounts');
    for (const file of ['namespaces', 'accounts', 'clusters']) {
      await must(controlPlane.kubectl, ['apply', '-f', join(example, `${file}.yaml`)]);
    }
    for (const [namespace, name, accountId, region] of [
      ['shop-staging', 'shop', '111122223333', 'eu-west-1'],
      ['shop-production', 'shop', '444455556666', 'eu-west-1'],
      ['edge', 'edge', '444455556666', 'us-east-1'],
    ] as const) {
      const { status } = await inNamespace(accounts.bed.admin, controlPlane.kubectl, namespace).ready(
        'ECSCluster',
        name,
      );
      expect(status).toMatchObject({ accountId, region, clusterArn: clusterIn(accountId, name, region) });
    }
    const table = await must(controlPlane.kubectl, ['get', 'awsacct']);
    expect(table).toMatch(/NAME +READY +REASON +ACCOUNT +REGION +AGE/);
    expect(table).toMatch(/production +True +Live +444455556666 +eu-west-1/);
  });
});

describe('an object in a namespace', () => {
  it.each([
    ['a role', { roleArn: roleIn(BLUE) }],
    ['an account', { accountId: BLUE }],
    ['an external id', { externalId: 'shop' }],
    ['an endpoint', { endpoint: 'http://127.0.0.1' }],
    ['keys', { credentials: { accessKeyId: BLUE, secretAccessKey: 's' } }],
    ['a role beside an account', { accountRef: { name: 'x', roleArn: roleIn(BLUE) } }],
    ['an account of a namespace', { accountRef: { name: 'x', namespace: 'y' } }],
  ])('cannot bring %s', async (_, spec) => {
    const where = await accounts.namespace();
    const smuggled = { ...cluster('smuggled'), spec };
    await expect(where.apply(smuggled)).rejects.toThrow(/field not declared in schema/);
  });
});

describe('an account that may not be used', () => {
  it('by a namespace that it does not allow, is as one that does not exist; nothing falls back to the own one', async () => {
    const spec = { accountId: BLUE, roleArn: roleIn(BLUE), allowedNamespaces: ['somebody-else'] };
    await accounts.account('closed', spec);
    const where = await accounts.namespace('closed');
    await where.apply(cluster('refused'));
    const message = await where.refusal('ECSCluster', 'refused', 'AccountNotFound');
    expect(message).toContain('AWSAccount closed does not exist or does not list namespace');
    expect(clusters().filter((arn) => arn.endsWith('/refused'))).toEqual([]);
    await accounts.account('closed', { ...spec, allowedNamespaces: [where.namespace] });
    expect((await where.ready('ECSCluster', 'refused')).status).toMatchObject({ accountId: BLUE });
  });

  it('because AWS says that it is another one, is Stalled, and nothing is made', async () => {
    await accounts.account('wrong', { accountId: GREEN, allowedNamespaces: ['*'] });
    const where = await accounts.namespace('wrong');
    await where.apply(cluster('mistaken'));
    const why = await where.refusal('AWSAccount', 'wrong', 'AccountMismatch');
    expect(why).toContain(`has to be ${GREEN}, but AWS says that the credentials are of ${OWN}`);
    const account = await where.get('AWSAccount', 'wrong');
    expect(condition(account, 'Stalled')).toMatchObject({ status: 'True', reason: 'AccountMismatch' });
    expect(await where.refusal('ECSCluster', 'mistaken', 'AccountNotReady')).toContain('AccountMismatch');
    expect(clusters().filter((arn) => arn.endsWith('/mistaken'))).toEqual([]);
    // What never was anywhere can be deleted.
    await where.delete('ECSCluster', 'mistaken');
    await where.gone('ECSCluster', 'mistaken');
  });

  it('because its role wants another external id, names action, role and trust policy, and heals by itself', async () => {
    const roleArn = roleIn(GREEN, 'guarded');
    accounts.bed.region.setTrust(roleArn, { externalId: 'right' });
    await accounts.account('guarded', { accountId: GREEN, roleArn, externalId: 'left', allowedNamespaces: ['*'] });
    const where = await accounts.namespace('guarded');
    await where.apply(cluster('waiting'));
    const why = await where.refusal('AWSAccount', 'guarded', 'AccessDenied');
    for (const word of ['sts:AssumeRole', roleArn, 'trust policy', 'sts:ExternalId']) expect(why).toContain(word);
    expect(await where.refusal('ECSCluster', 'waiting', 'AccountNotReady')).toContain('AccessDenied');
    accounts.bed.region.setTrust(roleArn, { externalId: 'left' });
    await where.ready('AWSAccount', 'guarded');
    await where.ready('ECSCluster', 'waiting');
  });
});

describe('an object whose account changes', () => {
  it('is Stalled, and untouched in either, also when it is deleted, until that is put back', async () => {
    await open('before', '666666666666');
    await open('after', '777777777777');
    const where = await accounts.namespace('before');
    await where.apply(cluster('moved', { tags: [{ key: 'team', value: 'a' }] }));
    await where.ready('ECSCluster', 'moved');
    const { journal } = accounts.bed.region;
    const mark = journal.mark();
    await where.annotate('after');
    const message = await where.refusal('ECSCluster', 'moved', 'AccountChanged');
    for (const word of ['666666666666', '777777777777', 'deletionPolicy: Retain']) expect(message).toContain(word);
    expect(condition(await where.get('ECSCluster', 'moved'), 'Stalled')).toMatchObject({ status: 'True' });
    await where.apply(cluster('moved', { tags: [{ key: 'team', value: 'b' }] }));
    await eventually('the change is seen', async () => {
      const object = await where.get('ECSCluster', 'moved');
      const seen = condition(object, 'Stalled')?.observedGeneration;
      return { value: object, done: seen === object?.metadata.generation };
    });
    await where.delete('ECSCluster', 'moved');
    await eventually('the deletion is seen', async () => {
      const object = await where.get('ECSCluster', 'moved');
      const seen = condition(object, 'Stalled')?.observedGeneration;
      return {
        value: object,
        done: object?.metadata.deletionTimestamp !== undefined && seen === object.metadata.generation,
      };
    });
    const touched = journal.since(mark).filter(({ account }) => /^[67]{12}$/.test(account));
    expect(touched.filter(({ service }) => service !== 'sts')).toEqual([]);
    await where.annotate('before');
    await where.gone('ECSCluster', 'moved');
    expect(clusters().filter((arn) => arn.endsWith('/moved'))).toEqual([]);
  });

  it('with deletionPolicy Retain is let go, and may be made anew in the other account', async () => {
    await open('old', '666666666666');
    await open('new', '777777777777');
    const where = await accounts.namespace('old');
    await where.apply(cluster('left', { deletionPolicy: 'Retain' }));
    await where.ready('ECSCluster', 'left');
    await where.annotate('new');
    await where.refusal('ECSCluster', 'left', 'AccountChanged');
    await where.delete('ECSCluster', 'left');
    await where.gone('ECSCluster', 'left');
    await where.apply(cluster('left'));
    await where.ready('ECSCluster', 'left');
    expect(clusters()).toEqual(
      expect.arrayContaining([clusterIn('666666666666', 'left'), clusterIn('777777777777', 'left')]),
    );
  });

  it("because the operator's own credentials are of another account now, is Stalled likewise", async () => {
    const where = await accounts.namespace();
    await where.apply(cluster('own'));
    await where.ready('ECSCluster', 'own');
    const { journal, env } = accounts.bed.region;
    const mark = journal.mark();
    const { extraEnv } = await sandboxValues({ env: { ...env, AWS_ACCESS_KEY_ID: '888888888888' } });
    await accounts.bed.upgrade({ extraEnv });
    expect(await where.refusal('ECSCluster', 'own', 'AccountChanged')).toContain(OWN);
    expect(journal.mutations(mark).filter(({ account }) => account === '888888888888')).toEqual([]);
    await accounts.bed.upgrade({});
    await where.ready('ECSCluster', 'own');
  });

  it('and one whose region changes likewise, until its own is written down', async () => {
    await open('wandering', BLUE, { region: 'eu-west-1' });
    const where = await accounts.namespace('wandering');
    await where.apply(cluster('fixed'));
    await where.ready('ECSCluster', 'fixed');
    await open('wandering', BLUE, { region: 'eu-central-1' });
    const message = await where.refusal('ECSCluster', 'fixed', 'RegionChanged');
    expect(message).toContain('Set spec.region: eu-west-1');
    await where.apply(cluster('fixed', { region: 'eu-west-1' }));
    await where.ready('ECSCluster', 'fixed');
    expect(clusters().filter((arn) => arn.endsWith('/fixed'))).toEqual([clusterIn(BLUE, 'fixed', 'eu-west-1')]);
  });
});

describe('what belongs together', () => {
  it('has to be in one account', async () => {
    await open('apart', GREEN);
    const where = await accounts.namespace();
    await where.apply(
      { ...cluster('web'), spec: { accountRef: { name: 'apart' } } },
      taskDefinition('web'),
      service('web'),
    );
    const message = await where.refusal('ECSService', 'web', 'ReferenceInOtherAccount');
    expect(message).toContain(`spec.clusterRef: ECSCluster ${where.namespace}/web is in AWS account ${GREEN}`);
    expect(accounts.bed.region.inventory().services.filter((arn) => arn.endsWith('/web'))).toEqual([]);
  });

  it('keeps its AWSAccount from going, which names it, until it is gone itself', async () => {
    await open('kept', GREEN);
    const [by, named] = await Promise.all([accounts.namespace('kept'), accounts.namespace()]);
    await by.apply(cluster('by-annotation'));
    await named.apply({ ...cluster('by-reference'), spec: { accountRef: { name: 'kept' } } });
    await by.ready('ECSCluster', 'by-annotation');
    await named.ready('ECSCluster', 'by-reference');
    await by.delete('AWSAccount', 'kept');
    const message = await by.refusal('AWSAccount', 'kept', 'InUse');
    expect(message).toContain(`ECSCluster ${by.namespace}/by-annotation`);
    expect(message).toContain(`ECSCluster ${named.namespace}/by-reference`);
    await by.delete('ECSCluster', 'by-annotation');
    await named.delete('ECSCluster', 'by-reference');
    await by.gone('AWSAccount', 'kept');
    expect(clusters().filter((arn) => /by-(annotation|reference)$/.test(arn))).toEqual([]);
  });
});

describe('credentials of a role', () => {
  it('are renewed before they end, and AWS never sees old ones', async () => {
    await open('renewed', '999999999999');
    const where = await accounts.namespace('renewed');
    await where.apply(cluster('long'));
    await where.ready('ECSCluster', 'long');
    const { region, passOverAll } = accounts.bed;
    const mark = region.journal.mark();
    const assumed = (): number =>
      region.journal
        .since(mark)
        .filter(({ operation, input }) => operation === 'AssumeRole' && JSON.stringify(input).includes('/renewed'))
        .length;
    await accounts.bed.later(56 * 60_000);
    await passOverAll();
    await eventually('the role is assumed again', async () => ({ value: assumed(), done: assumed() === 1 }));
    region.advance(58 * 60_000);
    await passOverAll();
    const expired = region.journal.since(mark).filter(({ outcome }) => outcome.startsWith('ExpiredToken'));
    expect(expired.filter(({ account }) => account === '999999999999')).toEqual([]);
    await where.ready('ECSCluster', 'long');
  });

  it('that end before their time are replaced under load, and no object notices', async () => {
    await open('loaded', '101010101010');
    const where = await accounts.namespace('loaded');
    const names = Array.from({ length: 12 }, (_, index) => `load-${index}`);
    await where.apply(...names.map((name) => cluster(name)));
    for (const name of names) await where.ready('ECSCluster', name);
    const { region, passOverAll } = accounts.bed;
    await accounts.bed.later(60_000);
    // For AWS they are over; by the operator's own clock they are not.
    region.advance(61 * 60_000);
    const mark = region.journal.mark();
    await passOverAll();
    for (const name of names) await where.ready('ECSCluster', name);
    await passOverAll();
    const seen = region.journal.since(mark).filter(({ account }) => account === '101010101010');
    expect(seen.some(({ outcome }) => outcome.startsWith('ExpiredToken'))).toBe(true);
    expect(seen.at(-1)?.outcome).toBe('ok');
    for (const name of names) expect(condition(await where.get('ECSCluster', name), 'Ready')?.status).toBe('True');
    expect(region.journal.mutations(mark).filter(({ account }) => account === '101010101010')).toEqual([]);
  });
});

describe('an operator for one namespace', () => {
  it('reads the annotation of that namespace alone, and all AWSAccounts', async () => {
    const alone = await accounts.namespace('single');
    await open('single', BLUE);
    await accounts.bed.stopOperator();
    const single = await accountsBed(controlPlane, { values: { watch: { namespace: alone.namespace } } });
    const there = inNamespace(single.bed.admin, controlPlane.kubectl, alone.namespace);
    await there.apply(cluster('single'));
    expect((await there.ready('ECSCluster', 'single')).status).toMatchObject({ accountId: BLUE });
    await there.annotate(undefined);
    await there.refusal('ECSCluster', 'single', 'AccountChanged');
    await there.annotate('single');
    await there.ready('ECSCluster', 'single');
    await single.bed.stop();
  });
});
