/** Operators of the cluster query language, by symbol; the aliases are PL-22's. */
export type Operator = '==' | '!=' | '>' | '>=' | '<' | '<=' | 'exists' | '!exists' | 'in' | '!in' | '=~' | '!~';

export type Subject =
  | { readonly kind: 'attribute'; readonly name: string }
  | {
      readonly kind:
        | 'agentConnected'
        | 'agentVersion'
        | 'ec2InstanceId'
        | 'registeredAt'
        | 'runningTasksCount'
        | 'task:group';
    };

export interface Predicate {
  readonly kind: 'predicate';
  readonly subject: Subject;
  readonly operator: Operator;
  /** None for `exists`, several for `in`, else one. */
  readonly values: readonly string[];
}

export type Expression =
  | Predicate
  | { readonly kind: 'not'; readonly inner: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression };

/** Every spelling of an operator, longest first, so that `>=` is not read as `>`. */
export const SPELLINGS: readonly (readonly [string, Operator])[] = [
  ['greater_than_equal', '>='],
  ['less_than_equal', '<='],
  ['greater_than', '>'],
  ['not_matches', '!~'],
  ['not_equals', '!='],
  ['not_exists', '!exists'],
  ['less_than', '<'],
  ['!exists', '!exists'],
  ['matches', '=~'],
  ['not_in', '!in'],
  ['equals', '=='],
  ['exists', 'exists'],
  ['!in', '!in'],
  ['==', '=='],
  ['!=', '!='],
  ['>=', '>='],
  ['<=', '<='],
  ['=~', '=~'],
  ['!~', '!~'],
  ['in', 'in'],
  ['>', '>'],
  ['<', '<'],
];

const TEXT_OPERATORS: readonly Operator[] = ['==', '!=', 'in', '!in', '=~', '!~'];
const ORDER_OPERATORS: readonly Operator[] = ['==', '!=', '>', '>=', '<', '<='];

/** Which operators a subject takes (PL-23). The guide restricts neither attributes nor task groups; a group has no order. */
export const ALLOWED: Readonly<Record<Subject['kind'], readonly Operator[]>> = {
  attribute: ['==', '!=', '>', '>=', '<', '<=', 'exists', '!exists', 'in', '!in', '=~', '!~'],
  agentConnected: TEXT_OPERATORS,
  ec2InstanceId: TEXT_OPERATORS,
  'task:group': [...TEXT_OPERATORS, 'exists', '!exists'],
  agentVersion: ORDER_OPERATORS,
  registeredAt: ORDER_OPERATORS,
  runningTasksCount: ORDER_OPERATORS,
};
