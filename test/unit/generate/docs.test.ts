import { describe, expect, test } from 'vitest';
import type { Schema } from '../../../src/generate/contract.ts';
import { apiDocs, ruleMessages } from '../../../src/generate/docs.ts';
import { generateSchemas } from '../../../src/generate/generate.ts';
import { anchorsOf } from '../../support/markdown.ts';

const kinds = generateSchemas();
const pages = apiDocs(kinds);

test('docs/api.md leads to a page for every kind', () => {
  const index = pages.get('docs/api.md') ?? '';
  for (const { rules } of kinds) {
    const file = `api/${rules.names.singular}.md`;
    expect(index).toContain(`[${rules.names.kind}](${file})`);
    expect(pages.has(`docs/${file}`)).toBe(true);
  }
});

describe.each(kinds)('docs/api of $rules.names.kind', ({ rules, schema }) => {
  const page = pages.get(`docs/api/${rules.names.singular}.md`) ?? '';
  const sections = new Map(page.split(/\n(?=##)/).map((section) => [/^#+ (\S*)/.exec(section)?.[1] ?? '', section]));

  test('has a row for every field, in the section of its member', () => {
    const missing = Object.entries(schema.properties?.spec?.properties ?? {}).flatMap(([name, member]) => {
      const below = [...pathsBelow(member, '')];
      const rows = sections.get(`spec.${name}`) ?? '';
      const isThere = sections.get('spec')?.includes(`\`${name}\``) ?? false;
      return [...(isThere ? [] : [name]), ...below.filter((path) => !rows.includes(`| \`${path}\` |`))];
    });
    expect(missing).toEqual([]);
    const status = [...pathsBelow(schema.properties?.status ?? {}, '')];
    expect(status.filter((path) => !sections.get('status')?.includes(`| \`${path}\` |`))).toEqual([]);
  });

  test('has every message with which the API server refuses', () => {
    for (const message of ruleMessages(schema)) expect(page).toContain(`- ${message}`);
  });

  test('has every value, limit and key of lists', () => {
    for (const node of nodes(schema)) {
      for (const value of node.enum ?? []) expect(page).toContain(`\`${value}\``);
      for (const key of node['x-kubernetes-list-map-keys'] ?? []) expect(page).toContain(`list by \`${key}\``);
      if (node.maximum !== undefined) expect(page).toContain(String(node.maximum));
    }
  });

  test('links only to sections that there are', () => {
    const anchors = [...anchorsOf(page)];
    for (const [, link] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(link);
  });

  test('has tables of three columns, whatever stands in a cell', () => {
    for (const line of page.split('\n').filter((one) => one.startsWith('|'))) {
      expect(line.replaceAll('\\|', '').split('|'), line).toHaveLength(5);
    }
  });
});

function* pathsBelow(schema: Schema, path: string): Generator<string> {
  if (schema.items !== undefined) yield* pathsBelow(schema.items, `${path}[]`);
  if (schema.additionalProperties !== undefined) yield* pathsBelow(schema.additionalProperties, `${path}.*`);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const below = path === '' ? name : `${path}.${name}`;
    yield below;
    yield* pathsBelow(member, below);
  }
}

function* nodes(schema: Schema): Generator<Schema> {
  yield schema;
  for (const child of [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties]) {
    if (child !== undefined) yield* nodes(child);
  }
}
