import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isList, isWatch } from '../../support/scripted-api-server.ts';
import { until } from '../../support/until.ts';
import { type AccountsWorld, accountsWorld } from './accounts-world.ts';

const OWN = '123456789012';
const BLUE = '111111111111';

let world: AccountsWorld;

beforeEach(async () => {
  world = await accountsWorld();
});

afterEach(() => world.stop());

describe('a Namespace whose event comes later than those of its objects', () => {
  test.each([
    ['its annotation names', 'blue', BLUE],
    ['is the operator’s own, if it has no annotation', undefined, OWN],
  ])('leaves them alone until then, and wakes them for the account that %s', async (_, annotation, accountId) => {
    await world.lead(BLUE);
    await world.putWidget();
    expect(world.calledIn).toEqual([]);
    world.putNamespace(annotation);
    await until('a pass in an account', () => world.calledIn.length > 0);
    expect(world.calledIn[0]).toBe(accountId);
  });

  test('has been seen by the time that a shard is taken over, whatever no watch has told', async () => {
    world.namespaces.fail({ kind: 'stream', text: '', after: 'leave' }, isWatch);
    await world.lead(BLUE);
    const lists = world.namespaces.requests.filter(isList).length;
    world.putNamespace('blue');
    await world.manager.giveUp(0);
    await world.manager.takeOver(0);
    expect(world.namespaces.requests.filter(isList).length).toBe(lists + 1);
    await world.putWidget();
    expect(world.calledIn[0]).toBe(BLUE);
  });
});
