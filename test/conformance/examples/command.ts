import type { RecordedCall } from './rst.ts';

/** What a recorded command says, whether by options or by an input file. */
export interface Command {
  readonly service: string;
  /** As in the CLI: `create-service`. */
  readonly name: string;
  /** Values by option without dashes; members of a `--cli-input-json` file under the option's name too. */
  values(option: string): readonly string[];
  first(option: string): string | undefined;
}

export function commandOf(call: RecordedCall): Command {
  const [service = '', name = '', ...rest] = call.words;
  const options = new Map<string, string[]>();
  let option: string | undefined;
  for (const word of rest) {
    if (word.startsWith('--')) {
      option = word.slice(2);
      options.set(option, options.get(option) ?? []);
    } else if (option !== undefined) {
      options.get(option)?.push(word);
    }
  }
  if (options.has('cli-input-json')) {
    for (const text of call.files.values()) addMembers(options, parsed(text));
  }
  const values = (wanted: string): readonly string[] => options.get(wanted) ?? [];
  return { service, name, values, first: (wanted) => values(wanted)[0] };
}

/** One of the recorded input files is no JSON; the CLI refuses it, so nothing needs to be prepared. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function addMembers(options: Map<string, string[]>, input: unknown): void {
  if (typeof input !== 'object' || input === null) return;
  for (const [member, value] of Object.entries(input)) {
    const option = member.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    const texts = (Array.isArray(value) ? value : [value]).map((entry) =>
      typeof entry === 'object' ? JSON.stringify(entry) : String(entry),
    );
    options.set(option, texts);
  }
}
