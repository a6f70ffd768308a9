import { readFileSync } from 'node:fs';
import type { JournalEntry } from '../../sandbox/region/index.ts';
import type { TestBed } from '../../support/test-bed.ts';
import { allows, type Question, type Statement } from './policy.ts';
import { questionsOf } from './questions.ts';

/** What a user puts in for the sandbox. */
const PUT_IN: Readonly<Record<string, string>> = {
  ACCOUNT_ID: '123456789012',
  REGION: 'us-east-1',
  TASK_ROLES: 'app-*',
  INSTANCE_ROLES: 'ecsInstanceRole*',
  INFRASTRUCTURE_ROLES: 'ecsInfrastructureRole*',
  SCALING_ROLES: 'scalingHooks*',
};

/** As docs/permissions.md has it done for several regions. */
export const IN_ALL_REGIONS: Readonly<Record<string, string>> = { ...PUT_IN, REGION: '*' };

/** The statements of these files of docs/iam, as they are attached to the operator's role. */
export function policies(...names: readonly string[]): readonly Statement[] {
  return policiesWith(PUT_IN, ...names);
}

export function policiesWith(
  putIn: Readonly<Record<string, string>>,
  ...names: readonly string[]
): readonly Statement[] {
  return names.flatMap((name) => {
    const file = new URL(`../../../docs/iam/${name}.json`, import.meta.url);
    const filled = Object.entries(putIn).reduce(
      (text, [placeholder, value]) => text.replaceAll(placeholder, value),
      readFileSync(file, 'utf8'),
    );
    const policy: { readonly Statement: readonly Statement[] } = JSON.parse(filled);
    return policy.Statement;
  });
}

export interface Guard {
  /** What has been refused so far, each once, such as `ecs:UpdateService on arn:...`. */
  readonly refused: ReadonlySet<string>;
  /** Actions that have been asked for, as IAM names them. */
  readonly asked: ReadonlySet<string>;
  lift(): void;
}

/** From now on the region refuses the operator what these statements do not allow, with the tags that resources have at that moment. */
export function guard(bed: TestBed, statements: readonly Statement[]): Guard {
  const refused = new Set<string>();
  const asked = new Set<string>();
  const judge = (entry: JournalEntry): boolean => {
    if (!entry.userAgent.includes('ecs-operator')) return false;
    const questions = questionsOf(entry, bed.region.snapshot().at(entry.account, entry.region));
    for (const { action } of questions) asked.add(action);
    const denied = questions.filter((question) => !allows(statements, question));
    for (const question of denied) refused.add(told(question));
    return denied.length > 0;
  };
  const lift = bed.region.faults.add({ fault: { kind: 'accessDenied' }, times: 0, match: judge });
  return { refused, asked, lift };
}

function told({ action, resource, context }: Question): string {
  return `${action} on ${resource} with ${JSON.stringify(Object.fromEntries(context))}`;
}
