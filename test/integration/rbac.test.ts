import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinds } from '../../src/kinds/index.ts';
import type { ControlPlane } from '../sandbox/control-plane/index.ts';
import { type Region, startRegion } from '../sandbox/region/index.ts';
import { eventually } from '../support/eventually.ts';
import { type Access, accessManifests } from '../support/helm-access.ts';
import { startOperatorCluster } from '../support/operator-cluster.ts';
import { type Candidate, candidate } from './rbac/candidate.ts';
import { type Grant, grantsOf, nameOf, renamed, without } from './rbac/grants.ts';
import { repeatItself, symptomOf } from './rbac/symptoms.ts';
import { disturb, everything, oneOf } from './rbac/workload.ts';

/** An API server of its own: what an operator that watches everything sees must not depend on other test files. */
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
  accounts: false,
  shards: 1,
});

/** Taken from the generator: what is added there is looked at here. */
const grants = grantsOf(accessManifests(accessIn('any')));

/** An operator under a copy of the chart's roles, from which something may be taken. */
async function copy(namespace: string, missing?: Grant): Promise<Candidate> {
  const access = accessIn(namespace);
  const whole = accessManifests(access);
  const manifests = renamed(missing === undefined ? whole : without(whole, missing), namespace);
  return candidate({ controlPlane, region, access, manifests, config: { awsAccounts: access.accounts } });
}

describe('the role of the chart', () => {
  it('allows nothing that the operator never uses, and everything that it does (row 45)', async () => {
    const whole = await copy('whole');
    try {
      const { bed, operator } = whole;
      await operator.start();
      await bed.apply(...everything);
      for (const { kind, metadata } of everything) await bed.ready(kind, metadata.name);
      await readsAgain(whole);
      await repeatItself(bed);
      await whole.stopOperator();
      expect((await bed.events()).map(({ series }) => series?.count)).toContain(2);

      const requests = await whole.requests();
      expect(requests.filter(({ allowed }) => !allowed)).toEqual([]);
      const used = new Set(requests.map(nameOf));
      expect(grants.map(nameOf).filter((name) => !used.has(name))).toEqual([]);
    } finally {
      await whole.stop();
    }
  });

  it.concurrent.each(grants.map((grant, index) => [nameOf(grant), index, grant] as const))(
    'without "%s" is not enough',
    async (name, index, grant) => {
      const lacking = await copy(`without-${index}`, grant);
      try {
        await symptomOf(grant)(lacking, grant);
        const refused = await lacking.refused();
        expect([...new Set(refused.map(nameOf))]).toEqual([name]);
      } finally {
        await lacking.stop();
      }
    },
  );
});

/** Disturbs an object of every kind until the operator has read each past its watch. */
async function readsAgain({ bed, requests }: Candidate): Promise<void> {
  let round = 0;
  await eventually('a read of every kind', async () => {
    round += 1;
    const missing = kinds.map(({ names }) => names.plural);
    for (const plural of missing) await disturb(bed, oneOf(plural), round);
    const gets = new Set((await requests()).filter(({ verb }) => verb === 'get').map(({ resource }) => resource));
    const left = missing.filter((plural) => !gets.has(plural));
    return { value: left, done: left.length === 0 };
  });
}
