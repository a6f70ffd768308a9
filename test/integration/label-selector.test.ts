import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unseen } from '../../src/engine/status.ts';
import { cluster, service, taskDefinition } from '../support/manifests.ts';
import { condition, type Managed, type Manifest, type TestBed, testBed } from '../support/test-bed.ts';

const selector = 'ecs-operator.dev/shard in (blue),tier!=legacy';
const label = 'ecs-operator.dev/shard';

function blue(manifest: Manifest): Manifest {
  return { ...manifest, metadata: { ...manifest.metadata, labels: { [label]: 'blue' } } };
}

describe('an operator that is limited to labels', () => {
  let bed: TestBed;
  let witnesses = 0;
  beforeAll(async () => {
    bed = await testBed({ values: { watch: { labelSelector: selector } } });
  });
  afterAll(() => bed?.stop());

  /** Everything that happens to this object later is after what the operator would have done to another. */
  async function afterAnother(): Promise<void> {
    witnesses += 1;
    const name = `witness-${witnesses}`;
    await bed.apply(blue(cluster(name)));
    await bed.ready('ECSCluster', name);
  }

  const clusters = (): readonly string[] => bed.region.inventory().clusters.map((arn) => arn.replace(/.*\//, ''));
  const setLabel = (kind: string, name: string, value: string): Promise<string> =>
    bed.kubectl('label', `${kind.toLowerCase()}/${name}`, `${label}${value}`, '--overwrite');

  it('leaves alone what the selector does not select', async () => {
    await bed.apply(cluster('plain'));
    await afterAnother();
    const plain = await bed.get('ECSCluster', 'plain');
    expect(plain?.metadata.finalizers).toBeUndefined();
    expect(plain?.status).toEqual(unseen);
    expect(clusters()).not.toContain('plain');
  });

  it('takes an object over when it gets the label', async () => {
    await bed.apply(cluster('late'));
    await setLabel('ECSCluster', 'late', '=blue');
    await bed.ready('ECSCluster', 'late');
    expect(clusters()).toContain('late');
  });

  it('tells of the selector where a reference leads out of it, and goes on when the other side gets the label', async () => {
    await bed.apply(cluster('outside'), blue(taskDefinition('inside')));
    await bed.apply(blue(service('inside', { clusterRef: { name: 'outside' } })));
    const waiting = await bed.notReady('ECSService', 'inside', 'ReferenceNotFound');
    expect(condition(waiting, 'Ready')?.message).toBe(
      `spec.clusterRef: ECSCluster ${bed.namespace}/outside does not exist or lacks the labels to which this operator is limited (--label-selector ${selector}).`,
    );
    await setLabel('ECSCluster', 'outside', '=blue');
    await bed.ready('ECSService', 'inside');
  });

  describe('and an object that loses its label', () => {
    let before: Managed;
    beforeAll(async () => {
      await bed.apply(blue(cluster('leaving', { tags: [{ key: 'team', value: 'a' }] })));
      await bed.ready('ECSCluster', 'leaving');
      await setLabel('ECSCluster', 'leaving', '-');
      await afterAnother();
      before = await existing('leaving');
    });

    const existing = async (name: string): Promise<Managed> => {
      const object = await bed.get('ECSCluster', name);
      if (object === undefined) throw new Error(`${name} is gone`);
      return object;
    };

    it('leaves it, its status and what is in AWS as they are, whatever its spec says from now on', async () => {
      const mark = bed.region.journal.mark();
      await bed.kubectl('patch', 'ecscluster/leaving', '--type=merge', '-p', '{"spec":{"tags":[]}}');
      await afterAnother();
      const now = await existing('leaving');
      expect(now.status).toEqual(before.status);
      expect(now.metadata.finalizers).toEqual(before.metadata.finalizers);
      expect(clusters()).toContain('leaving');
      const touched = bed.region.journal
        .mutations(mark)
        .filter((entry) => JSON.stringify(entry.input).includes('leaving'));
      expect(touched).toEqual([]);
    });

    it('keeps its finalizer, so that its deletion waits until it has the label again', async () => {
      await bed.kubectl('delete', 'ecscluster/leaving', '--wait=false');
      await afterAnother();
      expect((await existing('leaving')).metadata.deletionTimestamp).toBeDefined();
      expect(clusters()).toContain('leaving');
      await setLabel('ECSCluster', 'leaving', '=blue');
      await bed.gone('ECSCluster', 'leaving');
      expect(clusters()).not.toContain('leaving');
    });
  });
});

describe('a selector that the API server cannot read', () => {
  it('ends the start with the selector and the reason', async () => {
    await expect(testBed({ values: { watch: { labelSelector: 'team in (blue' } } })).rejects.toThrow(
      /The label selector "team in \(blue" is not one that the API server can read: .*/,
    );
  });
});
