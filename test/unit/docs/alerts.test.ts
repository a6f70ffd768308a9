import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAlerts } from '../../sandbox/prometheus/rules.ts';

const page = readFileSync(new URL('../../../docs/alerts.md', import.meta.url), 'utf8');
const entries = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);
const alerts = await readAlerts();

describe('docs/alerts.md', () => {
  it('has an entry for each alert of the chart and no other, in the same order', () => {
    expect([...entries.keys()]).toEqual(alerts.map(({ alert }) => alert));
  });

  it('lists each alert with its severity', () => {
    const rows = [...page.matchAll(/^\| \[(\w+)\]\(#(\w+)\) \| (\w+) \|/gm)].map(([, name, anchor, severity]) => ({
      name,
      anchor,
      severity,
    }));
    expect(rows).toEqual(
      alerts.map(({ alert, labels }) => ({ name: alert, anchor: alert.toLowerCase(), severity: labels.severity })),
    );
  });

  it.each([...entries])('tells meaning, impact, diagnosis and remedy of %s', (_name, section) => {
    const parts = [...section.matchAll(/^\*\*(\w+)\.\*\* (.+)$/gm)].map(([, part]) => part);
    expect(parts).toEqual(['Meaning', 'Impact', 'Diagnosis', 'Remedy']);
  });

  it('links only to entries that it has', () => {
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    const anchors = new Set([...entries.keys()].map((name) => name.toLowerCase()));
    expect(links.filter((link) => !anchors.has(link))).toEqual([]);
  });
});

describe('an alert', () => {
  it.each(alerts)('$alert has a severity, a summary, a description and a runbook that is its entry', (alert) => {
    expect(['critical', 'warning', 'info']).toContain(alert.labels.severity);
    expect(Object.keys(alert.annotations)).toEqual(['summary', 'description', 'runbook_url']);
    expect(alert.annotations.summary).toMatch(/\.$/);
    expect(alert.annotations.description).toMatch(/\.$/);
    const runbook = `https://github.com/ecs-operator/ecs-operator/blob/main/docs/alerts.md#${alert.alert.toLowerCase()}`;
    expect(alert.annotations.runbook_url).toBe(runbook);
  });

  it('has a name of its own', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  });
});
