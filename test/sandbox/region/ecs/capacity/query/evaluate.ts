import { instantOf } from './parse.ts';
import type { Expression, Operator, Predicate } from './syntax.ts';

/** What the cluster query language can ask of a container instance (PL-21). */
export interface Queried {
  readonly agentConnected: boolean;
  readonly agentVersion: string;
  readonly ec2InstanceId: string;
  readonly registeredAt: Date;
  readonly runningTasksCount: number;
  readonly attributes: ReadonlyMap<string, string>;
  /** Groups of the tasks on the instance. */
  readonly taskGroups: readonly string[];
}

/** Whether the container instance answers to the expression. */
export function answers(expression: Expression, instance: Queried): boolean {
  switch (expression.kind) {
    case 'not':
      return !answers(expression.inner, instance);
    case 'and':
      return answers(expression.left, instance) && answers(expression.right, instance);
    case 'or':
      return answers(expression.left, instance) || answers(expression.right, instance);
    case 'predicate':
      return holds(expression, instance);
  }
}

const NEGATED: Readonly<Partial<Record<Operator, Operator>>> = {
  '!=': '==',
  '!in': 'in',
  '!~': '=~',
  '!exists': 'exists',
};

/** A negated operator holds where the plain one does not: also on an instance that has no such attribute. */
function holds(predicate: Predicate, instance: Queried): boolean {
  const plain = NEGATED[predicate.operator];
  if (plain !== undefined) return !holds({ ...predicate, operator: plain }, instance);
  const { subject, operator, values } = predicate;
  switch (subject.kind) {
    case 'attribute': {
      const value = instance.attributes.get(subject.name);
      return value !== undefined && test(operator, value, values, compareText);
    }
    case 'task:group':
      return instance.taskGroups.some((group) => test(operator, group, values, compareText));
    case 'agentConnected':
    case 'ec2InstanceId':
      return test(operator, String(instance[subject.kind]), values, compareText);
    case 'runningTasksCount':
      return test(operator, String(instance.runningTasksCount), values, compareVersions);
    case 'agentVersion':
      return test(operator, instance.agentVersion, values, compareVersions);
    case 'registeredAt':
      return test(operator, instance.registeredAt.toISOString(), values, compareInstants);
  }
}

type Compare = (actual: string, value: string) => number;

function test(operator: Operator, actual: string, values: readonly string[], compare: Compare): boolean {
  if (operator === 'exists') return true;
  return values.some((value) => {
    switch (operator) {
      case '>':
        return compare(actual, value) > 0;
      case '>=':
        return compare(actual, value) >= 0;
      case '<':
        return compare(actual, value) < 0;
      case '<=':
        return compare(actual, value) <= 0;
      case '=~':
        return new RegExp(`^(?:${value})$`).test(actual);
      default:
        return compare(actual, value) === 0;
    }
  });
}

const compareText: Compare = (actual, value) => (actual === value ? 0 : actual < value ? -1 : 1);

/** Part by part as numbers: 1.14.5 is before 1.100.0. A part that is missing is 0. */
const compareVersions: Compare = (actual, value) => {
  const a = actual.split('.').map(Number);
  const b = value.split('.').map(Number);
  for (let part = 0; part < Math.max(a.length, b.length); part += 1) {
    const difference = (a[part] ?? 0) - (b[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

const compareInstants: Compare = (actual, value) => Date.parse(actual) - (instantOf(value) ?? 0);
