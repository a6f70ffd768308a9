import { resolve } from 'node:path';
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

/** Bundles `src/main.ts` and what it needs into one file that runs with nothing but Node. Returns its path. */
export async function bundle(outfile = resolve(root, 'dist/ecs-operator.mjs')): Promise<string> {
  await build({
    entryPoints: [resolve(root, 'src/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    // Names stay: they are in stack traces, and a pino or SDK that looks at a class name must find it.
    keepNames: false,
    legalComments: 'none',
    // CommonJS packages in an ES module bundle.
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
    plugins: [withoutGeneratedClient, onlyUndiciAgents],
    logLevel: 'warning',
  });
  return outfile;
}

if (import.meta.main) process.stdout.write(`${await bundle()}\n`);
