import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Region, startRegion } from '../sandbox/region/index.ts';
import { describeWithPython, python, pythonTools } from './tools/python.ts';

describeWithPython('boto3, with the simulated region as AWS', () => {
  let region: Region;
  beforeAll(async () => {
    region = await startRegion({ speed: 0 });
    // Time passes only while a waiter waits, so that each one meets the states in between, on a slow machine too.
    region.faults.onRequest(({ userAgent }, phase) => {
      if (phase === 'after' && userAgent.includes('waiting')) region.advance(500);
    });
  });
  afterAll(() => region.stop());

  it('rolls a service out and takes it away, and every waiter finds what it waits for', async () => {
    const mark = region.journal.mark();
    expect(await story('waiters.py')).toEqual({
      'at first': ['ACTIVE', 0],
      stable: [2, 1],
      running: ['nginx:1', 'nginx:1'],
      rolling: 2,
      rolled: ['nginx:2', 'nginx:2'],
      stopped: ['ServiceSchedulerInitiated'],
      deleting: 'DRAINING',
      inactive: 'INACTIVE',
      'stable again': expect.stringContaining('Waiter encountered a terminal failure state'),
      missing: expect.stringContaining('we matched expected path: "MISSING"'),
    });
    const looks = region.journal.since(mark).filter(({ userAgent }) => userAgent.includes('waiting'));
    // Eight waiters and one look each would mean that none of them has had to wait.
    expect(looks.length).toBeGreaterThan(16);
  });

  it('keeps accounts and regions apart, and acts in the account of the role that it assumes', async () => {
    expect(await story('accounts.py')).toEqual({
      one: ['arn:aws:ecs:eu-west-1:111111111111:cluster/same'],
      two: ['arn:aws:ecs:eu-west-1:222222222222:cluster/by-role', 'arn:aws:ecs:eu-west-1:222222222222:cluster/same'],
      elsewhere: ['arn:aws:ecs:us-west-2:111111111111:cluster/same'],
      role: 'arn:aws:sts::222222222222:assumed-role/deployer/story',
      refusal: [
        'ClusterNotFoundException',
        400,
        'An error occurred (ClusterNotFoundException) when calling the DeleteCluster operation: Cluster not found.',
      ],
    });
  });

  async function story(script: string): Promise<unknown> {
    const file = fileURLToPath(new URL(`boto3/${script}`, import.meta.url));
    const { exitCode, stdout, stderr } = await python(pythonTools(), [file], region.env);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return JSON.parse(stdout);
  }
});
