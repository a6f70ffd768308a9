import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FINALIZER } from '../../../src/engine/finalizer.ts';
import { shardOf } from '../../../src/engine/shard.ts';
import type { ObjectKey } from '../../../src/kube/types.ts';
import { isList, isWatch } from '../../support/scripted-api-server.ts';
import { until } from '../../support/until.ts';
import { Harness, notFound, promises } from './harness.ts';
import { type ManagerWorld, managerWorld } from './manager-world.ts';
import { widget } from './widget.ts';

describe('a controller', () => {
  const mine = (key: ObjectKey): boolean => key === 'team/mine';

  async function leadingMine() {
    const world = new Harness();
    world.leads = mine;
    const controller = world.controller();
    controller.start();
    for (const name of ['mine', 'other']) world.put(name, { size: 1 });
    await promises();
    return { world, controller };
  }

  test('works on what it leads and queues nothing else', async () => {
    const { world, controller } = await leadingMine();
    expect(world.passes.map(({ key }) => key)).toEqual(['team/mine']);
    controller.enqueue('team/other', 'user');
    await promises();
    // The resync of what it leads.
    expect([world.passes.length, controller.queued]).toEqual([1, 1]);
  });

  test('gives up what waits at once, what is at work when it has ended, and all that it remembers', async () => {
    const { world, controller } = await leadingMine();
    world.cloud.pause();
    world.put('mine', { size: 2 });
    await promises();
    expect(controller.working).toBe(1);
    world.leads = () => false;
    let given = false;
    const giving = controller.giveUp(mine).then(() => {
      given = true;
    });
    world.put('mine', { size: 3 });
    await promises();
    expect([given, controller.queued]).toEqual([false, 0]);
    world.cloud.resume();
    await giving;
    await promises();
    expect([controller.working, controller.queued]).toEqual([0, 0]);
    const { memory, barrier, backoff } = world.deps;
    expect([memory.size, barrier.size, backoff.size]).toEqual([0, 0, 0]);
  });

  test('that takes over looks at everything, and takes “nothing” in AWS for an answer only when it may be believed', async () => {
    const { world, controller } = await leadingMine();
    world.leads = () => false;
    await controller.giveUp(mine);
    world.passes.length = 0;
    world.delete('team/mine');
    world.cloud.live.delete('mine');
    world.leads = mine;
    const object = world.get('team/mine');
    if (object === undefined) throw new Error('no widget');
    controller.takeOver(object);
    await promises();
    expect(world.passes.at(-1)?.result).toMatchObject({ kind: 'progressing', reason: 'Deleting' });
    world.clock.advance(15_000);
    controller.enqueue('team/mine', 'user');
    await promises();
    expect(world.get('team/mine')).toBeUndefined();
  });

  test('does not give up while there is something in AWS that only this process knows of', async () => {
    const { world, controller } = await leadingMine();
    const object = world.get('team/mine');
    if (object === undefined) throw new Error('no widget');
    expect(controller.mayGiveUp(mine)).toBe(true);
    world.deps.memory.orphaned('team/mine', object);
    expect(controller.mayGiveUp(mine)).toBe(false);
    expect(controller.mayGiveUp((key) => !mine(key))).toBe(true);
  });

  test('that gives up while a pass makes something of which nobody else will know keeps that, and takes it back if it leads on', async () => {
    const { world, controller } = await leadingMine();
    world.delete('team/mine');
    await promises();
    world.cloud.goStale();
    world.cloud.pause();
    world.put('mine', { size: 1 });
    await promises();
    world.leads = () => false;
    const giving = controller.giveUp(mine);
    world.writeErrors.push(notFound());
    world.getErrors.push(notFound());
    world.cloud.resume();
    await giving;
    expect([controller.mayGiveUp(mine), controller.queued, world.cloud.live.size]).toEqual([false, 0, 1]);
    world.vanish('team/mine');
    world.leads = mine;
    controller.takeBack(mine);
    await promises();
    expect(controller.mayGiveUp(mine)).toBe(false);
    world.cloud.catchUp();
    world.clock.advance(1_000);
    await promises();
    expect([controller.mayGiveUp(mine), world.cloud.live.size]).toEqual([true, 0]);
  });

  test('that abandons begins nothing and ends what is at work', async () => {
    const { world, controller } = await leadingMine();
    world.cloud.pause();
    world.put('mine', { size: 2 });
    await promises();
    controller.abandon(new Error('the Lease was lost'));
    await promises();
    expect(controller.working).toBe(0);
    const before = world.passes.length;
    controller.enqueue('team/mine', 'user');
    world.clock.advance(600_000);
    await promises();
    expect(world.passes).toHaveLength(before);
  });
});

describe('a manager of shards', () => {
  let world: ManagerWorld;
  let server: ManagerWorld['server'];
  let manager: ManagerWorld['manager'];
  let passes: ManagerWorld['passes'];

  beforeEach(async () => {
    world = await managerWorld({ shards: 2 });
    ({ server, manager, passes } = world);
    for (let index = 0; index < 8; index += 1) server.put(`w${index}`, { size: 1 });
  });

  afterEach(() => world.stop());

  const ofShard = (shard: number): readonly string[] =>
    Array.from({ length: 8 }, (_, index) => `default/w${index}` as const).filter(
      (key) => shardOf(widget.names.kind, key, 2) === shard,
    );
  const looked = (): readonly string[] => [...new Set(passes.map(({ key }) => key))].sort();

  test('stands by with full stores, and works on a shard’s objects from when it takes over', async () => {
    await manager.start();
    expect(manager.store(widget.names.kind)?.size).toBe(8);
    await promises();
    expect(passes).toEqual([]);
    await manager.takeOver(1);
    await until('the first passes', () => looked().length === ofShard(1).length);
    expect(looked()).toEqual(ofShard(1));
    await manager.giveUp(1);
    passes.length = 0;
    await manager.takeOver(0);
    await until('the first passes', () => looked().length === ofShard(0).length);
    expect(looked()).toEqual(ofShard(0));
  });

  test('sees all that was written before it took over, also what no watch has told yet', async () => {
    server.fail({ kind: 'stream', text: '', after: 'leave' }, isWatch);
    await manager.start();
    server.put('w0', { size: 7 });
    const lists = server.requests.filter(isList).length;
    await manager.takeOver(shardOf(widget.names.kind, 'default/w0', 2));
    expect(server.requests.filter(isList).length).toBe(lists + 1);
    expect(manager.store(widget.names.kind)?.get('default/w0')?.spec).toMatchObject({ size: 7 });
  });

  test('takes back what only it knows of when it takes over anew, though no store has the object', async () => {
    const { cloud } = world;
    const shard = shardOf(widget.names.kind, 'default/made', 2);
    server.heal();
    const body = { kind: 'Status', reason: 'NotFound', code: 404 };
    server.fail({ kind: 'status', code: 404, body }, ({ path }) => path.includes('/widgets/'));
    server.put('made', { size: 1 }, { metadata: { finalizers: [FINALIZER] } });
    cloud.goStale();
    await manager.start();
    await manager.takeOver(shard);
    await until('something in AWS', () => passes.some(({ key }) => key === 'default/made'));
    expect([cloud.live.has('made'), manager.mayGiveUp(shard)]).toEqual([true, false]);
    await manager.giveUp(shard);
    server.delete('made');
    cloud.catchUp();
    await manager.takeOver(shard);
    await until('nothing in AWS', () => !cloud.live.has('made'));
    expect(manager.mayGiveUp(shard)).toBe(true);
  });
});
