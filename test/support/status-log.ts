import { pino } from 'pino';
import { systemClock } from '../../src/clock.ts';
import { kinds } from '../../src/kinds/index.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { Store } from '../../src/kube/store.ts';
import type { Managed, TestBed } from './test-bed.ts';

/** Every version of every object of a bed, as a watch showed it. */
export interface StatusLog {
  readonly versions: readonly Managed[];
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
