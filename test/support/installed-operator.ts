import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';
import { writeTokenKubeconfig } from '../sandbox/control-plane/service-account.ts';
import { rolesInForce } from '../sandbox/operator-access.ts';
import { testCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { chart, createHelm, documentsIn, type Helm, type Rendered, type Values } from './helm.ts';
import type { AccessManifest } from './helm-access.ts';
import { type Pod, startPod } from './helm-pod.ts';
import { type Kubectl, must } from './kubectl.ts';
import { LogTail } from './log-tail.ts';
import { type Sample, samplesOf } from './scrape.ts';

export interface InstallOptions {
  readonly cluster: { kubeconfig(user: 'admin'): string; readonly kubectl: Kubectl };
  /** Of the release, which gets the same name. */
  readonly namespace: string;
  readonly values: Values;
  /** Whether `later` may be called; then the process loads something before its own code. */
  readonly adjustableClock: boolean;
  /** Makes of the kubeconfig with the pod's token another one with which the pod is started. */
  readonly reach: (kubeconfig: string) => Promise<string>;
}

/** As the chart calls it: the release's name, and its own. */
export const serviceAccountOf = (namespace: string): string => `${namespace}-ecs-operator`;

/** The first pod of a machine under load takes its time. */
const START_DEADLINE_MS = 30_000;

/**
 * The chart, installed with helm, and its pod: the bundle from the image's files, as the image's user, with exactly the arguments and the
 * environment of the stored Deployment and a token of the chart's ServiceAccount. It is driven from outside, as a cluster would.
 */
export class InstalledOperator {
  readonly log: LogTail;
  readonly #options: InstallOptions;
  readonly #directory: string;
  readonly #helm: Helm;
  #pod: Pod | undefined;
  #isStopped = false;
  /** How many lines the log had then. */
  #launchedAt = 0;

  private constructor(options: InstallOptions, directory: string, helm: Helm) {
    this.#options = options;
    this.#directory = directory;
    this.#helm = helm;
    this.log = new LogTail(join(directory, 'operator.log'));
  }

  /** `helm install`. Resolves when the API server has heard of the roles; the pod is not started yet. */
  static async install(options: InstallOptions): Promise<InstalledOperator> {
    const { cluster } = options;
    const directory = await mkdtemp(join(tmpdir(), 'ecs-operator-bed-'));
    // The pod's user makes the clock's socket here.
    await chmod(directory, 0o777);
    const helm = await createHelm({
      binary: testCluster().helm,
      kubeconfig: cluster.kubeconfig('admin'),
      home: join(directory, 'helm'),
    });
    const installed = new InstalledOperator(options, directory, helm);
    await installed.#release('install', options.values);
    return installed;
  }

  /** `helm upgrade`, whose Deployment the next pod is of. */
  async upgrade(values: Values): Promise<void> {
    await this.#release('upgrade', values);
  }

  /** Starts the pod. Resolves when it answers probes, whatever it says. */
  async launch(): Promise<void> {
    const { namespace, adjustableClock } = this.#options;
    this.#isStopped = false;
    this.#launchedAt = this.#pod === undefined ? 0 : (await this.log.lines()).length;
    this.#pod = await startPod({
      image: inject('image'),
      deployment: await this.#deployment(),
      name: 'test',
      namespace,
      kubeconfig: await this.#podKubeconfig(),
      logFile: this.log.path,
      nodeOptions: adjustableClock ? [`--import=${await this.#clockModule()}`] : [],
    });
    await this.#says('serving');
  }

  /** Resolves when the pod is ready and leads. */
  async start(): Promise<void> {
    await this.launch();
    await this.#says('taken over');
    await eventually('the operator is ready', async () => {
      const status = await this.pod.probe('readinessProbe');
      return { value: status, done: status === 200 };
    });
  }

  /** As the kubelet does it. Rejects when the operator did not end well, ended before, or had to complain about itself. */
  async stop(): Promise<void> {
    if (this.#pod === undefined || this.#isStopped) return;
    this.#isStopped = true;
    const code = await this.#pod.stop();
    const complaints = await this.log.complaints();
    if (code !== 0 || complaints.length > 0) {
      throw new Error(`The operator ended with ${code}, and its log has\n${complaints.join('\n')}`);
    }
  }

  /** Stops the pod and forgets its files. The release stays: nothing here finishes the deletion of its namespace either. */
  async close(): Promise<void> {
    try {
      await this.stop();
    } finally {
      if (process.env.TEST_KEEP_LOGS === undefined) await rm(this.#directory, { recursive: true, force: true });
      else process.stderr.write(`kept ${this.log.path}\n`);
    }
  }

  get pod(): Pod {
    if (this.#pod === undefined) throw new Error('the operator has not been started');
    return this.#pod;
  }

  /** What it shows to the API server. */
  async token(): Promise<string> {
    const { users } = JSON.parse(await readFile(this.#kubeconfig, 'utf8'));
    return users[0].user.token;
  }

  async metrics(): Promise<readonly Sample[]> {
    return samplesOf(await this.pod.metrics());
  }

  /** Moves the process's monotonic clock forward: what it holds back for a while is due then. */
  async later(ms: number): Promise<void> {
    const socket = connect(join(this.#directory, 'clock.sock'));
    socket.end(String(ms)).resume();
    await once(socket, 'close');
  }

  get #kubeconfig(): string {
    return join(this.#directory, 'kubeconfig');
  }

  async #release(command: 'install' | 'upgrade', values: Values): Promise<void> {
    const { namespace, cluster } = this.#options;
    const told = await this.#helm.must([command, namespace, chart, '--namespace', namespace, '--output=json'], values);
    const { manifest }: { readonly manifest: string } = JSON.parse(told);
    await writeTokenKubeconfig(cluster, { namespace, name: serviceAccountOf(namespace) }, this.#kubeconfig);
    await rolesInForce(this.#kubeconfig, documentsIn(manifest).filter(isRole));
  }

  async #deployment(): Promise<Rendered> {
    const { cluster, namespace } = this.#options;
    const selector = `--selector=app.kubernetes.io/instance=${namespace}`;
    const told = await must(cluster.kubectl, ['-n', namespace, 'get', 'deployment', selector, '-o', 'json']);
    const { items }: { readonly items: readonly Rendered[] } = JSON.parse(told);
    const [deployment] = items;
    if (deployment === undefined) throw new Error(`the release ${namespace} has no Deployment`);
    return deployment;
  }

  /** Where the pod's user may read it. */
  async #podKubeconfig(): Promise<string> {
    const copy = join(this.#directory, 'pod.kubeconfig');
    await copyFile(await this.#options.reach(this.#kubeconfig), copy);
    return copy;
  }

  /** Waits for a message of the pod that was started last. Rejects with its log when it ends before. */
  async #says(message: string): Promise<void> {
    await eventually(
      `the operator says "${message}"`,
      async () => {
        const lines = (await this.log.lines()).slice(this.#launchedAt);
        const done = lines.some(({ msg }) => msg === message);
        if (!done && this.pod.process.exitCode() !== undefined) {
          throw new Error(`The operator ended: ${await readFile(this.log.path, 'utf8')}`);
        }
        return { value: lines, done };
      },
      START_DEADLINE_MS,
    );
  }

  /** A copy that the pod's user may read, beside which it makes the socket. */
  async #clockModule(): Promise<string> {
    const copy = join(this.#directory, 'adjustable-clock.mjs');
    await copyFile(new URL('adjustable-clock.mjs', import.meta.url), copy);
    await rm(join(this.#directory, 'clock.sock'), { force: true });
    return pathToFileURL(copy).href;
  }
}

function isRole(document: Rendered): document is Rendered & AccessManifest {
  return document.kind === 'Role' || document.kind === 'ClusterRole';
}
