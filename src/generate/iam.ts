import { usedActions } from './iam-commands.ts';
import { features, freeActions } from './iam-features.ts';
import type { Feature, Grant } from './iam-grants.ts';
import { iamIndex } from './iam-index.ts';
import { trusts } from './iam-trust.ts';

/** docs/iam: a policy for each feature, the trust policies, and a page that explains them. */
export function iamFiles(used: readonly string[] = usedActions()): ReadonlyMap<string, string> {
  const problems = disagreements(features, used);
  if (problems.length > 0) throw new Error(`src/generate/iam-*.ts: ${problems.join('; ')}`);
  const documents = [
    ...features.map(({ name, grants }) => [name, grants.map(statement)] as const),
    ...trusts.map(({ name, statements }) => [name, statements] as const),
  ];
  return new Map([
    ['docs/iam/README.md', iamIndex(features, trusts, freeActions)],
    ...documents.map(
      ([name, Statement]) =>
        [`docs/iam/${name}.json`, `${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`] as const,
    ),
  ]);
}

/** Where the policies and the commands in the code part ways, as sentences. */
export function disagreements(policies: readonly Feature[], used: readonly string[]): readonly string[] {
  const grants = policies.flatMap((policy) => policy.grants);
  const granted = new Set(grants.flatMap(({ actions }) => actions));
  const missing = used.filter((action) => !granted.has(action) && !freeActions.has(action));
  const own = new Set(grants.filter(({ dependent }) => dependent === undefined).flatMap(({ actions }) => actions));
  const unused = [...own, ...freeActions.keys()].filter((action) => !used.includes(action));
  return [
    ...missing.map((action) => `no policy allows ${action}, which the code calls`),
    ...unused.map((action) => `a policy allows ${action}, which the code does not call, without saying what needs it`),
  ];
}

function statement({ sid, actions, resources, condition }: Grant): object {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: [...actions].sort(),
    Resource: resources,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}
