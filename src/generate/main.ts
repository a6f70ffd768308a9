import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

/** Folders that hold nothing but generated files. */
const generatedFolders = ['crds', 'charts/ecs-operator/templates/crds', 'docs/api', 'docs/iam'];

/** CRDs of kinds that are no more, and what was written for them: a user who applies the folder, or installs the chart, would still install them. */
async function leftovers(files: ReadonlyMap<string, string>): Promise<string[]> {
  const present = await Promise.all(
    generatedFolders.map(async (folder) => {
      const names = await readdir(join(root, folder)).catch(() => []);
      return names.map((name) => `${folder}/${name}`);
    }),
  );
  return present
    .flat()
    .filter((path) => !files.has(path))
    .map((path) => `${path} belongs to nothing that is generated: delete it`);
}

function report(problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return problems.length > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.includes('--check'));
