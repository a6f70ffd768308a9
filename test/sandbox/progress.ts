import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface Progress {
  /** Says that the work is done, and how long it took. */
  finish(message: string): void;
  stop(): void;
}

/** Shows on stderr how far `go install` is: redrawn in place on a terminal, a line every half minute in a log. */
export function startProgress(binDir: string, tools: ReadonlyMap<string, string>, announcement: string): Progress {
  const startedAt = performance.now();
  const terminal = process.stderr.isTTY;
  const elapsed = (): string => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
  };
  const draw = (): void => {
    const marks = [...tools].map(([built, name]) => `${existsSync(join(binDir, built)) ? '✓' : '·'} ${name}`);
    process.stderr.write(`${terminal ? '\r\x1b[K' : ''}  ${elapsed()}  ${marks.join('  ')}${terminal ? '' : '\n'}`);
  };
  console.error(announcement);
  draw();
  const timer = setInterval(draw, terminal ? 2_000 : 30_000);
  return {
    finish(message) {
      process.stderr.write(`${terminal ? '\r\x1b[K' : ''}  ${elapsed()}  ${message}\n`);
    },
    stop: () => clearInterval(timer),
  };
}
