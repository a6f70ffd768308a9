import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LeaderElectionConfig } from '../../src/config.ts';
import type { ControlPlane } from '../sandbox/control-plane/index.ts';
import { type Region, startRegion } from '../sandbox/region/index.ts';
import { requestOf } from '../support/audit-log.ts';
import { type Access, accessManifests } from '../support/helm-access.ts';
import { startOperatorCluster } from '../support/operator-cluster.ts';
import { type Candidate, candidate } from './rbac/candidate.ts';
import { doEverything } from './rbac/everything.ts';
import { type Grant, grantsOf, nameOf, renamed, unused, without } from './rbac/grants.ts';
import { symptomOf } from './rbac/symptoms.ts';

/** An API server of its own: operators here watch all namespaces, and what is in none. */
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

const accessIn = (namespace: string): Access => ({
  namespace,
  serviceAccount: 'ecs-operator',
  accounts: true,
});

const times = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };
const electing = (namespace: string): { readonly leaderElection: LeaderElectionConfig } => ({
  leaderElection: { ...times, enabled: true, namespace, shards: 1 },
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

/** An operator for all namespaces under a copy of the chart's roles, from which something may be taken. */
function copy(namespace: string, missing?: Grant): Promise<Candidate> {
  const access = accessIn(namespace);
  const whole = accessManifests(access);
  const roles = renamed(missing === undefined ? whole : without(whole, missing), namespace);
  const leads = missing === undefined || missing.resource === 'leases';
  return candidate({
    ...{ controlPlane, region, access },
    roles: () => roles,
    config: leads ? electing(namespace) : {},
  });
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
    const access = { ...accessIn(namespace), accounts };
    const roles = (watchNamespace: string) => renamed(accessManifests({ ...access, watchNamespace }), namespace);
    return using(candidate({ controlPlane, region, access, roles, config: electing(namespace) }), async (narrow) => {
      const { bed, workload } = narrow;
      const manifests = workload.everything.filter(({ kind }) => accounts || kind !== 'AWSAccount');
      await doEverything(narrow, region, manifests);
      const requests = await narrow.requests();
      expect(requests.filter(({ allowed }) => !allowed).map(requestOf)).toEqual([]);
      expect(unused(grantsOf(roles(bed.namespace)), requests)).toEqual([]);
      const elsewhere = requests.filter((entry) => entry.namespace !== bed.namespace);
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
