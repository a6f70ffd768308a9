import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** An alert of the chart's rule file. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const ruleFile = fileURLToPath(new URL('../../../charts/ecs-operator/rules/ecs-operator.yaml', import.meta.url));

export async function readAlerts(): Promise<readonly Alert[]> {
  const file: { readonly groups: readonly { readonly rules: readonly Alert[] }[] } = parse(
    await readFile(ruleFile, 'utf8'),
  );
  return file.groups.flatMap(({ rules }) => rules);
}

/** The labels that an alert's texts speak of. */
export function spokenLabels({ annotations }: Alert): readonly string[] {
  const texts = Object.values(annotations).join('\n');
  const names = [...texts.matchAll(/\$labels\.(\w+)/g)].map(([, name = '']) => name);
  return [...new Set(names)].sort();
}
