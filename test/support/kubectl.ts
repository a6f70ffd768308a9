import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs kubectl, with `stdin` for `-f -`, and resolves whatever its exit code. */
export type Kubectl = (args: readonly string[], stdin?: string) => Promise<CommandResult>;

/** The real kubectl against one kubeconfig. `cacheDir` holds its discovery cache, apart from the user's own. */
export function createKubectl(binary: string, kubeconfig: string, cacheDir: string): Kubectl {
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: cacheDir };
  return (args, stdin) => run(binary, args, { env, stdin });
}

/** stdout of a kubectl call that must succeed; else an error with the command and what it said. */
export async function must(kubectl: Kubectl, args: readonly string[], stdin?: string): Promise<string> {
  const result = await kubectl(args, stdin);
  if (result.exitCode !== 0) {
    throw new Error(
      `kubectl ${args.join(' ')} exited with ${result.exitCode}: ${result.stderr.trim() || result.stdout.trim()}`,
    );
  }
  return result.stdout;
}

export function kubeConfig(path: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(path);
  return config;
}

/** Makes a namespace that there has not been before, and returns its name. */
export async function freshNamespace(kubectl: Kubectl, prefix: string): Promise<string> {
  const name = `${prefix}-${randomBytes(4).toString('hex')}`;
  await must(kubectl, ['create', 'namespace', name]);
  return name;
}

interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly stdin?: string | undefined;
}

/** Runs a program to its end and collects what it writes. Rejects only when it cannot be started. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  const child = spawn(program, args, {
    stdio: 'pipe',
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  // A program that does not read its input closes the pipe first; its exit code tells the story.
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr, exitCode: typeof code === 'number' ? code : 1 };
}
