import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sbom } from '../../../src/build/sbom.ts';

const repository = join(import.meta.dirname, '../../..');

describe('what the bundle is made of', () => {
  test('is in the list of packages that a release ships, each with its version, license and hash', async () => {
    const lock = await readLock();
    const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
    const { components } = await sbom();
    expect(components.map((one) => one['bom-ref']).sort()).toEqual(
      [...new Set(shipped.map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`))].sort(),
    );
    for (const { name, hashes, licenses } of components) {
      expect(hashes?.[0]?.alg, name).toBe('SHA-512');
      expect(licenses?.length, name).toBeGreaterThan(0);
    }
  });

  test('runs no script when it is installed', async () => {
    const { packages } = await readLock();
    const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
    // Development only, and the image does without them too: esbuild's program and Node's come as packages of their own.
    expect(scripted.map(([path, { dev }]) => `${path} ${dev === true}`)).toEqual([
      'node_modules/esbuild true',
      'node_modules/node true',
    ]);
  });

  test('comes from packages that docs/install.md gives a reason for', async () => {
    const { dependencies } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
    const install = await readFile(join(repository, 'docs/install.md'), 'utf8');
    const explained = [...install.matchAll(/^\| `([^`]+)` \| /gm)].map(([, name]) => name);
    expect(explained).toEqual(expect.arrayContaining(Object.keys(dependencies)));
  });
});

describe('what builds and releases', () => {
  const folder = join(repository, '.github/workflows');

  test.each(readdirSync(folder))(
    '%s uses no action that can change under it, and no right that it does not name',
    (file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const used = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
      expect(used.length).toBeGreaterThan(0);
      for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      expect(text).toContain('\npermissions:\n  contents: read\n');
      expect(text).not.toMatch(/\$\{\{ *secrets\./);
    },
  );
});

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly dev?: boolean; readonly hasInstallScript?: boolean }>
  >;
}

async function readLock(): Promise<Lock> {
  return JSON.parse(await readFile(join(repository, 'package-lock.json'), 'utf8'));
}
