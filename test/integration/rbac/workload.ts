import { kinds } from '../../../src/kinds/index.ts';
import { example, withSpec } from '../../support/examples.ts';
import type { Managed, Manifest, OperatorBed } from '../../support/operator-bed.ts';

/** Something of every kind, that is live within a second: no instances are launched. */
export const everything: readonly Manifest[] = [
  ...example('quickstart', 'cluster', 'task-definition', 'service'),
  ...withSpec(example('ec2-cluster', 'cluster', 'launch-template', 'auto-scaling-group', 'capacity-provider'), {
    AutoScalingGroup: { minSize: 0, instanceRefresh: undefined },
  }),
];

/** The first object of a kind whose resource is called so. */
export function oneOf(plural: string): Manifest {
  const kind = kinds.find(({ names }) => names.plural === plural)?.names.kind;
  const found = everything.find((manifest) => manifest.kind === kind);
  if (found === undefined) throw new Error(`the workload has no object of the kind ${kind ?? plural}: give it one`);
  return found;
}

export async function read(bed: OperatorBed, { kind, metadata }: Manifest): Promise<Managed> {
  const object = await bed.get(kind, metadata.name);
  if (object === undefined) throw new Error(`${kind} ${metadata.name} is gone`);
  return object;
}

/**
 * Changes the spec, in a way that means nothing to AWS, and so that a status which is being written is for an older version. Then the
 * operator reads the object again, past its watch.
 */
export async function disturb(bed: OperatorBed, manifest: Manifest, round: number): Promise<void> {
  const driftPolicy = round % 2 === 0 ? 'Report' : 'Correct';
  await bed.apply({ ...manifest, spec: { ...manifest.spec, driftPolicy } });
}
