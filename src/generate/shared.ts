import type { Column, Overlays, Rule, Schema } from './contract.ts';

export const double: Schema = { type: 'number', format: 'double' };
export const int64: Schema = { type: 'integer', format: 'int64' };

/** ECS names of clusters, services and families (SU-14, LIM-02). */
export const awsName: Schema = { pattern: '^[a-zA-Z0-9_-]{1,255}$', maxLength: 255 };

/** A list whose items several field managers may own one by one. The keys have to be required members. */
export function mapList(...keys: string[]): Schema {
  return { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys };
}

export function rules(...list: Rule[]): Schema {
  return { 'x-kubernetes-validations': list };
}

/** The AWS name of an object in CEL: `spec.<field>`, by default `metadata.name`. */
export function effectiveName(self: 'self' | 'oldSelf', field: string): string {
  return `(has(${self}.spec.${field}) ? ${self}.spec.${field} : ${self}.metadata.name)`;
}

/** The AWS name is fixed once it is in use. */
export function fixedName(kind: string, field: string, thing: string, service: string): Rule {
  return {
    rule: `${effectiveName('self', field)} == ${effectiveName('oldSelf', field)}`,
    message: `spec.${field} is immutable: ${service} cannot rename ${thing}; create another ${kind} and delete this one`,
  };
}

/** Rules of names in ECS, which may not hold the dots that `metadata.name` may. */
export function nameRules(kind: string, field: string, thing: string): readonly Rule[] {
  return [
    {
      rule: `has(self.spec.${field}) || !self.metadata.name.contains('.')`,
      message: `metadata.name holds a dot, which ECS does not allow in the name of a ${thing}: set spec.${field}`,
    },
    fixedName(kind, field, `a ${thing}`, 'ECS'),
  ];
}

/** Refuses to set, change or remove `spec.<field>` after creation. */
export function immutable(field: string, remedy: string): Rule {
  return { rule: unchanged(field), message: `spec.${field} is immutable: ${remedy}` };
}

/** `oldSelf.?a == self.?a` would say it, but the API server cannot estimate what that costs. */
export function unchanged(field: string): string {
  return `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`;
}

/** Five cron fields; that they mean something is checked where they are read. */
export const cron: Schema = { pattern: '^[0-9A-Za-z*,/#-]+( +[0-9A-Za-z*,/#-]+){4}$', maxLength: 128 };

export const timeZone: Schema = {
  description: 'IANA name, such as Europe/Berlin. The default is UTC.',
  pattern: '^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$',
  maxLength: 64,
};

/** To write down where the object is already is allowed: it keeps it there when a default changes. */
export const regionRule: Rule = {
  rule: '!has(oldSelf.region) || (has(self.region) && self.region == oldSelf.region)',
  message: 'spec.region is immutable: a resource cannot move to another region; create another object there',
};

/**
 * Tags of the resource itself. AWS takes 50 (TG-01); five are kept for the operator's ownership and content tags (TG-08).
 * `aws:` is reserved in any case of letters (TG-01, TG-05).
 */
export const tags: Schema = {
  description: 'Tags of the resource in AWS. The operator adds its own, which begin with ecs-operator.dev/.',
  maxItems: 45,
  ...mapList('key'),
  ...rules(
    {
      rule: "self.all(t, !t.key.lowerAscii().startsWith('aws:'))",
      message: 'spec.tags: keys must not begin with aws:, which AWS keeps for itself; choose another key',
    },
    {
      rule: "self.all(t, !t.key.lowerAscii().startsWith('ecs-operator.dev/'))",
      message:
        'spec.tags: keys must not begin with ecs-operator.dev/, which the operator keeps for itself; choose another key',
    },
  ),
};

const fargate = "has(i.capacityProvider) && i.capacityProvider in ['FARGATE', 'FARGATE_SPOT']";

/**
 * Limits of a strategy. 20 is RegisterTaskDefinition's and CreateService's present limit; CPS-02 still has the older 6.
 * Not a map by provider, though AWS wants providers unique: a reference is a second way to name one.
 */
export function capacityProviderStrategy(field: string): Schema {
  return {
    maxItems: 20,
    ...rules(
      {
        rule: 'self.all(i, has(i.capacityProvider) != has(i.capacityProviderRef))',
        message: `${field}: every item names its provider by one of capacityProvider and capacityProviderRef; set one`,
      },
      {
        // CPS-07; a reference is to an ECSCapacityProvider, which is never Fargate's.
        rule: `self.all(i, ${fargate}) || self.all(i, !(${fargate}))`,
        message: `${field} mixes FARGATE or FARGATE_SPOT with other capacity providers: ECS takes one sort only; remove one or the other`,
      },
      {
        // CPS-04
        rule: 'self.filter(i, has(i.base) && i.base > 0).size() <= 1',
        message: `${field}: only one item may have a base; remove it from the others`,
      },
      {
        // CPS-06
        rule: 'self.size() < 2 || self.exists(i, has(i.weight) && i.weight > 0)',
        message: `${field}: at least one item needs a weight above 0, because the default is 0; set weight`,
      },
    ),
  };
}

const dnsLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/** What every kind has: the operator's own fields, conditions, references, and AWS structures that several kinds use. */
export const sharedOverlays: Overlays = {
  'Spec.deletionPolicy': {
    description: 'Delete (the default) removes the resource from AWS with this object; Retain leaves it there.',
  },
  'Spec.adoptionPolicy': {
    description: 'Never (the default) refuses a resource that exists already; Adopt takes it over if nobody owns it.',
  },
  'Spec.driftPolicy': {
    description: 'Correct (the default) undoes changes made outside of this object; Report only says so.',
  },
  'Spec.region': {
    description: "AWS region. The default is the account's (spec.accountRef), else the operator's.",
    pattern: '^[a-z]{2,}(-[a-z]+)+-[0-9]+$',
    maxLength: 32,
  },
  'Spec.allowedNamespaces': {
    description: 'Namespaces beside its own whose objects may refer to this one; * means all.',
    maxItems: 64,
    items: { pattern: `^(\\*|${dnsLabel})$`, maxLength: 63 },
    'x-kubernetes-list-type': 'set',
  },
  'Status.observedGeneration': { ...int64, description: 'The generation of the spec that this status is about.' },
  'Status.conditions': {
    description:
      'Ready, Reconciling, Stalled, and others while they are True. Ready is True once this generation is live in AWS.',
    ...mapList('type'),
  },
  'Spec.accountRef': {
    description:
      "The AWSAccount to be in. Default: what the namespace's annotation ecs-operator.dev/aws-account names, else the operator's own account.",
  },
  'Status.accountId': { description: 'AWS account in which this object is.' },
  'Status.region': { description: 'AWS region in which this object is.' },
  'Status.settledHash': { description: 'Hash of the spec that AWS last agreed with.' },
  'Status.settledFields': { description: 'AWS fields that the spec AWS last agreed with had set.' },
  'Condition.observedGeneration': int64,
  'Condition.lastTransitionTime': { format: 'date-time' },
  AccountReference: { 'x-kubernetes-map-type': 'atomic' },
  'AccountReference.name': { pattern: `^${dnsLabel}(\\.${dnsLabel})*$`, maxLength: 253 },
  ObjectReference: { 'x-kubernetes-map-type': 'atomic' },
  'ObjectReference.name': { pattern: `^${dnsLabel}(\\.${dnsLabel})*$`, maxLength: 253 },
  'ObjectReference.namespace': {
    description:
      'The default is the namespace of this object. The other object has to allow it in spec.allowedNamespaces.',
    pattern: `^${dnsLabel}$`,
    maxLength: 63,
  },
  Tag: { required: ['key'] },
  'Tag.key': { minLength: 1, maxLength: 128 },
  'Tag.value': { maxLength: 256 },
  'StrategyItem.capacityProvider': { maxLength: 255 },
  'StrategyItem.capacityProviderRef': { description: 'The ECSCapacityProvider.' },
  'StrategyItem.weight': { minimum: 0, maximum: 1000 },
  'StrategyItem.base': { minimum: 0, maximum: 100_000 },
  'LogConfiguration.secretOptions': mapList('name'),
};

/** The first columns of every kind, so that `kubectl get ecs` reads down the page. */
export const leadingColumns: readonly Column[] = [
  { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
];

export const trailingColumns: readonly Column[] = [
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  { name: 'Message', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].message', priority: 1 },
];
