import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoundCloud, type Cloud, createCloud } from '../../../src/aws/cloud.ts';
import { ownershipOf, ownershipTags } from '../../../src/aws/ownership.ts';
import { clientToken } from '../../../src/aws/token.ts';
import { systemClock } from '../../../src/clock.ts';
import { type Region, startRegion } from '../../sandbox/region/index.ts';

let region: Region;
let cloud: Cloud;
let bound: BoundCloud;

const owner = { uid: 'u-1', kind: 'ECSService', namespace: 'shop', name: 'web' };

beforeAll(async () => {
  region = await startRegion({ timings: 'instant' });
  Object.assign(process.env, region.env);
  cloud = createCloud({ config: { region: 'eu-west-1' }, clock: systemClock, log: pino({ level: 'silent' }) });
  const signal = new AbortController().signal;
  bound = cloud.bind({
    account: { accountId: '123456789012' },
    region: 'eu-west-1',
    priority: 'user',
    signal,
    gate: () => {},
  });
});

afterAll(async () => {
  cloud.close();
  await region.stop();
});

test('nothing that was not made exists', async () => {
  const { reads } = bound;
  expect(await reads.describeCluster('shop')).toBeUndefined();
  expect(await reads.describeService('shop', 'web')).toBeUndefined();
  expect(await reads.describeTaskDefinition('web')).toBeUndefined();
  expect(await reads.activeFamilyExists('web')).toBe(false);
  expect(await reads.listTaskDefinitions('web', { status: 'ACTIVE' })).toEqual([]);
  expect(await reads.latestServiceDeployment('shop', 'web')).toBeUndefined();
});

test('what was made is read back by every read', async () => {
  const { reads, send } = bound;
  await send('ecs', new CreateClusterCommand({ clusterName: 'shop' }));
  await send(
    'ecs',
    new RegisterTaskDefinitionCommand({
      family: 'web',
      containerDefinitions: [{ name: 'app', image: 'app:1', memory: 64 }],
      tags: ownershipTags(owner),
    }),
  );
  const input = {
    cluster: 'shop',
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 1,
    tags: ownershipTags(owner),
  };
  const token = clientToken({ uid: owner.uid, operation: 'CreateService', input, epoch: 0 });
  await send('ecs', new CreateServiceCommand({ ...input, clientToken: token }));

  expect(await reads.describeCluster('shop')).toMatchObject({ status: 'ACTIVE' });
  const service = await reads.describeService('shop', 'web');
  expect(service).toMatchObject({ status: 'ACTIVE', desiredCount: 1 });
  expect(ownershipOf(service?.tags, owner)).toBe('ours');
  expect(await reads.listServices('shop')).toEqual(['web']);
  expect(await reads.activeFamilyExists('web')).toBe(true);
  const [arn = ''] = await reads.listTaskDefinitions('web', { status: 'ACTIVE' });
  // The registration's own answer, and then AWS's, say the same.
  const registered = await reads.describeTaskDefinition(arn);
  expect(await reads.describeTaskDefinition(arn)).toEqual(registered);
  const deployment = await reads.latestServiceDeployment('shop', 'web');
  expect(deployment?.serviceArn).toBe(service?.serviceArn);
  const revisionArn = deployment?.targetServiceRevision?.arn ?? '';
  expect(await reads.describeServiceRevision(revisionArn)).toMatchObject({ taskDefinition: arn });
});

test('a cluster that is not empty is blocked, and what a creation lacks is too', async () => {
  await expect(bound.send('ecs', new DeleteClusterCommand({ cluster: 'shop' }))).rejects.toMatchObject({
    disposition: 'blocked',
    reason: 'InUse',
  });
  const orphan = new CreateServiceCommand({ cluster: 'nowhere', serviceName: 'x', taskDefinition: 'web' });
  await expect(bound.send('ecs', orphan)).rejects.toMatchObject({
    disposition: 'blocked',
    reason: 'DependencyNotFound',
  });
});

test('who we are', async () => {
  const { account, arn } = await cloud.identify(new AbortController().signal);
  expect(account).toMatch(/^\d{12}$/);
  expect(arn).toContain(account);
});
