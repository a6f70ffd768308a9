import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../support/kubectl.ts';
import { ensureGoTools } from '../go-tools.ts';

/** What tools that know nothing of a kind say of one of its objects. */
export interface GitopsHealth {
  readonly kstatus: 'Current' | 'InProgress' | 'Failed' | 'Terminating' | 'NotFound' | 'Unknown';
  readonly argoCD: 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended' | 'Missing';
}

const name = 'gitops-health';

/** Path of the program: in `GITOPS_ASSETS` if set, else in the user's cache, where it is built from source the first time. */
export async function ensureGitopsHealth(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const directory = env.GITOPS_ASSETS || (await build(env));
  return join(directory, name);
}

function build(env: NodeJS.ProcessEnv): Promise<string> {
  return ensureGoTools(
    {
      moduleDir: import.meta.dirname,
      cache: 'gitops',
      what: "the GitOps tools' health checks",
      tools: new Map([[name, name]]),
      ldflags: '-s -w',
      announcement:
        "Building kstatus and Argo CD's interpreter from source. This happens once and takes about half a minute.",
      remedies: `Install Go 1.24 or newer (https://go.dev/dl), or set GITOPS_ASSETS to a directory with ${name}.`,
    },
    env,
  );
}

/** `healthCheck` is Lua, as in Argo CD's `resource.customizations`. */
export async function gitopsHealthOf(
  objects: readonly object[],
  healthCheck: string,
): Promise<readonly GitopsHealth[]> {
  const program = await ensureGitopsHealth();
  const directory = await mkdtemp(join(tmpdir(), 'ecs-operator-gitops-'));
  try {
    const script = join(directory, 'health.lua');
    await writeFile(script, healthCheck);
    const stdin = objects.map((object) => `${JSON.stringify(object)}\n`).join('');
    const { exitCode, stdout, stderr } = await run(program, [script], { stdin });
    if (exitCode !== 0) throw new Error(stderr.trim());
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line): GitopsHealth => JSON.parse(line));
  } finally {
    await rm(directory, { recursive: true });
  }
}
