import { expect } from 'vitest';
import { kinds } from '../../../src/kinds/index.ts';
import { eventually } from '../../support/eventually.ts';
import { condition, type Manifest } from '../../support/operator-bed.ts';
import type { Candidate } from './candidate.ts';
import type { Grant } from './grants.ts';
import { disturb, everything, oneOf, read } from './workload.ts';

/** Starts the operator, gives it work, and resolves once it is seen to lack what was taken from it. */
export type Symptom = (candidate: Candidate, grant: Grant) => Promise<void>;

/** What cannot be done without a verb on the objects of a kind. */
const ofObjects: Readonly<Record<string, Symptom>> = {
  /** Nothing is reconciled before everything is known. */
  async list({ bed, operator }, { resource }) {
    await bed.apply(...everything);
    let started = false;
    operator.start().then(
      () => {
        started = true;
      },
      () => undefined,
    );
    const unlisted = oneOf(resource).kind;
    await eventually('every other kind is listed', async () => {
      const missing = kinds.map(({ names }) => names.kind).filter((kind) => !isListed(operator, kind));
      return { value: missing, done: missing.join() === unlisted };
    });
    expect(started).toBe(false);
    for (const manifest of everything) await isUntouched(bed, manifest);
  },

  async watch({ bed, operator }, { resource }) {
    await operator.start();
    await bed.apply(...everything);
    await bed.ready(...witnessOf(resource));
    await isUntouched(bed, oneOf(resource));
  },

  /** Nothing is made in AWS before the finalizer is stored. */
  async patch({ bed, operator }, { resource }) {
    await operator.start();
    await bed.apply(...everything);
    const { kind, metadata } = oneOf(resource);
    await bed.told(kind, metadata.name, 'Forbidden');
    await isUntouched(bed, oneOf(resource));
  },

  /** An object that somebody changes while its status is being written is read again. */
  async get({ bed, operator }, { resource }) {
    await operator.start();
    await bed.apply(...everything);
    const manifest = oneOf(resource);
    const { kind, metadata } = manifest;
    await bed.ready(kind, metadata.name);
    let round = 0;
    await eventually(`an event Forbidden about ${kind} ${metadata.name}`, async () => {
      await disturb(bed, manifest, round++);
      const reasons = (await bed.events(metadata.name)).filter(({ regarding }) => regarding.kind === kind);
      return { value: reasons, done: reasons.some(({ reason }) => reason === 'Forbidden') };
    });
  },
};

const ofStatuses: Readonly<Record<string, Symptom>> = {
  async patch({ bed, operator }, { resource }) {
    await operator.start();
    await bed.apply(...everything);
    const manifest = oneOf(resource.replace('/status', ''));
    await bed.told(manifest.kind, manifest.metadata.name, 'Forbidden');
    const object = await read(bed, manifest);
    expect(object.metadata.finalizers).toBeDefined();
    expect(object.status).toBeUndefined();
  },
};

const ofEvents: Readonly<Record<string, Symptom>> = {
  async create({ bed, operator, stopOperator }) {
    await operator.start();
    await repeatItself(bed);
    await stopOperator();
    expect(await bed.events()).toEqual([]);
  },

  /** The same again is a count on the first. */
  async patch({ bed, operator, stopOperator }) {
    await operator.start();
    await repeatItself(bed);
    await stopOperator();
    const events = await bed.events();
    expect(events.length).toBeGreaterThan(0);
    expect(events.filter(({ series }) => series !== undefined)).toEqual([]);
  },
};

/** Has the operator say the same of a cluster twice. It counts that at its leisure, or when it stops. */
export async function repeatItself(bed: Candidate['bed']): Promise<void> {
  const { kind, metadata, spec } = oneOf('ecsclusters');
  for (const team of ['blue', 'green', 'blue', 'green']) {
    await bed.apply({ kind, metadata, spec: { ...spec, tags: [{ key: 'team', value: team }] } });
    await bed.ready(kind, metadata.name);
  }
}

/** By resource. What is not listed is a kind's. */
const symptoms: Readonly<Record<string, Readonly<Record<string, Symptom>>>> = {
  events: ofEvents,
};

/** How it shows that this grant is missing. A new verb in the role needs a line here: what does the operator do with it? */
export function symptomOf({ resource, verb }: Grant): Symptom {
  const ofResource = symptoms[resource] ?? (resource.endsWith('/status') ? ofStatuses : ofObjects);
  const symptom = ofResource[verb];
  if (symptom === undefined) throw new Error(`nobody has said what the operator cannot do without ${verb} on ${resource}`);
  return symptom;
}

function isListed(operator: Candidate['operator'], kind: string): boolean {
  return operator.manager.store(kind)?.seenResourceVersion !== undefined;
}

/** An object of a kind that needs no other. */
function witnessOf(resource: string): [kind: string, name: string] {
  const { kind, metadata } = oneOf(resource === 'ecsclusters' ? 'ecstaskdefinitions' : 'ecsclusters');
  return [kind, metadata.name];
}

async function isUntouched(bed: Candidate['bed'], manifest: Manifest): Promise<void> {
  const object = await read(bed, manifest);
  expect(object.metadata.finalizers).toBeUndefined();
  expect(condition(object, 'Ready')).toBeUndefined();
}
