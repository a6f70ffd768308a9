import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file}`);

/** Without what is in code, where patterns look like links. */
function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8').replaceAll(/^```.*?^```$/gms, '');
}

interface Link {
  /** `''` for the page itself. */
  readonly file: string;
  readonly anchor: string | undefined;
}

function linksOf(page: string): readonly Link[] {
  const text = textOf(page).replaceAll(/`[^`\n]*`/g, '');
  const found = text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g);
  return [...found].map(([, file = '', anchor]) => ({ file, anchor }));
}

/** As GitHub makes them of headings; one that stands twice gets a number. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of textOf(page).matchAll(/^#+ (.+)$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = text.replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

test.each(['README.md', ...pages])('%s links to files that there are', (page) => {
  expect(linksOf(page).filter(({ file }) => !existsSync(join(root, dirname(page), file)))).toEqual([]);
});

test.each(['README.md', ...pages])('%s links to headings that there are', (page) => {
  const dangling = linksOf(page).filter(({ file, anchor }) => {
    const target = file === '' ? page : join(dirname(page), file);
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor);
  });
  expect(dangling).toEqual([]);
});

test('docs/README.md leads to every page of docs', () => {
  const linked = new Set(linksOf('docs/README.md').map(({ file }) => `docs/${file}`));
  const top = pages.filter((page) => page.split('/').length === 2 && page !== 'docs/README.md');
  expect(top.length).toBeGreaterThan(8);
  expect(top.filter((page) => !linked.has(page))).toEqual([]);
});
