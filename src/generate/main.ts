import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateAll } from './generate.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `npm run generate` writes the generated files; `--check` writes nothing and fails if one of them differs. */
async function main(check: boolean): Promise<number> {
  const files = generateAll();
  const stale = await leftovers(files);
  if (check) return report([...stale, ...(await differing(files))]);
  if (stale.length > 0) return report(stale);
  for (const [path, content] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return 0;
}

async function differing(files: ReadonlyMap<string, string>): Promise<string[]> {
  const differences: string[] = [];
  for (const [path, content] of files) {
    const committed = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (committed !== content) differences.push(`${path} is not what the generator makes: run npm run generate`);
  }
  return differences;
}

/** CRDs of kinds that are no more: a user who applies the folder would still install them. */
async function leftovers(files: ReadonlyMap<string, string>): Promise<string[]> {
  const names = new Set([...files.keys()].map((path) => basename(path)));
  const present = await readdir(join(root, 'crds')).catch(() => []);
  return present.filter((name) => !names.has(name)).map((name) => `crds/${name} belongs to no kind: delete it`);
}

function report(problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return problems.length > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.includes('--check'));
