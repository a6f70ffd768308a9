import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBinaries } from '../sandbox/control-plane/binaries.ts';
import { type ControlPlane, startControlPlane } from '../sandbox/control-plane/index.ts';
import { userNameOf, writeTokenKubeconfig } from '../sandbox/control-plane/service-account.ts';
import { AuditLog } from '../support/audit-log.ts';
import { testCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { must } from '../support/kubectl.ts';

describe('the shared control plane', () => {
  const cluster = testCluster();

  test('serves the version that go.mod names', async () => {
    const goMod = await readFile(join(import.meta.dirname, '../sandbox/control-plane/go.mod'), 'utf8');
    const version = /k8s\.io\/kubernetes (v\S+)/.exec(goMod)?.[1];
    expect(await must(cluster.kubectl, ['version'])).toContain(`Server Version: ${version}`);
  });

  test('serves the kinds whose CRDs are in crds/', async () => {
    expect(await must(cluster.kubectl, ['api-resources', '--categories=ecs', '-o', 'name'])).toContain(
      'ecsservices.ecs-operator.dev',
    );
  });

  test('gives the operator its role and nothing else', async () => {
    const can = async (...args: string[]): Promise<string> =>
      (await cluster.kubectl(['--kubeconfig', cluster.kubeconfig('operator'), 'auth', 'can-i', ...args])).stdout.trim();
    expect(await can('patch', 'ecsservices.ecs-operator.dev', '--subresource=status')).toBe('yes');
    expect(await can('create', 'events.events.k8s.io')).toBe('yes');
    expect(await can('create', 'ecsservices.ecs-operator.dev')).toBe('no');
    expect(await can('get', 'secrets')).toBe('no');
  });

  test('hands out namespaces that do not collide', async () => {
    const [first, second] = await Promise.all([cluster.freshNamespace(), cluster.freshNamespace()]);
    expect(first).not.toBe(second);
  });
});

describe('a control plane of its own', () => {
  let controlPlane: ControlPlane;
  beforeAll(async () => {
    controlPlane = await startControlPlane({ auditLog: true });
  });
  afterAll(() => controlPlane?.stop());

  test('keeps its data, port and certificates when the API server is killed and started again', async () => {
    await controlPlane.createNamespace('survivor');
    await controlPlane.restartApiServer({ downMs: 100 });
    expect(await must(controlPlane.kubectl, ['get', 'namespace', 'survivor', '-o', 'name'])).toBe(
      'namespace/survivor\n',
    );
  });

  test('writes to the audit log what a service account asks for, and whether it may', async () => {
    await controlPlane.createNamespace('audited');
    await must(controlPlane.kubectl, ['create', 'serviceaccount', 'guest', '--namespace', 'audited']);
    const kubeconfig = join(controlPlane.directory, 'guest.kubeconfig');
    const guest = { namespace: 'audited', name: 'guest' };
    await writeTokenKubeconfig(controlPlane, guest, kubeconfig);
    const log = new AuditLog(controlPlane.auditLog, controlPlane.kubeconfig());
    const mark = await log.mark();
    const refused = await controlPlane.kubectl(['--kubeconfig', kubeconfig, 'get', 'secrets', '--namespace=default']);
    expect(refused.stderr).toContain('Forbidden');

    const entries = await log.since(mark, userNameOf(guest));
    expect(entries).toContainEqual(
      expect.objectContaining({ verb: 'list', resource: 'secrets', namespace: 'default', code: 403, allowed: false }),
    );
    expect(entries.map(({ user }) => user)).not.toContain('admin');
    expect(await log.refusals()).toEqual([
      expect.stringMatching(
        /^list core\/secrets in namespace default by system:serviceaccount:audited:guest \(kubectl\//,
      ),
    ]);
  });

  test('reports a CRD that the API server refuses, with its reason', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'crds-'));
    try {
      await writeFile(
        join(directory, 'bad.yaml'),
        'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: wrong}\nspec: {}\n',
      );
      await expect(controlPlane.installCrds(directory)).rejects.toThrow(/spec\.group/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

test('nothing is left when the process that started it is killed with SIGKILL', async () => {
  const module = join(import.meta.dirname, '../sandbox/control-plane/index.ts');
  const script = `const c = await (await import(${JSON.stringify(module)})).startControlPlane(); console.log(c.directory); setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let directory = '';
  for await (const chunk of owner.stdout) {
    directory += String(chunk);
    if (directory.endsWith('\n')) break;
  }
  directory = directory.trim();
  expect(processesNaming(directory)).toHaveLength(2);
  owner.kill('SIGKILL');
  await eventually('no process and no directory', async () => {
    const left = [...processesNaming(directory), ...(existsSync(directory) ? [directory] : [])];
    return { value: left, done: left.length === 0 };
  });
});

describe('ensureBinaries', () => {
  test('takes the programs of KUBEBUILDER_ASSETS as they are, without Helm if it has none', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'assets-'));
    try {
      for (const name of ['etcd', 'kube-apiserver', 'kubectl']) await writeFile(join(directory, name), '');
      expect(await ensureBinaries({ KUBEBUILDER_ASSETS: directory })).toEqual({
        etcd: join(directory, 'etcd'),
        kubeApiserver: join(directory, 'kube-apiserver'),
        kubectl: join(directory, 'kubectl'),
        helm: undefined,
      });
      await rm(join(directory, 'kubectl'));
      await expect(ensureBinaries({ KUBEBUILDER_ASSETS: directory })).rejects.toThrow(/has no kubectl/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test.each([
    ['Go is missing', undefined, /no `go` on the PATH.*KUBEBUILDER_ASSETS/],
    ['Go is too old', 'go version go1.22.3 linux/amd64', /too old.*go1\.22\.3.*KUBEBUILDER_ASSETS/],
  ])('names both remedies when %s', async (_, version, message) => {
    const directory = await mkdtemp(join(tmpdir(), 'no-go-'));
    try {
      if (version !== undefined)
        await writeFile(join(directory, 'go'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
      await expect(ensureBinaries({ XDG_CACHE_HOME: join(directory, 'cache'), PATH: directory })).rejects.toThrow(
        message,
      );
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

/** The etcd and kube-apiserver processes whose command line names `directory`; their supervisors name it too and do not count. */
function processesNaming(directory: string): string[] {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 })
    .split('\n')
    .filter((line) => line.includes(directory) && !line.startsWith('/bin/sh'));
}
