import { chmod, copyFile, cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { repository } from './helm.ts';
import { run } from './kubectl.ts';

/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

export interface Stage {
  /** As FROM names it, with tag and digest. */
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** A directory that is laid out as the image's file system, in as far as the Dockerfile fills it. */
export interface Image {
  readonly root: string;
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly uid: number;
  readonly gid: number;
}

export async function readDockerfile(): Promise<readonly Stage[]> {
  const text = (await readFile(join(repository, 'Dockerfile'), 'utf8')).replaceAll(/\\\n\s*/g, '');
  const stages: { base: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of text.split('\n')) {
    const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    if (name === 'FROM') {
      const [, base = '', as] = /^(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?$/.exec(rest) ?? [];
      stages.push({ base, name: as, instructions: [] });
    } else {
      stages.at(-1)?.instructions.push({ name, rest });
    }
  }
  return stages;
}

/**
 * Does what `docker build` would do, below `directory`: each stage has its own file system with only what its instructions copy there. Two
 * things are ours: `npm ci` links the packages that are installed here, and `node` is the one that runs the tests. An instruction that is
 * not known is an error, so that the image cannot come to hold what this does not show.
 */
export async function buildImage(directory: string): Promise<Image> {
  const stages = await readDockerfile();
  const roots = new Map<string, string>();
  let image: Image | undefined;
  for (const [index, stage] of stages.entries()) {
    const root = join(directory, stage.name ?? `stage-${index}`);
    if (stage.name !== undefined) roots.set(stage.name, root);
    image = await buildStage(stage, root, roots);
  }
  if (image === undefined) throw new Error('the Dockerfile has no stage');
  await copyNode(image);
  return image;
}

async function buildStage(stage: Stage, root: string, roots: ReadonlyMap<string, string>): Promise<Image> {
  let workdir = root;
  let image: Image = { root, entrypoint: [], env: {}, uid: 0, gid: 0 };
  for (const { name, rest } of stage.instructions) {
    if (name === 'WORKDIR') {
      workdir = join(root, rest);
      await mkdir(workdir, { recursive: true });
    } else if (name === 'COPY') await copy(rest, workdir, root, roots);
    else if (name === 'RUN') await runIn(workdir, rest);
    else image = { ...image, ...settingOf(name, rest, image) };
  }
  return image;
}

/** What an instruction says about how the image is run. */
function settingOf(name: string, rest: string, image: Image): Partial<Image> {
  switch (name) {
    case 'USER':
      return userOf(rest);
    case 'ENTRYPOINT':
      return { entrypoint: entrypointOf(rest) };
    case 'ENV':
      return { env: { ...image.env, ...Object.fromEntries([splitPair(rest)]) } };
    case 'ARG':
    case 'LABEL':
    case 'EXPOSE':
      return {};
    default:
      throw new Error(`test/support/helm-image.ts does not know the Dockerfile's ${name}: teach it`);
  }
}

async function copy(rest: string, workdir: string, root: string, roots: ReadonlyMap<string, string>): Promise<void> {
  const words = rest.split(/\s+/);
  const flags = new Map(words.filter((word) => word.startsWith('--')).map((flag): [string, string] => splitPair(flag)));
  const paths = words.filter((word) => !word.startsWith('--'));
  const target = paths.pop() ?? '.';
  const from = flags.get('--from');
  const source = from === undefined ? repository : roots.get(from);
  if (source === undefined) throw new Error(`COPY ${rest}: no stage is called ${from}`);
  for (const path of paths) {
    const base = target.startsWith('/') ? root : workdir;
    const into = /\/$|^\.\/?$/.test(target) ? join(base, target, basename(path)) : join(base, target);
    await mkdir(dirname(into), { recursive: true });
    await cp(join(source, path), into, { recursive: true });
    const mode = flags.get('--chmod');
    if (mode !== undefined) await chmod(into, Number.parseInt(mode, 8));
  }
}

/** `name=value` */
function splitPair(flag: string): [string, string] {
  const at = flag.indexOf('=');
  return [flag.slice(0, at), flag.slice(at + 1)];
}

async function runIn(workdir: string, command: string): Promise<void> {
  if (command === 'npm ci --ignore-scripts') {
    await symlink(join(repository, 'node_modules'), join(workdir, 'node_modules'));
    return;
  }
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
  const { exitCode, stderr } = await run('/bin/sh', ['-c', command], { cwd: workdir, env });
  if (exitCode !== 0) throw new Error(`RUN ${command} exited with ${exitCode}: ${stderr}`);
}

function userOf(rest: string): { readonly uid: number; readonly gid: number } {
  const [, uid, gid] = /^(\d+):(\d+)$/.exec(rest) ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`USER ${rest}: runAsNonRoot needs numbers`);
  return { uid: Number(uid), gid: Number(gid) };
}

function entrypointOf(rest: string): readonly string[] {
  const words: unknown = JSON.parse(rest);
  if (!Array.isArray(words)) throw new Error(`ENTRYPOINT ${rest}: without a shell it has to be a list`);
  return words.map(String);
}

/** The base image's part: the program that the entrypoint begins with. */
async function copyNode({ root, entrypoint }: Image): Promise<void> {
  const node = join(root, entrypoint[0] ?? '');
  await mkdir(dirname(node), { recursive: true });
  await copyFile(process.execPath, node);
  await chmod(node, 0o555);
}
