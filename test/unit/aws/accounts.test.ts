import { CreateClusterCommand, UpdateClusterCommand } from '@aws-sdk/client-ecs';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AccountAccess,
  type BoundCloud,
  type CallRecord,
  type Cloud,
  createCloud,
} from '../../../src/aws/cloud.ts';
import { systemClock } from '../../../src/clock.ts';
import { type Region, startRegion } from '../../sandbox/region/index.ts';

const OWN = '123456789012';
const BLUE = '111111111111';
const GREEN = '222222222222';

let region: Region;
let cloud: Cloud;
let calls: CallRecord[];
const kept = { ...process.env };

beforeEach(async () => {
  region = await startRegion({ timings: 'instant', speed: 0 });
  Object.assign(process.env, region.env);
  calls = [];
  cloud = createCloud({
    config: { region: 'eu-west-1', sessionName: 'ecs-operator pod/1' },
    clock: systemClock,
    log: pino({ level: 'silent' }),
    onCall: (call) => calls.push(call),
  });
});

afterEach(async () => {
  cloud.close();
  await region.stop();
  for (const name of Object.keys(region.env)) delete process.env[name];
  Object.assign(process.env, kept);
});

const never = new AbortController().signal;
const blue: AccountAccess = { accountId: BLUE, roleArn: `arn:aws:iam::${BLUE}:role/ecs`, externalId: 'shop' };
const green: AccountAccess = { accountId: GREEN, roleArn: `arn:aws:iam::${GREEN}:role/ecs` };
const own: AccountAccess = { accountId: OWN };

function bind(account: AccountAccess, where = 'eu-west-1'): BoundCloud {
  return cloud.bind({ account, region: where, priority: 'user', signal: never, gate: () => {} });
}

const create = (clusterName: string) => new CreateClusterCommand({ clusterName });
const operations = (): readonly string[] =>
  region.journal.entries.map(({ operation, account }) => `${operation} ${account}`);

describe('an account', () => {
  test('is signed in to once, and confirmed before the first change', async () => {
    for (const name of ['a', 'b']) await bind(blue).send('ecs', create(name));
    expect(operations()).toEqual([
      `AssumeRole ${OWN}`,
      `GetCallerIdentity ${BLUE}`,
      `CreateCluster ${BLUE}`,
      `CreateCluster ${BLUE}`,
    ]);
    expect(region.journal.entries[0]?.input).toMatchObject({
      RoleArn: blue.roleArn,
      ExternalId: 'shop',
      RoleSessionName: 'ecs-operator-pod-1',
      DurationSeconds: 3_600,
    });
    expect(calls.map(({ operation, account }) => `${operation} ${account}`)).toEqual([
      'AssumeRole ',
      `GetCallerIdentity ${BLUE}`,
      `CreateCluster ${BLUE}`,
      `CreateCluster ${BLUE}`,
    ]);
  });

  test('has reads and batches of its own', async () => {
    await bind(blue).send('ecs', create('shared'));
    const [theirs, ours, others] = await Promise.all(
      [blue, own, green].map((one) => bind(one).reads.describeCluster('shared')),
    );
    expect(theirs?.clusterArn).toBe(`arn:aws:ecs:eu-west-1:${BLUE}:cluster/shared`);
    expect(ours).toBeUndefined();
    expect(others).toBeUndefined();
  });

  test('is asked for its name in its own region', async () => {
    await bind({ ...blue, region: 'ap-south-1' }, 'eu-north-1').send('ecs', create('a'));
    expect(region.journal.entries.map(({ operation, region: where }) => `${operation} ${where}`)).toEqual([
      'AssumeRole eu-west-1',
      'GetCallerIdentity ap-south-1',
      'CreateCluster eu-north-1',
    ]);
  });

  test.each([
    ['by a role', { ...green, accountId: BLUE }, GREEN],
    ['by the operator’s own credentials', { accountId: BLUE }, OWN],
  ])('that is another one %s is told, and nothing is changed in it', async (_, access, actual) => {
    const error = { disposition: 'terminal', reason: 'AccountMismatch', message: expect.stringContaining(actual) };
    await expect(cloud.identify(never, access)).rejects.toMatchObject(error);
    await expect(bind(access).reads.callerIdentity()).rejects.toMatchObject(error);
    await expect(bind(access).send('ecs', create('a'))).rejects.toMatchObject(error);
    expect(region.journal.mutations()).toEqual([]);
  });

  test('whose role does not trust the operator is told with action, role and trust policy', async () => {
    region.setTrust(blue.roleArn ?? '', { externalId: 'other' });
    await expect(bind(blue).send('ecs', create('a'))).rejects.toMatchObject({
      disposition: 'failed',
      reason: 'AccessDenied',
      operation: 'AssumeRole',
      message: expect.stringMatching(
        /sts:AssumeRole on resource: arn:aws:iam::111111111111:role\/ecs\. .*trust policy/,
      ),
    });
    expect(operations()).toEqual([`AssumeRole ${OWN}`]);
  });

  test('that ends its sessions early is signed in to again', async () => {
    let now = 0;
    cloud.close();
    const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + now };
    cloud = createCloud({ config: { region: 'eu-west-1' }, clock, log: pino({ level: 'silent' }) });
    await bind(blue).send('ecs', create('a'));
    now = 60_000;
    region.advance(3_600_000);
    const update = () => new UpdateClusterCommand({ cluster: 'a', settings: [] });
    await expect(bind(blue).send('ecs', update())).rejects.toMatchObject({ reason: 'CredentialsUnavailable' });
    await bind(blue).send('ecs', update());
    expect(region.journal.query({ operation: 'AssumeRole' })).toHaveLength(2);
    // Other credentials might be somebody else's.
    expect(region.journal.query({ operation: 'GetCallerIdentity' })).toHaveLength(2);
  });
});

describe('the budget', () => {
  const tokens = (account: string, where = 'eu-west-1'): number | undefined =>
    cloud.budgets.find((one) => one.class === 'clusterModify' && one.account === account && one.region === where)
      ?.tokens;

  test('is one for each account and region, however the account is reached', async () => {
    const second = { ...blue, roleArn: `arn:aws:iam::${BLUE}:role/second` };
    await bind(blue).send('ecs', create('a'));
    await bind(second).send('ecs', create('b'));
    await bind(green).send('ecs', create('a'));
    await bind(blue, 'us-east-1').send('ecs', create('a'));
    expect(tokens(BLUE)).toBeLessThan(19);
    expect(tokens(BLUE)).toBeGreaterThanOrEqual(18);
    expect(tokens(GREEN)).toBeGreaterThanOrEqual(19);
    expect(tokens(BLUE, 'us-east-1')).toBeGreaterThanOrEqual(19);
  });

  test('that AWS throttles in one account is as it was in another', async () => {
    for (const access of [blue, green]) await bind(access).send('ecs', create('a'));
    region.faults.add({ fault: { kind: 'throttle' }, service: 'ecs', account: BLUE, times: 0 });
    await expect(bind(blue).send('ecs', create('b'))).rejects.toMatchObject({ disposition: 'throttled' });
    await bind(green).send('ecs', create('b'));
    expect(tokens(BLUE)).toBeLessThan(1);
    expect(tokens(GREEN)).toBeGreaterThan(17);
    expect(await bind(green).reads.describeCluster('b')).toBeDefined();
  });
});

test('reads go to the account that was asked for, and none to another', async () => {
  await bind(green).reads.describeCluster('none');
  const asked = region.journal.query({ operation: 'DescribeClusters' });
  expect(asked.map(({ account }) => account)).toEqual([GREEN]);
});
