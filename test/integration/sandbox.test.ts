import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKubectl, must } from '../support/kubectl.ts';
import { until } from '../support/until.ts';

const main = join(import.meta.dirname, '../sandbox/main.ts');

describe('npm run sandbox', () => {
  let parent: string;
  let directory: string;
  const started: ChildProcess[] = [];

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
    directory = join(parent, 'sandbox');
  });
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    await rm(parent, { recursive: true, force: true });
  });

  /** Starts the command and resolves once it has printed `text`. */
  async function start(text: string, ...args: string[]): Promise<ChildProcess> {
    const child = spawn(process.execPath, [main, '--directory', directory, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its temporary files are here, so that one that is left is seen.
      env: { ...process.env, TMPDIR: parent },
    });
    started.push(child);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await until(`output with ${text}`, () => output.includes(text) || child.exitCode !== null, { deadlineMs: 60_000 });
    expect(output).toContain(text);
    return child;
  }

  test('serves kubectl and AWS clients with the files it writes, runs the operator, and leaves nothing after Ctrl-C', async () => {
    const sandbox = await start('The sandbox is up.', '--speed', '20');
    const kubeconfig = join(directory, 'kubeconfig');
    const kubectl = createKubectl(join(directory, 'bin/kubectl'), kubeconfig, join(directory, 'cache'));
    await must(kubectl, ['apply', '-f', join(import.meta.dirname, '../../examples/quickstart/cluster.yaml')]);
    await must(kubectl, ['wait', '--for=condition=Ready', '--timeout=30s', 'ecscluster', '--all']);
    const env = await readFile(join(directory, 'aws.env'), 'utf8');
    expect(await describeClusters(env)).toContain('quickstart');
    const server = /"server": "(.*)"/.exec(await readFile(kubeconfig, 'utf8'))?.[1] ?? '';

    sandbox.kill('SIGINT');
    expect(await once(sandbox, 'exit')).toEqual([0, null]);
    await expect(fetch(server)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(await readdir(parent)).toEqual([]);
  });

  test('gives up a start half way on SIGTERM and leaves nothing', async () => {
    const sandbox = await start('- starting etcd', '--no-operator');
    sandbox.kill('SIGTERM');
    const [code] = await once(sandbox, 'exit');
    expect(code).not.toBe(0);
    expect(await readdir(parent)).toEqual([]);
  });

  test('refuses to share a directory with a sandbox that runs', async () => {
    const first = await start('The sandbox is up.', '--no-operator');
    const second = spawn(process.execPath, [main, '--directory', directory], { stdio: ['ignore', 'ignore', 'pipe'] });
    started.push(second);
    let problem = '';
    second.stderr.on('data', (chunk: Buffer) => {
      problem += chunk.toString();
    });
    expect(await once(second, 'close')).toEqual([1, null]);
    expect(problem).toContain(`process ${first.pid} already runs a sandbox`);
    expect(existsSync(join(directory, 'kubeconfig'))).toBe(true);
  });
});

/** Names of the clusters that a shell finds which has read aws.env; only a shell can tell that the file is one. */
async function describeClusters(env: string): Promise<string> {
  const script = `
    import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
    console.log((await new ECSClient().send(new ListClustersCommand())).clusterArns.join());`;
  return execFileSync('/bin/sh', ['-c', `${env}\nexec "$0" --input-type=module -e "$1"`, process.execPath, script], {
    encoding: 'utf8',
  });
}
