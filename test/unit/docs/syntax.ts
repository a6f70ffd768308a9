import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Node, SourceFile } from 'typescript/unstable/ast';
import { API, type Checker } from 'typescript/unstable/sync';

const root = fileURLToPath(new URL('../../../', import.meta.url));
export const sourceFolder = join(root, 'src');

export interface Source {
  /** Below the folder, such as `engine/pass.ts`. */
  readonly file: string;
  readonly tree: SourceFile;
}

/** Reads what runs of this folder as syntax trees, with the compiler that is installed. What writes files for the repository does not run. */
export function withSources<T>(code: string, use: (sources: readonly Source[], checker: Checker) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-operator-syntax-'));
  const config = join(folder, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ extends: join(root, 'tsconfig.json'), include: [code] }));
  const api = new API({ cwd: root });
  try {
    const [project] = api.updateSnapshot({ openProject: config }).getProjects();
    if (project === undefined) throw new Error(`${config} is no project`);
    const sources = project.program
      .getSourceFileNames()
      .map((name) => ({ name, file: relative(code, name) }))
      .filter(({ file }) => !/^(\.\.|generate\/|build\/)/.test(file))
      .flatMap(({ name, file }) => {
        const tree = project.program.getSourceFile(name);
        return tree === undefined ? [] : [{ file, tree }];
      });
    return use(sources, project.checker);
  } finally {
    api.close();
    rmSync(folder, { recursive: true });
  }
}

/** The node and everything below it. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node;
  const children: Node[] = [];
  node.forEachChild((child) => {
    children.push(child);
  });
  for (const child of children) yield* nodesOf(child);
}
