import { open } from 'node:fs/promises';

/** One line of the operator's log. */
export interface LogLine {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Reads a log of JSON lines that somebody else goes on writing. What is no JSON, such as a crash, is kept apart. */
export class LogTail {
  readonly path: string;
  readonly #lines: LogLine[] = [];
  readonly #other: string[] = [];
  #offset = 0;
  /** The beginning of a line whose end has not been written yet. */
  #rest = '';
  #reading: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  /** Every line that has been written until now. */
  async lines(): Promise<readonly LogLine[]> {
    // One after the other: two readers at once would both take what is new.
    this.#reading = this.#reading.then(() => this.#read());
    await this.#reading;
    return this.#lines;
  }

  /** What a person would have to look at: errors, and what is not the operator's own. */
  async complaints(): Promise<readonly string[]> {
    const lines = await this.lines();
    return [...lines.filter(({ level }) => level >= 50).map((line) => JSON.stringify(line)), ...this.#other];
  }

  async #read(): Promise<void> {
    const file = await open(this.path);
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - this.#offset), 0, null, this.#offset);
      this.#offset += bytesRead;
      const parts = (this.#rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
      this.#rest = parts.pop() ?? '';
      for (const part of parts) this.#keep(Buffer.from(part, 'latin1').toString());
    } finally {
      await file.close();
    }
  }

  #keep(line: string): void {
    if (line.startsWith('{')) this.#lines.push(JSON.parse(line));
    else if (line !== '') this.#other.push(line);
  }
}
