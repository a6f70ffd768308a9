import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file}`);

/** Patterns in code look like links. */
function linksOf(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link]) => link ?? '');
}

test.each(['README.md', ...pages])('%s links to files that there are', (page) => {
  expect(linksOf(page).filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
});

test('docs/README.md leads to every page of docs', () => {
  const linked = new Set(linksOf('docs/README.md').map((link) => `docs/${link}`));
  const top = pages.filter((page) => page.split('/').length === 2 && page !== 'docs/README.md');
  expect(top.length).toBeGreaterThan(8);
  expect(top.filter((page) => !linked.has(page))).toEqual([]);
});
