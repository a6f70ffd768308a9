import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Priority, WorkQueue } from '../../../src/engine/queue.ts';
import type { ObjectKey } from '../../../src/kube/types.ts';

interface Due {
  readonly priority: Priority;
  readonly readyAt: number;
}

type Operation =
  | { readonly kind: 'add'; readonly key: ObjectKey; readonly priority: Priority; readonly delay: number }
  | { readonly kind: 'take' }
  | { readonly kind: 'done'; readonly which: number }
  | { readonly kind: 'advance'; readonly ms: number };

const namespaceOf = (key: ObjectKey): string => key.slice(0, key.indexOf('/'));

function merged(before: Due | undefined, { priority, readyAt }: Due): Due {
  if (before === undefined) return { priority, readyAt };
  return {
    priority: before.priority === 'user' ? 'user' : priority,
    readyAt: Math.min(before.readyAt, readyAt),
  };
}

/** What the queue promises, in the plainest terms: maps, and a look at everything each time. */
class Model {
  now = 0;
  readonly waiting = new Map<ObjectKey, Due>();
  readonly held = new Map<ObjectKey, Due | undefined>();
  /** For each priority: namespaces that have been served while this one had something ready. */
  readonly #overtaken: Readonly<Record<Priority, Map<string, Set<string>>>> = {
    user: new Map(),
    background: new Map(),
  };

  ready(priority: Priority): ObjectKey[] {
    return [...this.waiting]
      .filter(([, due]) => due.priority === priority && due.readyAt <= this.now)
      .map(([key]) => key);
  }

  add(key: ObjectKey, due: Due): void {
    if (this.held.has(key)) this.held.set(key, merged(this.held.get(key), due));
    else this.waiting.set(key, merged(this.waiting.get(key), due));
  }

  done(key: ObjectKey): void {
    const again = this.held.get(key);
    this.held.delete(key);
    if (again !== undefined) this.waiting.set(key, again);
  }

  taken(key: ObjectKey, priority: Priority): void {
    this.#takeTurn(namespaceOf(key), priority);
    this.waiting.delete(key);
    this.held.set(key, undefined);
  }

  /** Fair: while a namespace has something ready, no other is served twice before it. */
  #takeTurn(served: string, priority: Priority): void {
    const overtaken = this.#overtaken[priority];
    const standing = new Set(this.ready(priority).map(namespaceOf));
    for (const namespace of overtaken.keys()) if (!standing.has(namespace)) overtaken.delete(namespace);
    overtaken.delete(served);
    for (const namespace of standing) {
      if (namespace === served) continue;
      const before = overtaken.get(namespace) ?? new Set();
      expect(before.has(served), `${served} was served twice while ${namespace} waited`).toBe(false);
      overtaken.set(namespace, before.add(served));
    }
  }
}

function take(queue: WorkQueue, model: Model): ObjectKey | undefined {
  const expected = model.ready('user').length > 0 ? 'user' : 'background';
  const candidates = model.ready(expected);
  const taken = queue.take(model.now);
  if (taken === undefined) {
    expect(candidates, 'ready and not given out').toEqual([]);
    const next = Math.min(...[...model.waiting.values()].map(({ readyAt }) => readyAt));
    expect(queue.nextReadyAt()).toBeLessThanOrEqual(next);
    return undefined;
  }
  expect(model.held.has(taken.key), 'two holders of a key').toBe(false);
  expect(candidates).toContain(taken.key);
  expect(taken.priority).toBe(expected);
  model.taken(taken.key, taken.priority);
  return taken.key;
}

function apply(queue: WorkQueue, model: Model, operation: Operation): void {
  switch (operation.kind) {
    case 'add': {
      const due = { priority: operation.priority, readyAt: model.now + operation.delay };
      queue.add(operation.key, due.priority, due.readyAt);
      model.add(operation.key, due);
      return;
    }
    case 'take':
      take(queue, model);
      return;
    case 'done': {
      const key = [...model.held.keys()][operation.which % Math.max(1, model.held.size)];
      if (key === undefined) return;
      queue.done(key);
      model.done(key);
      return;
    }
    case 'advance':
      model.now += operation.ms;
      return;
    default:
      operation satisfies never;
  }
}

function drain(queue: WorkQueue, model: Model): void {
  for (const key of [...model.held.keys()]) {
    queue.done(key);
    model.done(key);
  }
  model.now += 1_000_000;
  const rest = new Set(model.waiting.keys());
  for (let key = take(queue, model); key !== undefined; key = take(queue, model)) {
    rest.delete(key);
    queue.done(key);
    model.done(key);
  }
  expect([...rest], 'lost').toEqual([]);
}

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      key: fc
        .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('v', 'w', 'x', 'y', 'z'))
        .map(([namespace, name]): ObjectKey => `${namespace}/${name}`),
      priority: fc.constantFrom('user' as const, 'background' as const),
      delay: fc.constantFrom(0, 0, 0, 0, 0, 1, 10),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('take' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('done' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(1, 5, 50, 200) }) },
);

describe('the queue (reliability row 15)', () => {
  test('never has two holders of a key, loses no add, takes the highest priority and the earliest time, is fair and drains', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 150 }), (operations) => {
        const queue = new WorkQueue();
        const model = new Model();
        for (const one of operations) {
          apply(queue, model, one);
          const again = [...model.held.values()].filter((due) => due !== undefined).length;
          expect(queue.size).toBe(model.waiting.size + again);
          expect(queue.held).toBe(model.held.size);
        }
        drain(queue, model);
        expect([queue.size, queue.held, queue.nextReadyAt()]).toEqual([0, 0, Number.POSITIVE_INFINITY]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('a namespace whose head of line was raised to user loses no turn in the background', () => {
    const queue = new WorkQueue();
    const keys = ['a/1', 'a/2', 'a/3', 'b/1', 'b/2'] as const;
    for (const [index, key] of keys.entries()) queue.add(key, 'background', index);
    expect(queue.take(9)?.key).toBe('a/1');
    queue.add('b/1', 'user', 9);
    expect(queue.take(9)).toMatchObject({ key: 'b/1', priority: 'user' });
    expect(queue.take(9)?.key).toBe('b/2');
  });

  test('a user change passes two thousand objects that resync', () => {
    const queue = new WorkQueue();
    for (let index = 0; index < 2_000; index += 1) queue.add(`team/${index}`, 'background', 0);
    queue.take(0);
    queue.add('team/1999', 'user', 5);
    expect(queue.take(5)).toMatchObject({ key: 'team/1999', priority: 'user' });
  });

  test('one object does not wait behind the five hundred of another team', () => {
    const queue = new WorkQueue();
    for (let index = 0; index < 500; index += 1) queue.add(`big/${index}`, 'user', 0);
    queue.add('small/1', 'user', 1);
    const first = [queue.take(2)?.key, queue.take(2)?.key];
    expect(first).toContain('small/1');
  });

  test('inside a namespace, what is ready first goes first', () => {
    const queue = new WorkQueue();
    queue.add('a/late', 'user', 20);
    queue.add('a/early', 'user', 10);
    expect([queue.take(30)?.key, queue.take(30)?.key]).toEqual(['a/early', 'a/late']);
  });
});
