import { describe, expect, test } from 'vitest';
import { crdTemplate } from '../../../src/generate/chart.ts';
import { chartReadme } from '../../../src/generate/chart-readme.ts';
import type { Crd } from '../../../src/generate/crd.ts';

describe('the table of values', () => {
  test('has a row for each value, with its default and its comment', () => {
    const readme = chartReadme('# About the file.\n\n# How many.\nreplicas: 2\naws:\n  # Where.\n  region: ""\n');
    expect(readme).toContain('| `replicas` | `2` | How many. |\n| `aws.region` | `""` | Where. |\n');
    expect(readme).not.toContain('About the file');
  });

  test('explains as one what has a comment for all of it', () => {
    expect(chartReadme('# Both.\nprobe:\n  period: 1\n  # Ignored.\n  timeout: 2\n')).toContain(
      '| `probe` | `{"period":1,"timeout":2}` | Both. |',
    );
  });

  test('refuses a value that nobody explains', () => {
    expect(() => chartReadme('# One.\na: 1\nb: 2\n')).toThrow('values.yaml: b has no comment that explains it');
  });
});

describe('a CRD in the chart', () => {
  const crd = (description: string): Crd => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      names: {
        kind: 'Thing',
        listKind: 'ThingList',
        plural: 'things',
        singular: 'thing',
        shortNames: [],
        categories: [],
      },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          additionalPrinterColumns: [],
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', description } },
        },
      ],
    },
  });

  test('takes its labels and annotations from the release', () => {
    expect(crdTemplate(crd('Plain.'))).toContain(
      '  name: things.example.com\n  {{- include "ecs-operator.crdMetadata" . | nindent 2 }}\nspec:\n',
    );
  });

  test('must not hold what Helm would take for a template', () => {
    expect(() => crdTemplate(crd('Uses {{ braces }}.'))).toThrow('things.example.com: Helm would take "{{"');
  });
});
