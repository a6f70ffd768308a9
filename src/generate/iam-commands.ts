import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** IAM's prefix of each SDK package. An action has the name of the command. */
const prefixes: ReadonlyMap<string, string> = new Map([
  ['@aws-sdk/client-ecs', 'ecs'],
  ['@aws-sdk/client-auto-scaling', 'autoscaling'],
  ['@aws-sdk/client-ec2', 'ec2'],
  ['@aws-sdk/client-ssm', 'ssm'],
  ['@aws-sdk/client-sts', 'sts'],
]);

const source = fileURLToPath(new URL('../', import.meta.url));

/** `import { A, type B } from '@aws-sdk/client-x'`, over several lines, too. */
const NAMED_IMPORT = /^import (?<type>type )?\{(?<names>[^}]*)\} from '(?<from>@aws-sdk\/[^']+)';$/gm;
const ANY_IMPORT = /^(?:import|export)\b[^;]*from '@aws-sdk\/client-[^']+'|\bimport\('@aws-sdk\/client-/gm;

/** The IAM actions of all SDK commands that `src/` constructs, sorted. */
export function usedActions(): readonly string[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const actions = files
    .filter((file) => !file.startsWith('generate'))
    .flatMap((file) => actionsIn(readFileSync(join(source, file), 'utf8'), file));
  return [...new Set(actions)].sort();
}

/** The actions of the commands that this text imports and constructs. What cannot be read with certainty is an error. */
export function actionsIn(text: string, file: string): readonly string[] {
  const imports = [...text.matchAll(NAMED_IMPORT)].filter(({ groups }) => groups?.from?.startsWith('@aws-sdk/client-'));
  if (imports.length !== [...text.matchAll(ANY_IMPORT)].length) {
    throw new Error(`${file} imports an SDK client in another form than import { ... } from: name what it uses`);
  }
  return imports.flatMap(({ groups }) =>
    groups?.type === undefined ? constructed(text, groups?.names ?? '', groups?.from ?? '', file) : [],
  );
}

function constructed(text: string, names: string, from: string, file: string): readonly string[] {
  const commands = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /Command\b/.test(name) && !name.startsWith('type '));
  return commands.flatMap((name) => {
    if (!/^\w+Command$/.test(name)) throw new Error(`${file} imports ${name}: import it by its own name`);
    return new RegExp(`\\bnew ${name}\\(`).test(text) ? [`${prefixOf(from)}:${name.slice(0, -'Command'.length)}`] : [];
  });
}

function prefixOf(from: string): string {
  const prefix = prefixes.get(from);
  if (prefix === undefined) throw new Error(`src/generate/iam-commands.ts: say which IAM prefix ${from} has`);
  return prefix;
}
