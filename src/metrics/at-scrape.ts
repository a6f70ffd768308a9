import { Counter, Gauge, type Registry } from 'prom-client';

export interface Definition<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
}

/** Reports one series. */
export type Report<Label extends string> = (labels: Readonly<Record<Label, string>>, value: number) => void;

/** A gauge that is computed when somebody asks. What is not reported then has no series, so that nothing outlives its object. */
export function gaugeAtScrape<Label extends string>(
  registry: Registry,
  definition: Definition<Label>,
  collect: (report: Report<Label>) => void,
): void {
  const gauge = new Gauge<Label>({
    ...definition,
    registers: [],
    collect() {
      this.reset();
      // Without labels prom-client makes a series of 0 that nobody has reported.
      if (definition.labelNames.length === 0) this.remove();
      collect((labels, value) => this.set({ ...labels }, value));
    },
  });
  registry.registerMetric(gauge);
}

/** A counter whose number is kept where things are counted, in a layer that does not know Prometheus. */
export function counterAtScrape<Label extends string>(
  registry: Registry,
  definition: Definition<Label>,
  collect: (report: Report<Label>) => void,
): void {
  const counter = new Counter<Label>({
    ...definition,
    registers: [],
    collect() {
      this.reset();
      collect((labels, value) => this.inc({ ...labels }, value));
    },
  });
  registry.registerMetric(counter);
}
