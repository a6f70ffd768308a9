import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundle } from '../../src/build/bundle.ts';
import { type Supervised, supervise } from '../sandbox/supervised.ts';

export interface OperatorProcessOptions {
  readonly kubeconfig: string;
  /** The simulated region's environment. */
  readonly aws: Readonly<Record<string, string>>;
  /** AWS region of objects that name none. */
  readonly region: string;
  /** Only objects of this namespace. */
  readonly namespace: string;
  /** Its log's name, where several run in one namespace. */
  readonly name?: string;
  /** More of its environment; it wins over what a test process has by default. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The operator as its users run it, from the bundle: a process of its own that can be killed and started again. */
export class OperatorProcess {
  readonly logFile: string;
  readonly #script: string;
  readonly #env: NodeJS.ProcessEnv;
  #running: Promise<Supervised> | undefined;
  #keepsLog = false;

  constructor(script: string, env: NodeJS.ProcessEnv, logFile: string) {
    this.#script = script;
    this.#env = env;
    this.logFile = logFile;
  }

  async start(): Promise<void> {
    this.#running = supervise({
      command: process.execPath,
      args: [this.#script],
      env: this.#env,
      logFile: this.logFile,
    });
    await this.#running;
  }

  /** SIGSTOP: it does not notice how long it sleeps. */
  async pause(): Promise<void> {
    (await this.#running)?.kill('STOP');
  }

  /** SIGCONT. */
  async resume(): Promise<void> {
    (await this.#running)?.kill('CONT');
  }

  /** Resolves with the exit code once it ends by itself. */
  async exited(): Promise<number> {
    const running = await this.#running;
    if (running === undefined) throw new Error('the operator has not been started');
    return running.exited;
  }

  /** SIGKILL; resolves once the process is dead. */
  async kill(): Promise<void> {
    const running = await this.#running;
    running?.kill('KILL');
    await running?.exited;
  }

  /** SIGTERM; resolves with the exit code. The log goes too, unless it is worth reading. */
  async stop(): Promise<number> {
    const running = await this.#running;
    const code = (await running?.stop(15_000)) ?? 0;
    if (!this.#keepsLog) await forget(this.logFile);
    return code;
  }

  /** After a failure. */
  keepLog(): void {
    this.#keepsLog = true;
  }

  /** What is in the log besides lines up to level warn, and the shell's word about our own kills: errors and crashes. */
  async complaints(): Promise<readonly string[]> {
    const lines = (await readFile(this.logFile, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.filter((line) => line !== 'Killed' && !/^\{"level":[1-4]0,/.test(line));
  }
}

let built: Promise<string> | undefined;

/** The bundle, in a directory of its own, where the logs are too. */
async function build(): Promise<string> {
  return bundle(join(await mkdtemp(join(tmpdir(), 'ecs-operator-process-')), 'ecs-operator.mjs'));
}

/** The last log takes the directory with it; of two that go at the same moment, either may find it gone. */
async function forget(logFile: string): Promise<void> {
  await rm(logFile, { force: true });
  const left = await readdir(dirname(logFile)).catch(() => []);
  if (left.some((name) => name.endsWith('.log'))) return;
  built = undefined;
  await rm(dirname(logFile), { recursive: true, force: true, maxRetries: 3 });
}

/** Makes an operator that is not started yet. The bundle is built once a test file, beside the logs. */
export async function operatorProcess(options: OperatorProcessOptions): Promise<OperatorProcess> {
  built ??= build();
  const script = await built;
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const env = {
    ...Object.fromEntries(own),
    ...options.aws,
    AWS_REGION: options.region,
    KUBECONFIG: options.kubeconfig,
    ECS_OPERATOR_NAMESPACE: options.namespace,
    // One that is killed and started again would wait for its own Lease to run out.
    ECS_OPERATOR_LEADER_ELECT: 'false',
    // They are in no namespace: the operators of all tests would look after the same ones.
    ECS_OPERATOR_AWS_ACCOUNTS: 'false',
    // The simulated account has no rate limits of its own.
    ECS_OPERATOR_AWS_QUOTA_SCALE: '1000',
    NODE_COMPILE_CACHE: join(script, '../compile-cache'),
    ...options.env,
  };
  return new OperatorProcess(script, env, join(script, `../${options.name ?? options.namespace}.log`));
}
