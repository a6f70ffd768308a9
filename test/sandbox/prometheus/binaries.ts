import { join } from 'node:path';
import { ensureGoTools } from '../go-tools.ts';

export interface PrometheusBinaries {
  readonly prometheus: string;
  readonly promtool: string;
}

/**
 * Paths of the real Prometheus and of promtool, built from source the first time. Without the service discoveries, which bring every
 * cloud's SDK along, and without the web pages, which need Node's own build.
 */
export async function ensurePrometheus(
  env: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<PrometheusBinaries> {
  const prometheus = {
    moduleDir: import.meta.dirname,
    cache: 'prometheus',
    what: 'Prometheus',
    tools: new Map([
      ['prometheus', 'prometheus'],
      ['promtool', 'promtool'],
    ]),
    ldflags: '-s -w',
    buildTags: 'remove_all_sd',
    announcement:
      'Building Prometheus and promtool from source. This happens once and takes about five minutes on two cores.',
    remedies: 'Install Go 1.24 or newer (https://go.dev/dl).',
  };
  const directory = await ensureGoTools(prometheus, env, signal);
  return { prometheus: join(directory, 'prometheus'), promtool: join(directory, 'promtool') };
}
