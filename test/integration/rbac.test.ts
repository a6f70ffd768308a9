import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../sandbox/control-plane/index.ts';
import { type Region, startRegion } from '../sandbox/region/index.ts';
import { requestOf } from '../support/audit-log.ts';
import { type Access, accessManifests } from '../support/helm-access.ts';
import { serviceAccountOf } from '../support/installed-operator.ts';
import { startOperatorCluster } from '../support/operator-cluster.ts';
import { type Candidate, candidate } from './rbac/candidate.ts';
import { doEverything } from './rbac/everything.ts';
import { type Grant, grantsOf, nameOf, renamed, unused, without } from './rbac/grants.ts';
import { symptomOf } from './rbac/symptoms.ts';

/** An API server of its own: operators here watch all namespaces, and what is in none. */
let controlPlane: ControlPlane;
let region: Region;
beforeAll(async () => {
  controlPlane = await startOperatorCluster({ mayRefuse: true });
  region = await startRegion({ timings: 'instant' });
});
afterAll(async () => {
  await region?.stop();
  await controlPlane?.stop();
});

const accessIn = (namespace: string): Access => ({
  namespace,
  serviceAccount: serviceAccountOf(namespace),
  accounts: true,
});

async function using(starting: Promise<Candidate>, work: (candidate: Candidate) => Promise<void>): Promise<void> {
  const started = await starting;
  try {
    await work(started);
  } finally {
    await started.stop();
  }
}

/** Taken from the generator: what is added there is looked at here. */
const grants = grantsOf(accessManifests(accessIn('any')));

/** An operator for all namespaces, from whose role something may be taken. */
function copy(namespace: string, missing?: Grant): Promise<Candidate> {
  const everywhere = { controlPlane, region, namespace, scope: 'all namespaces', accounts: true } as const;
  if (missing === undefined) return candidate(everywhere);
  const roles = renamed(without(accessManifests(accessIn(namespace)), missing), namespace);
  return candidate({ ...everywhere, roles });
}

describe('the role of the chart (row 45)', () => {
  it('is enough, and allows nothing that the operator never does', () =>
    using(copy('whole'), async (whole) => {
      await doEverything(whole, region, whole.workload.everything);
      const requests = await whole.requests();
      expect(requests.filter(({ allowed }) => !allowed).map(requestOf)).toEqual([]);
      expect(unused(grantsOf(accessManifests(accessIn('whole'))), requests)).toEqual([]);
    }));

  it.concurrent.each(grants.map((grant, index) => [nameOf(grant), index, grant] as const))(
    'is not enough without "%s"',
    (name, index, grant) =>
      using(copy(`without-${index}`, grant), async (lacking) => {
        await symptomOf(grant)(lacking, grant);
        expect([...new Set((await lacking.refused()).map(nameOf))]).toEqual([name]);
      }),
  );
});

describe('the roles of an installation for one namespace', () => {
  it.each([
    ['without AWSAccount objects', false],
    ['with AWSAccount objects', true],
  ])('are enough %s, and the operator asks for nothing elsewhere', (_, accounts) => {
    const namespace = `narrow-${accounts}`;
    const options = { controlPlane, region, namespace, scope: 'one namespace', accounts } as const;
    return using(candidate(options), async (narrow) => {
      const { bed, workload } = narrow;
      const manifests = workload.everything.filter(({ kind }) => accounts || kind !== 'AWSAccount');
      await doEverything(narrow, region, manifests);
      const requests = await narrow.requests();
      expect(requests.filter(({ allowed }) => !allowed).map(requestOf)).toEqual([]);
      expect(
        unused(
          grantsOf(accessManifests({ ...accessIn(namespace), accounts, watchNamespace: bed.namespace })),
          requests,
        ),
      ).toEqual([]);
      // The API server's own health is no resource.
      const elsewhere = requests.filter((entry) => entry.namespace !== bed.namespace && entry.resource !== '');
      const beyond = elsewhere.map((entry) => `${entry.resource} ${entry.namespace ?? entry.name ?? '*'}`);
      const own = [`leases ${namespace}`];
      const ofAccounts = [
        'awsaccounts *',
        `awsaccounts ${namespace}`,
        `awsaccounts/status ${namespace}`,
        'events default',
        `namespaces ${bed.namespace}`,
      ];
      const expected = accounts ? [...own, ...ofAccounts] : own;
      expect([...new Set(beyond)].sort()).toEqual(expected.sort());
    });
  });
});
