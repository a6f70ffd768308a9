import type { Dashboard, Panel } from '../dashboard.ts';
import { escapeXml } from './format.ts';
import { type Box, type Drawn, drawGraph, drawStat, drawTimeline } from './panels.ts';

/** Pixels of a column and of a row of the grid, and between panels. */
const GRID = { column: 62, row: 32, gap: 8 } as const;
const MARGIN = { side: 16, top: 64, bottom: 16 } as const;

export interface Picture {
  readonly dashboard: Dashboard;
  readonly title: string;
  readonly caption: string;
  /** Answers to each panel's queries, in their order. */
  readonly answers: ReadonlyMap<Panel, readonly Drawn[]>;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** The whole dashboard as an SVG document, each panel where Grafana would put it. */
export function drawDashboard(picture: Picture): string {
  const { dashboard, title, caption, answers } = picture;
  const width = 24 * GRID.column + 2 * MARGIN.side;
  const bottom = Math.max(...dashboard.panels.map(({ gridPos: { y, h } }) => y + h));
  const height = bottom * GRID.row + MARGIN.top + MARGIN.bottom;
  const panels = dashboard.panels.map((panel) => drawPanel(panel, answers.get(panel) ?? [], picture));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="Inter, Helvetica, Arial, sans-serif" font-size="11" fill="#ccccdc">`,
    `<rect width="${width}" height="${height}" fill="#111217"/>`,
    `<text x="${MARGIN.side}" y="28" font-size="18" font-weight="600">${escapeXml(title)}</text>`,
    `<text x="${MARGIN.side}" y="48" fill="#9a9bab">${escapeXml(caption)}</text>`,
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel(panel: Panel, drawn: readonly Drawn[], { fromSeconds, toSeconds }: Picture): string {
  const { x, y, w, h } = panel.gridPos;
  const box: Box = { x: 0, y: 0, width: w * GRID.column - GRID.gap, height: h * GRID.row - GRID.gap };
  const place = `translate(${MARGIN.side + x * GRID.column} ${MARGIN.top + y * GRID.row})`;
  if (panel.type === 'row')
    return `<text transform="${place}" y="20" font-size="14" font-weight="600">${escapeXml(panel.title)}</text>`;
  const frame = `<rect width="${box.width}" height="${box.height}" rx="3" fill="#181b1f" stroke="#2c3235"/>`;
  const name = `<text x="8" y="18" font-size="12" font-weight="500">${escapeXml(panel.title)}</text>`;
  const inner: Box = { x: 8, y: 26, width: box.width - 16, height: box.height - 34 };
  const range = { fromSeconds, toSeconds };
  return `<g transform="${place}">${frame}${name}${contentOf(panel, drawn, inner, range)}</g>`;
}

function contentOf(
  panel: Panel,
  drawn: readonly Drawn[],
  box: Box,
  range: { readonly fromSeconds: number; readonly toSeconds: number },
): string {
  const unit = panel.fieldConfig?.defaults.unit ?? 'short';
  switch (panel.type) {
    case 'stat':
      return drawStat(drawn, box, {
        unit,
        showsName: panel.options?.textMode === 'name',
        thresholds: panel.fieldConfig?.defaults.thresholds.steps ?? [],
      });
    case 'state-timeline':
      return drawTimeline(drawn, box, range);
    default: {
      const stacked = panel.fieldConfig?.defaults.custom?.stacking?.mode === 'normal';
      return drawGraph(drawn, box, { ...range, unit, stacked });
    }
  }
}
