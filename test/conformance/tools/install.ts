import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { withLock } from '../../sandbox/control-plane/build-lock.ts';
import { type CommandResult, run } from '../../support/kubectl.ts';

/** Where the Python tools are, or why there are none. Plain data: it crosses a process boundary. */
export type Installation =
  | { readonly kind: 'installed'; readonly python: string; readonly awscliExamples: string }
  /** This machine cannot have them: the suites are skipped and say so. */
  | { readonly kind: 'missing'; readonly reason: string }
  /** This machine should have them: the suites fail with this. */
  | { readonly kind: 'failed'; readonly message: string };

const requirements = join(import.meta.dirname, 'requirements.txt');
/** The oldest minor version of Python 3 that every pinned package accepts. */
const minimumMinor = 11;

/**
 * The Python tools from the user's cache, where pip puts them the first time (about half a minute, told on stderr). Needs no
 * network once they are there. Never throws: whoever wants a test that needs no Python must still get it.
 */
export async function installPythonTools(env: NodeJS.ProcessEnv = process.env): Promise<Installation> {
  try {
    const base = await basePython(env);
    if ('reason' in base) return { kind: 'missing', reason: base.reason };
    const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ecs-operator', 'python');
    const directory = join(cache, await cacheKey(base.version));
    if (!existsSync(directory)) {
      const onWait = (): void =>
        console.error(`waiting for another process that installs the Python tools (${directory}.lock)`);
      await withLock(`${directory}.lock`, onWait, () => install(directory, env));
    }
    const packages = join(directory, 'lib', `python${base.version}`, 'site-packages');
    return {
      kind: 'installed',
      python: join(directory, 'bin', 'python'),
      awscliExamples: join(packages, 'awscli', 'examples'),
    };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

/** Debian has a python3 without ensurepip, which cannot make a venv that has pip. */
async function basePython(env: NodeJS.ProcessEnv): Promise<{ version: string } | { reason: string }> {
  const script = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
  const found = await run('python3', ['-c', script], { env: pythonEnv(env) }).catch(() => undefined);
  if (found === undefined) return { reason: 'there is no `python3` on the PATH' };
  if (found.exitCode !== 0) return { reason: `this python3 cannot make a venv: ${lastLine(found)}` };
  const version = found.stdout.trim();
  const minor = Number(/^3\.(\d+)$/.exec(version)?.[1] ?? 0);
  if (minor < minimumMinor) return { reason: `python3 is ${version}, and 3.${minimumMinor} is needed` };
  return { version };
}

/** A venv points at the Python that made it, so another version or another machine's architecture gets its own. */
async function cacheKey(version: string): Promise<string> {
  const content = await readFile(requirements);
  const platform = `${version} ${process.platform} ${process.arch}`;
  return createHash('sha256').update(content).update(platform).digest('hex').slice(0, 16);
}

async function install(directory: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (existsSync(directory)) return;
  await removeUnfinished(directory);
  const startedAt = performance.now();
  console.error('Installing moto, the AWS CLI and boto3 with pip. This happens once and takes about a minute.');
  // Made beside its place and renamed when whole. The scripts in bin/ keep the old path: only `python -m` is used.
  const unfinished = await mkdtemp(`${directory}.installing-`);
  try {
    const python = join(unfinished, 'bin', 'python');
    await must('python3', ['-m', 'venv', unfinished], env);
    // The list is whole, which `pip check` holds; without --no-deps a gap would be filled with whatever is newest.
    const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input'];
    await must(python, [...pip, 'install', '--quiet', '--no-deps', '--no-compile', '--requirement', requirements], env);
    await must(python, [...pip, 'check'], env);
    await rename(unfinished, directory).catch((error: unknown) => {
      if (!existsSync(directory)) throw error;
    });
    console.error(`installed into ${directory} in ${Math.round((performance.now() - startedAt) / 1000)} s`);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function removeUnfinished(directory: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  for (const name of await readdir(dirname(directory))) {
    if (name.startsWith(`${basename(directory)}.installing-`))
      await rm(join(dirname(directory), name), { recursive: true, force: true });
  }
}

async function must(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const result = await run(program, args, { env: pythonEnv(env) });
  if (result.exitCode === 0) return;
  const said = `${result.stdout}\n${result.stderr}`.trim().slice(-4_000);
  throw new Error(`The conformance tools could not be installed: \`${program} ${args.join(' ')}\` failed:\n${said}`);
}

/** What a user's shell may set for another Python would reach into ours. */
export function pythonEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PYTHONPATH: _path, PYTHONHOME: _home, VIRTUAL_ENV: _venv, ...rest } = env;
  return rest;
}

function lastLine({ stdout, stderr }: CommandResult): string {
  return `${stdout}\n${stderr}`.trim().split('\n').at(-1) ?? '';
}
