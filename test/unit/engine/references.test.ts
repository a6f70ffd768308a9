import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommonStatus } from '../../../src/engine/kind.ts';
import { type Directory, referenceKey, resolveReferences } from '../../../src/engine/references.ts';
import type { ECSCluster, ECSClusterSpec, ECSClusterStatus } from '../../../src/kinds/cluster/api.ts';
import { cluster } from '../../../src/kinds/cluster/kind.ts';
import type { ECSServiceStatus } from '../../../src/kinds/service/api.ts';
import { keyOf, type ObjectMeta } from '../../../src/kube/types.ts';
import { arns, condition, deleted, ecsCluster, ecsService, region } from '../../support/builders.ts';

const live: ECSClusterStatus = { clusterArn: arns.cluster('prod'), clusterName: 'prod', status: 'ACTIVE' };

function prod(
  spec: ECSClusterSpec = {},
  status: ECSClusterStatus | undefined = live,
  metadata: Partial<ObjectMeta> = {},
): ECSCluster {
  return ecsCluster('prod', spec, { status, metadata });
}

function directoryOf(...clusters: readonly ECSCluster[]): Directory {
  const identities = new Map(clusters.map((one) => [keyOf(one), cluster.identity(one)]));
  return {
    get: (kind, key) => (kind === 'ECSCluster' ? clusters.find((one) => keyOf(one) === key) : undefined),
    identity: (_kind, object) => identities.get(keyOf(object)),
    referrers: () => [],
  };
}

interface Referring {
  readonly name?: string;
  readonly namespace?: string;
  readonly metadata?: Partial<ObjectMeta>;
  readonly status?: ECSServiceStatus & CommonStatus;
}

/** Resolves a clusterRef of an object in namespace `team` that needs no more than to know what the cluster is in AWS. */
function resolve(directory: Directory, { name = 'prod', namespace, metadata, status }: Referring = {}) {
  const to = { name, namespace };
  const web = ecsService('web', { clusterRef: to, taskDefinition: 'web:1' }, { metadata, status });
  return resolveReferences(web, [{ field: 'spec.clusterRef', kind: 'ECSCluster', to }], directory);
}

test('a reference means the namespace of the object that has it, unless it says another', () => {
  const reference = { field: 'spec.clusterRef', kind: 'ECSCluster', to: { name: 'prod' } };
  expect(referenceKey(reference, 'team')).toBe('team/prod');
  expect(referenceKey({ ...reference, to: { name: 'prod', namespace: 'shared' } }, 'team')).toBe('shared/prod');
});

describe('a reference', () => {
  test('to an object that is live becomes what that is in AWS', () => {
    expect(resolve(directoryOf(prod()))).toEqual({
      kind: 'resolved',
      identities: new Map([['spec.clusterRef', { arn: arns.cluster('prod'), name: 'prod', region }]]),
      unresolved: new Map(),
    });
  });

  test('to nothing blocks, and says what is missing', () => {
    expect(resolve(directoryOf())).toEqual({
      kind: 'blocked',
      reason: 'ReferenceNotFound',
      message: 'spec.clusterRef: ECSCluster team/prod does not exist.',
    });
  });

  test('to something that is not ready blocks, and says why it is not', () => {
    const failing = {
      ...live,
      status: 'PROVISIONING',
      conditions: [condition('Ready', 'False', 'Busy', { message: 'Wait' })],
    };
    expect(resolve(directoryOf(prod({}, failing)))).toEqual({
      kind: 'blocked',
      reason: 'ReferenceNotReady',
      message: 'spec.clusterRef: ECSCluster team/prod is not ready yet (Busy: Wait).',
    });
  });

  test('to something that is being deleted blocks what is new and serves what runs', () => {
    const directory = directoryOf(prod({}, live, deleted));
    expect(resolve(directory)).toMatchObject({ kind: 'blocked', reason: 'ReferenceDeleting' });
    expect(resolve(directory, { status: { settledHash: 'h' } })).toMatchObject({ kind: 'resolved' });
  });

  test('to something that is being deleted is found to the end by what is being deleted itself', () => {
    const left = resolve(directoryOf(prod({}, live, deleted)), { metadata: deleted });
    expect(left).toMatchObject({ kind: 'resolved', identities: new Map([['spec.clusterRef', { name: 'prod' }]]) });
  });

  test('of an object that is being deleted never blocks: deletion converges in any order', () => {
    const left = resolve(directoryOf(), { metadata: deleted });
    expect(left).toEqual({ kind: 'resolved', identities: new Map(), unresolved: new Map() });
  });
});

describe('a reference that a new object needs only later', () => {
  const later = { field: 'spec.parts[0]', kind: 'ECSCluster', to: { name: 'prod' }, need: 'later' } as const;
  const resolveLater = (directory: Directory, metadata: Partial<ObjectMeta> = {}) =>
    resolveReferences(ecsService('web', undefined, { metadata }), [later], directory);

  test('is resolved when it can be', () => {
    expect(resolveLater(directoryOf(prod()))).toMatchObject({
      identities: new Map([['spec.parts[0]', { name: 'prod' }]]),
      unresolved: new Map(),
    });
  });

  test('never blocks, and says why it does not resolve yet', () => {
    expect(resolveLater(directoryOf())).toEqual({
      kind: 'resolved',
      identities: new Map(),
      unresolved: new Map([
        [
          'spec.parts[0]',
          {
            reason: 'ReferenceNotFound',
            message: 'spec.parts[0]: ECSCluster team/prod does not exist.',
          },
        ],
      ]),
    });
  });

  test('is not asked for by an object that is being deleted', () => {
    expect(resolveLater(directoryOf(), deleted)).toMatchObject({ identities: new Map(), unresolved: new Map() });
  });
});

describe('a reference that a new object needs to be Ready', () => {
  const ready = { field: 'spec.clusterRef', kind: 'ECSCluster', to: { name: 'prod' }, need: 'ready' } as const;
  const resolveReady = (directory: Directory, options: Referring = {}) =>
    resolveReferences(ecsService('web', undefined, options), [ready], directory);
  const half = { ...live, conditions: [condition('Ready', 'False', 'Associating', { message: 'Wait' })] };

  test('blocks until it is, though it can be referred to', () => {
    expect(resolveReady(directoryOf(prod({}, half)))).toEqual({
      kind: 'blocked',
      reason: 'ReferenceNotReady',
      message: 'spec.clusterRef: ECSCluster team/prod is not ready yet (Associating: Wait).',
    });
    const whole = { ...live, conditions: [condition('Ready', 'True', 'Live')] };
    expect(resolveReady(directoryOf(prod({}, whole)))).toMatchObject({ kind: 'resolved' });
    // Ready for an earlier spec is not Ready.
    expect(resolveReady(directoryOf(prod({}, whole, { generation: 2 })))).toMatchObject({ kind: 'blocked' });
  });

  test('does not stop what has settled once, nor what is being deleted', () => {
    expect(resolveReady(directoryOf(prod({}, half)), { status: { settledHash: 'h' } })).toMatchObject({
      kind: 'resolved',
    });
    expect(resolveReady(directoryOf(prod({}, half)), { metadata: deleted })).toMatchObject({
      identities: new Map([['spec.clusterRef', { name: 'prod' }]]),
    });
  });
});

describe('a reference into another namespace', () => {
  const shared = (spec: ECSClusterSpec = {}) => prod(spec, live, { namespace: 'shared' });

  test.each([[['team']], [['other', 'team']], [['*']]])('is followed when it is allowed by %j', (allowedNamespaces) => {
    expect(resolve(directoryOf(shared({ allowedNamespaces })), { namespace: 'shared' })).toMatchObject({
      kind: 'resolved',
    });
  });

  test('that is not allowed gets the very answer that a missing object gets', () => {
    const missing = resolve(directoryOf(), { namespace: 'shared' });
    expect(missing).toMatchObject({ kind: 'blocked', reason: 'ReferenceNotFound' });
    for (const allowedNamespaces of [undefined, [], ['other']]) {
      expect(resolve(directoryOf(shared({ allowedNamespaces })), { namespace: 'shared' })).toEqual(missing);
    }
    expect(resolve(directoryOf(prod({}, undefined, { namespace: 'shared' })), { namespace: 'shared' })).toEqual(
      missing,
    );
  });

  test('that cannot be seen by an operator of one namespace says so, whatever is there', () => {
    const limited = (...clusters: readonly ECSCluster[]): Directory => ({
      ...directoryOf(...clusters),
      namespace: 'team',
    });
    const message =
      'spec.clusterRef: ECSCluster shared/prod is outside of namespace team, to which this operator is limited (--namespace).';
    expect(resolve(limited(), { namespace: 'shared' })).toMatchObject({ kind: 'blocked', message });
    expect(resolve(limited(), { namespace: 'team' })).toMatchObject({
      message: 'spec.clusterRef: ECSCluster team/prod does not exist.',
    });
  });

  /** The CRD refuses such names; an object that was stored before it did may have them. */
  test('is not to be had by any name (row 46)', () => {
    const directory = directoryOf(shared(), shared({ allowedNamespaces: ['other'] }), prod());
    const text = fc
      .array(fc.constantFrom('team', 'shared', 'prod', '/', '..', '.', '*', '%2f', '\u2215', '\0'), {
        maxLength: 4,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.option(text, { nil: undefined }), (name, namespace = 'team') => {
        if (resolve(directory, { name, namespace }).kind === 'resolved') {
          expect({ name, namespace }).toEqual({ name: 'prod', namespace: 'team' });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('that is not allowed is not followed for a deletion either', () => {
    const left = resolve(directoryOf(shared()), { namespace: 'shared', metadata: deleted });
    expect(left).toEqual({ kind: 'resolved', identities: new Map(), unresolved: new Map() });
  });
});

test('an operator that is limited to labels names them where a reference finds nothing', () => {
  const limited: Directory = { ...directoryOf(), labelSelector: 'team=blue' };
  const limit = 'lacks the labels to which this operator is limited (--label-selector team=blue).';
  expect(resolve(limited)).toMatchObject({
    reason: 'ReferenceNotFound',
    message: `spec.clusterRef: ECSCluster team/prod does not exist or ${limit}`,
  });
  expect(resolve(limited, { namespace: 'shared' })).toMatchObject({
    message: `spec.clusterRef: ECSCluster shared/prod does not exist or does not list namespace team in spec.allowedNamespaces or ${limit}`,
  });
});
