import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { kinds } from '../../../src/kinds/index.ts';
import { reasonsIn } from './reasons.ts';
import { sourceFolder, withSources } from './syntax.ts';

const page = readFileSync(new URL('../../../docs/troubleshooting.md', import.meta.url), 'utf8');

/** The first words of the rows of all tables whose first column is called so. */
function entries(column: string): readonly string[] {
  const tables = page.split(/\n\n+/).filter((block) => block.startsWith(`| ${column} |`));
  return tables.flatMap((table) => [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, word]) => word ?? ''));
}

describe('docs/troubleshooting.md', () => {
  const { words, unknown } = withSources(sourceFolder, reasonsIn);

  test('the finder follows every reason in the code down to a word', () => {
    expect(unknown).toEqual([]);
    expect(words.size).toBeGreaterThan(100);
  });

  test('has an entry for every reason that the code can give', () => {
    const documented = new Set(entries('reason'));
    expect([...words].filter(([word]) => !documented.has(word))).toEqual([]);
  });

  test('has no entry for a reason that the code cannot give', () => {
    expect(entries('reason').filter((word) => !words.has(word))).toEqual([]);
  });

  test('has one entry for each', () => {
    const all = entries('reason');
    expect(all.filter((word, index) => all.indexOf(word) !== index)).toEqual([]);
  });

  test('explains every condition', () => {
    const types = kinds.flatMap(({ conditionTypes = [] }) => conditionTypes);
    expect(types.length).toBeGreaterThan(0);
    expect(new Set(entries('condition'))).toEqual(new Set(['Ready', 'Reconciling', 'Stalled', ...types]));
  });
});

describe('the finder of reasons', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-operator-reasons-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const found = (code: string): ReturnType<typeof reasonsIn> => {
    writeFileSync(join(folder, 'code.ts'), code);
    return withSources(folder, reasonsIn);
  };

  test.each([
    ['a member', `export const rule = { reason: 'One' };`],
    ['a choice', `export const of = (a: boolean) => ({ reason: a ? 'One' : 'Two' });`],
    ['a default', `export const of = (a?: { reason: string }) => ({ reason: a?.reason ?? 'One' });`],
    ['a constant', `const ONE = 'One' as const; export const rule = { reason: ONE };`],
    ['a function', `function one() { return 'One'; } export const rule = { reason: one() };`],
    ['an argument', `function wait(message: string, reason: string) { return { message, reason }; } wait('x', 'One');`],
    ['a constructor', `class Refusal { constructor(reason: string) { void reason; } } new Refusal('One');`],
    ['a private method', `export class A { #tell(reason: string) { void reason; } go() { this.#tell('One'); } }`],
    ['a parameter passed on', `function a(why: string) { return { reason: why }; } a('One');`],
  ])('follows %s', (_form, code) => {
    const { words, unknown } = found(code);
    expect(words.has('One')).toBe(true);
    expect(unknown).toEqual([]);
  });

  test('leaves sentences out', () => {
    const { words, unknown } = found(
      `export const change = (n: number) => ({ reason: n > 1 ? \`count \${n}\` : 'count changed' });`,
    );
    expect([...words.keys(), ...unknown]).toEqual([]);
  });

  test.each([
    `export const of = (code: string) => ({ reason: code });`,
    `export const of = (rule: { code: string }) => ({ reason: rule.code });`,
    `export const rule = { reason: 'lowercase' };`,
    `export const of = (code: string) => ({ reason: code.toUpperCase() });`,
  ])('says what it cannot follow: %s', (code) => {
    expect(found(code).unknown).toHaveLength(1);
  });
});
