import type { PassResult } from '../../src/engine/outcome.ts';
import type { LogLine } from './log-tail.ts';

/** A pass as the operator's log tells of it. */
export interface LoggedPass {
  readonly kind: string;
  /** `namespace/name` */
  readonly key: string;
  readonly result: { readonly kind: PassResult['kind']; readonly reason?: string | undefined };
  /** Wall clock. */
  readonly startedAtMs: number;
  readonly durationMs: number;
}

interface PassLine extends LogLine {
  readonly kind: string;
  readonly object: string;
  readonly outcome: PassResult['kind'];
  readonly reason?: string;
  readonly durationMs: number;
}

/** The passes in a log of level debug, in the order in which they ended. */
export function passesIn(lines: readonly LogLine[]): readonly LoggedPass[] {
  return lines.filter(isPassLine).map(({ kind, object, outcome, reason, durationMs, time }) => ({
    kind,
    key: object,
    result: reason === undefined ? { kind: outcome } : { kind: outcome, reason },
    startedAtMs: Date.parse(time) - durationMs,
    durationMs,
  }));
}

function isPassLine(line: LogLine): line is PassLine {
  return line.msg === 'reconciled';
}

/** What the last pass over each object came to. */
export function lastResults(passes: readonly LoggedPass[]): readonly PassResult['kind'][] {
  return [...new Map(passes.map((pass) => [`${pass.kind} ${pass.key}`, pass.result.kind])).values()];
}

/** Nothing more happens before something changes, or the object is due again. */
export function isAtRest(result: PassResult['kind']): boolean {
  return result === 'settled' || result === 'terminal' || result === 'blocked' || result === 'gone';
}
