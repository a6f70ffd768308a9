import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { unseen } from '../../src/engine/status.ts';
import { gitopsHealthOf } from '../sandbox/gitops/index.ts';
import { kstatusOf } from '../support/conformance.ts';
import { eventually } from '../support/eventually.ts';
import { example, withSpec } from '../support/examples.ts';
import { cluster, running, service, taskDefinition, trio } from '../support/manifests.ts';
import { codeBlocks } from '../support/markdown.ts';
import { recordStatuses, type StatusLog } from '../support/status-log.ts';
import { condition, type Managed, type Manifest, namesOf, type TestBed, testBed } from '../support/test-bed.ts';
import { change, settled } from '../support/workloads.ts';

const quickstart = example('quickstart', 'cluster', 'task-definition', 'service');
/** Instances for tasks come by managed scaling, which looks once a minute: `ec2-cluster.test.ts` has them. */
const ec2 = withSpec(example('ec2-cluster', 'cluster', 'launch-template', 'auto-scaling-group', 'capacity-provider'), {
  AutoScalingGroup: { minSize: 1, maxSize: 3 },
});

/** What docs/gitops.md promises to Argo CD and Flux. */
describe('for a GitOps tool', () => {
  let bed: TestBed;
  let log: StatusLog;
  beforeAll(async () => {
    bed = await testBed();
    log = await recordStatuses(bed);
  });
  afterAll(async () => {
    await log.stop();
    await bed.stop();
  });

  it.each([
    ['examples/quickstart', quickstart],
    ['examples/ec2-cluster', ec2],
  ])(
    '%s: kubectl wait returns, in any order of applying, and nothing differs from the manifests',
    async (_name, manifests) => {
      await bed.apply(...manifests.toReversed());
      const names = manifests.map(({ kind, metadata }) => `${namesOf(kind).plural}/${metadata.name}`);
      await bed.kubectl('wait', '--for=condition=Ready', '--timeout=30s', ...names);
      const objects = await Promise.all(manifests.map(({ kind, metadata }) => bed.get(kind, metadata.name)));
      for (const [index, object] of objects.entries()) {
        expect(object?.spec).toEqual(withoutUndefined(manifests[index]?.spec));
        expect(ownedBy(object, 'ecs-operator')).toEqual(['f:metadata', 'f:status']);
      }
    },
  );

  it('kubectl diff finds no difference between the examples and what the API server holds', async () => {
    const folder = fileURLToPath(new URL('../../examples/quickstart', import.meta.url));
    expect(await bed.kubectl('diff', '--server-side', '--field-manager=kubectl', '-f', folder)).toBe('');
  });

  it('a rollout is InProgress until it is live, a rollback Failed, and its correction Current', async () => {
    const breaks = { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } };
    await bed.apply(...trio('shop', breaks));
    await bed.ready('ECSService', 'shop');
    await bed.apply(taskDefinition('shop', running('sim/cannot-pull:1')));
    const failed = await bed.notReady('ECSService', 'shop', 'RolledBack');
    expect(kstatusOf(failed)).toBe('Failed');
    await bed.apply(taskDefinition('shop', running('nginx:2')));
    await bed.ready('ECSService', 'shop');
    // The log's own watch may be a moment behind.
    const seen = await eventually('the log ends with Current', async () => {
      const value = statusesOf('ECSService', 'shop');
      return { value, done: value.at(-1) === 'Current' };
    });
    expect(seen).toEqual(expect.arrayContaining(['InProgress', 'Failed']));
  });

  it('a count that is left out belongs to the autoscaler, in Kubernetes or in AWS', async () => {
    const manifests = [cluster('scaled'), taskDefinition('scaled'), service('scaled', { desiredCount: undefined })];
    await bed.apply(...manifests);
    await bed.ready('ECSService', 'scaled');
    // Application Auto Scaling changes the service itself.
    await bed.aws.send(new UpdateServiceCommand({ cluster: 'scaled', service: 'scaled', desiredCount: 3 }));
    await bed.pass('ECSService', 'scaled');
    expect((await bed.get('ECSService', 'scaled'))?.status?.desiredCount).toBe(3);
    // What scales by the subresource owns the field from then on, and a manifest without it does not take it away.
    await bed.kubectl('scale', 'ecsservice/scaled', '--replicas=2');
    await bed.eventually('ECSService', 'scaled', 'runs two', ({ status }) => status?.runningCount === 2);
    await bed.apply(...manifests);
    await bed.passOverAll();
    expect(await bed.get('ECSService', 'scaled')).toMatchObject({
      spec: { desiredCount: 2 },
      status: { desiredCount: 2 },
    });
  });

  it('what is pruned in one go goes, whatever refers to what', async () => {
    const all: readonly Manifest[] = [...quickstart, ...ec2, ...trio('shop'), ...trio('scaled')];
    await change(bed, all, []);
    await settled(bed, all, []);
    for (const { metadata, kind } of all) {
      await eventually(`the log of ${kind} ${metadata.name} ends with Terminating`, async () => {
        const value = statusesOf(kind, metadata.name).at(-1);
        return { value, done: value === 'Terminating' };
      });
    }
  });

  it('at no moment did a status say Current of what was not live, or Failed of what went on by itself', () => {
    expect(log.versions.length).toBeGreaterThan(50);
    // From its creation on: an object that the operator has not seen yet is not Current either.
    expect(log.versions.some(({ status }) => status?.observedGeneration === unseen.observedGeneration)).toBe(true);
    // AWSAccounts have no namespace, and those of other tests no operator.
    for (const version of log.versions.filter(({ metadata }) => metadata.namespace === bed.namespace)) {
      const { generation, deletionTimestamp } = version.metadata;
      const ready = condition(version, 'Ready');
      const isLive = ready?.status === 'True' && ready.observedGeneration === generation;
      const what = `${version.kind} ${version.metadata.name} at ${version.metadata.resourceVersion}`;
      if (deletionTimestamp === undefined) expect(kstatusOf(version) === 'Current', what).toBe(isLive);
      if (kstatusOf(version) === 'Failed') expect(condition(version, 'Stalled')?.status, what).toBe('True');
    }
    expect(log.violations()).toEqual([]);
  });

  it('Flux and Argo CD, by their own code, see in each of these versions what docs/gitops.md says', async () => {
    const told = await gitopsHealthOf(log.versions, await documentedHealthCheck());
    const argoOf = { Current: 'Healthy', InProgress: 'Progressing', Failed: 'Degraded', Terminating: 'Progressing' };
    const expected = log.versions.map((version) => {
      const kstatus = kstatusOf(version);
      return { kstatus, argoCD: argoOf[kstatus] };
    });
    expect(told).toEqual(expected);
    expect(new Set(told.map(({ kstatus }) => kstatus))).toEqual(new Set(Object.keys(argoOf)));
  });

  function statusesOf(kind: string, name: string): readonly string[] {
    const ofIt = log.versions.filter((version) => version.kind === kind && version.metadata.name === name);
    const statuses = ofIt.map((version) => kstatusOf(version));
    return statuses.filter((status, index) => status !== statuses[index - 1]);
  }
});

/** The parts of the object that this field manager owns, over all its operations. */
function ownedBy(object: Managed | undefined, manager: string): readonly string[] {
  const metadata: Readonly<Record<string, unknown>> = { ...object?.metadata };
  const entries = Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  const fields = entries.filter((entry) => entry.manager === manager).flatMap((entry) => Object.keys(entry.fieldsV1));
  return [...new Set(fields)].toSorted();
}

function withoutUndefined(spec: object | undefined): unknown {
  return JSON.parse(JSON.stringify(spec));
}

/** The Lua that users are told to put into `argocd-cm`. */
async function documentedHealthCheck(): Promise<string> {
  const text = await readFile(new URL('../../docs/gitops.md', import.meta.url), 'utf8');
  const block = codeBlocks(text, 'yaml').find((one) => one.startsWith('data:\n  resource.customizations:')) ?? '';
  const { data }: { data: Record<string, string> } = parse(block);
  const customizations: Record<string, Record<string, string>> = parse(data['resource.customizations'] ?? '');
  const check = customizations['ecs-operator.dev/*']?.['health.lua'];
  if (check === undefined) throw new Error('docs/gitops.md has no health.lua for ecs-operator.dev/*');
  return check;
}
