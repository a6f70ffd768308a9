import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../sandbox/control-plane/index.ts';
import { writeTokenKubeconfig } from '../sandbox/control-plane/service-account.ts';
import { type Region, startRegion } from '../sandbox/region/index.ts';
import { eventually } from '../support/eventually.ts';
import {
  chart,
  createHelm,
  type Helm,
  type Rendered,
  repository,
  sandboxValues,
  standardRelease,
  type Values,
} from '../support/helm.ts';
import { type Pod, podSpecOf, startPod } from '../support/helm-pod.ts';
import { must, run } from '../support/kubectl.ts';
import { codeBlocks } from '../support/markdown.ts';

/** An installation as a user makes it. The steps build on one another, in the order of the file. */
const { name: release, namespace } = standardRelease;
const app = 'default';
const quickstart = join(repository, 'examples/quickstart');

let controlPlane: ControlPlane;
let region: Region;
let helm: Helm;
let directory: string;
let pods: Pod[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ecs-operator-install-'));
  await chmod(directory, 0o755);
  [controlPlane, region] = await Promise.all([startControlPlane(), startRegion({ timings: 'instant' })]);
  helm = await createHelm({
    binary: controlPlane.binaries.helm,
    kubeconfig: controlPlane.kubeconfig(),
    home: join(directory, 'helm'),
  });
});

afterAll(async () => {
  await Promise.all(pods.map(({ process }) => process.stop(0)));
  await Promise.all([controlPlane?.stop(), region?.stop()]);
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
});

const kubectl = (...args: readonly string[]): Promise<string> => must(controlPlane.kubectl, args);
const on = ['--namespace', app];

async function values(more: Values = {}): Promise<Values> {
  // An operator that loses its role with the release cannot give its Lease back, and the next one waits until it has run out.
  const leaderElection = { leaseDuration: 3, renewDeadline: 2, retryPeriod: 0.5 };
  return { ...(await sandboxValues(region)), leaderElection, ...more };
}

/** What is stored of the release's Deployment: what a kubelet would be given. */
async function deployment(): Promise<Rendered> {
  return JSON.parse(await kubectl('-n', namespace, 'get', 'deployment', release, '-o', 'json'));
}

/** Plays one pod of the Deployment that is there now. */
async function rollOut(): Promise<Pod> {
  const found = await deployment();
  const name = `${release}-${randomBytes(3).toString('hex')}`;
  const kubeconfig = join(directory, `${name}.kubeconfig`);
  await writeTokenKubeconfig(controlPlane, { namespace, name: podSpecOf(found).serviceAccountName }, kubeconfig);
  const logFile = join(directory, `${name}.log`);
  const pod = await startPod({ image: inject('image'), deployment: found, name, namespace, kubeconfig, logFile });
  pods.push(pod);
  await eventually(`${name} is ready`, async () => {
    const [status, exit] = [await pod.probe('readinessProbe'), pod.process.exitCode()];
    if (exit !== undefined) throw new Error(`${name} ended with ${exit}: ${await readFile(logFile, 'utf8')}`);
    return { value: status, done: status === 200 };
  });
  return pod;
}

async function stopPods(): Promise<readonly number[]> {
  const stopping = pods;
  pods = [];
  return Promise.all(stopping.map((pod) => pod.stop()));
}

/** Everything of ours that is stored, without what a write to it would change. */
async function stored(): Promise<readonly string[]> {
  const list = JSON.parse(await kubectl(...on, 'get', 'ecs', '-o', 'json'));
  const items: readonly { kind: string; metadata: { name: string; uid: string; resourceVersion: string } }[] =
    list.items;
  return items.map(({ kind, metadata: { name, uid, resourceVersion } }) => `${kind}/${name} ${uid} ${resourceVersion}`);
}

/** Every operation that changes AWS since a place in the journal. */
const mutations = (mark: number): readonly string[] => region.journal.mutations(mark).map(({ operation }) => operation);

const desiredCount = (count: number): Promise<string> =>
  kubectl(...on, 'patch', 'ecssvc/quickstart', '--type=merge', '-p', JSON.stringify({ spec: { desiredCount: count } }));

async function runs(count: number): Promise<void> {
  await kubectl(...on, 'wait', 'ecssvc/quickstart', `--for=jsonpath={.status.runningCount}=${count}`, '--timeout=40s');
}

describe('an older release', () => {
  test('is installed with helm install', async () => {
    const older = join(directory, 'older');
    await cp(chart, older, { recursive: true });
    const crd = join(older, 'templates/crds/ecsclusters.yaml');
    const text = await readFile(crd, 'utf8');
    expect(text).toContain('      - ecsc\n');
    await writeFile(crd, text.replace('      - ecsc\n', '      - oldname\n'));
    const out = await helm.must(['install', release, older, '-n', namespace, '--create-namespace'], await values());
    expect(out).toContain('kubectl wait ecsc/quickstart --for=condition=Ready');
    await kubectl('wait', 'crd', '--all', '--for=condition=Established', '--timeout=30s');
  });

  test('runs from the image, as its user, with the token of its service account, and is healthy', async () => {
    const pod = await rollOut();
    expect(await pod.probe('livenessProbe')).toBe(200);
    const status = await readFile(`/proc/${pod.process.pid}/status`, 'utf8').catch(() => undefined);
    // Elsewhere than on Linux, or as a user who is not root, there is no other user to be.
    if (status !== undefined && process.getuid?.() === 0) expect(status).toMatch(/^Uid:\s+65532\s/m);
  });

  test('brings the quickstart into AWS', async () => {
    await kubectl(...on, 'apply', '-f', quickstart);
    await kubectl(...on, 'wait', 'ecs', '--all', '--for=condition=Ready', '--timeout=50s');
    expect(await kubectl(...on, 'get', 'ecs')).toMatch(/ecsservice\S+\/quickstart +True +Live/);
    await runs(2);
  });
});

describe('helm upgrade', () => {
  test('brings the CRDs up to date, which files in a crds folder would not be', async () => {
    expect(await kubectl('api-resources', '--api-group=ecs-operator.dev', '--cached=false')).toContain('oldname');
    const mark = region.journal.mark();
    await helm.must(['upgrade', release, chart, '-n', namespace], await values({ logLevel: 'debug', resync: 600 }));
    await eventually('the new short name is served', async () => {
      const resources = await kubectl('api-resources', '--api-group=ecs-operator.dev', '--cached=false');
      return { value: resources, done: /ecsclusters +ecsc /.test(resources) };
    });
    expect(mutations(mark)).toEqual([]);
  });

  test('hands over from the old pod to the new one without touching AWS', async () => {
    const mark = region.journal.mark();
    const [old] = pods;
    const next = await rollOut();
    expect(await next.metrics()).toContain('leader_election_master_status{name="ecs-operator"} 0');
    expect(await old?.stop()).toBe(0);
    pods = [next];
    await eventually('the new pod leads and has looked at the service', async () => {
      const entries = region.journal.entries.filter(({ seq }) => seq > mark);
      const metrics = await next.metrics();
      const done =
        metrics.includes('leader_election_master_status{name="ecs-operator"} 1') &&
        entries.some(({ operation }) => operation === 'DescribeServices');
      return { value: entries.map(({ operation }) => operation), done };
    });
    await kubectl(...on, 'wait', 'ecs', '--all', '--for=condition=Ready', '--timeout=10s');
    expect(mutations(mark)).toEqual([]);
    await desiredCount(3);
    await runs(3);
    expect(mutations(mark)).toEqual(['UpdateService']);
  });
});

describe('what guards the CRDs', () => {
  const crd = 'ecsservices.ecs-operator.dev';

  test.each([
    ['by name', ['delete', 'crd', crd, '--wait=false']],
    ['all at once', ['delete', '--raw', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions']],
  ])('refuses their deletion %s, and says what to do if it is meant', async (_, command) => {
    const { exitCode, stderr } = await controlPlane.kubectl(command);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(
      /deletes every \w+ and, while an operator runs, what it is in AWS\. If that is meant: kubectl annotate crd /,
    );
    expect(await kubectl('get', 'crd', crd, '-o', 'jsonpath={.metadata.deletionTimestamp}')).toBe('');
  });

  test('is not in the way of other CRDs', async () => {
    const other = await readFile(join(repository, 'crds/ecs-operator.dev_ecsclusters.yaml'), 'utf8');
    const foreign = other.replaceAll('ecs-operator.dev', 'example.com');
    await must(controlPlane.kubectl, ['apply', '-f', '-'], foreign);
    await kubectl('delete', 'crd', 'ecsclusters.example.com', '--timeout=20s');
  });

  test('lets those go that say so', async () => {
    const allowed = await controlPlane.kubectl([...['annotate', 'crd', crd, 'ecs-operator.dev/allow-deletion=true']]);
    expect(allowed.exitCode).toBe(0);
    await kubectl('delete', 'crd', crd, '--dry-run=server');
    await kubectl('annotate', 'crd', crd, 'ecs-operator.dev/allow-deletion-');
    expect((await controlPlane.kubectl(['delete', 'crd', crd, '--dry-run=server'])).exitCode).not.toBe(0);
  });
});

describe('the roles for users', () => {
  const may = async (role: string, verb: string, resource: string, where: readonly string[] = on): Promise<boolean> => {
    const [type = '', subresource = ''] = resource.split('/');
    const question = [verb, type, `--subresource=${subresource}`, ...where];
    const answer = await controlPlane.kubectl([`--as=user-of-${role}`, 'auth', 'can-i', ...question]);
    return answer.stdout.trim() === 'yes';
  };

  test('let viewers read, editors write and scale, and neither touch accounts or status', async () => {
    for (const role of ['view', 'edit', 'admin']) {
      const binding = `user-of-${role}`;
      await kubectl(...on, 'create', 'rolebinding', binding, `--clusterrole=${release}-${role}`, `--user=${binding}`);
    }
    await eventually('the bindings are in force', async () => {
      const seen = [
        await may('view', 'get', 'ecssvc'),
        await may('edit', 'get', 'ecssvc'),
        await may('admin', 'get', 'ecssvc'),
      ];
      return { value: seen, done: seen.every(Boolean) };
    });
    expect(await may('view', 'create', 'ecssvc')).toBe(false);
    expect(await may('edit', 'create', 'ecssvc')).toBe(true);
    expect(await may('edit', 'patch', 'ecsservices/scale')).toBe(true);
    for (const role of ['view', 'edit', 'admin']) {
      expect(await may(role, 'patch', 'ecsservices/status'), role).toBe(false);
      // In no namespace, and so beyond every RoleBinding.
      expect(await may(role, 'create', 'awsaccounts.ecs-operator.dev', ['--all-namespaces']), role).toBe(false);
    }
  });
});

describe('a second release', () => {
  const team = 'team-a';

  test('for one namespace has no power outside of it and does not fight with the first', async () => {
    await kubectl('create', 'namespace', team);
    const given = await values({
      watch: { namespace: team },
      accounts: { enabled: false },
      crds: { install: false },
      rbac: { userRoles: false },
    });
    await helm.must(['install', release, chart, '-n', team], given);
    const user = `--as=system:serviceaccount:${team}:${release}`;
    const may = async (...question: readonly string[]): Promise<string> =>
      (await controlPlane.kubectl(['auth', 'can-i', user, ...question])).stdout.trim();
    await eventually('its role is in force', async () => {
      const answer = await may('list', 'ecssvc', '-n', team);
      return { value: answer, done: answer === 'yes' };
    });
    expect(await may('list', 'ecssvc', '-n', app)).toBe('no');
    expect(await may('list', 'ecssvc', '--all-namespaces')).toBe('no');
    expect(await may('list', 'namespaces')).toBe('no');
    await helm.must(['uninstall', release, '-n', team]);
    expect(await kubectl('get', 'crd', 'ecsservices.ecs-operator.dev', '-o', 'name')).not.toBe('');
  });
});

describe('helm uninstall', () => {
  let before: { readonly objects: readonly string[]; readonly aws: unknown; readonly mark: number };

  test('ends the operator and leaves CRDs, objects and AWS as they are', async () => {
    before = { objects: await stored(), aws: region.inventory(), mark: region.journal.mark() };
    expect(before.objects).toHaveLength(3);
    const out = await helm.must(['uninstall', release, '-n', namespace]);
    expect(out).toContain('These resources were kept due to the resource policy');
    expect(await stopPods()).toEqual([0]);
    expect(await stored()).toEqual(before.objects);
    expect(region.inventory()).toEqual(before.aws);
    expect(mutations(before.mark)).toEqual([]);
    const left = await kubectl('get', 'all,sa,role,rolebinding,pdb,networkpolicy', '-n', namespace, '-o', 'name');
    expect(left).toBe('');
    expect(await kubectl('get', 'clusterrole', '-l', 'app.kubernetes.io/part-of=ecs-operator', '-o', 'name')).toBe('');
  });

  test('leaves the guard with the CRDs', async () => {
    const { stderr } = await controlPlane.kubectl(['delete', 'crd', 'ecsclusters.ecs-operator.dev', '--wait=false']);
    expect(stderr).toContain('If that is meant');
  });

  test('can be taken back: the same release installed again takes over what there is', async () => {
    await helm.must(['install', release, chart, '-n', namespace], await values());
    await rollOut();
    await desiredCount(1);
    await runs(1);
    expect(mutations(before.mark)).toEqual(['UpdateService']);
  });
});

describe('the end, with everything in AWS', () => {
  test('is to delete the objects first, then the release, then the CRDs', async () => {
    await kubectl(...on, 'delete', 'ecs', '--all', '--timeout=50s');
    expect(Object.values(region.inventory()).flat()).toEqual([]);
    await helm.must(['uninstall', release, '-n', namespace]);
    expect(await stopPods()).toEqual([0]);
    await kubectl(
      'annotate',
      'crd',
      '-l',
      'app.kubernetes.io/part-of=ecs-operator',
      'ecs-operator.dev/allow-deletion=true',
    );
    const kinds = 'crd,validatingadmissionpolicy,validatingadmissionpolicybinding';
    await kubectl('delete', kinds, '-l', 'app.kubernetes.io/part-of=ecs-operator', '--timeout=30s');
    expect(await kubectl('get', 'crd', '-o', 'name')).toBe('');
  });
});

describe('a release that does not keep its CRDs', () => {
  test('lets its objects go and keeps AWS with the commands of docs/uninstall.md', async () => {
    await helm.must(['install', release, chart, '-n', namespace], await values({ crds: { keep: false } }));
    await kubectl('wait', 'crd', '--all', '--for=condition=Established', '--timeout=30s');
    await rollOut();
    await kubectl(...on, 'apply', '-f', quickstart);
    await kubectl(...on, 'wait', 'ecs', '--all', '--for=condition=Ready', '--timeout=50s');
    const [before, mark] = [region.inventory(), region.journal.mark()];
    await shell(await commandsUnder('Keep everything in AWS', 'deletionPolicy'));
    expect(await kubectl('get', 'ecs', '--all-namespaces', '-o', 'name')).toBe('');
    expect(region.inventory()).toEqual(before);
    expect(mutations(mark)).toEqual([]);
  });

  test('takes them with it, and their guard', async () => {
    await helm.must(['uninstall', release, '-n', namespace]);
    expect(await stopPods()).toEqual([0]);
    await eventually('no CRD and no guard is left', async () => {
      const kinds = 'crd,validatingadmissionpolicy,validatingadmissionpolicybinding';
      const left = await kubectl('get', kinds, '-o', 'name');
      return { value: left, done: left === '' };
    });
  });
});

/** The block of commands in docs/uninstall.md that stands under a heading and has this word in it. */
async function commandsUnder(heading: string, word: string): Promise<string> {
  const page = await readFile(join(repository, 'docs/uninstall.md'), 'utf8');
  const section = page.split(/^## /m).find((one) => one.startsWith(heading)) ?? '';
  const found = codeBlocks(section, 'sh').find((block) => block.includes(word));
  if (found === undefined) throw new Error(`no commands with ${word} under "${heading}"`);
  return found;
}

/** Carries out what a user would paste into a shell. */
async function shell(commands: string): Promise<void> {
  const env = {
    PATH: `${dirname(controlPlane.binaries.kubectl)}:${process.env.PATH}`,
    HOME: directory,
    KUBECONFIG: controlPlane.kubeconfig(),
  };
  const { exitCode, stderr } = await run('sh', ['-e', '-c', commands], { env });
  if (exitCode !== 0) throw new Error(`the commands ended with ${exitCode}: ${stderr}`);
}
