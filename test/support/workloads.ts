import { desiredOf } from '../../src/engine/desired.ts';
import { type Directory, resolveReferences } from '../../src/engine/references.ts';
import { kinds } from '../../src/kinds/index.ts';
import { keyOf } from '../../src/kube/types.ts';
import { ec2Workloads } from './ec2-workloads.ts';
import { eventually } from './eventually.ts';
import { example, withSpec } from './examples.ts';
import { awsRegion } from './operator-bed.ts';
import { isReady, type Managed, type Manifest, type TestBed } from './test-bed.ts';

/** A change that a user makes: what is there before, settled, and what is there after. The fault suites run every one of them. */
export interface Workload {
  readonly name: string;
  readonly from: readonly Manifest[];
  readonly to: readonly Manifest[];
  /** Where it is disturbed: at every request of the operator, or only where the world changes. Every request if left out. */
  readonly points?: 'every change';
}

const quickstart = example('quickstart', 'cluster', 'task-definition', 'service');

const rolled: readonly Manifest[] = JSON.parse(JSON.stringify(quickstart).replaceAll('nginx:1.27', 'nginx:1.28'));

/** A new kind is covered by a line here. */
export const workloads: readonly Workload[] = [
  { name: 'create everything', from: [], to: quickstart },
  { name: 'roll out another image', from: quickstart, to: rolled },
  { name: 'scale', from: quickstart, to: withSpec(quickstart, { ECSService: { desiredCount: 3 } }) },
  {
    name: 'change capacity providers, settings and tags',
    from: quickstart,
    to: withSpec(quickstart, {
      ECSCluster: {
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
        settings: [{ name: 'containerInsights', value: 'enabled' }],
        tags: [{ key: 'team', value: 'blue' }],
      },
      ECSTaskDefinition: { tags: [{ key: 'team', value: 'blue' }] },
      ECSService: { tags: [{ key: 'team', value: 'blue' }], desiredCount: 1 },
    }),
  },
  { name: 'delete everything', from: quickstart, to: [] },
  ...ec2Workloads.map((workload): Workload => ({ ...workload, points: 'every change' })),
];

/** Makes the namespace hold these manifests and nothing else of `before`, as a user would: apply, and delete what has gone. */
export async function change(bed: TestBed, before: readonly Manifest[], after: readonly Manifest[]): Promise<void> {
  await bed.apply(...after);
  await Promise.all(left(before, after).map(({ kind, metadata }) => bed.delete(kind, metadata.name)));
}

/**
 * Resolves once every object of `after` is live with its references as they are now, and those of `before` that went are
 * gone; or once `enough` says that there is no point in waiting.
 */
export async function settled(
  bed: TestBed,
  before: readonly Manifest[],
  after: readonly Manifest[],
  enough: () => boolean = () => false,
): Promise<readonly Managed[]> {
  const get = ({ kind, metadata }: Manifest): Promise<Managed | undefined> => bed.get(kind, metadata.name);
  return eventually(
    `${after.length} objects are settled and the others gone`,
    async () => {
      const objects = (await Promise.all(after.map(get))).filter((object) => object !== undefined);
      const remaining = (await Promise.all(left(before, after).map(get))).filter((object) => object !== undefined);
      const done =
        enough() ||
        (remaining.length === 0 &&
          objects.length === after.length &&
          objects.every((one) => isSettled(one, objects, awsRegion)));
      return { value: done ? objects : [...objects, ...remaining], done };
    },
    30_000,
  );
}

/** Ready is not enough: a service stays so for its own generation when the task definition it refers to gets a new revision. */
export function isSettled(object: Managed, all: readonly Managed[], region: string): boolean {
  if (!isReady(object)) return false;
  const directory: Directory = {
    get: (kind, key) => all.find((other) => other.kind === kind && keyOf(other) === key),
    identity: (kind, other) => kindNamed(kind).identity(other),
    referrers: () => [],
  };
  const resolution = resolveReferences(object, kindNamed(object.kind).references(object.spec), directory);
  if (resolution.kind === 'blocked') return false;
  const { hash } = desiredOf(object, resolution, { accountId: '', region: object.spec.region ?? region, now: 0 });
  return object.status?.settledHash === hash;
}

function kindNamed(kind: string): (typeof kinds)[number] {
  const found = kinds.find(({ names }) => names.kind === kind);
  if (found === undefined) throw new Error(`no kind ${kind}`);
  return found;
}

function left(before: readonly Manifest[], after: readonly Manifest[]): readonly Manifest[] {
  const kept = new Set(after.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  return before.filter(({ kind, metadata }) => !kept.has(`${kind}/${metadata.name}`));
}
