import { expect } from 'vitest';
import { ACCOUNT_ANNOTATION } from '../../../src/engine/accounts.ts';
import { unseen } from '../../../src/engine/status.ts';
import { kinds } from '../../../src/kinds/index.ts';
import { eventually } from '../../support/eventually.ts';
import type { Manifest } from '../../support/namespace-bed.ts';
import { valuesOf } from '../../support/scrape.ts';
import type { Candidate } from './candidate.ts';
import { repeatsItself } from './everything.ts';
import type { Grant } from './grants.ts';

/** Starts the operator, gives it work, and resolves once it is seen to lack what was taken from it. */
type Symptom = (candidate: Candidate, grant: Grant) => Promise<void>;

/** What cannot be done without a verb on the objects of a kind. */
const ofObjects: Readonly<Record<string, Symptom>> = {
  list: (candidate, { resource }) => neverStarts(candidate, resource),

  async watch(candidate, { resource }) {
    const { bed, operator, workload, ready } = candidate;
    await operator.start();
    const witness = workload.oneOf(resource === 'ecsclusters' ? 'ecstaskdefinitions' : 'ecsclusters');
    await bed.apply(...workload.enoughFor(resource), witness);
    await ready(witness);
    await isUntouched(candidate, workload.oneOf(resource));
  },

  /** Nothing is made in AWS before the finalizer is stored. */
  async patch(candidate, { resource }) {
    const manifest = await isToldForbidden(candidate, resource);
    await isUntouched(candidate, manifest);
  },

  /** An object that somebody changes while its status is being written is read again. */
  async get({ bed, operator, workload, ready, disturbUntil, events }, { resource }) {
    await operator.start();
    await bed.apply(...workload.enoughFor(resource));
    const manifest = workload.oneOf(resource);
    await ready(manifest);
    await disturbUntil(`an event Forbidden about the ${manifest.kind}`, [manifest], async () =>
      (await events(manifest)).some(({ reason }) => reason === 'Forbidden'),
    );
  },
};

const ofStatuses: Readonly<Record<string, Symptom>> = {
  async patch(candidate, { resource }) {
    const object = await candidate.read(await isToldForbidden(candidate, resource.replace('/status', '')));
    expect(object.metadata.finalizers).toBeDefined();
    expect(object.status).toEqual(unseen);
  },
};

const ofEvents: Readonly<Record<string, Symptom>> = {
  async create(candidate) {
    await candidate.operator.start();
    const manifest = await repeatsItself(candidate);
    await candidate.operator.stop();
    expect(await candidate.events(manifest)).toEqual([]);
  },

  /** The same again is a count on the first. */
  async patch(candidate) {
    await candidate.operator.start();
    const manifest = await repeatsItself(candidate);
    await candidate.operator.stop();
    const events = await candidate.events(manifest);
    expect(events.length).toBeGreaterThan(0);
    expect(events.filter(({ series }) => series !== undefined)).toEqual([]);
  },
};

const ofLeases: Readonly<Record<string, Symptom>> = {
  create: (candidate) => neverLeads(candidate),
  get: (candidate) => neverLeads(candidate),
  /** Who takes a Lease writes to it before he acts. */
  update: (candidate) => neverLeads(candidate),
};

const ofNamespaces: Readonly<Record<string, Symptom>> = {
  list: (candidate) => neverStarts(candidate),

  /** It does not hear that the namespace's objects are to be in an account, which it does not even know. */
  async watch({ bed, operator, workload, ready }) {
    await operator.start();
    await bed.kubectl('annotate', 'namespace', bed.namespace, `${ACCOUNT_ANNOTATION}=nobody`);
    await bed.apply(workload.oneOf('ecsclusters'));
    await ready(workload.oneOf('ecsclusters'));
  },
};

/** By resource. What is not listed is a kind's. */
const symptoms: Readonly<Record<string, Readonly<Record<string, Symptom>>>> = {
  events: ofEvents,
  leases: ofLeases,
  namespaces: ofNamespaces,
};

/** How it shows that this grant is missing. A new verb in the role needs a line here: what does the operator do with it? */
export function symptomOf({ resource, verb }: Grant): Symptom {
  const ofResource = symptoms[resource] ?? (resource.endsWith('/status') ? ofStatuses : ofObjects);
  const symptom = ofResource[verb];
  if (symptom === undefined)
    throw new Error(`nobody has said what the operator cannot do without ${verb} on ${resource}`);
  return symptom;
}

/** Nothing is reconciled before everything is known. */
async function neverStarts(candidate: Candidate, unlisted?: string): Promise<void> {
  const { bed, operator, workload, refused } = candidate;
  const manifests = workload.enoughFor(unlisted ?? 'ecsclusters');
  await bed.apply(...manifests);
  await operator.launch();
  await eventually('every other kind is listed', async () => {
    const ages = (await operator.metrics()).filter(({ name }) => name === 'ecs_operator_watch_last_event_age_seconds');
    const listed = new Set(ages.map(({ labels }) => labels.kind));
    const missing = kinds.filter(({ names }) => !listed.has(names.kind)).map(({ names }) => names.plural);
    return { value: missing, done: missing.join() === (unlisted ?? '') };
  });
  await refused();
  expect(await operator.pod.probe('readinessProbe')).toBe(503);
  expect((await operator.log.lines()).map(({ msg }) => msg)).not.toContain('reconciling');
  for (const manifest of manifests) await isUntouched(candidate, manifest);
}

async function neverLeads(candidate: Candidate): Promise<void> {
  const { bed, operator, workload, refused } = candidate;
  await operator.launch();
  await bed.apply(workload.oneOf('ecsclusters'));
  await refused();
  expect(valuesOf(await operator.metrics(), 'leader_election_master_status')).toEqual([0]);
  await isUntouched(candidate, workload.oneOf('ecsclusters'));
}

async function isToldForbidden(candidate: Candidate, plural: string): Promise<Manifest> {
  const { bed, operator, workload, events } = candidate;
  await operator.start();
  await bed.apply(...workload.enoughFor(plural));
  const manifest = workload.oneOf(plural);
  await eventually(`an event Forbidden about the ${manifest.kind}`, async () => {
    const reasons = (await events(manifest)).map(({ reason }) => reason);
    return { value: reasons, done: reasons.includes('Forbidden') };
  });
  return manifest;
}

async function isUntouched({ read }: Candidate, manifest: Manifest): Promise<void> {
  const { metadata, status } = await read(manifest);
  expect({ finalizers: metadata.finalizers, status }).toEqual({ finalizers: undefined, status: unseen });
}
