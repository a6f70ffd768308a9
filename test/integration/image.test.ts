import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usage } from '../../src/config.ts';
import { accountOf, grantAccess } from '../sandbox/operator-access.ts';
import { type Region, startRegion } from '../sandbox/region/index.ts';
import { testCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { createHelm, pick, repository, sandboxValues } from '../support/helm.ts';
import { accessManifests } from '../support/helm-access.ts';
import { buildImage, type Image, readDockerfile } from '../support/helm-image.ts';
import { makeReadOnly, type Pod, startPod } from '../support/helm-pod.ts';
import { must, run } from '../support/kubectl.ts';

const cluster = testCluster();
let directory: string;
let image: Image;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ecs-operator-image-'));
  await chmod(directory, 0o755);
  image = await buildImage(directory);
  await makeReadOnly(image.root);
});

afterAll(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));

describe('the Dockerfile', () => {
  test('pins every image by digest', async () => {
    const stages = await readDockerfile();
    expect(stages.length).toBeGreaterThan(1);
    for (const { base } of stages) expect(base).toMatch(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  });

  test('ends with an image without shell and npm, in which it runs nothing', async () => {
    const last = (await readDockerfile()).at(-1);
    expect(last?.base).toMatch(/^gcr\.io\/distroless\/nodejs24-debian12:nonroot@/);
    expect(last?.instructions.map(({ name }) => name)).not.toContain('RUN');
    expect({ uid: image.uid, gid: image.gid }).toEqual({ uid: 65_532, gid: 65_532 });
  });

  test('sees of the repository only what it copies', async () => {
    const ignore = (await readFile(join(repository, '.dockerignore'), 'utf8')).split('\n');
    const [everything, ...exceptions] = ignore.filter((line) => line !== '' && !line.startsWith('#'));
    const copied = (await readDockerfile())
      .flatMap(({ instructions }) => instructions)
      .filter(({ name, rest }) => name === 'COPY' && !rest.includes('--from='))
      .flatMap(({ rest }) =>
        rest
          .split(' ')
          .filter((word) => !word.startsWith('--'))
          .slice(0, -1),
      );
    expect(everything).toBe('*');
    expect(exceptions.map((line) => line.replace('!', '')).sort()).toEqual(copied.sort());
  });
});

describe('the image', () => {
  test('holds the bundle, the license and Node, which nobody may write to', async () => {
    const entries = await readdir(image.root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    expect(files.map((file) => relative(image.root, file)).sort()).toEqual([
      'app/LICENSE',
      'app/ecs-operator-tracing.mjs',
      'app/ecs-operator.mjs',
      'nodejs/bin/node',
    ]);
    for (const file of files) expect((await stat(file)).mode & 0o222, file).toBe(0);
  });

  const start = (...args: readonly string[]) => {
    const [node = '', ...before] = image.entrypoint.map((word) =>
      word.startsWith('/') ? join(image.root, word) : word,
    );
    return run(node, [...before, ...args], { cwd: join(image.root, 'app'), env: {} });
  };

  test('tells its flags', async () => {
    expect(await start('--help')).toEqual({ stdout: usage, stderr: '', exitCode: 0 });
  });

  test('refuses to start without a region', async () => {
    const { stderr, exitCode } = await start();
    expect(stderr).toContain('No AWS region');
    expect(exitCode).toBe(2);
  });

  describe('under the arguments and the environment of the chart', () => {
    let region: Region;
    let pod: Pod;
    let namespace: string;
    let logFile: string;
    let collector: Server;
    const collected: (string | undefined)[] = [];

    beforeAll(async () => {
      collector = createServer((request, response) => {
        collected.push(request.url);
        request.resume().on('end', () => response.end('{}'));
      }).listen(0, '127.0.0.1');
      await once(collector, 'listening');
      region = await startRegion({ timings: 'instant' });
      namespace = await cluster.freshNamespace('image');
      const access = {
        namespace,
        serviceAccount: 'ecs-operator',
        watchNamespace: namespace,
        accounts: false,
      };
      const kubeconfig = join(directory, 'kubeconfig');
      await grantAccess(cluster, accountOf(access), accessManifests(access), kubeconfig);
      const helm = await createHelm({ binary: cluster.helm, kubeconfig, home: join(directory, 'helm') });
      const rendered = await helm.render(
        {
          ...(await sandboxValues(region)),
          watch: { namespace },
          accounts: { enabled: false },
          traces: { endpoint: `http://127.0.0.1:${portOf(collector)}` },
        },
        { name: 'ecs-operator', namespace },
      );
      logFile = join(directory, 'pod.log');
      await writeFile(logFile, '');
      const deployment = pick(rendered, 'Deployment');
      pod = await startPod({ image, deployment, name: 'ecs-operator-0', namespace, kubeconfig, logFile });
    });

    afterAll(async () => {
      await pod?.process.stop(0);
      await region?.stop();
      collector?.close();
    });

    test('is alive and ready', async () => {
      await eventually('/readyz says yes', async () => {
        const status = await pod.probe('readinessProbe');
        return { value: [status, await readFile(logFile, 'utf8')], done: status === 200 };
      });
      expect(await pod.probe('livenessProbe')).toBe(200);
      expect(await pod.metrics()).toContain('ecs_operator_build_info{version=');
    });

    test('is the user without rights', async ({ skip }) => {
      const status = await readFile(`/proc/${pod.process.pid}/status`, 'utf8').catch(() => undefined);
      if (status === undefined || process.getuid?.() !== 0)
        skip('only root on Linux can be another user and look at it');
      expect(status).toMatch(/^Uid:\s+65532\s+65532\s/m);
      expect(status).toMatch(/^CapEff:\s+0+$/m);
    });

    test('reconciles', async () => {
      const manifest = join(repository, 'examples/quickstart/cluster.yaml');
      await must(cluster.kubectl, ['-n', namespace, 'apply', '-f', manifest]);
      const wait = ['wait', 'ecsc/quickstart', '--for=condition=Ready', '--timeout=40s'];
      await must(cluster.kubectl, ['-n', namespace, ...wait]);
      expect(region.journal.mutations(0).map(({ operation }) => operation)).toContain('CreateCluster');
    });

    test('stops in time when it is told to, and gives its Lease back', async () => {
      expect(await pod.stop()).toBe(0);
      const lease = ['-n', namespace, 'get', 'lease', 'ecs-operator', '-o', 'jsonpath={.spec.holderIdentity}'];
      expect(await must(cluster.kubectl, lease)).toBe('');
    });

    test('has sent its traces', () => {
      expect(collected).toContain('/v1/traces');
    });
  });
});

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
