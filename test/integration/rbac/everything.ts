import { expect } from 'vitest';
import type { Region } from '../../sandbox/region/index.ts';
import { eventually } from '../../support/eventually.ts';
import { condition, type Manifest, namesOf } from '../../support/namespace-bed.ts';
import type { Candidate } from './candidate.ts';

/** Has the operator do whatever it can do at the API server, and stops it. */
export async function doEverything(
  candidate: Candidate,
  region: Region,
  manifests: readonly Manifest[],
): Promise<void> {
  const { bed, operator, ready } = candidate;
  await operator.start();
  await bed.apply(...manifests);
  for (const manifest of manifests) await ready(manifest);
  await readsAgain(candidate, manifests);
  const account = manifests.find(({ kind }) => kind === 'AWSAccount');
  if (account !== undefined) await losesItsRoleTwice(candidate, region, account);
  const cluster = await repeatsItself(candidate);
  // Then the Events that wait are written.
  await operator.stop();
  for (const manifest of account === undefined ? [cluster] : [cluster, account]) {
    expect((await candidate.events(manifest)).filter(({ series }) => series !== undefined)).not.toEqual([]);
  }
}

/** Has the operator say the same of a cluster twice. It counts that at its leisure, or when it stops. */
export async function repeatsItself({ bed, workload, ready }: Candidate): Promise<Manifest> {
  const manifest = workload.oneOf('ecsclusters');
  for (const value of ['blue', 'green', 'blue', 'green']) {
    await bed.apply({ ...manifest, spec: { ...manifest.spec, tags: [{ key: 'team', value }] } });
    await ready(manifest);
  }
  return manifest;
}

/** Every object is read past its watch, because it has changed when its status is written. */
async function readsAgain(candidate: Candidate, manifests: readonly Manifest[]): Promise<void> {
  const missing = new Set(manifests.map(({ kind }) => kind));
  for (const manifest of manifests.filter(({ kind }) => missing.delete(kind))) {
    const { plural } = namesOf(manifest.kind);
    await candidate.disturbUntil(`a read of the ${manifest.kind}`, [manifest], async () =>
      (await candidate.requests()).some(({ verb, resource }) => verb === 'get' && resource === plural),
    );
    await candidate.bed.apply(manifest);
    await candidate.ready(manifest);
  }
}

/** An Event about what is in no namespace is written elsewhere. */
async function losesItsRoleTwice(
  { bed, accountId, read, ready }: Candidate,
  region: Region,
  account: Manifest,
): Promise<void> {
  const RoleArn = `arn:aws:iam::${accountId}:role/${account.metadata.name}`;
  region.faults.add({ operation: 'AssumeRole', input: { RoleArn }, fault: { kind: 'accessDenied' }, times: 0 });
  for (let time = 1; time <= 2; time += 1) {
    await bed.apply({ ...account, spec: { ...account.spec, roleArn: RoleArn } });
    await eventually(`${account.kind} ${account.metadata.name} is not Ready`, async () => {
      const object = await read(account);
      return { value: object.status, done: condition(object, 'Ready')?.status === 'False' };
    });
    await bed.apply(account);
    await ready(account);
  }
}
