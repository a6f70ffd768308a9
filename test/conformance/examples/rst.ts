/** One recorded call of the AWS CLI: the command as typed and what AWS answered. */
export interface RecordedCall {
  /** `ecs/create-service#2`: the file and the number of the call in it. */
  readonly id: string;
  /** Words after `aws`, as a shell would split them. */
  readonly words: readonly string[];
  /** Contents of the files that the command reads, by the name in the text. */
  readonly files: ReadonlyMap<string, string>;
  /** The recorded answer, as text; `undefined` where none is recorded. */
  readonly output: string | undefined;
}

/** `Contents of ``config.json``::`, and the other ways in which the texts say it. */
const FILE = /(?:[Cc]ontents of (?:the )?(?:file )?|you have a )`*([\w.-]+\.(?:json|txt))/;

interface LiteralBlock {
  /** The paragraph before it, which ends in `::`. */
  readonly introduction: string;
  readonly text: string;
}

/** The calls of one of the files that the AWS CLI ships as examples (reStructuredText with literal blocks). */
export function recordedCalls(name: string, document: string): RecordedCall[] {
  const calls: { words: string[]; files: Map<string, string>; output: string | undefined }[] = [];
  let early = new Map<string, string>();
  for (const { introduction, text } of literalBlocks(document)) {
    const command = /^aws\s/.test(text) ? text : undefined;
    const file = FILE.exec(introduction)?.[1];
    const last = calls.at(-1);
    if (command !== undefined) {
      calls.push({ words: shellWords(command).slice(1), files: early, output: undefined });
      early = new Map();
    } else if (file !== undefined && last?.output === undefined && last !== undefined) {
      last.files.set(file, text);
    } else if (file !== undefined) {
      early.set(file, text);
    } else if (last !== undefined && last.output === undefined && /output/i.test(introduction)) {
      last.output = text;
    }
  }
  return calls.map((call, index) => ({ id: `${name}#${index + 1}`, ...call }));
}

function literalBlocks(document: string): LiteralBlock[] {
  const lines = document.replaceAll('\r\n', '\n').replaceAll('\t', '    ').split('\n');
  const blocks: LiteralBlock[] = [];
  let paragraph: string[] = [];
  for (let index = 0; index < lines.length; ) {
    const line = lines[index] ?? '';
    if (line.trim() === '') {
      if (paragraph.at(-1)?.trimEnd().endsWith('::')) {
        const end = blockEnd(lines, index);
        const text = dedented(lines.slice(index, end));
        if (text !== '') blocks.push({ introduction: paragraph.join(' '), text });
        index = end;
      } else {
        index += 1;
      }
      paragraph = [];
    } else {
      paragraph.push(line);
      index += 1;
    }
  }
  return blocks;
}

/** A literal block ends at the next line that is not indented. */
function blockEnd(lines: readonly string[], start: number): number {
  let end = start;
  while (end < lines.length && (lines[end]?.trim() === '' || /^\s/.test(lines[end] ?? ''))) end += 1;
  return end;
}

function dedented(lines: readonly string[]): string {
  const filled = lines.filter((line) => line.trim() !== '');
  const indent = Math.min(...filled.map((line) => line.length - line.trimStart().length));
  return lines
    .map((line) => line.slice(indent).trimEnd())
    .join('\n')
    .trim();
}

const WORD = /(?:[^\s"'\\]+|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+/g;
const QUOTED = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g;

/** Words of a POSIX shell command: quotes, backslashes and line continuations. */
export function shellWords(command: string): string[] {
  const words = command.replaceAll('\\\n', ' ').match(WORD) ?? [];
  return words.map((word) =>
    word.replaceAll(
      QUOTED,
      (_, single?: string, double?: string, escaped?: string) =>
        single ?? double?.replaceAll(/\\([\\"$`])/g, '$1') ?? escaped ?? '',
    ),
  );
}
