/** One series of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;
const LABEL = /(?<name>\w+)="(?<value>(?:[^"\\]|\\.)*)"/g;

/** Reads Prometheus' text format, as far as the operator writes it. */
export function samplesOf(text: string): readonly Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const groups = LINE.exec(line)?.groups;
      if (groups === undefined) throw new Error(`not a sample: ${line}`);
      const labels = [...(groups.labels ?? '').matchAll(LABEL)].map((match) => [
        match.groups?.name ?? '',
        match.groups?.value ?? '',
      ]);
      return { name: groups.name ?? '', labels: Object.fromEntries(labels), value: Number(groups.value) };
    });
}

/** The values of all series of a metric with these labels. */
export function valuesOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): readonly number[] {
  const wanted = Object.entries(labels);
  return samples
    .filter((sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value))
    .map(({ value }) => value);
}

/** Their sum. */
export function sumOf(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  return valuesOf(samples, name, labels).reduce((sum, value) => sum + value, 0);
}

export async function scrape(port: number | undefined): Promise<readonly Sample[]> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: 'close' } });
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`);
  return samplesOf(await response.text());
}
