import { invalidParameter } from '../../../errors.ts';
import { type Operator, SPELLINGS } from './syntax.ts';

const SUBJECT = /[A-Za-z0-9_.:/\\-]+/y;
/** A bare argument ends at a space or at what closes it. Parentheses inside it belong to a regular expression, as long as they are balanced. */
const BARE = /(?:\([^()\s]*\)|[^\s(),\]])+/y;
const BARE_IN_LIST = /[^\s,[\]]+/y;

/** Reads one cluster query expression from left to right. */
export class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    this.#skipSpace();
    return this.#at >= this.#text.length;
  }

  /** Takes `symbol` if it is next. */
  takeSymbol(symbol: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(symbol, this.#at)) return false;
    this.#at += symbol.length;
    return true;
  }

  /** Takes `word` if it is next and ends there. */
  takeWord(word: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(word, this.#at)) return false;
    if (/[A-Za-z0-9_:.-]/.test(this.#text.charAt(this.#at + word.length))) return false;
    this.#at += word.length;
    return true;
  }

  subject(): string {
    return this.#match(SUBJECT) ?? this.fail('a subject is expected');
  }

  operator(): Operator {
    for (const [spelling, operator] of SPELLINGS) {
      const taken = /[a-z]$/.test(spelling) ? this.takeWord(spelling) : this.takeSymbol(spelling);
      if (taken) return operator;
    }
    return this.fail('an operator is expected');
  }

  argument(): string {
    return this.#quoted() ?? this.#match(BARE) ?? this.fail('an argument is expected');
  }

  /** `[a, b]`. */
  list(): string[] {
    if (!this.takeSymbol('[')) this.fail('a list in brackets is expected');
    const values: string[] = [];
    do {
      values.push(this.#quoted() ?? this.#match(BARE_IN_LIST) ?? this.fail('a value is expected'));
    } while (this.takeSymbol(','));
    if (!this.takeSymbol(']')) this.fail("']' is expected");
    return values;
  }

  fail(problem: string): never {
    throw invalidParameter(`Invalid expression '${this.#text}': ${problem} at position ${this.#at}.`);
  }

  #quoted(): string | undefined {
    this.#skipSpace();
    const quote = this.#text.charAt(this.#at);
    if (quote !== "'" && quote !== '"') return undefined;
    const end = this.#text.indexOf(quote, this.#at + 1);
    if (end < 0) this.fail('a quote is not closed');
    const value = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return value;
  }

  #match(pattern: RegExp): string | undefined {
    this.#skipSpace();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at += 1;
  }
}
