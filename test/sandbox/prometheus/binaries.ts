import { join } from 'node:path';
import { ensureGoTools } from '../go-tools.ts';

export interface PrometheusBinaries {
  readonly prometheus: string;
  readonly promtool: string;
}

/**
 * Paths of the real Prometheus and of promtool: from `PROMETHEUS_ASSETS` if set, else from the user's cache, where they are built from
 * source the first time. Without the service discoveries, which bring every cloud's SDK along, and without the web pages, which need a
 * build of their own.
 */
export async function ensurePrometheus(
  env: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<PrometheusBinaries> {
  const directory = env.PROMETHEUS_ASSETS || (await build(env, signal));
  return { prometheus: join(directory, 'prometheus'), promtool: join(directory, 'promtool') };
}

function build(env: NodeJS.ProcessEnv, signal: AbortSignal | undefined): Promise<string> {
  const names = ['prometheus', 'promtool'] as const;
  return ensureGoTools(
    {
      moduleDir: import.meta.dirname,
      cache: 'prometheus',
      what: 'Prometheus',
      tools: new Map(names.map((name) => [name, name])),
      ldflags: '-s -w',
      buildTags: 'remove_all_sd',
      announcement:
        'Building Prometheus and promtool from source. This happens once and takes about three minutes on two cores.',
      remedies:
        'Install Go 1.24 or newer (https://go.dev/dl), or set PROMETHEUS_ASSETS to a directory with prometheus and promtool of version 3.',
    },
    env,
    signal,
  );
}
