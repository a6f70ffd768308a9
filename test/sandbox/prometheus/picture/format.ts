import type { Series } from '../index.ts';

const MEBIBYTE = 2 ** 20;

/** A number with its unit, as Grafana shows it. */
export function formatValue(value: number, unit: string): string {
  switch (unit) {
    case 's':
      return formatSeconds(value);
    case 'bytes':
      return value === 0 ? '0 B' : `${rounded(value / MEBIBYTE)} MiB`;
    case 'percentunit':
      return `${rounded(value * 100)}%`;
    case 'ops':
    case 'reqps':
      return `${rounded(value)}/s`;
    default:
      return rounded(value);
  }
}

function formatSeconds(seconds: number): string {
  if (seconds === 0) return '0 s';
  if (seconds < 1) return `${rounded(seconds * 1_000)} ms`;
  return seconds < 120 ? `${rounded(seconds)} s` : `${rounded(seconds / 60)} min`;
}

/** Three digits are enough to read, and more do not fit beside an axis. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** The marks of an axis: even steps from 0 to a little above `max`, 1, 2 or 5 times a power of ten in the unit shown. */
export function axisMarks(max: number, unit: string): readonly number[] {
  const shown = unit === 'bytes' ? MEBIBYTE : 1;
  return ticks(max / shown).map((mark) => mark * shown);
}

/** The same without a unit. */
export function ticks(max: number): readonly number[] {
  if (!(max > 0)) return [0, 1];
  const rough = max / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? max;
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** The name of a series by Grafana's `{{label}}` format. */
export function legendOf(format: string, labels: Series['labels']): string {
  return format.replace(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? '').trim();
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
