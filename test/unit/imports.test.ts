import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = new URL('../../src/', import.meta.url).pathname;

/** Where the words of `import` and `export ... from` begin a line, and where `import()` is called. */
const IMPORT = /(?:^(?:import|export)\b[^'";]*?from\s*|^import\s*|\bimport\(\s*)'(?<specifier>[^']+)'/gm;

interface Source {
  /** Below src/, such as `engine/pass.ts`. */
  readonly file: string;
  readonly text: string;
  /** Files below src/ that it imports, type imports included: knowing a name is depending on it. */
  readonly imports: readonly string[];
  readonly packages: readonly string[];
}

const sources: readonly Source[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort()
  .map((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const specifiers = [...text.matchAll(IMPORT)].map((match) => match.groups?.specifier ?? '');
    return {
      file,
      text,
      imports: specifiers
        .filter((one) => one.startsWith('.'))
        .map((one) => relative(root, join(root, dirname(file), one))),
      packages: specifiers.filter((one) => !one.startsWith('.')),
    };
  });

const LAYERS = ['aws', 'engine', 'generate', 'health', 'kinds', 'kube', 'metrics', 'tracing'] as const;
type Layer = (typeof LAYERS)[number];

/** What every layer stands on. */
const GROUND: ReadonlySet<string> = new Set(['clock.ts', 'errors.ts', 'canonical.ts', 'redact.ts']);
/** The only files outside a layer that may join them. */
const JOINTS: ReadonlySet<string> = new Set(['config.ts', 'operator.ts', 'main.ts', 'watchers.ts', 'serving.ts']);

/** design.md section 3: imports point one way. */
const MAY_IMPORT: Readonly<Record<Layer, readonly Layer[]>> = {
  kinds: ['engine', 'aws', 'kube'],
  engine: ['kube'],
  aws: [],
  kube: [],
  // They look on: what they look at does not know them.
  metrics: ['kinds', 'engine', 'aws', 'kube'],
  tracing: ['engine', 'aws', 'kube'],
  health: ['engine', 'kube'],
  generate: ['kinds', 'engine', 'kube', 'aws'],
};

function layerOf(file: string): Layer | undefined {
  return LAYERS.find((layer) => file.startsWith(`${layer}/`));
}

/** `service` of `kinds/service/diff.ts`; nothing for the files that belong to all kinds. */
function kindOf(file: string): string | undefined {
  const [layer, folder, ...rest] = file.split('/');
  return layer === 'kinds' && folder !== undefined && folder !== 'shared' && rest.length > 0 ? folder : undefined;
}

/** `rules.ts` of a kind, and `cel.ts` of one that has many. */
function describesCrd(file: string): boolean {
  return /^kinds\/[^/]+\/(?:rules|cel)\.ts$/.test(file);
}

function refused(allowed: (from: string, to: string) => boolean, of = sources): readonly string[] {
  return of.flatMap(({ file, imports }) => imports.filter((to) => !allowed(file, to)).map((to) => `${file} -> ${to}`));
}

describe('imports point one way', () => {
  test('the reader of imports finds them', () => {
    expect(sources.length).toBeGreaterThan(60);
    const pass = sources.find(({ file }) => file === 'engine/pass.ts');
    expect(pass?.imports).toContain('engine/references.ts');
    expect(pass?.imports).toContain('kube/types.ts');
    expect(pass?.packages).toContain('pino');
  });

  test('kinds -> engine, aws; engine -> kube; aws and kube import neither', () => {
    const allowed = (from: string, to: string): boolean => {
      const [layer, target] = [layerOf(from), layerOf(to)];
      if (layer === undefined || GROUND.has(to) || layer === target) return true;
      // The description of a kind's CRD is written in the generator's words; what runs never reads it.
      if (describesCrd(from) && target === 'generate') return true;
      return target !== undefined && MAY_IMPORT[layer].includes(target);
    };
    expect(refused(allowed)).toEqual([]);
  });

  test('of kube, a kind knows only what objects look like', () => {
    const allowed = (from: string, to: string): boolean =>
      layerOf(from) !== 'kinds' || layerOf(to) !== 'kube' || to === 'kube/types.ts';
    expect(refused(allowed)).toEqual([]);
  });

  test('a kind imports no other kind, and what kinds share imports none', () => {
    const allowed = (from: string, to: string): boolean =>
      from === 'kinds/index.ts' || layerOf(from) !== 'kinds' || kindOf(to) === undefined || kindOf(from) === kindOf(to);
    expect(refused(allowed)).toEqual([]);
  });

  test('what runs does not know the generator', () => {
    const running = sources.filter(({ file }) => layerOf(file) !== 'generate' && !describesCrd(file));
    const allowed = (_from: string, to: string): boolean => layerOf(to) !== 'generate' && !describesCrd(to);
    expect(refused(allowed, running)).toEqual([]);
  });

  test('only the joints and the generator join layers', () => {
    const joining = sources
      .filter(({ file, imports }) => {
        const layers = new Set(imports.map(layerOf).filter((layer) => layer !== undefined));
        return layerOf(file) === undefined && layers.size > 0;
      })
      .map(({ file }) => file);
    expect(joining.filter((file) => !JOINTS.has(file))).toEqual([]);
  });

  test('the ground imports nothing but itself', () => {
    const ground = sources.filter(({ file }) => GROUND.has(file));
    expect(ground).toHaveLength(GROUND.size);
    expect(refused((_from, to) => GROUND.has(to), ground)).toEqual([]);
  });

  test('no circle: every file can be loaded before those that need it (types aside)', () => {
    const values = new Map(sources.map(({ file, text }) => [file, valueImports(file, text)]));
    expect(circles(values)).toEqual([]);
  });
});

describe('time, chance and the environment', () => {
  const OUTSIDE = /\b(?:process\.env|Date\.now|performance\.now|set(?:Timeout|Interval)\s*\(|Math\.random)/;
  const ALLOWED: ReadonlySet<string> = new Set(['config.ts', 'clock.ts', 'main.ts']);

  test('are touched only by config.ts, clock.ts and main.ts', () => {
    const touching = sources
      .filter(({ file, text }) => !ALLOWED.has(file) && OUTSIDE.test(withoutComments(text)))
      .map(({ file }) => file);
    expect(touching).toEqual([]);
  });
});

describe('packages', () => {
  const rules: readonly [prefix: RegExp, layers: RegExp][] = [
    [/^@aws-sdk\//, /^(?:aws|kinds|generate)\//],
    [/^@kubernetes\//, /^(?:kube\/|main\.ts$)/],
    [/^undici$/, /^kube\//],
    [/^prom-client$/, /^metrics\//],
    [/^@opentelemetry\//, /^tracing\//],
    [/^(?:yaml|ts-json-schema-generator|esbuild)$/, /^(?:generate|build)\//],
  ];

  test.each(rules)('%s is used only by %s', (prefix, layers) => {
    const using = sources.filter(({ packages }) => packages.some((name) => prefix.test(name)));
    expect(using.map(({ file }) => file).filter((file) => !layers.test(file))).toEqual([]);
  });
});

describe('the integration suites', () => {
  const suites = new URL('../integration/', import.meta.url).pathname;
  const files = readdirSync(suites, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

  test('drive the installed operator from outside, and none in their own process', () => {
    expect(files.length).toBeGreaterThan(40);
    const inside = /from '[^']*(?:\/in-process-operator|src\/operator|src\/main)\.ts'/;
    expect(files.filter((file) => inside.test(readFileSync(join(suites, file), 'utf8')))).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

function valueImports(file: string, text: string): readonly string[] {
  return [...text.matchAll(IMPORT)]
    .filter(([whole]) => !/^(?:import|export) type\b/.test(whole))
    .filter(([whole]) => !/^import \{\s*(?:type [^,}]+,?\s*)+\} from/.test(whole))
    .map((match) => match.groups?.specifier ?? '')
    .filter((one) => one.startsWith('.'))
    .map((one) => relative(root, join(root, dirname(file), one)));
}

function circles(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      found.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
      return;
    }
    if (finished.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...trail, file]);
    finished.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}
