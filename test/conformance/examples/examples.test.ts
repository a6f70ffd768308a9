import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { CliSession } from '../tools/cli-session.ts';
import { describeWithPython, pythonTools } from '../tools/python.ts';
import { ACCEPTED, type Accepted, acceptedFor } from './accepted.ts';
import { differences } from './compare.ts';
import { NOT_REPLAYED, type NotReplayed } from './not-replayed.ts';
import { recordedJson } from './recorded-json.ts';
import { recordings } from './recordings.ts';
import { replay } from './replay.ts';

const installation = inject('pythonTools');
const { files, calls } =
  installation.kind === 'installed' ? recordings(installation.awscliExamples) : { files: 0, calls: [] };

describeWithPython('the calls that the AWS CLI ships as examples', () => {
  const used = new Set<Accepted | NotReplayed>();
  let session: CliSession;
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'recorded-calls-'));
    session = new CliSession(pythonTools(), { AWS_ACCESS_KEY_ID: '123456789012', AWS_SECRET_ACCESS_KEY: 'simulated' });
  });
  afterAll(() => {
    session.stop();
    rmSync(directory, { recursive: true });
  });

  it('are read from the installed package: 131 files, all with commands', () => {
    expect(files).toBe(131);
    expect(new Set(calls.map(({ id }) => id.split('#')[0])).size).toBe(131);
  });

  const replayed = calls.filter(({ id }) => !NOT_REPLAYED.some(({ call }) => call.test(id)));
  const refused = calls.flatMap((call) => {
    const entry = NOT_REPLAYED.find((one) => one.call.test(call.id));
    return entry === undefined ? [] : [{ call, entry }];
  });

  describe('are answered as recorded', () => {
    it.for(replayed)('$id', async (call) => {
      const result = await replay(call, session, directory);
      expect(result.stderr.trim()).toBe('');
      expect(result.exitCode).toBe(0);
      if (call.output === undefined) return;
      const unexplained = differences(recordedJson(call.output), JSON.parse(result.stdout)).filter((difference) => {
        const entry = acceptedFor(call.id, difference);
        if (entry !== undefined) used.add(entry);
        return entry === undefined;
      });
      expect(unexplained).toEqual([]);
    });
  });

  describe('are refused where the region does not model them', () => {
    it.for(refused)('$call.id: $entry.reason', async ({ call, entry }) => {
      used.add(entry);
      const result = await replay(call, session, directory);
      expect(result.stderr).toMatch(entry.error);
      expect(result.exitCode).not.toBe(0);
    });
  });

  it('differ in nothing that is accepted and does not happen', () => {
    expect([...ACCEPTED, ...NOT_REPLAYED].filter((entry) => !used.has(entry))).toEqual([]);
  });
});
