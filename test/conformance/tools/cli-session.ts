import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { CommandResult } from '../../support/kubectl.ts';
import { awsFree, type PythonTools } from './python.ts';

const SCRIPT = fileURLToPath(new URL('cli-session.py', import.meta.url));

/** The real AWS CLI in one lasting process: starting it anew takes a second for each command, this takes 15 ms. */
export class CliSession {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor(tools: PythonTools, aws: Readonly<Record<string, string>>) {
    this.#process = spawn(tools.python, [SCRIPT], {
      env: { ...awsFree(), ...aws },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#answers = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /** Runs one command; the next one only after it. */
  async run(words: readonly string[]): Promise<CommandResult> {
    this.#process.stdin.write(`${JSON.stringify(words)}\n`);
    const answer = await this.#answers.next();
    if (answer.done) throw new Error('the AWS CLI session has ended');
    return JSON.parse(answer.value);
  }

  stop(): void {
    this.#process.kill();
  }
}
