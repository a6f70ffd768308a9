import { describe, expect, test } from 'vitest';
import { kinds } from '../../../src/generate/kinds.ts';
import { leaseRules, operatorRules, type PolicyRule, userRules } from '../../../src/generate/rbac.ts';
import { leaseNames, maxShards } from '../../../src/kube/leader-layout.ts';

/** Every `verb resource` that rules grant. */
function grants(rules: readonly PolicyRule[]): readonly string[] {
  return rules
    .flatMap(({ resources, verbs }) => resources.flatMap((one) => verbs.map((verb) => `${verb} ${one}`)))
    .sort();
}

const { objects, accounts, namespaces } = operatorRules();
const everything = [...objects, ...accounts, namespaces, ...leaseRules()];

describe('the operator’s rules', () => {
  test.each(kinds.map(({ names }) => names))('cover $kind', ({ plural }) => {
    expect(grants(everything)).toEqual(expect.arrayContaining([`list ${plural}`, `watch ${plural}`]));
  });

  test('name every group, resource and verb', () => {
    for (const { apiGroups, resources, verbs } of everything) {
      expect([...apiGroups, ...resources, ...verbs]).not.toContain('*');
    }
  });

  test('neither create nor delete objects, nor replace them', () => {
    const verbs = new Set(
      everything.flatMap(({ apiGroups, verbs: granted }) => (apiGroups.includes('ecs-operator.dev') ? granted : [])),
    );
    expect([...verbs].sort()).toEqual(['get', 'list', 'patch', 'watch']);
  });

  test('reach no Secret, ConfigMap, pod or token', () => {
    const resources = new Set(everything.flatMap((rule) => rule.resources));
    for (const forbidden of ['secrets', 'configmaps', 'pods', 'serviceaccounts', 'serviceaccounts/token']) {
      expect(resources).not.toContain(forbidden);
    }
  });

  test('read Leases only by name', () => {
    const unnamed = leaseRules().filter(({ resourceNames }) => resourceNames === undefined);
    expect(grants(unnamed)).toEqual(['create leases']);
    const named = leaseRules().flatMap(({ resourceNames = [] }) => resourceNames);
    for (const shards of [1, 2, maxShards]) expect(named).toEqual(expect.arrayContaining([...leaseNames(shards)]));
  });
});

describe('the rules for users', () => {
  const { view, edit, admin } = userRules();

  test('grow from role to role', () => {
    expect(grants(edit)).toEqual(expect.arrayContaining([...grants(view)]));
    expect(grants(admin)).toEqual(expect.arrayContaining([...grants(edit)]));
  });

  test('let nobody write a status, which is the operator’s word', () => {
    expect(grants(admin).filter((grant) => grant.endsWith('/status'))).toEqual([]);
  });

  test('let viewers only read, and only admins write accounts', () => {
    expect(grants(view).filter((grant) => !/^(get|list|watch) /.test(grant))).toEqual([]);
    expect(grants(edit).filter((grant) => grant.endsWith(' awsaccounts'))).toEqual([
      'get awsaccounts',
      'list awsaccounts',
      'watch awsaccounts',
    ]);
    expect(grants(admin)).toContain('create awsaccounts');
  });

  test('let editors scale what can be scaled', () => {
    expect(grants(edit).filter((grant) => grant.endsWith('/scale'))).toEqual([
      'get ecsservices/scale',
      'patch ecsservices/scale',
      'update ecsservices/scale',
    ]);
  });
});
