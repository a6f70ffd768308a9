import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ControlPlane, startControlPlane } from './control-plane/index.ts';
import { allowOperator } from './operator-access.ts';
import { type Region, startRegion } from './region/index.ts';
import { type Supervised, supervise } from './supervised.ts';

const repository = resolve(import.meta.dirname, '../..');
/** How long the operator may take to finish what it has begun. */
const operatorGraceMs = 15_000;

export interface SandboxOptions {
  /** Where the kubeconfig and the like go; `.sandbox` in the repository unless told. One sandbox a directory. */
  readonly directory?: string;
  /** Without it the caller runs the operator; `true` unless told. */
  readonly operator?: boolean;
  /** How many times faster than reality the region runs. */
  readonly speed?: number;
  /** Told about each step of the start. */
  readonly onStep?: (step: string) => void;
  /** Gives up the start; a running sandbox is ended by `stop`. */
  readonly signal?: AbortSignal;
}

/** Control plane, AWS region and operator, wired together. */
export interface Sandbox {
  readonly directory: string;
  readonly controlPlane: ControlPlane;
  readonly region: Region;
  /** The operator as a process of its own; `undefined` without one. */
  readonly operator: Supervised | undefined;
  readonly operatorLog: string;
  /** What the operator runs with: another one can be started by the caller. */
  readonly operatorEnv: NodeJS.ProcessEnv;
  /** Stops everything, in order, and removes the directory, all of it unless the operator's log is worth keeping. */
  stop(options?: { readonly keepLog?: boolean }): Promise<void>;
}

/** Starts a sandbox. When a step fails, what had been started is stopped again. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { signal, onStep = () => {} } = options;
  const directory = resolve(options.directory ?? join(repository, '.sandbox'));
  const undo: (() => Promise<unknown>)[] = [];
  const operatorLog = join(directory, 'operator.log');
  const stop: Sandbox['stop'] = async ({ keepLog = false } = {}) => {
    for (let last = undo.pop(); last !== undefined; last = undo.pop()) await last();
    const rubbish = keepLog
      ? ['kubeconfig', 'aws.env', 'bin', 'pid'].map((name) => join(directory, name))
      : [directory];
    await Promise.all(rubbish.map((path) => rm(path, { recursive: true, force: true, maxRetries: 3 })));
  };
  await claim(directory);
  try {
    onStep('starting etcd and kube-apiserver');
    const controlPlane = await startControlPlane(signal === undefined ? {} : { signal });
    undo.push(() => controlPlane.stop());
    onStep('installing the CRDs');
    await controlPlane.installCrds(join(repository, 'crds'));
    await allowOperator(controlPlane);
    onStep('starting the AWS region');
    const region = await startRegion(options.speed === undefined ? {} : { speed: options.speed });
    undo.push(() => region.stop());
    await writeFiles(directory, controlPlane, region);
    const operatorEnv = environment(controlPlane, region);
    let operator: Supervised | undefined;
    if (options.operator !== false) {
      onStep('starting the operator');
      signal?.throwIfAborted();
      operator = await startOperator(operatorEnv, operatorLog);
      undo.push(async () => operator?.stop(operatorGraceMs));
    }
    return { directory, controlPlane, region, operator, operatorLog, operatorEnv, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The operator as its users run it: a process that gets a kubeconfig and AWS credentials from its environment. */
export function startOperator(env: NodeJS.ProcessEnv, logFile: string): Promise<Supervised> {
  return supervise({
    command: process.execPath,
    args: [join(repository, 'src/main.ts')],
    cwd: repository,
    env,
    logFile,
  });
}

/** Two sandboxes in one directory would overwrite each other's kubeconfig. */
async function claim(directory: string): Promise<void> {
  const pidFile = join(directory, 'pid');
  const owner = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (owner > 0 && isRunning(owner)) {
    throw new Error(
      `process ${owner} already runs a sandbox in ${directory}. Stop it, or choose another place with --directory.`,
    );
  }
  await rm(directory, { recursive: true, force: true });
  await mkdir(join(directory, 'bin'), { recursive: true });
  await writeFile(pidFile, `${process.pid}\n`);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function writeFiles(directory: string, controlPlane: ControlPlane, region: Region): Promise<void> {
  const { kubectl, helm } = controlPlane.binaries;
  await writeFile(join(directory, 'kubeconfig'), await readFile(controlPlane.kubeconfig('admin')), { mode: 0o600 });
  await writeFile(join(directory, 'aws.env'), awsEnv(region.env));
  await symlink(kubectl, join(directory, 'bin/kubectl'));
  if (helm !== undefined) await symlink(helm, join(directory, 'bin/helm'));
}

/** A profile or session of the user's own would win over the sandbox's keys, and then a command meant for here would reach real AWS. */
function awsEnv(env: Readonly<Record<string, string>>): string {
  const lines = Object.entries(env).map(([name, value]) => `export ${name}='${value}'`);
  return ['unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE', ...lines, ''].join('\n');
}

function environment(controlPlane: ControlPlane, region: Region): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(own),
    ...region.env,
    KUBECONFIG: controlPlane.kubeconfig('operator'),
    POD_NAMESPACE: 'ecs-operator',
  };
}
