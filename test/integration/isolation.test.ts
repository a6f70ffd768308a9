import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unseen } from '../../src/engine/status.ts';
import type { ControlPlane } from '../sandbox/control-plane/index.ts';
import { type Region, startRegion } from '../sandbox/region/index.ts';
import { requestOf } from '../support/audit-log.ts';
import { eventually } from '../support/eventually.ts';
import { isReady, type Managed, type Manifest, namesOf } from '../support/namespace-bed.ts';
import { startOperatorCluster } from '../support/operator-cluster.ts';
import { type Answer, api } from './crds/api.ts';
import { type Candidate, candidate } from './rbac/candidate.ts';
import { type ObjectReference, placeName, places, referring, targets } from './rbac/references.ts';

/** Row 46: nobody gets at another namespace through an operator that may see more than he does. */
let controlPlane: ControlPlane;
let region: Region;
beforeAll(async () => {
  controlPlane = await startOperatorCluster();
  region = await startRegion({ timings: 'instant' });
});
afterAll(async () => {
  await region?.stop();
  await controlPlane?.stop();
});

const table = places().map((place, index) => [placeName(place), place, `guest-${index}`] as const);

describe('a name that leads out of its namespace', () => {
  const crafted: readonly string[] = [
    ...['vault/closed', '../vault/closed', '/closed', 'closed/', '..', '.', '%2e%2e%2fvault', 'closed?x=y', 'closed#x'],
    ...['vault\u2215closed', '\uff56ault', 'v\u00e4ult', 'clo\u0455ed', 'closed\u0000', 'closed\n', ' closed'],
    ...['Closed', '*', ''],
  ];

  it.each(table)('is refused by the API server in %s', async (_, place, name) => {
    const server = api(controlPlane.kubeconfig('admin'), 'default');
    const answerTo = (to: ObjectReference): Promise<Answer> =>
      server.create(namesOf(place.kind), referring(place, name, to), { dryRun: true });
    expect(await answerTo({ name: 'closed', namespace: 'vault' })).toMatchObject({ kind: 'accepted' });
    const wrong = crafted.flatMap((text) => [{ name: text }, { name: 'closed', namespace: text }]);
    const answers = await Promise.all(wrong.map(async (to) => ({ to, answer: await answerTo(to) })));
    expect(answers.filter(({ answer }) => answer.kind === 'accepted').map(({ to }) => to)).toEqual([]);
  });
});

describe.each([
  ['one namespace', 'here', 'is outside of namespace'],
  ['all namespaces', 'everywhere', 'does not exist or does not list namespace'],
] as const)('an operator for %s', (scope, owner, why) => {
  const isWide = scope === 'all namespaces';
  const vault = `vault-of-${owner}`;
  const closed: ObjectReference = { name: 'closed', namespace: vault };
  let guard: Candidate;
  beforeAll(async () => {
    guard = await candidate({ controlPlane, region, namespace: owner, scope, accounts: false });
    await controlPlane.createNamespace(vault);
    await guard.bed.apply(...targets('closed').map((manifest) => owned(manifest, vault)));
    await guard.operator.start();
    if (isWide) await eventually('everything in the vault is live', () => vaultIs(isReady));
  });
  afterAll(() => guard?.stop());

  /** With the label that this operator looks for. */
  function owned(manifest: Manifest, namespace?: string): Manifest {
    const where = namespace === undefined ? {} : { namespace };
    return { ...manifest, metadata: { ...manifest.metadata, ...where, labels: { owner } } };
  }

  async function vaultIs(holds: (object: Managed) => boolean) {
    const kinds = targets('closed').map(({ kind }) => namesOf(kind).plural);
    const { items }: { readonly items: readonly Managed[] } = JSON.parse(
      await guard.bed.kubectl('--namespace', vault, 'get', kinds.join(), '--output=json'),
    );
    const others = items.filter((object) => !holds(object));
    return { value: others, done: items.length === kinds.length && others.length === 0 };
  }

  it.each(table)(
    'follows no %s into another, reads nothing there and asks AWS nothing about it',
    async (_, place, name) => {
      const mark = region.journal.mark();
      const earlier = (await guard.requests()).length;
      await guard.bed.apply(owned(referring(place, name, closed)));
      await guard.bed.eventually(place.kind, name, `is told of ${vault}`, ({ status }) =>
        (status?.conditions ?? []).some(
          ({ type, status, message }) =>
            type === 'Ready' && status === 'False' && message.includes(`${vault}/closed ${why}`),
        ),
      );
      const requests = (await guard.requests()).slice(earlier);
      expect(requests.filter(({ namespace }) => namespace === vault).map(requestOf)).toEqual([]);
      const asked = region.journal.since(mark).filter(({ input }) => JSON.stringify(input).includes('closed'));
      expect(asked.map(({ operation }) => operation)).toEqual([]);
    },
  );

  if (!isWide) {
    it('has not touched what is elsewhere, although it has the right labels', async () => {
      const left = await vaultIs(
        ({ metadata, status }) => metadata.finalizers === undefined && isDeepStrictEqual(status, unseen),
      );
      expect(left).toEqual({ value: [], done: true });
      const requests = await guard.requests();
      const elsewhere = requests.filter(({ namespace }) => namespace !== guard.bed.namespace);
      const kinds = elsewhere.map(({ resource, namespace }) => `${resource} ${namespace}`);
      // Its Lease is beside it, and the API server's health is no resource.
      expect([...new Set(kinds)].sort()).toEqual([' undefined', `leases ${owner}`]);
    });
  }
});
