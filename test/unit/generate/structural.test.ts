import { describe, expect, test } from 'vitest';
import type { Overlays, Schema } from '../../../src/generate/contract.ts';
import { type Sdk, sdkOf } from '../../../src/generate/sdk.ts';
import { structural } from '../../../src/generate/structural.ts';
import type { TypeSchema } from '../../../src/generate/types.ts';

function sdkWith(request: string): Sdk {
  const sdk = sdkOf(request);
  if (sdk === undefined) throw new Error(`no SDK has ${request}`);
  return sdk;
}

const ecs = sdkWith('CreateClusterRequest');
const autoScaling = sdkWith('CreateAutoScalingGroupType');
const ec2 = sdkWith('CreateLaunchTemplateRequest');

function convert(
  types: Record<string, TypeSchema>,
  overlays: Overlays = {},
  used = new Set<string>(),
  sdk: Sdk = ecs,
): Schema {
  const root = { type: 'Root', alias: 'Spec', required: [], sdk } as const;
  return structural(new Map(Object.entries(types)), root, overlays, used);
}

function member(schema: TypeSchema, more: Record<string, TypeSchema> = {}, sdk: Sdk = ecs): Schema | undefined {
  const types = { Root: { type: 'object', properties: { field: schema } }, ...more };
  return convert(types, {}, new Set(), sdk).properties?.field;
}

const reference = (name: string): TypeSchema => ({ $ref: `#/definitions/${encodeURIComponent(name)}` });

describe('structural', () => {
  test.each<[string, TypeSchema, Schema]>([
    ['a string', { type: 'string' }, { type: 'string' }],
    ['a time', { type: 'string', format: 'date-time' }, { type: 'string', format: 'date-time' }],
    ['a boolean', { type: 'boolean' }, { type: 'boolean' }],
    ['a number, as a 32-bit integer', { type: 'number' }, { type: 'integer', format: 'int32' }],
    ['an enum, sorted', { type: 'string', enum: ['b', 'a'] }, { type: 'string', enum: ['a', 'b'] }],
    ['a constant, as an enum', { type: 'string', const: 'volume' }, { type: 'string', enum: ['volume'] }],
    ['string | number', { type: ['string', 'number'] }, { 'x-kubernetes-int-or-string': true }],
    [
      'a list, atomic unless an overlay says otherwise',
      { type: 'array', items: { type: 'string' } },
      { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' },
    ],
    [
      'a map',
      { type: 'object', additionalProperties: { type: 'string' } },
      { type: 'object', additionalProperties: { type: 'string' } },
    ],
    ['an open document', reference('DocumentType'), { 'x-kubernetes-preserve-unknown-fields': true }],
  ])('converts %s', (_, type, schema) => {
    expect(member(type)).toEqual(schema);
  });

  test('inlines a type wherever it is used', () => {
    const inner = { type: 'object', properties: { name: { type: 'string' } } };
    const schema = convert({
      Root: { type: 'object', properties: { a: reference('Inner'), b: reference('Inner') } },
      Inner: inner,
    });
    expect(schema.properties).toEqual({ a: inner, b: inner });
  });

  test('makes one object of a tagged union, of which exactly one member may be set', () => {
    const union = member(reference('Choice'), {
      Choice: { anyOf: [reference('Choice.AMember'), reference('Choice.$UnknownMember')] },
      'Choice.AMember': { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      'Choice.$UnknownMember': { type: 'object', properties: { $unknown: {} } },
    });
    expect(union).toEqual({
      type: 'object',
      properties: { a: { type: 'string' } },
      minProperties: 1,
      maxProperties: 1,
    });
  });

  test('takes required members of an SDK structure from its runtime schema', () => {
    const secret = member(reference('Secret'), {
      Secret: { type: 'object', properties: { name: { type: 'string' }, valueFrom: { type: 'string' } } },
    });
    expect(secret?.required).toEqual(['name', 'valueFrom']);
  });

  test('gives members a small first letter, also where they are required and where overlays name them', () => {
    const schema = convert(
      {
        Root: {
          type: 'object',
          properties: { Hooks: { type: 'array', items: reference('LifecycleHookSpecification') } },
        },
        LifecycleHookSpecification: {
          type: 'object',
          properties: Object.fromEntries(
            (autoScaling('LifecycleHookSpecification')?.members ?? []).map((name) => [name, { type: 'string' }]),
          ),
        },
      },
      { 'Spec.hooks': { maxItems: 50 }, 'LifecycleHookSpecification.roleARN': { maxLength: 20 } },
      new Set(),
      autoScaling,
    );
    expect(schema.properties?.hooks).toMatchObject({
      maxItems: 50,
      items: { required: ['lifecycleHookName', 'lifecycleTransition'], properties: { roleARN: { maxLength: 20 } } },
    });
  });

  test('gives VPCZoneIdentifier three small letters', () => {
    const schema = convert({ Root: { type: 'object', properties: { VPCZoneIdentifier: { type: 'string' } } } });
    expect(Object.keys(schema.properties ?? {})).toEqual(['vpcZoneIdentifier']);
  });

  test('takes a structure that several SDKs have from the SDK of the kind', () => {
    const names = ['Key', 'Value'];
    const tag = { type: 'object', properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) };
    expect(member(reference('Tag'), { Tag: tag }, ec2)?.required).toBeUndefined();
    expect(() => member(reference('Tag'), { Tag: tag }, autoScaling)).toThrow('Tag has other members');
    const sizes = { type: 'object', properties: { Min: { type: 'number' }, Max: { type: 'number' } } };
    expect(member(reference('VCpuCountRequest'), { VCpuCountRequest: sizes }, autoScaling)?.required).toEqual(['min']);
    expect(member(reference('VCpuCountRequest'), { VCpuCountRequest: sizes }, ec2)?.required).toBeUndefined();
  });

  test('calls what TypeScript makes of another type by the name that it was given', () => {
    const used = new Set<string>();
    const made = 'Pick<PutWarmPoolType,"MinSize">';
    const schema = convert(
      {
        Root: { type: 'object', properties: { warmPool: reference('WarmPool') } },
        WarmPool: reference('Omit<PutWarmPoolType,"PoolState">'),
        'Omit<PutWarmPoolType,"PoolState">': reference(made),
        [made]: { type: 'object', properties: { MinSize: { type: 'number' } } },
      },
      { 'WarmPool.minSize': { minimum: 0 } },
      used,
    );
    expect(schema.properties?.warmPool?.properties?.minSize?.minimum).toBe(0);
    expect([...used]).toEqual(['WarmPool.minSize']);
  });

  test('takes required members of our own types from TypeScript', () => {
    const own = member(reference('Own'), {
      Own: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    });
    expect(own?.required).toEqual(['name']);
  });

  test('fails when the SDK says two things about one structure', () => {
    const types = { Secret: { type: 'object', properties: { name: { type: 'string' } } } };
    expect(() => member(reference('Secret'), types)).toThrow(/Secret has other members/);
  });

  test('fails on a recursive type, with the way there', () => {
    const types = { Tree: { type: 'object', properties: { children: { type: 'array', items: reference('Tree') } } } };
    expect(() => member(reference('Tree'), types)).toThrow('Root > Tree > Tree is recursive');
  });

  test.each<[string, TypeSchema]>([
    ['a mixture of types', { type: ['string', 'boolean'] }],
    ['an enum of numbers', { enum: [1, 2] }],
    ['an object of which nothing is known', { type: 'object' }],
    ['nothing at all', {}],
  ])('fails on %s', (_, type) => {
    expect(() => member(type)).toThrow(/No structural schema for .* at Root/);
  });

  test('lays overlays on types and members, and notes which', () => {
    const used = new Set<string>();
    const schema = convert(
      {
        Root: { type: 'object', properties: { items: { type: 'array', items: reference('Item') } } },
        Item: { type: 'object', properties: { key: { type: 'string' } } },
      },
      {
        'Spec.items': { maxItems: 3, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['key'] },
        Item: { required: ['key'] },
        'Item.key': { maxLength: 5 },
        'Item.nothing': { maxLength: 5 },
      },
      used,
    );
    expect(schema.properties?.items).toEqual({
      type: 'array',
      items: { type: 'object', properties: { key: { type: 'string', maxLength: 5 } }, required: ['key'] },
      maxItems: 3,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['key'],
    });
    expect([...used].sort()).toEqual(['Item', 'Item.key', 'Spec.items']);
  });
});
