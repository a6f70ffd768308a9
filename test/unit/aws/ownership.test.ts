import { describe, expect, test } from 'vitest';
import {
  assertMayManage,
  assertOwned,
  type Claim,
  diffTags,
  mergeTags,
  type Owner,
  objectTag,
  ownershipOf,
  ownershipTags,
  ownerTag,
} from '../../../src/aws/ownership.ts';

const owner: Owner = { uid: 'u-1', kind: 'ECSService', namespace: 'shop', name: 'web' };
const tagged = (change: Partial<Owner>) => [{ key: 'team', value: 'x' }, ...ownershipTags({ ...owner, ...change })];

test('the tags name the object and its uid', () => {
  expect(ownershipTags(owner)).toEqual([
    { key: 'ecs-operator.dev/object', value: 'ECSService/shop/web' },
    { key: 'ecs-operator.dev/owner', value: 'u-1' },
  ]);
});

describe('ownershipOf', () => {
  test.each([
    ['no tags at all', undefined, 'unowned'],
    ['tags of others', [{ key: 'team', value: 'x' }], 'unowned'],
    ['our tags', tagged({}), 'ours'],
    ['our uid alone', [{ key: ownerTag, value: 'u-1' }], 'ours'],
    ['our name under another uid', tagged({ uid: 'u-0' }), 'ours-recreated'],
    ['our name without a uid', [{ key: objectTag, value: 'ECSService/shop/web' }], 'ours-recreated'],
    ['another name', tagged({ uid: 'u-2', name: 'api' }), { foreign: 'ECSService/shop/api' }],
    ['another namespace', tagged({ uid: 'u-2', namespace: 'test' }), { foreign: 'ECSService/test/web' }],
    ['another kind', tagged({ uid: 'u-2', kind: 'ECSCluster' }), { foreign: 'ECSCluster/shop/web' }],
    ['another uid alone', [{ key: ownerTag, value: 'u-2' }], { foreign: 'the object with uid u-2' }],
  ])('%s', (_, tags, expected) => {
    expect(ownershipOf(tags, owner)).toEqual(expected);
  });
});

describe('assertMayManage', () => {
  const foreign = tagged({ uid: 'u-2', name: 'api' });
  const claim = (adoptionPolicy: Claim['adoptionPolicy'], hasSettled = false): Claim => ({
    ...owner,
    adoptionPolicy,
    hasSettled,
  });

  test.each([
    ['ours', tagged({}), undefined, true],
    ['ours', tagged({}), 'Adopt', true],
    ['unowned', [], undefined, false],
    ['unowned', [], 'Never', false],
    ['unowned', [], 'Adopt', true],
    ['recreated', tagged({ uid: 'u-0' }), undefined, false],
    ['recreated', tagged({ uid: 'u-0' }), 'Adopt', true],
    ['foreign', foreign, undefined, false],
    ['foreign', foreign, 'Adopt', false],
  ] as const)('%s %j with adoptionPolicy %s: %s', (_, tags, policy, allowed) => {
    const check = () => assertMayManage(claim(policy), tags, 'service "web"');
    if (allowed) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ disposition: 'terminal', reason: 'NotOwned' }));
  });

  test('the refusal says how to adopt, or who owns it', () => {
    expect(() => assertMayManage(claim('Never'), [], 'service "web"')).toThrow(
      'The service "web" exists and was not created by this operator. Set spec.adoptionPolicy: Adopt to take it over, or choose another name.',
    );
    expect(() => assertMayManage(claim('Adopt'), foreign, 'service "web"')).toThrow(
      'The service "web" already belongs to ECSService/shop/api.',
    );
  });

  test.each(['Never', 'Adopt'] as const)(
    'an object that has settled does not take back what another of the same name has taken, with adoptionPolicy %s',
    (policy) => {
      const check = () => assertMayManage(claim(policy, true), tagged({ uid: 'u-2' }), 'service "web"');
      expect(check).toThrow(expect.objectContaining({ disposition: 'terminal', reason: 'NotOwned' }));
      expect(check).toThrow(
        'The service "web" has been taken over by another ECSService/shop/web, with uid u-2: probably another Kubernetes cluster has the ' +
          'same manifest, or this object was restored from a backup together with its status. Delete this object with deletionPolicy: ' +
          'Retain; or, to take the resource back, remove the tags ecs-operator.dev/owner and ecs-operator.dev/object from it and set ' +
          'spec.adoptionPolicy: Adopt.',
      );
    },
  );

  test('an object that has settled keeps what is its own, and takes back what nobody claims', () => {
    const withoutUid = [{ key: objectTag, value: 'ECSService/shop/web' }];
    for (const tags of [tagged({}), [], withoutUid]) {
      expect(() => assertMayManage(claim('Adopt', true), tags, 'service "web"')).not.toThrow();
    }
  });
});

describe('assertOwned', () => {
  test('refuses to delete what is not its own', () => {
    expect(() => assertOwned(owner, tagged({}), 'service "web"')).not.toThrow();
    for (const tags of [[], tagged({ uid: 'u-0' }), tagged({ uid: 'u-2', name: 'api' })]) {
      expect(() => assertOwned(owner, tags, 'service "web"')).toThrow(expect.objectContaining({ reason: 'NotOwned' }));
    }
  });
});

describe('mergeTags', () => {
  test('sorts by key, the ownership tags win, the last of equal keys counts', () => {
    const user = [
      { key: 'z', value: '1' },
      { key: ownerTag, value: 'forged' },
      { key: 'a' },
      { key: 'z', value: '2' },
      { value: 'no key' },
    ];
    expect(mergeTags(user, ownershipTags(owner))).toEqual([
      { key: 'a', value: '' },
      { key: objectTag, value: 'ECSService/shop/web' },
      { key: ownerTag, value: 'u-1' },
      { key: 'z', value: '2' },
    ]);
  });
});

describe('diffTags', () => {
  test('adds what is missing or different, sorted', () => {
    const desired = [
      { key: 'c', value: '3' },
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ];
    const live = [
      { key: 'b', value: 'old' },
      { key: 'c', value: '3' },
    ];
    expect(diffTags(desired, live)).toEqual({
      add: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
      removeKeys: [],
    });
  });

  test('removes only what the previous spec had set, and never the ownership tags or anything of AWS', () => {
    const live = ['x', 'mine', 'aws:cloudformation:stack', 'AWS:odd', ownerTag, objectTag].map((key) => ({
      key,
      value: '1',
    }));
    const previous = ['mine', 'gone', 'aws:cloudformation:stack', 'AWS:odd', ownerTag, objectTag];
    expect(diffTags([], live, previous)).toEqual({ add: [], removeKeys: ['mine'] });
    expect(diffTags([], live)).toEqual({ add: [], removeKeys: [] });
  });

  test('a missing value equals an empty one, and tags under aws: are not added', () => {
    expect(diffTags([{ key: 'a' }, { key: 'aws:x', value: '1' }], [{ key: 'a', value: '' }])).toEqual({
      add: [],
      removeKeys: [],
    });
  });
});
