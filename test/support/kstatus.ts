import type { Condition } from '../../src/kube/types.ts';
import { condition, type Managed } from './test-bed.ts';

/**
 * What of a series of versions breaks the rules by which kstatus, Argo CD and `kubectl wait` read an object, as sentences.
 * Empty means that all conform.
 */
export function nonConformities(versions: readonly Managed[]): readonly string[] {
  const previous = new Map<string, Managed>();
  return versions.flatMap((version) => {
    const key = version.metadata.uid;
    const found = [...ofOne(version), ...ofChange(previous.get(key), version)];
    previous.set(key, version);
    return found.map(
      (what) =>
        `${version.kind} ${version.metadata.name}, resourceVersion ${version.metadata.resourceVersion}: ${what}`,
    );
  });
}

function ofOne(version: Managed): readonly string[] {
  const { status, metadata } = version;
  if (status === undefined) return [];
  const found: string[] = [];
  const { observedGeneration = 0, conditions = [] } = status;
  if (observedGeneration < 1 || observedGeneration > metadata.generation)
    found.push(`observedGeneration is ${observedGeneration} of ${metadata.generation}`);
  const ready = condition(version, 'Ready');
  if (ready === undefined) found.push('has no condition Ready');
  const types = conditions.map(({ type }) => type);
  if (new Set(types).size !== types.length) found.push(`has a condition twice: ${types.join(', ')}`);
  const abnormal = conditions.filter(({ type }) => type === 'Reconciling' || type === 'Stalled');
  if (abnormal.length > 1) found.push('is Reconciling and Stalled at once');
  if (ready?.status === 'True' && abnormal.length > 0) found.push('is Ready and not done at once');
  if (ready?.status === 'False' && abnormal.length === 0) found.push('is not Ready and does not say what goes on');
  return [...found, ...conditions.flatMap((one) => ofCondition(one, observedGeneration))];
}

function ofCondition(one: Condition, observedGeneration: number): readonly string[] {
  const found: string[] = [];
  const name = `${one.type}=${one.status}`;
  if (one.type !== 'Ready' && one.status !== 'True') found.push(`${name} should not be there`);
  if (!/^[A-Z][A-Za-z0-9]*$/.test(one.reason)) found.push(`${name} has the reason "${one.reason}"`);
  if (!/^\S.*[.)]$/s.test(one.message)) found.push(`${name} has no sentence for a message: "${one.message}"`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(one.lastTransitionTime))
    found.push(`${name} has lastTransitionTime ${one.lastTransitionTime}`);
  if (one.observedGeneration !== observedGeneration)
    found.push(`${name} is about generation ${one.observedGeneration}, the status about ${observedGeneration}`);
  return found;
}

function ofChange(previous: Managed | undefined, version: Managed): readonly string[] {
  if (previous?.status === undefined) return [];
  const found: string[] = [];
  const before = previous.status.observedGeneration ?? 0;
  const now = version.status?.observedGeneration ?? 0;
  if (now < before) found.push(`observedGeneration went back from ${before} to ${now}`);
  for (const one of version.status?.conditions ?? []) {
    const old = condition(previous, one.type);
    if (old?.status === one.status && old.lastTransitionTime !== one.lastTransitionTime)
      found.push(`${one.type} stayed ${one.status} and lastTransitionTime moved`);
  }
  return found;
}
