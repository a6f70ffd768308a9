import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../support/kubectl.ts';

const modules = join(import.meta.dirname, '../../node_modules');

/** What the API server has refused the operator is known only when all tests are over (`test/support/operator-cluster.ts`). */
test('a run whose tests pass fails when the teardown of its global setup throws', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ecs-operator-teardown-'));
  try {
    await symlink(modules, join(directory, 'node_modules'));
    await writeFile(join(directory, 'setup.mjs'), "export default () => () => { throw new Error('refused'); };\n");
    await writeFile(join(directory, 'one.test.mjs'), "import { test } from 'vitest';\ntest('passes', () => {});\n");
    const config = { test: { globalSetup: ['setup.mjs'], include: ['one.test.mjs'] } };
    await writeFile(join(directory, 'vitest.config.mjs'), `export default ${JSON.stringify(config)};\n`);
    const vitest = join(modules, 'vitest/vitest.mjs');
    const { exitCode, stdout, stderr } = await run(process.execPath, [vitest, 'run'], { cwd: directory });
    expect(stdout).toContain('1 passed');
    expect(stdout + stderr).toContain('refused');
    expect(exitCode).toBe(1);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}, 60_000);
