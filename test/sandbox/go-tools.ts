import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { run } from '../support/kubectl.ts';
import { withLock } from './control-plane/build-lock.ts';
import { startProgress } from './progress.ts';

/** Programs that a Go module of ours builds from source by its `tool` directives. */
export interface GoTools {
  /** Where go.mod and go.sum are. */
  readonly moduleDir: string;
  /** Its folder in the user's cache. */
  readonly cache: string;
  /** In messages: what they are together, such as "the sandbox's control plane". */
  readonly what: string;
  /** What `go install` calls each tool, and what we call it. */
  readonly tools: ReadonlyMap<string, string>;
  readonly ldflags: string;
  readonly buildTags?: string;
  /** Told before the first build: what is built, and how long that takes. */
  readonly announcement: string;
  /** Told after a failure. */
  readonly remedies: string;
}

const minimumGoMinor = 24;

/** The directory of the programs in the user's cache, where they are built the first time, reported on stderr. */
export async function ensureGoTools(
  tools: GoTools,
  env: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<string> {
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ecs-operator', tools.cache);
  const directory = join(cache, await cacheKey(tools));
  if (!existsSync(directory)) {
    const onWait = (): void =>
      console.error(`waiting for another process that builds ${tools.what} (${directory}.lock)`);
    await withLock(`${directory}.lock`, onWait, () => build(tools, directory, env, signal), signal);
  }
  return directory;
}

async function cacheKey({ moduleDir, ldflags, buildTags }: GoTools): Promise<string> {
  const hash = createHash('sha256');
  const files = await readdir(moduleDir, { recursive: true });
  const sources = files.filter((file) => file.endsWith('.go')).sort();
  for (const name of ['go.sum', 'go.mod', ...sources]) hash.update(await readFile(join(moduleDir, name)));
  const flags = buildTags === undefined ? ldflags : `${ldflags}\n${buildTags}`;
  return hash.update(`${flags}\n${process.platform} ${process.arch}`).digest('hex').slice(0, 16);
}

async function build(
  tools: GoTools,
  directory: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (existsSync(directory)) return;
  await checkGo(tools, env);
  await removeUnfinished(directory);
  // Built beside its place and renamed when whole, so that an interrupted build is never taken for a good one.
  const unfinished = await mkdtemp(`${directory}.building-`);
  const progress = startProgress(unfinished, tools.tools, tools.announcement);
  try {
    await goInstall(tools, unfinished, env, signal);
    for (const [built, name] of tools.tools) await rename(join(unfinished, built), join(unfinished, name));
    await rename(unfinished, directory).catch((error: unknown) => {
      if (!existsSync(directory)) throw error;
    });
    progress.finish(`built into ${directory}`);
  } finally {
    progress.stop();
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function removeUnfinished(directory: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  for (const name of await readdir(dirname(directory))) {
    if (name.startsWith(`${basename(directory)}.building-`))
      await rm(join(dirname(directory), name), { recursive: true, force: true });
  }
}

async function checkGo({ what, remedies }: GoTools, env: NodeJS.ProcessEnv): Promise<void> {
  // Outside the module and with the local toolchain: how old is the go command itself?
  const found = await run('go', ['version'], { env: { ...env, GOTOOLCHAIN: 'local' }, cwd: tmpdir() }).catch(
    (error: unknown) => {
      throw new Error(`Go is needed to build ${what}, and there is no \`go\` on the PATH. ${remedies}`, {
        cause: error,
      });
    },
  );
  const minor = /go1\.(\d+)/.exec(found.stdout)?.[1];
  if (minor === undefined || Number(minor) < minimumGoMinor) {
    throw new Error(
      `The go on the PATH is too old to build ${what} (${found.stdout.trim() || found.stderr.trim()}). ${remedies}`,
    );
  }
}

async function goInstall(
  { moduleDir, ldflags, buildTags, remedies }: GoTools,
  binDir: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { GOOS: _os, GOARCH: _arch, ...host } = env;
  const tags = buildTags === undefined ? [] : ['-tags', buildTags];
  const child = spawn('go', ['install', '-trimpath', '-ldflags', ldflags, ...tags, 'tool'], {
    cwd: moduleDir,
    // GOTOOLCHAIN=auto: go.mod asks for a newer Go than the oldest we accept, which then fetches it from the module proxy.
    env: { ...host, GOBIN: binDir, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOTOOLCHAIN: 'auto', GOWORK: 'off' },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  let tail = '';
  child.stderr.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString()).slice(-4_000);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`\`go install tool\` in ${moduleDir} failed:\n${tail.trim()}\n${remedies}`);
}
