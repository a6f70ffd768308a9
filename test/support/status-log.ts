import { pino } from 'pino';
import { systemClock } from '../../src/clock.ts';
import { kinds } from '../../src/kinds/index.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { Store } from '../../src/kube/store.ts';
import { violations } from './conformance.ts';
import { condition, type Managed, type TestBed } from './test-bed.ts';

/** Every version of every object of a bed, as a watch showed it. */
export interface StatusLog {
  readonly versions: readonly Managed[];
  /** What of the statuses breaks the rules by which kstatus, Argo CD and `kubectl wait` read them, as sentences. */
  violations(): readonly string[];
  /** The different values of Ready that an object has had, in order, such as `False/RolloutInProgress`. */
  readyOf(kind: string, name: string): readonly string[];
  stop(): Promise<void>;
}

/** Watches all kinds in the bed's namespace from now on. */
export async function recordStatuses(bed: TestBed): Promise<StatusLog> {
  const log = pino({ level: 'silent' });
  const stopped = new AbortController();
  const versions: Managed[] = [];
  const watches = kinds.map(({ names }) => {
    const store = new Store<Managed>({ log });
    store.onEvent((event) => versions.push(event.object));
    const { admin: transport, namespace } = bed;
    const reflector = new Reflector<Managed>({ transport, store, names, namespace, clock: systemClock, log });
    return { running: reflector.run(stopped.signal), synced: reflector.synced };
  });
  await Promise.all(watches.map(({ synced }) => synced));
  return {
    versions,
    violations: () => allViolations(versions),
    readyOf(kind, name) {
      const values = versions
        .filter((version) => version.kind === kind && version.metadata.name === name)
        .flatMap((version) => version.status?.conditions ?? [])
        .filter(({ type }) => type === 'Ready')
        .map(({ status, reason }) => `${status}/${reason}`);
      return values.filter((value, index) => value !== values[index - 1]);
    },
    async stop() {
      stopped.abort(new Error('stopped'));
      await Promise.allSettled(watches.map(({ running }) => running));
    },
  };
}

function allViolations(versions: readonly Managed[]): readonly string[] {
  const previous = new Map<string, Managed>();
  return versions.flatMap((version) => {
    const { kind, metadata, status } = version;
    // Between a user's change and our answer to it, the status is about the generation before; every tool knows that.
    const isAnswer = status?.observedGeneration === metadata.generation;
    const found = [...(isAnswer ? violations(version) : []), ...ofChange(previous.get(metadata.uid), version)];
    previous.set(metadata.uid, version);
    return found.map((what) => `${kind} ${metadata.name} at ${metadata.resourceVersion}: ${what}`);
  });
}

function ofChange(previous: Managed | undefined, version: Managed): readonly string[] {
  if (previous?.status === undefined) return [];
  const before = previous.status.observedGeneration ?? 0;
  const now = version.status?.observedGeneration ?? 0;
  const found = now < before ? [`observedGeneration went back from ${before} to ${now}`] : [];
  for (const { type, status, lastTransitionTime } of version.status?.conditions ?? []) {
    const old = condition(previous, type);
    if (old?.status === status && old.lastTransitionTime !== lastTransitionTime)
      found.push(`${type} stayed ${status} and lastTransitionTime moved`);
  }
  return found;
}
