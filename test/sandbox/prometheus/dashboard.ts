import { readFile } from 'node:fs/promises';

/** What of Grafana's format the tests and the picture need. */
export interface Panel {
  readonly id: number;
  readonly description?: string;
  readonly title: string;
  readonly type: string;
  /** In columns, of which there are 24, and rows. */
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit: string;
      readonly thresholds: { readonly steps: readonly Threshold[] };
      readonly custom?: { readonly stacking?: { readonly mode: string } };
    };
  };
  readonly options?: { readonly textMode?: string };
  readonly targets?: readonly Target[];
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  /** Only the newest value is asked for. */
  readonly instant: boolean;
}

/** The colour from this value on. */
export interface Threshold {
  readonly color: string;
  readonly value: number;
}

/** A variable whose values are those of a label. */
export interface LabelVariable {
  readonly name: string;
  readonly metric: string;
  readonly label: string;
}

export interface Dashboard {
  readonly panels: readonly Panel[];
  readonly variables: readonly LabelVariable[];
}

interface DashboardFile {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

export const dashboardFile = new URL('../../../charts/ecs-operator/dashboards/ecs-operator.json', import.meta.url);

export async function readDashboard(): Promise<Dashboard> {
  const { panels, templating }: DashboardFile = JSON.parse(await readFile(dashboardFile, 'utf8'));
  return { panels, variables: templating.list.flatMap(labelVariable) };
}

function labelVariable({ name, definition }: { readonly name: string; readonly definition?: string }): LabelVariable[] {
  const [, metric, label] = /^label_values\((.+), (\w+)\)$/.exec(definition ?? '') ?? [];
  return metric === undefined || label === undefined ? [] : [{ name, metric, label }];
}

/** Labels that `{{label}}` in the name of a series stands for. */
export function labelsOfLegend(format: string): readonly string[] {
  return [...format.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
}

/** Puts in what Grafana puts in; `$name` without a value stays, and Prometheus refuses it. */
export function substitute(expression: string, values: Readonly<Record<string, string>>): string {
  return expression.replace(/\$(\w+)/g, (variable, name: string) => values[name] ?? variable);
}
