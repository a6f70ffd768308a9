import type { Threshold } from '../dashboard.ts';
import { axisMarks, escapeXml, formatValue } from './format.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One series with the name that its legend gives it. */
export interface Drawn {
  readonly name: string;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

export interface Range {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** Grafana's classic palette. */
const COLOURS = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff9830',
  '#f2495c',
  '#b877d9',
  '#8ab8ff',
  '#ffa6b0',
  '#96d98d',
  '#fade2a',
];
const RED = '#f2495c';
const MUTED = '#9a9bab';
const LEGEND_LINES = 2;

export function drawStat(
  drawn: readonly Drawn[],
  box: Box,
  options: { readonly unit: string; readonly showsName: boolean; readonly thresholds: readonly Threshold[] },
): string {
  const { unit, showsName, thresholds } = options;
  const value = drawn[0]?.points.at(-1)?.[1] ?? 0;
  const isBad = thresholds.findLast((threshold) => value >= threshold.value)?.color === 'red';
  const values = showsName ? drawn.map(({ name }) => name) : [formatValue(value, unit)];
  const size = showsName ? 15 : 36;
  const lines = values.map((text, index) => {
    const y = box.y + box.height / 2 + size / 3 + (index - (values.length - 1) / 2) * (size + 4);
    return `<text x="${box.x + box.width / 2}" y="${fixed(y)}" font-size="${size}" text-anchor="middle" fill="${isBad ? RED : COLOURS[0]}">${escapeXml(text)}</text>`;
  });
  return lines.join('');
}

/** A bar for each series: green where it is 1, blue where it is 0. */
export function drawTimeline(drawn: readonly Drawn[], box: Box, range: Range): string {
  const names = 230;
  const plot = { ...box, x: box.x + names, width: box.width - names, height: box.height - 16 };
  const x = scale(range, plot);
  const height = plot.height / Math.max(1, drawn.length);
  const bars = drawn.map(({ name, points }, index) => {
    const y = plot.y + index * height;
    const label = `<text x="${box.x}" y="${fixed(y + height / 2 + 4)}">${escapeXml(name)}</text>`;
    const cells = spans(points).map(
      ([from, to, value]) =>
        `<rect x="${fixed(x(from))}" y="${fixed(y + 3)}" width="${fixed(x(to) - x(from))}" height="${fixed(height - 6)}" fill="${value === 1 ? COLOURS[0] : COLOURS[2]}" opacity="0.7"/>`,
    );
    return label + cells.join('');
  });
  return bars.join('') + timeAxis(range, plot);
}

/** Neighbouring points of one value, joined. */
function spans(points: Drawn['points']): readonly (readonly [from: number, to: number, value: number])[] {
  const joined: [number, number, number][] = [];
  for (const [at, value] of points) {
    const last = joined.at(-1);
    if (last !== undefined) last[1] = at;
    if (last === undefined || last[2] !== value) joined.push([at, at, value]);
  }
  return joined;
}

export function drawGraph(
  drawn: readonly Drawn[],
  box: Box,
  options: Range & { readonly unit: string; readonly stacked: boolean },
): string {
  const { unit, stacked } = options;
  const shown = busiestFirst(drawn);
  const legend = drawLegend(shown, box);
  const plot = { x: box.x + 52, y: box.y + 4, width: box.width - 56, height: box.height - 24 - legend.height };
  const layers = stacked ? stack(shown) : shown;
  const values = layers.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  const marks = axisMarks(Math.max(0, ...values), unit);
  const top = marks.at(-1) ?? 1;
  const x = scale(options, plot);
  const y = (value: number): number => plot.y + plot.height * (1 - value / top);
  const grid = marks.map(
    (mark) =>
      `<line x1="${plot.x}" x2="${plot.x + plot.width}" y1="${fixed(y(mark))}" y2="${fixed(y(mark))}" stroke="#2c3235"/>` +
      `<text x="${plot.x - 6}" y="${fixed(y(mark) + 4)}" text-anchor="end" font-size="10" fill="${MUTED}">${escapeXml(formatValue(mark, unit))}</text>`,
  );
  const lines = layers.map(({ points }, index) => {
    const path = pathOf(points.map(([at, value]) => [x(at), y(value)]));
    return `<path d="${path}" fill="none" stroke="${colour(index)}" stroke-width="1.3"/>`;
  });
  return grid.join('') + lines.join('') + timeAxis(options, plot) + legend.svg;
}

/** Those that are 0 all the time say nothing a picture could show; without any other, one of them stays. */
function busiestFirst(drawn: readonly Drawn[]): readonly Drawn[] {
  const peak = ({ points }: Drawn): number =>
    Math.max(0, ...points.map(([, value]) => value).filter((value) => Number.isFinite(value)));
  const sorted = [...drawn].sort((one, other) => peak(other) - peak(one));
  const moving = sorted.filter((series) => peak(series) > 0);
  return moving.length > 0 ? moving : sorted.slice(0, 1);
}

/** Each series upon those before it. */
function stack(drawn: readonly Drawn[]): readonly Drawn[] {
  const below = new Map<number, number>();
  return drawn.map(({ name, points }) => ({
    name,
    points: points.map(([at, value]) => {
      const sum = (below.get(at) ?? 0) + (Number.isFinite(value) ? value : 0);
      below.set(at, sum);
      return [at, sum] as const;
    }),
  }));
}

/** Where a quantile had nothing to tell the line has a gap. */
function pathOf(points: readonly (readonly [x: number, y: number])[]): string {
  let pen = 'M';
  const parts: string[] = [];
  for (const [index, [x, y]] of points.entries()) {
    // Between two neighbours of the same height a point adds nothing but size.
    if (y === points[index - 1]?.[1] && y === points[index + 1]?.[1]) continue;
    if (Number.isFinite(y)) parts.push(`${pen}${fixed(x)} ${fixed(y)}`);
    pen = Number.isFinite(y) ? 'L' : 'M';
  }
  return parts.join('');
}

function drawLegend(drawn: readonly Drawn[], box: Box): { readonly svg: string; readonly height: number } {
  const width = (name: string): number => 22 + name.length * 5.8;
  const placed: { name: string; index: number; x: number; line: number }[] = [];
  let [x, line] = [0, 0];
  for (const [index, { name }] of drawn.entries()) {
    if (x > 0 && x + width(name) > box.width) [x, line] = [0, line + 1];
    placed.push({ name, index, x, line });
    x += width(name);
  }
  const hidden = placed.filter((entry) => entry.line >= LEGEND_LINES).length;
  const lines = Math.min(line + 1, LEGEND_LINES);
  const top = box.y + box.height - lines * 14 + 10;
  const entries = placed
    .filter((entry) => entry.line < LEGEND_LINES)
    .map(
      (entry) =>
        `<rect x="${fixed(box.x + entry.x)}" y="${fixed(top + entry.line * 14 - 6)}" width="10" height="3" fill="${colour(entry.index)}"/>` +
        `<text x="${fixed(box.x + entry.x + 14)}" y="${fixed(top + entry.line * 14)}" font-size="10">${escapeXml(entry.name)}</text>`,
    );
  const more =
    hidden === 0
      ? ''
      : `<text x="${box.x + box.width}" y="${fixed(box.y - 8)}" text-anchor="end" font-size="10" fill="${MUTED}">and ${hidden} more</text>`;
  return { svg: entries.join('') + more, height: lines * 14 };
}

function timeAxis(range: Range, plot: Box): string {
  const x = scale(range, plot);
  const fitting = Math.max(1, Math.min(6, Math.floor(plot.width / 60)));
  const step = Math.max(15, Math.ceil((range.toSeconds - range.fromSeconds) / fitting / 15) * 15);
  const marks: string[] = [];
  for (let at = Math.ceil(range.fromSeconds / step) * step; at <= range.toSeconds; at += step) {
    const time = new Date(at * 1_000).toISOString().slice(11, 19);
    marks.push(
      `<text x="${fixed(x(at))}" y="${fixed(plot.y + plot.height + 13)}" text-anchor="middle" font-size="9" fill="${MUTED}">${time}</text>`,
    );
  }
  return marks.join('');
}

function scale({ fromSeconds, toSeconds }: Range, plot: Box): (seconds: number) => number {
  return (seconds) => plot.x + (plot.width * (seconds - fromSeconds)) / (toSeconds - fromSeconds);
}

function colour(index: number): string {
  return COLOURS[index % COLOURS.length] ?? MUTED;
}

/** Tenths of a pixel: a third of the file's size without it. */
function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
