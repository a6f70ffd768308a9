import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Manifest } from './test-bed.ts';

/** Files of an example, as a user applies them. */
export function example(directory: string, ...files: readonly string[]): readonly Manifest[] {
  return files.map((file) =>
    parse(readFileSync(new URL(`../../examples/${directory}/${file}.yaml`, import.meta.url), 'utf8')),
  );
}

/** The same manifests with other members in the specs of these kinds; `undefined` takes one out. */
export function withSpec(
  manifests: readonly Manifest[],
  changes: Readonly<Record<string, object>>,
): readonly Manifest[] {
  return manifests.map((manifest) => ({ ...manifest, spec: { ...manifest.spec, ...changes[manifest.kind] } }));
}
