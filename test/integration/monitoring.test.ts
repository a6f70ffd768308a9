import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alertCases } from '../sandbox/prometheus/alert-cases.ts';
import { ensurePrometheus } from '../sandbox/prometheus/binaries.ts';
import { dashboardFile, labelsOfLegend, readDashboard, substitute } from '../sandbox/prometheus/dashboard.ts';
import type { Series } from '../sandbox/prometheus/index.ts';
import { promtoolTest } from '../sandbox/prometheus/promtool.ts';
import { readAlerts, ruleFile } from '../sandbox/prometheus/rules.ts';
import { demandedSelectors } from '../sandbox/prometheus/selectors.ts';
import { testCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { createHelm, type Helm, leastValues, pick } from '../support/helm.ts';
import { run } from '../support/kubectl.ts';
import { type MonitoredBed, monitoredBed } from '../support/monitored-bed.ts';

/** Rollouts, refusals and drift have to happen, and rates need several scrapes. */
const PLAY_MS = 4 * 60_000;

const dashboard = await readDashboard();
const queries = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));
const alerts = await readAlerts();

describe('an operator that a real Prometheus scrapes', () => {
  let bed: MonitoredBed;
  beforeAll(async () => {
    bed = await monitoredBed();
    await bed.playEverything();
  }, PLAY_MS);
  afterAll(() => bed?.stop());

  it.each(dashboard.variables)('fills the variable $name of the dashboard', async ({ metric, label }) => {
    const values = await bed.prometheus.query(`group by (${label}) (${bed.substituted(metric)})`);
    expect(values).toHaveLength(1);
    expect(values[0]?.labels[label]).toMatch(/./);
  });

  it.each(queries)('has data for the panel "$title", query $refId', async ({ expr, legendFormat }) => {
    const query = bed.substituted(expr);
    await dataOf(query, labelsOfLegend(legendFormat));
    await everySelectorHasData(query);
  });

  it('has data for every panel with "All" chosen in every variable', async () => {
    const all = Object.fromEntries(dashboard.variables.map(({ name }) => [name, '.*']));
    for (const { expr } of queries) await dataOf(substitute(expr, { ...all, __rate_interval: '10s' }));
  });

  it.each(alerts)('has each metric, label and value that $alert asks for', async ({ expr }) => {
    await everySelectorHasData(expr);
  });

  it('lets Prometheus evaluate every rule without an error', async () => {
    const rules = await eventually('every rule has been evaluated', async () => {
      const value = await bed.prometheus.rules();
      return { value, done: value.every(({ health }) => health !== 'unknown') };
    });
    expect(rules.map(({ name }) => name).sort()).toEqual(alerts.map(({ alert }) => alert).sort());
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
  });

  /** Fails unless a series with these labels has had a number since the workload began: a quantile of nothing is NaN. */
  async function dataOf(query: string, wanted: readonly string[] = []): Promise<void> {
    await eventually(`data with ${wanted.join(', ') || 'any labels'} for ${query}`, async () => {
      const answers = await bed.history(query);
      const labels = answers.filter(hasNumber).map((series) => series.labels);
      return { value: labels, done: labels.some((one) => wanted.every((label) => label in one)) };
    });
  }

  async function everySelectorHasData(query: string): Promise<void> {
    for (const selector of demandedSelectors(await bed.prometheus.parse(query))) await dataOf(selector);
  }
});

function hasNumber({ points }: Series): boolean {
  return points.some(([, value]) => Number.isFinite(value));
}

describe('the alerts', () => {
  it('each fire in one case, with all labels that their texts speak of, and are quiet in another that is close to it', async () => {
    const { promtool } = await ensurePrometheus();
    for (const { alert } of alerts) {
      const cases = alertCases.filter((one) => one.alert === alert).map(({ fires }) => fires);
      expect(new Set(cases), alert).toEqual(new Set([true, false]));
    }
    const directory = await mkdtemp(join(tmpdir(), 'ecs-operator-alerts-'));
    const file = join(directory, 'test.json');
    await writeFile(file, JSON.stringify(promtoolTest(ruleFile, alerts, alertCases)));
    const { exitCode, stdout, stderr } = await run(promtool, ['test', 'rules', file]);
    await rm(directory, { recursive: true });
    expect({ exitCode, said: stdout + stderr }).toEqual({ exitCode: 0, said: expect.stringContaining('SUCCESS') });
  });
});

describe("the chart's objects for them", () => {
  let home: string;
  let helm: Helm;
  beforeAll(async () => {
    const { helm: binary, kubeconfig } = testCluster();
    home = await mkdtemp(join(tmpdir(), 'ecs-operator-helm-'));
    helm = await createHelm({ binary, kubeconfig: kubeconfig(), home });
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('hold the files as they are, where the release wants them, with the labels that Prometheus and Grafana look for', async () => {
    const extra = [{ name: 'ours', rules: [{ alert: 'Ours', expr: 'up == 0' }] }];
    const rendered = await helm.render({
      ...leastValues,
      metrics: {
        serviceMonitor: { enabled: true },
        prometheusRule: { enabled: true, labels: { release: 'prometheus' }, extra },
        dashboard: {
          enabled: true,
          namespace: 'grafana',
          labels: { team: 'web' },
          annotations: { grafana_folder: 'AWS' },
        },
      },
    });

    const rule = pick(rendered, 'PrometheusRule');
    const { groups } = parse(await readFile(ruleFile, 'utf8'));
    expect(rule.spec).toEqual({ groups: [...groups, ...extra] });
    expect(rule.metadata.labels).toMatchObject({ release: 'prometheus' });

    const { metadata, data } = pick(rendered, 'ConfigMap', 'ecs-operator-dashboard');
    expect(data).toEqual({ 'ecs-operator.json': (await readFile(dashboardFile, 'utf8')).trimEnd() });
    expect(metadata.namespace).toBe('grafana');
    expect(metadata.labels).toMatchObject({ grafana_dashboard: '1', team: 'web' });
    expect(metadata.annotations).toEqual({ grafana_folder: 'AWS' });

    // What the rules and queries above were tried with.
    expect(pick(rendered, 'ServiceMonitor').spec).toMatchObject({ endpoints: [{ honorLabels: true }] });
  });

  it('are not there unless asked for', async () => {
    const rendered = await helm.render(leastValues);
    expect(rendered.map(({ kind }) => kind)).not.toContain('PrometheusRule');
    expect(rendered.map(({ metadata }) => metadata.name)).not.toContain('ecs-operator-dashboard');
  });
});
