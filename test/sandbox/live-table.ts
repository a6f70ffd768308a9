import type { WriteStream } from 'node:tty';

export interface LiveTable {
  show(rows: readonly (readonly string[])[]): void;
}

/** A table that is redrawn in place on a terminal. In a log, where nothing can be taken back, each row is written when it has changed. */
export function liveTable(header: readonly string[], out: WriteStream): LiveTable {
  return out.isTTY ? redrawn(header, out) : appended(header, out);
}

function redrawn(header: readonly string[], out: WriteStream): LiveTable {
  let drawn = 0;
  return {
    show(rows) {
      const lines = aligned([header, ...rows]).map((line) => line.slice(0, out.columns - 1));
      out.write(`${drawn > 0 ? `\x1b[${drawn}A` : ''}\x1b[J${lines.join('\n')}\n`);
      drawn = lines.length;
    },
  };
}

function appended(header: readonly string[], out: WriteStream): LiveTable {
  const startedAt = performance.now();
  const last = new Map<string, string>();
  return {
    show(rows) {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
      for (const row of rows) {
        const [name = ''] = row;
        const text = row.slice(1).map((cell, index) => (cell === '' ? '' : `${header[index + 1] ?? ''}=${cell}`));
        const line = text.filter((cell) => cell !== '').join('  ');
        if (last.get(name) === line) continue;
        last.set(name, line);
        out.write(`${seconds}s  ${name}  ${line}\n`);
      }
      for (const gone of [...last.keys()].filter((name) => !rows.some(([first]) => first === name))) {
        last.delete(gone);
        out.write(`${seconds}s  ${gone}  is gone\n`);
      }
    },
  };
}

/** Columns as wide as their widest cell. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
