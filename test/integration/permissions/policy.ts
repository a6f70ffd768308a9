import type { Conditions } from '../../../src/generate/iam-grants.ts';

/** One statement of a policy file. */
export interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Conditions;
}

/** What IAM is asked before a call is carried out: one action on one resource. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  /** Condition keys and their values. */
  readonly context: ReadonlyMap<string, readonly string[]>;
}

/** Whether some statement allows it: there is no Deny in our policies. */
export function allows(statements: readonly Statement[], question: Question): boolean {
  return statements.some(
    ({ Action, Resource, Condition = {} }) =>
      Action.includes(question.action) &&
      Resource.some((pattern) => matches(pattern, question.resource)) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, wanted]) => holds(operator, question.context.get(key), [wanted].flat())),
      ),
  );
}

/** The operators that our policies use, by IAM's rules: a key that is not there fails all but `Null` and `ForAllValues`. */
function holds(operator: string, values: readonly string[] | undefined, wanted: readonly string[]): boolean {
  switch (operator) {
    case 'StringEquals':
      return values?.some((value) => wanted.includes(value)) ?? false;
    case 'StringLike':
    case 'ArnLike':
      return values?.some((value) => wanted.some((pattern) => matches(pattern, value))) ?? false;
    case 'Null':
      return wanted.includes(String(values === undefined));
    case 'ForAllValues:StringEquals':
      return (values ?? []).every((value) => wanted.includes(value));
    case 'ForAllValues:StringNotEquals':
      return (values ?? []).every((value) => !wanted.includes(value));
    default:
      throw new Error(`the test does not know the operator ${operator}`);
  }
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split(/([*?])/).map((part) => {
    if (part === '*') return '.*';
    return part === '?' ? '.' : part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 's').test(text);
}
