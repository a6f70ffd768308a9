import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');

/** The parts of a CycloneDX document that are looked at here. */
export interface Sbom {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

export interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly hashes?: readonly { readonly alg: string }[];
  readonly licenses?: readonly unknown[];
}

/**
 * What is shipped, as CycloneDX. `npm sbom --omit dev` would leave out packages that development and production share (measured with npm
 * 11.19: 27 packages), so we take all and leave out what the lock file says is only for development.
 */
export async function sbom(): Promise<Sbom> {
  const lock: unknown = JSON.parse(await readFile(resolve(root, 'package-lock.json'), 'utf8'));
  const shipped = shippedIn(lock);
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  const all: Sbom = JSON.parse(stdout);
  const inside = (ref: string): boolean => shipped.has(ref);
  const own = all.dependencies.filter(
    ({ ref }) => inside(ref) || !all.components.some((one) => one['bom-ref'] === ref),
  );
  return {
    ...all,
    components: all.components.filter((one) => inside(one['bom-ref'])),
    dependencies: own.map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(inside) })),
  };
}

/** `name@version` of every package that is not only for development. */
function shippedIn(lock: unknown): ReadonlySet<string> {
  if (typeof lock !== 'object' || lock === null || !('packages' in lock))
    throw new Error('package-lock.json is too old');
  const packages = Object.entries(lock.packages as Readonly<Record<string, { version?: string; dev?: boolean }>>);
  const production = packages.filter(([path, { dev }]) => path !== '' && dev !== true);
  return new Set(production.map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`));
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await sbom(), null, 2)}\n`);
