import { describe, expect, test } from 'vitest';
import { ownerTag } from '../../../src/aws/ownership.ts';
import { disagreements, iamFiles } from '../../../src/generate/iam.ts';
import { actionsIn, usedActions } from '../../../src/generate/iam-commands.ts';
import { features, freeActions } from '../../../src/generate/iam-features.ts';
import { placeholders } from '../../../src/generate/iam-grants.ts';

/** "Managed policies: 6,144 characters"; IAM does not count white space (IAM and STS quotas). */
const IAM_LIMIT = 6_144;

const used = usedActions();
const files = iamFiles();
const policies = features.map(({ name, grants }) => ({ name, grants }));
const granted = policies.flatMap(({ grants }) => grants);

describe('the commands in the code', () => {
  test('are found in every service', () => {
    expect(new Set(used.map((action) => action.split(':')[0]))).toEqual(
      new Set(['autoscaling', 'ec2', 'ecs', 'ssm', 'sts']),
    );
    expect(used.length).toBeGreaterThan(60);
    expect(used).toContain('ecs:CreateService');
    expect(used).toContain('autoscaling:DeleteTags');
    expect(used).toContain('ec2:DeleteTags');
  });

  test('are read from imports by name, over lines, and only where they are constructed', () => {
    const text = `import {\n  CreateServiceCommand,\n  type Service,\n  TagResourceCommand,\n} from '@aws-sdk/client-ecs';\nnew CreateServiceCommand({});\nx instanceof TagResourceCommand;\n`;
    expect(actionsIn(text, 'a.ts')).toEqual(['ecs:CreateService']);
  });

  test.each([
    ["import * as ecs from '@aws-sdk/client-ecs';", 'another form'],
    ["const ecs = await import('@aws-sdk/client-ecs');", 'another form'],
    ["export { CreateServiceCommand } from '@aws-sdk/client-ecs';", 'another form'],
    ["import { CreateServiceCommand as Create } from '@aws-sdk/client-ecs';", 'by its own name'],
    ["import { PutObjectCommand } from '@aws-sdk/client-s3';\nnew PutObjectCommand({});", 'which IAM prefix'],
  ])('a form that cannot be read is an error: %s', (text, message) => {
    expect(() => actionsIn(text, 'a.ts')).toThrow(message);
  });
});

describe('policies and commands', () => {
  test('agree', () => {
    expect(disagreements(features, used)).toEqual([]);
  });

  test.each(used.map((action) => [action]))('without %s in the policies, the generator fails', (action) => {
    const without = features.map((feature) => ({
      ...feature,
      grants: feature.grants.map((grant) => ({ ...grant, actions: grant.actions.filter((one) => one !== action) })),
    }));
    const problems = disagreements(freeActions.has(action) ? [] : without, used);
    if (freeActions.has(action)) expect(problems.join()).not.toContain(action);
    else expect(problems).toEqual([`no policy allows ${action}, which the code calls`]);
  });

  test('a command that the code gives up has to go from the policies', () => {
    const fewer = used.filter((action) => action !== 'ecs:UpdateService');
    expect(disagreements(features, fewer).join()).toContain('a policy allows ecs:UpdateService');
    expect(() => iamFiles(fewer)).toThrow('ecs:UpdateService');
  });

  test('what AWS demands beside the calls has a source at AWS', () => {
    const dependent = granted.flatMap(({ dependent }) => (dependent === undefined ? [] : [dependent.source]));
    expect(dependent.length).toBeGreaterThan(8);
    for (const source of dependent) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+\.html$/);
  });
});

describe.each([...files].filter(([path]) => path.endsWith('.json')))('%s', (_path, text) => {
  const policy: { Version: string; Statement: Record<string, unknown>[] } = JSON.parse(text);

  test('fits into a managed policy', () => {
    expect(JSON.stringify(policy).length).toBeLessThan(IAM_LIMIT);
    expect(policy.Version).toBe('2012-10-17');
  });

  test('has statements with names of their own, and no member that IAM does not know', () => {
    const names = policy.Statement.map(({ Sid }) => Sid);
    expect(new Set(names).size).toBe(names.length);
    for (const { Sid, Effect, Action, Resource, Principal, Condition, ...rest } of policy.Statement) {
      expect(Sid).toMatch(/^[A-Za-z0-9]+$/);
      expect(Effect).toBe('Allow');
      expect(Action).toBeDefined();
      expect([Resource, Principal].filter((one) => one !== undefined)).toHaveLength(1);
      expect(typeof (Condition ?? {})).toBe('object');
      expect(rest).toEqual({});
    }
  });

  test('has every word in capitals explained as a placeholder', () => {
    const words = text.match(/\b[A-Z]+_[A-Z_]+[A-Z]\b|\bREGION\b|\bNAMESPACE\b/g) ?? [];
    for (const word of words) expect(Object.keys(placeholders)).toContain(word);
  });
});

describe('least privilege', () => {
  test('no action is a pattern', () => {
    for (const { actions } of granted) for (const action of actions) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
  });

  test('all resources are only allowed under a condition', () => {
    for (const { sid, resources, condition } of granted) {
      if (resources.includes('*')) expect(condition, sid).toBeDefined();
    }
  });

  test('roles are passed to one named service, which in China may have another name, and no role is passed as the files stand', () => {
    const passes = granted.filter(({ actions }) => actions.includes('iam:PassRole'));
    expect(passes.length).toBeGreaterThan(3);
    for (const { resources, condition } of passes) {
      const services = [condition?.StringEquals?.['iam:PassedToService']]
        .flat()
        .map((service) => service?.replace(/\.cn$/, ''));
      expect(new Set(services).size).toBe(1);
      expect(services[0]).toMatch(/^[a-z0-9-]+\.amazonaws\.com$/);
      for (const resource of resources) expect(resource).toMatch(/:role\/[A-Z]+_ROLES$/);
    }
  });

  /** What AWS cannot restrict by tags: why that is bearable is in docs/permissions.md. Roles are named one by one. */
  const UNTAGGED = new Set([
    'ecs:DeregisterTaskDefinition',
    'ecs:DeregisterContainerInstance',
    'ecs:UpdateContainerInstancesState',
    'sts:AssumeRole',
  ]);
  const isRead = (action: string): boolean => /:(Describe|List|Get)/.test(action);

  test('every other change needs the owner tag, on the resource or in the request', () => {
    for (const { sid, actions, condition, dependent } of granted) {
      const text = JSON.stringify(condition ?? {});
      const changes = actions.filter((action) => !isRead(action) && !UNTAGGED.has(action));
      if (dependent === undefined && changes.length > 0) expect(text, sid).toContain(`/${ownerTag}"`);
    }
  });

  test('nothing that nobody owns can be deleted, with any policy', () => {
    const deletes = granted.filter(({ actions }) =>
      actions.some((action) => /:Delete(Cl|S|Cap|Auto|LaunchTemplate$)/.test(action)),
    );
    expect(deletes.length).toBeGreaterThan(3);
    for (const { sid, condition } of deletes)
      expect(condition?.StringLike, sid).toHaveProperty([`aws:ResourceTag/${ownerTag}`]);
  });

  test('read-only holds every read and no change', () => {
    const readOnly = new Set(
      features.find(({ name }) => name === 'read-only')?.grants.flatMap(({ actions }) => actions),
    );
    expect([...readOnly].filter((action) => !isRead(action))).toEqual([]);
    expect(used.filter((action) => isRead(action) && !freeActions.has(action) && !readOnly.has(action))).toEqual([]);
  });
});
