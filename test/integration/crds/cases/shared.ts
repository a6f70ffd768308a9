import type { ResourceNames } from '../../../../src/kube/types.ts';

/** An object to create, or to change from one into the other. */
export type Attempt =
  | { readonly name?: string; readonly spec: object }
  | { readonly name?: string; readonly from: object; readonly to: object };

export interface RuleCase {
  readonly names: ResourceNames;
  /** Part of the rule's message. */
  readonly says: string;
  readonly accepted: readonly Attempt[];
  readonly refused: readonly Attempt[];
}

/** What schemas refuse without a rule: the server's own message names the field. */
export interface SchemaCase {
  readonly names: ResourceNames;
  readonly spec: object;
  readonly says: string;
}

const tagged = (make: (fields: object) => object, ...keys: string[]): Attempt => ({
  spec: make({ tags: keys.map((key) => ({ key, value: 'x' })) }),
});
export const change = (make: (fields: object) => object, from: object, to: object): Attempt => ({
  from: make(from),
  to: make(to),
});

/** The rules that every kind has. */
export function commonCases(names: ResourceNames, make: (fields?: object) => object, nameField: string): RuleCase[] {
  return [
    {
      names,
      says: `spec.${nameField} is immutable`,
      accepted: [
        change(make, { [nameField]: 'one' }, { [nameField]: 'one', driftPolicy: 'Report' }),
        // Writing down the default changes nothing.
        { name: 'web', from: make(), to: make({ [nameField]: 'web' }) },
      ],
      refused: [
        change(make, { [nameField]: 'one' }, { [nameField]: 'two' }),
        change(make, { [nameField]: 'one' }, {}),
        change(make, {}, { [nameField]: 'two' }),
      ],
    },
    {
      names,
      says: 'spec.region is immutable',
      accepted: [
        change(make, { region: 'eu-west-1' }, { region: 'eu-west-1', driftPolicy: 'Report' }),
        // Writing down where it is; that it is there is the operator's to check.
        change(make, {}, { region: 'eu-west-1' }),
      ],
      refused: [
        change(make, { region: 'eu-west-1' }, { region: 'us-gov-west-1' }),
        change(make, { region: 'eu-west-1' }, {}),
      ],
    },
    {
      names,
      says: 'must not begin with aws:',
      accepted: [tagged(make, 'team', 'flaws:x')],
      refused: [tagged(make, 'team', 'aws:x'), tagged(make, 'AWS:x')],
    },
    {
      names,
      says: 'must not begin with ecs-operator.dev/',
      accepted: [tagged(make, 'example.org/owner')],
      refused: [tagged(make, 'ecs-operator.dev/owner')],
    },
  ];
}

/** The rule of those whose names ECS takes without dots. */
export function dottedCase(names: ResourceNames, make: (fields?: object) => object, nameField: string): RuleCase {
  return {
    names,
    says: 'metadata.name holds a dot',
    accepted: [{ spec: make() }, { name: 'with.dot', spec: make({ [nameField]: 'with-dot' }) }],
    refused: [{ name: 'with.dot', spec: make() }],
  };
}

/** The rules of a capacity provider strategy, wherever it stands. */
export function strategyCases(names: ResourceNames, make: (fields: object) => object, field: string): RuleCase[] {
  const strategy = (...items: object[]): Attempt => ({ spec: make({ [field]: items }) });
  const spot = { capacityProvider: 'FARGATE_SPOT', weight: 1 };
  return [
    {
      names,
      says: `${field}: every item names its provider`,
      accepted: [strategy({ capacityProvider: 'gpu' })],
      refused: [strategy({ weight: 1 }), strategy({ capacityProvider: 'gpu', capacityProviderRef: { name: 'gpu' } })],
    },
    {
      names,
      says: `spec.${field} mixes FARGATE`,
      accepted: [
        strategy({ capacityProvider: 'FARGATE' }, spot),
        strategy({ capacityProvider: 'gpu', weight: 1 }, { capacityProvider: 'cpu' }),
        strategy(),
      ],
      refused: [strategy({ capacityProvider: 'gpu' }, spot), strategy({ capacityProviderRef: { name: 'gpu' } }, spot)],
    },
    {
      names,
      says: 'only one item may have a base',
      accepted: [strategy({ capacityProvider: 'FARGATE', base: 2 }, { ...spot, base: 0 })],
      refused: [strategy({ capacityProvider: 'FARGATE', base: 2 }, { ...spot, base: 1 })],
    },
    {
      names,
      says: 'needs a weight above 0',
      accepted: [strategy({ capacityProvider: 'FARGATE' }), strategy({ capacityProvider: 'FARGATE', weight: 0 }, spot)],
      refused: [strategy({ capacityProvider: 'FARGATE', weight: 0 }, { capacityProvider: 'FARGATE_SPOT' })],
    },
  ];
}

export function many<T>(count: number, make: (name: string) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(`n${index}`));
}
