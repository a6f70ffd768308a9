import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../ports.ts';
import { type Supervised, supervise } from '../supervised.ts';
import { ensurePrometheus } from './binaries.ts';
import type { Expression } from './selectors.ts';

/** What is scraped, with the labels that a ServiceMonitor gives to a pod's series. */
export interface ScrapeTarget {
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One series of an answer: the labels, and its points in time as [seconds, value]. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

export interface Rule {
  readonly name: string;
  readonly query: string;
  /** `ok`, `err` or `unknown` (not evaluated yet). */
  readonly health: string;
  readonly lastError?: string;
}

/** A real Prometheus that scrapes and evaluates rules every second. */
export interface Prometheus {
  readonly url: string;
  query(expression: string): Promise<readonly Series[]>;
  queryRange(expression: string, seconds: number, stepSeconds: number): Promise<readonly Series[]>;
  rules(): Promise<readonly Rule[]>;
  /** What its parser makes of an expression. */
  parse(expression: string): Promise<Expression>;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  readonly targets: readonly ScrapeTarget[];
  readonly ruleFiles: readonly string[];
}

const readyDeadlineMs = 60_000;

export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { prometheus } = await ensurePrometheus();
  const directory = await mkdtemp(join(tmpdir(), 'ecs-operator-prometheus-'));
  const configFile = join(directory, 'prometheus.json');
  await writeFile(configFile, JSON.stringify(configuration(options)));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = await supervise({
    command: prometheus,
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    // In its own directory there is no web/ui whose pages it could serve.
    cwd: directory,
    logFile: join(directory, 'prometheus.log'),
    removeOnOrphan: directory,
  });
  await ready(child, url);
  return {
    url,
    query: async (expression) => seriesOf(await ask<Result>(url, 'query', { query: expression })),
    async queryRange(expression, seconds, stepSeconds) {
      const end = Date.now() / 1000;
      const range = { query: expression, start: `${end - seconds}`, end: `${end}`, step: `${stepSeconds}` };
      return seriesOf(await ask<Result>(url, 'query_range', range));
    },
    rules: async () => (await ask<Rules>(url, 'rules', {})).groups.flatMap(({ rules }) => rules),
    parse: (expression) => ask<Expression>(url, 'parse_query', { query: expression }),
    async stop() {
      await child.stop(5_000);
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** JSON is YAML. */
function configuration({ targets, ruleFiles }: PrometheusOptions): object {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ruleFiles,
    scrape_configs: [
      {
        job_name: 'ecs-operator-metrics',
        // As the chart's ServiceMonitor does: `namespace` of a service's series is that of the ECSService.
        honor_labels: true,
        static_configs: targets.map(({ address, labels }) => ({ targets: [address], labels })),
      },
    ],
  };
}

async function ready(child: Supervised, url: string): Promise<void> {
  const end = performance.now() + readyDeadlineMs;
  while (child.exitCode() === undefined && performance.now() < end) {
    const answer = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.ok === true) return;
    await delay(25);
  }
  await child.stop(0);
  const log = (await readFile(child.logFile, 'utf8')).trimEnd().split('\n').slice(-8).join('\n');
  throw new Error(`Prometheus did not become ready. Its log, ${child.logFile}, ends with:\n${log}`);
}

/** Throws what Prometheus says about a query that it refuses. Its API is documented, so that the shape of `data` is the caller's to know. */
async function ask<Data>(url: string, path: string, parameters: Readonly<Record<string, string>>): Promise<Data> {
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`, {
    signal: AbortSignal.timeout(10_000),
  });
  const answer: { readonly status: string; readonly error?: string; readonly data: Data } = JSON.parse(
    await response.text(),
  );
  if (answer.status === 'success') return answer.data;
  throw new Error(`${answer.error ?? response.statusText}: ${parameters.query ?? path}`);
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

type RawPoint = readonly [seconds: number, value: string];

interface Result {
  readonly result: readonly {
    readonly metric: Readonly<Record<string, string>>;
    readonly value?: RawPoint;
    readonly values?: readonly RawPoint[];
  }[];
}

function seriesOf({ result }: Result): readonly Series[] {
  return result.map(({ metric, value, values }) => ({
    labels: metric,
    points: (values ?? (value === undefined ? [] : [value])).map(([at, text]) => [at, Number(text)] as const),
  }));
}
