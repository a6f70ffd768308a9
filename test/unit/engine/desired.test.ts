import { describe, expect, test } from 'vitest';
import { FINALIZER, hasFinalizer, withFinalizer, withoutFinalizer } from '../../../src/engine/finalizer.ts';
import type { ECSServiceSpec } from '../../../src/kinds/service/api.ts';
import { arns, deleted, desired, ecsCluster, ecsService, region } from '../../support/builders.ts';

const spec: ECSServiceSpec = { clusterRef: { name: 'prod' }, taskDefinition: 'web:1', desiredCount: 2 };
const references = { 'spec.clusterRef': { arn: arns.cluster('prod'), name: 'prod', region } };
const hashOf = (change: ECSServiceSpec, refs = references) =>
  desired(ecsService('web', { ...spec, ...change }), refs).hash;

describe('the hash of what is wished', () => {
  test.each<[string, ECSServiceSpec]>([
    ['deletionPolicy', { deletionPolicy: 'Retain' }],
    ['adoptionPolicy', { adoptionPolicy: 'Adopt' }],
    ['driftPolicy', { driftPolicy: 'Report' }],
    ['allowedNamespaces', { allowedNamespaces: ['*'] }],
    ['a field that is not set', { launchType: undefined }],
  ])('does not change with %s', (_what, change) => {
    expect(hashOf(change)).toBe(hashOf({}));
  });

  test('changes with an AWS field and with what a reference leads to', () => {
    const elsewhere = { 'spec.clusterRef': { arn: arns.cluster('other'), name: 'other', region } };
    expect(new Set([hashOf({}), hashOf({ desiredCount: 3 }), hashOf({}, elsewhere)]).size).toBe(3);
  });

  test('changes with what an annotation of ours asks for, and with no other annotation', () => {
    const annotated = (annotations: Record<string, string>) =>
      desired(ecsService('web', spec, { metadata: { annotations } }), references).hash;
    expect(annotated({ 'ecs-operator.dev/drain': 'all' })).not.toBe(hashOf({}));
    expect(annotated({ 'example.com/note': 'x' })).toBe(hashOf({}));
    // It asks for a look at AWS. A change of AWS that is found with it is still drift.
    expect(annotated({ 'ecs-operator.dev/requested-at': 'now' })).toBe(hashOf({}));
  });

  test('does not change with the order of fields, the status or the labels', () => {
    const reordered: ECSServiceSpec = { desiredCount: 2, taskDefinition: 'web:1', clusterRef: { name: 'prod' } };
    const of = ecsService('web', reordered, {
      status: { runningCount: 1 },
      metadata: { labels: { a: 'b' }, generation: 7 },
    });
    expect(desired(of, references).hash).toBe(hashOf({}));
  });
});

test('an object without region is in the one of the installation, and a deletion timestamp means deleting', () => {
  expect(desired(ecsCluster('prod'))).toMatchObject({ region, key: 'team/prod', deleting: false });
  const of = ecsCluster('prod', { region: 'eu-west-1' }, { metadata: deleted });
  expect(desired(of)).toMatchObject({ region: 'eu-west-1', deleting: true });
});

describe('the finalizer', () => {
  test('is added beside those of others and taken away without them', () => {
    const plain = ecsCluster('prod', {}, { metadata: { finalizers: ['other/one'] } });
    expect([hasFinalizer(ecsCluster('prod')), hasFinalizer(plain)]).toEqual([false, false]);
    expect(withFinalizer(plain)).toEqual(['other/one', FINALIZER]);
    const ours = ecsCluster('prod', {}, { metadata: { finalizers: [FINALIZER, 'other/one'] } });
    expect(hasFinalizer(ours)).toBe(true);
    expect(withoutFinalizer(ours)).toEqual(['other/one']);
  });
});
