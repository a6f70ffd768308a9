import { kinds } from '../../../src/kinds/index.ts';
import { example, withSpec } from '../../support/examples.ts';
import type { Manifest } from '../../support/namespace-bed.ts';

/** Objects that are live within a second: no instances are launched. */
const namespaced: readonly Manifest[] = [
  ...example('quickstart', 'cluster', 'task-definition', 'service'),
  ...withSpec(example('ec2-cluster', 'cluster', 'launch-template', 'auto-scaling-group', 'capacity-provider'), {
    AutoScalingGroup: { minSize: 0, instanceRefresh: undefined },
  }),
];

/** Something of every kind. What is in no namespace is called after its owner, and all of it has his label. */
export interface Workload {
  readonly labelSelector: string;
  readonly everything: readonly Manifest[];
  /** The first object of the kind whose resource is called so. */
  oneOf(plural: string): Manifest;
  /** That object, and all that it cannot be live without. */
  enoughFor(plural: string): readonly Manifest[];
}

export function workloadOf(owner: string, accountId: string): Workload {
  const account: Manifest = {
    kind: 'AWSAccount',
    metadata: { name: owner },
    spec: { accountId, allowedNamespaces: ['*'] },
  };
  const everything = [account, ...namespaced].map((manifest) => ({
    ...manifest,
    metadata: { ...manifest.metadata, labels: { owner } },
  }));
  const oneOf = (plural: string): Manifest => {
    const kind = kinds.find(({ names }) => names.plural === plural)?.names.kind;
    const found = everything.find((manifest) => manifest.kind === kind);
    if (found === undefined) throw new Error(`the workload has no object of the kind ${kind ?? plural}: give it one`);
    return found;
  };
  const enoughFor = (plural: string): readonly Manifest[] => {
    const enough = new Set([oneOf(plural)]);
    // What is added while the set is walked is walked too.
    for (const manifest of enough) {
      for (const other of everything) if (refersTo(manifest, other)) enough.add(other);
    }
    return [...enough];
  };
  return { labelSelector: `owner=${owner}`, everything, oneOf, enoughFor };
}

function refersTo({ kind, spec = {} }: Manifest, other: Manifest): boolean {
  const references = kinds.find(({ names }) => names.kind === kind)?.references(spec) ?? [];
  return references.some((reference) => reference.kind === other.kind && reference.to.name === other.metadata.name);
}

/** The same manifest with another spec, which means nothing to AWS. */
export function disturbed(manifest: Manifest, round: number): Manifest {
  const isEven = round % 2 === 0;
  const change =
    manifest.kind === 'AWSAccount'
      ? { region: isEven ? 'eu-west-1' : 'eu-west-2' }
      : { driftPolicy: isEven ? 'Report' : 'Correct' };
  return { ...manifest, spec: { ...manifest.spec, ...change } };
}
