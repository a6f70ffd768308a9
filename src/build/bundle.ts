import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = resolve(import.meta.dirname, '../..');

/**
 * client-node's KubeConfig imports the generated API client, all of it, for one method that we do not call. Left out, the
 * process needs some 60 MB less (measured: 97 MB to 40 MB after start).
 */
const withoutGeneratedClient: Plugin = {
  name: 'without-generated-client',
  setup(plugin) {
    const generated = /client-node[\\/]dist[\\/]gen[\\/]index\.js$/;
    plugin.onLoad({ filter: generated }, () => ({
      contents: `
        const left = () => { throw new Error('the generated Kubernetes client is not part of this bundle'); };
        export const createConfiguration = left;
        export const ServerConfiguration = left;
      `,
    }));
  },
};

/** undici's index loads its fetch, WebSocket and cache as well; only its agents are used, by us and by client-node. */
const onlyUndiciAgents: Plugin = {
  name: 'only-undici-agents',
  setup(plugin) {
    const agents = { Agent: 'agent.js', ProxyAgent: 'proxy-agent.js' };
    plugin.onLoad({ filter: /node_modules[\\/]undici[\\/]index\.js$/ }, () => ({
      contents: [
        // The index is also where every dispatcher gets its `request`.
        `Object.assign(require('./lib/dispatcher/dispatcher.js').prototype, require('./lib/api/index.js'));`,
        ...Object.entries(agents).map(([name, file]) => `exports.${name} = require('./lib/dispatcher/${file}');`),
      ].join('\n'),
    }));
  },
};

/**
 * The SDK describes each structure of a service in an array, of which a client needs those of the operations that are called. esbuild keeps all
 * that have a computed key, such as `{ [_xN]: 'tagSet' }`: to compute it might do something. With the keys written as literals,
 * 83 kB of EC2's 810 kB are left, and the process needs 24 MB less (measured: RSS 110 MB to 86 MB after loading).
 */
const shakeableSchemas: Plugin = {
  name: 'shakeable-schemas',
  setup(plugin) {
    plugin.onLoad({ filter: /@aws-sdk[\\/].*[\\/]schemas[\\/]\w+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const constants = new Map<string, string>();
      for (const [, name = '', literal = ''] of source.matchAll(/^const (\w+) = ("[^"]*");$/gm)) {
        constants.set(name, literal);
      }
      return { contents: source.replace(/(?<=\[)\w+(?=\]:)/g, (name) => constants.get(name) ?? name) };
    });
  },
};

const tracingFile = 'ecs-operator-tracing.mjs';

/** What `main.ts` loads only when traces are wanted stays a file of its own, beside the operator's. */
const tracingApart: Plugin = {
  name: 'tracing-apart',
  setup(plugin) {
    plugin.onResolve({ filter: /\/tracing\/tracing\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: `./${tracingFile}`, external: true } : undefined,
    );
  },
};

/**
 * Bundles `src/main.ts` and what it needs into one file that runs with nothing but Node, and tracing into another in the same directory.
 * Returns the path of the first.
 */
export async function bundle(outfile = resolve(root, 'dist/ecs-operator.mjs')): Promise<string> {
  await Promise.all([
    bundleFile('src/main.ts', outfile),
    bundleFile('src/tracing/tracing.ts', resolve(dirname(outfile), tracingFile)),
  ]);
  return outfile;
}

async function bundleFile(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [resolve(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The SDK's ES modules, of which unused parts can be left out; by default its CommonJS would be taken, whole.
    mainFields: ['module', 'main'],
    minifySyntax: true,
    minifyWhitespace: true,
    // Names stay: they are in stack traces, and a pino or SDK that looks at a class name must find it.
    keepNames: false,
    legalComments: 'none',
    // CommonJS packages in an ES module bundle.
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
    plugins: [withoutGeneratedClient, onlyUndiciAgents, shakeableSchemas, tracingApart],
    logLevel: 'warning',
  });
}

if (import.meta.main) process.stdout.write(`${await bundle()}\n`);
