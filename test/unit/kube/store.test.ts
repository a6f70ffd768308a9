import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { Store, type StoreEvent } from '../../../src/kube/store.ts';
import type { KubeObject } from '../../../src/kube/types.ts';
import { widget } from './fixtures.ts';

function storeWithLog(): { store: Store<KubeObject>; events: string[]; errors: string[] } {
  const errors: string[] = [];
  const store = new Store<KubeObject>({ log: pino({}, { write: (line) => errors.push(line) }) });
  const events: string[] = [];
  store.onEvent((event) => events.push(describeEvent(event)));
  return { store, events, errors };
}

function describeEvent(event: StoreEvent<KubeObject>): string {
  const { name, uid, resourceVersion } = event.object.metadata;
  return `${event.kind}${event.initial ? '*' : ''} ${name} ${uid} ${resourceVersion}`;
}

describe('a store', () => {
  test('holds frozen objects without managedFields', () => {
    const { store } = storeWithLog();
    const deep = [{ x: 1 }];
    const object = widget('a', '1', { spec: { deep } });
    store.apply({ ...object, metadata: Object.assign({ managedFields: [{}] }, object.metadata) });
    const held = store.get('default/a');
    expect(held).toEqual(object);
    expect(Object.isFrozen(held) && Object.isFrozen(held?.metadata)).toBe(true);
    expect(deep.every(Object.isFrozen) && Object.isFrozen(deep)).toBe(true);
  });

  test('marks what the first list brought as initial, and nothing later', () => {
    const { store, events } = storeWithLog();
    store.replace([widget('a', '1')], '5');
    store.replace([widget('a', '1'), widget('b', '6')], '6');
    expect(events).toEqual(['added* a uid-a 1', 'added b uid-b 6']);
  });

  test('emits only what differs when a list replaces it', () => {
    const { store, events } = storeWithLog();
    store.replace([widget('same', '1'), widget('changed', '2'), widget('gone', '3')], '3');
    events.length = 0;
    const same = store.get('default/same');
    store.replace([widget('same', '1'), widget('changed', '7'), widget('new', '8')], '9');
    expect(events).toEqual(['deleted gone uid-gone 3', 'updated changed uid-changed 7', 'added new uid-new 8']);
    expect(store.get('default/same')).toBe(same);
    expect(store.seenResourceVersion).toBe('9');
  });

  test('shows a listener the whole of a new list, not a half of it', () => {
    const { store } = storeWithLog();
    const sizes: number[] = [];
    store.onEvent(() => sizes.push(store.size));
    store.replace([widget('a', '1'), widget('b', '2'), widget('c', '3')], '3');
    expect(sizes).toEqual([3, 3, 3]);
  });

  test.each(['list', 'event'])(
    'takes another UID under the same name in a %s as one object gone and another come',
    (how) => {
      const { store, events } = storeWithLog();
      store.replace([widget('a', '1', { uid: 'old' })], '1');
      events.length = 0;
      const next = widget('a', '5', { uid: 'new' });
      if (how === 'list') store.replace([next], '5');
      else store.apply(next);
      expect(events).toEqual(['deleted a old 1', 'added a new 5']);
    },
  );

  test('ignores an event that is older than what it holds, and one that repeats it', () => {
    const { store, events } = storeWithLog();
    store.apply(widget('a', '10'));
    store.apply(widget('a', '9'));
    store.apply(widget('a', '10'));
    store.delete(widget('a', '9'));
    expect(events).toEqual(['added a uid-a 10']);
    expect(store.seenResourceVersion).toBe('10');
  });

  test('gives the last state with a deletion', () => {
    const { store, events } = storeWithLog();
    store.apply(widget('a', '10'));
    store.delete(widget('a', '12'));
    store.delete(widget('never', '13'));
    expect(events).toEqual(['added a uid-a 10', 'deleted a uid-a 12']);
    expect(store.size).toBe(0);
    expect(store.seenResourceVersion).toBe('13');
  });

  test('has seen a version when an event or bookmark at or after it came, also for an object that is gone', () => {
    const { store } = storeWithLog();
    expect(store.hasSeen('default/a', '1')).toBe(false);
    store.replace([], '5');
    expect(store.hasSeen('default/a', '6')).toBe(false);
    store.advance('6');
    store.advance('4');
    expect(store.hasSeen('default/a', '6')).toBe(true);
    expect(store.hasSeen('default/a', '7')).toBe(false);
  });

  test('forgets what it had seen when a list is older, as after a restore of etcd', () => {
    const { store } = storeWithLog();
    store.replace([widget('a', '100')], '100');
    store.replace([widget('a', '7')], '8');
    expect(store.get('default/a')?.metadata.resourceVersion).toBe('7');
    expect(store.hasSeen('default/a', '100')).toBe(false);
  });

  test('counts the lists that were older, and no others', () => {
    const { store } = storeWithLog();
    store.replace([], '9');
    store.replace([], '9');
    store.replace([], '10');
    store.advance('8');
    expect(store.rewinds).toBe(0);
    store.replace([], '9');
    expect(store.rewinds).toBe(1);
  });

  test('survives listeners and index functions that throw, and says so', () => {
    const { store, errors } = storeWithLog();
    store.addIndex('broken', () => {
      throw new Error('index bug');
    });
    store.onEvent(() => {
      throw new Error('listener bug');
    });
    const after: string[] = [];
    store.onEvent((event) => after.push(event.kind));
    store.apply(widget('a', '1'));
    expect(after).toEqual(['added']);
    expect(store.listenerErrors).toBe(2);
    expect(errors.join('')).toContain('listener bug');
  });

  test('stops telling a listener that was taken off', () => {
    const { store } = storeWithLog();
    const seen: string[] = [];
    const off = store.onEvent((event) => seen.push(event.kind));
    store.apply(widget('a', '1'));
    off();
    store.apply(widget('a', '2'));
    expect(seen).toEqual(['added']);
  });

  test('does not know an index that was never added', () => {
    expect(() => storeWithLog().store.byIndex('nope', 'x')).toThrow(RangeError);
  });
});

type Operation =
  | { readonly kind: 'put'; readonly name: string; readonly refs: readonly string[] }
  | { readonly kind: 'delete'; readonly name: string }
  | { readonly kind: 'recreate'; readonly name: string; readonly refs: readonly string[] }
  | { readonly kind: 'relist' }
  | { readonly kind: 'miss' };

const name = fc.constantFrom('a', 'b', 'c', 'd');
const refs = fc.uniqueArray(fc.constantFrom('x', 'y', 'z'));
const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('put' as const), name, refs }),
    fc.record({ kind: fc.constant('delete' as const), name }),
    fc.record({ kind: fc.constant('recreate' as const), name, refs }),
    fc.record({ kind: fc.constant('relist' as const) }),
    /** From here on the watch is broken: nothing arrives before the next list. */
    fc.record({ kind: fc.constant('miss' as const) }),
  ),
  { maxLength: 40 },
);

/** A server with one collection, whose watch can be interrupted. */
class Model {
  readonly objects = new Map<string, KubeObject>();
  connected = true;
  version = 0;
  readonly #store: Store<KubeObject>;

  constructor(store: Store<KubeObject>) {
    this.#store = store;
  }

  run(operation: Operation): void {
    switch (operation.kind) {
      case 'put':
        this.#put(operation.name, operation.refs);
        break;
      case 'delete':
        this.#delete(operation.name);
        break;
      case 'recreate':
        this.#delete(operation.name);
        this.#put(operation.name, operation.refs);
        break;
      case 'relist':
        this.connected = true;
        this.#store.replace([...this.objects.values()], String(this.version));
        break;
      case 'miss':
        this.connected = false;
        break;
      default:
        operation satisfies never;
    }
  }

  #put(name: string, refs: readonly string[]): void {
    this.version += 1;
    const uid = this.objects.get(name)?.metadata.uid ?? `uid-${this.version}`;
    const object = widget(name, String(this.version), { uid, spec: { refs } });
    this.objects.set(name, object);
    if (this.connected) this.#store.apply(object);
  }

  #delete(name: string): void {
    const known = this.objects.get(name);
    if (known === undefined) return;
    this.version += 1;
    this.objects.delete(name);
    const last = { ...known, metadata: { ...known.metadata, resourceVersion: String(this.version) } };
    if (this.connected) this.#store.delete(last);
  }
}

function refsOf(object: KubeObject): string[] {
  return (object.spec as { refs: string[] }).refs;
}

describe('for any sequence of lists and watch events', () => {
  test('the store, its indexes and the sum of its events equal the server', () => {
    fc.assert(
      fc.property(operations, (sequence) => {
        const { store } = storeWithLog();
        store.addIndex('refs', refsOf);
        const heard = new Map<string, string>();
        store.onEvent((event) => {
          const { metadata } = event.object;
          // One life at a time: what is added was not there, what changes or goes was, with the same UID.
          expect(heard.get(metadata.name)).toBe(event.kind === 'added' ? undefined : metadata.uid);
          if (event.kind === 'deleted') heard.delete(metadata.name);
          else heard.set(metadata.name, metadata.uid);
        });
        const model = new Model(store);
        for (const operation of [...sequence, { kind: 'relist' } as const]) {
          model.run(operation);
          if (!model.connected) continue;
          const wanted = [...model.objects.values()];
          expect(store.list()).toEqual(expect.arrayContaining(wanted));
          expect(store.size).toBe(wanted.length);
          expect(heard).toEqual(new Map(wanted.map(({ metadata }) => [metadata.name, metadata.uid])));
          for (const value of ['x', 'y', 'z']) {
            const keys = wanted
              .filter((object) => refsOf(object).includes(value))
              .map((o) => `default/${o.metadata.name}`);
            expect(store.byIndex('refs', value).sort()).toEqual(keys.sort());
          }
        }
        expect(store.seenResourceVersion).toBe(String(model.version));
        expect(store.listenerErrors).toBe(0);
      }),
    );
  });
});
