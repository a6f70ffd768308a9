import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { KindRules } from './contract.ts';

const kindsFolder = new URL('../kinds/', import.meta.url);

/** The rules of every folder in `src/kinds` that has some, in the order of the folders' names: a new kind needs no line here. */
export const kinds: readonly KindRules[] = await discover();

/** For the type reader: a glob of all `api.ts`. */
export const apiGlob = fileURLToPath(new URL('*/api.ts', kindsFolder));

async function discover(): Promise<KindRules[]> {
  const folders = readdirSync(kindsFolder)
    .filter((folder) => existsSync(new URL(`${folder}/rules.ts`, kindsFolder)))
    .sort();
  return Promise.all(folders.map(load));
}

async function load(folder: string): Promise<KindRules> {
  const module: unknown = await import(new URL(`${folder}/rules.ts`, kindsFolder).href);
  if (typeof module === 'object' && module !== null && 'rules' in module && isRules(module.rules)) return module.rules;
  throw new Error(`src/kinds/${folder}/rules.ts has to export "rules: KindRules"`);
}

function isRules(value: unknown): value is KindRules {
  return typeof value === 'object' && value !== null && 'names' in value && 'overlays' in value && 'columns' in value;
}
