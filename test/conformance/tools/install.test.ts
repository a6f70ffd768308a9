import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPythonTools } from './install.ts';
import { describeWithPython, python, pythonTools } from './python.ts';

describe('installing the Python tools', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ecs-operator-python-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('is not possible without python3, and says so', async () => {
    expect(await installPythonTools({ PATH: directory })).toEqual({
      kind: 'missing',
      reason: 'there is no `python3` on the PATH',
    });
  });

  it.each([
    ['is too old', 'echo 3.9', 'python3 is 3.9, and 3.11 is needed'],
    [
      'has no ensurepip, as on Debian without python3-venv,',
      'echo "ModuleNotFoundError: No module named \'ensurepip\'" >&2; exit 1',
      "this python3 cannot make a venv: ModuleNotFoundError: No module named 'ensurepip'",
    ],
  ])('is not possible where python3 %s and says so', async (_what, script, reason) => {
    expect(await installPythonTools(await withPython(script))).toEqual({ kind: 'missing', reason });
  });

  it("fails with the tool's own words when it should be possible, and leaves nothing behind", async () => {
    const env = await withPython('case "$1" in -c) echo 3.11;; *) echo "No matching distribution" >&2; exit 1;; esac');
    const installation = await installPythonTools(env);
    expect(installation).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('No matching distribution'),
    });
    expect(await readdir(join(directory, 'ecs-operator', 'python'))).toEqual([]);
  });

  /** An environment whose `python3` is this shell script, with a cache of its own. */
  async function withPython(script: string): Promise<NodeJS.ProcessEnv> {
    const bin = await mkdtemp(join(directory, 'bin-'));
    await writeFile(join(bin, 'python3'), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, 'python3'), 0o755);
    return { PATH: bin, XDG_CACHE_HOME: directory };
  }
});

describeWithPython('the installed Python tools', () => {
  it('are found again without a network', async () => {
    const offline = { ...process.env, PIP_INDEX_URL: 'http://127.0.0.1:9', PIP_NO_INDEX: '1' };
    expect(await installPythonTools(offline)).toEqual(pythonTools());
  });

  it('have the versions that are pinned', async () => {
    const pinned = await readFile(join(import.meta.dirname, 'requirements.txt'), 'utf8');
    const script =
      'import importlib.metadata as m; [print(f"{n}=={m.version(n)}") for n in ("awscli", "boto3", "moto")]';
    const { stdout } = await python(pythonTools(), ['-c', script], {});
    const versions = stdout.trim().split('\n');
    expect(versions).toHaveLength(3);
    expect(versions.filter((version) => !pinned.split('\n').includes(version))).toEqual([]);
  });
});
