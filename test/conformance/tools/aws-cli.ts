import type { CommandResult } from '../../support/kubectl.ts';

/**
 * A command line of the AWS CLI without `aws`. The first word may be several, `ecs create-cluster --cluster-name web`; the
 * others are taken as they are.
 */
export type Words = readonly [string, ...string[]];

export interface AwsCli {
  run(...words: Words): Promise<CommandResult>;
  /** What a command prints, which must succeed; nothing is `undefined`. */
  json(...words: Words): Promise<unknown>;
  /** The same for a command that prints a string, mostly by `--query`. */
  text(...words: Words): Promise<string>;
  /** The same for a list of strings. */
  texts(...words: Words): Promise<readonly string[]>;
}

/** `execute` is a process a command, or `CliSession`, which has one for all of them. */
export function awsCli(execute: (words: readonly string[]) => Promise<CommandResult>): AwsCli {
  const run = ([first, ...others]: Words): Promise<CommandResult> => execute([...first.split(' '), ...others]);
  const json = async (words: Words): Promise<unknown> => {
    const { exitCode, stdout, stderr } = await run(words);
    if (exitCode !== 0) throw new Error(`aws ${words.join(' ')} exited with ${exitCode}: ${stderr.trim()}`);
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  return {
    run: (...words) => run(words),
    json: (...words) => json(words),
    text: async (...words) => asText(await json(words)),
    async texts(...words) {
      const printed = await json(words);
      if (!Array.isArray(printed)) throw new Error(`not a list: ${JSON.stringify(printed)}`);
      return printed.map(asText);
    },
  };
}

function asText(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`not a string: ${JSON.stringify(value)}`);
  return value;
}
