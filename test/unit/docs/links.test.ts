import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { anchorsOf, withoutCode } from '../../support/markdown.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file}`);

const read = (page: string): string => readFileSync(join(root, page), 'utf8');

interface Link {
  /** `''` for the page itself. */
  readonly file: string;
  readonly anchor: string | undefined;
}

function linksOf(page: string): readonly Link[] {
  const text = withoutCode(read(page)).replaceAll(/`[^`\n]*`/g, '');
  const found = text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g);
  return [...found].map(([, file = '', anchor]) => ({ file, anchor }));
}

test.each(['README.md', ...pages])('%s links to files that there are', (page) => {
  expect(linksOf(page).filter(({ file }) => !existsSync(join(root, dirname(page), file)))).toEqual([]);
});

test.each(['README.md', ...pages])('%s links to headings that there are', (page) => {
  const dangling = linksOf(page).filter(({ file, anchor }) => {
    const target = file === '' ? page : join(dirname(page), file);
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(read(target)).has(anchor);
  });
  expect(dangling).toEqual([]);
});

test('docs/README.md leads to every page of docs', () => {
  const linked = new Set(linksOf('docs/README.md').map(({ file }) => `docs/${file}`));
  const top = pages.filter((page) => page.split('/').length === 2 && page !== 'docs/README.md');
  expect(top.length).toBeGreaterThan(8);
  expect(top.filter((page) => !linked.has(page))).toEqual([]);
});
