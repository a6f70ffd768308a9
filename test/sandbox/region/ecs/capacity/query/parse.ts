import { Scanner } from './scanner.ts';
import { ALLOWED, type Expression, type Operator, type Predicate, type Subject } from './syntax.ts';

/**
 * Parses an expression of the cluster query language (PL-20 to PL-26): `subject operator [argument]`, joined by and, or, not and
 * parentheses. `and` binds closer than `or`. Throws InvalidParameterException with the position of what is wrong.
 */
export function parseQuery(text: string): Expression {
  const scanner = new Scanner(text);
  const expression = disjunction(scanner);
  if (!scanner.done) scanner.fail('the end of the expression is expected');
  return expression;
}

function disjunction(scanner: Scanner): Expression {
  let left = conjunction(scanner);
  while (scanner.takeSymbol('||') || scanner.takeWord('or')) left = { kind: 'or', left, right: conjunction(scanner) };
  return left;
}

function conjunction(scanner: Scanner): Expression {
  let left = term(scanner);
  while (scanner.takeSymbol('&&') || scanner.takeWord('and')) left = { kind: 'and', left, right: term(scanner) };
  return left;
}

function term(scanner: Scanner): Expression {
  if (scanner.takeSymbol('!') || scanner.takeWord('not')) return { kind: 'not', inner: term(scanner) };
  if (!scanner.takeSymbol('(')) return predicate(scanner);
  const inner = disjunction(scanner);
  if (!scanner.takeSymbol(')')) scanner.fail("')' is expected");
  return inner;
}

function predicate(scanner: Scanner): Predicate {
  const subject = subjectOf(scanner);
  const operator = scanner.operator();
  if (!ALLOWED[subject.kind].includes(operator)) {
    scanner.fail(`the operator ${operator} cannot be used with ${subject.kind}`);
  }
  const values = valuesOf(scanner, operator);
  checkValues(scanner, subject, operator, values);
  return { kind: 'predicate', subject, operator, values };
}

function subjectOf(scanner: Scanner): Subject {
  const text = scanner.subject();
  switch (text) {
    case 'agentConnected':
    case 'agentVersion':
    case 'ec2InstanceId':
    case 'registeredAt':
    case 'runningTasksCount':
    case 'task:group':
      return { kind: text };
  }
  const name = /^attribute:(.+)$/.exec(text)?.[1];
  return name === undefined ? scanner.fail(`${text} is not a subject`) : { kind: 'attribute', name };
}

function valuesOf(scanner: Scanner, operator: Operator): string[] {
  switch (operator) {
    case 'exists':
    case '!exists':
      return [];
    case 'in':
    case '!in':
      return scanner.list();
    default:
      return [scanner.argument()];
  }
}

function checkValues(scanner: Scanner, subject: Subject, operator: Operator, values: readonly string[]): void {
  for (const value of values) {
    if (!isValue(subject, operator, value)) scanner.fail(`${value} is no value for ${subject.kind}`);
  }
}

function isValue(subject: Subject, operator: Operator, value: string): boolean {
  if (operator === '=~' || operator === '!~') return isRegularExpression(value);
  switch (subject.kind) {
    case 'agentConnected':
      return value === 'true' || value === 'false';
    case 'runningTasksCount':
      return /^\d+$/.test(value);
    case 'agentVersion':
      return /^\d+(\.\d+)*$/.test(value);
    case 'registeredAt':
      return instantOf(value) !== undefined;
    default:
      return true;
  }
}

/** A date with or without time and zone; UTC if it does not say (PL-24). */
export function instantOf(value: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?)?$/.test(value)) return undefined;
  const zoned = /T.*(Z|[+-]\d\d:\d\d)$/.test(value) || !value.includes('T') ? value : `${value}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? undefined : time;
}

function isRegularExpression(value: string): boolean {
  try {
    new RegExp(value);
    return true;
  } catch {
    return false;
  }
}
