import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { freePort } from '../sandbox/ports.ts';
import { type CommandResult, run } from './kubectl.ts';
import type { AwsEndpoint } from './operator-bed.ts';

export const repository = join(import.meta.dirname, '../..');
/** The chart as it is released. */
export const chart = join(repository, 'charts/ecs-operator');

/** The version that `helm template` and `helm lint` take the cluster for; helm built from source takes it for v1.20. */
const kubeVersion = ['--kube-version', '1.36.0'];

/** Values of a release: a subset of values.yaml. */
export type Values = Readonly<Record<string, unknown>>;

/** What must be given; everything else has a default. */
export const leastValues: Values = { aws: { region: 'us-east-1' } };

/** What an installation here needs: the simulated region in place of AWS, and ports that are free. */
export async function sandboxValues({ env }: Pick<AwsEndpoint, 'env'>): Promise<Values> {
  const { AWS_REGION: _, ...aws } = env;
  return {
    // The simulated account has no rate limits of its own.
    aws: { region: 'us-east-1', quotaScale: 1_000 },
    extraEnv: Object.entries(aws).map(([name, value]) => ({ name, value })),
    ports: { metrics: await freePort(), health: await freePort() },
  };
}

/** A document of a rendered chart. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export interface Release {
  readonly name: string;
  readonly namespace: string;
}

export const standardRelease: Release = { name: 'ecs-operator', namespace: 'ecs-operator' };

/** The real helm. */
export interface Helm {
  /** Resolves whatever the exit code. `values` go to helm's `--values -`. */
  run(args: readonly string[], values?: Values): Promise<CommandResult>;
  /** stdout of a call that must succeed. */
  must(args: readonly string[], values?: Values): Promise<string>;
  /** `helm template`: what a release of the chart with these values consists of. */
  render(values: Values, release?: Release, folder?: string): Promise<readonly Rendered[]>;
  /** `helm lint`, strict. */
  lint(values: Values): Promise<CommandResult>;
}

export interface HelmOptions {
  readonly binary: string | undefined;
  readonly kubeconfig: string;
  /** Helm's caches and settings, apart from the user's own. */
  readonly home: string;
}

export async function createHelm({ binary, kubeconfig, home }: HelmOptions): Promise<Helm> {
  if (binary === undefined) {
    throw new Error(
      'There is no helm beside the control plane: put one into the directory that KUBEBUILDER_ASSETS names, or unset it to build one.',
    );
  }
  await mkdir(home, { recursive: true });
  const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: kubeconfig };
  const call = (args: readonly string[], values?: Values): Promise<CommandResult> => {
    const given = values === undefined ? [] : ['--values', '-'];
    return run(binary, [...args, ...given], { env, stdin: values === undefined ? undefined : JSON.stringify(values) });
  };
  const must = async (args: readonly string[], values?: Values): Promise<string> => {
    const { exitCode, stdout, stderr } = await call(args, values);
    if (exitCode !== 0) throw new Error(`helm ${args.join(' ')} exited with ${exitCode}: ${stderr.trim()}`);
    return stdout;
  };
  return {
    run: call,
    must,
    async render(values, { name, namespace } = standardRelease, folder = chart) {
      const text = await must(['template', name, folder, '--namespace', namespace, ...kubeVersion], values);
      return documentsIn(text);
    },
    lint: (values) => call(['lint', '--strict', chart, ...kubeVersion], values),
  };
}

/** What a rendered chart, or a release, consists of. */
export function documentsIn(text: string): readonly Rendered[] {
  return parseAllDocuments(text)
    .map((document): Rendered | null => document.toJS())
    .filter((document) => document !== null);
}

/** The one document of a kind, or the one of this name. */
export function pick(rendered: readonly Rendered[], kind: string, name?: string): Rendered {
  const found = rendered.filter((one) => one.kind === kind && (name === undefined || one.metadata.name === name));
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} ${kind} ${name ?? ''} were rendered`);
  return first;
}
