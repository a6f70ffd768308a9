import type { Cluster, Service, ServiceRevision } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { AwsReads } from '../../../../src/aws/reads.ts';
import { absent, type Identity } from '../../../../src/engine/kind.ts';
import type { ECSService, ECSServiceSpec, ECSServiceStatus } from '../../../../src/kinds/service/api.ts';
import { service } from '../../../../src/kinds/service/kind.ts';
import type { ObservedService } from '../../../../src/kinds/service/observe.ts';
import {
  arns,
  desired,
  ecsCluster,
  ecsService,
  liveCluster,
  liveService,
  region,
  summaries,
} from '../../../support/builders.ts';
import { capacityProviderArn } from '../../../support/builders-capacity-provider.ts';
import { unusedReads } from '../../../support/reads.ts';

const strategyField = (index: number): string => `spec.capacityProviderStrategy[${index}].capacityProviderRef`;
const provider = (name: string): Identity => ({ arn: capacityProviderArn(name), name, region });

/** `blue` leads to a provider that has another name in AWS. */
const references = {
  'spec.clusterRef': { arn: arns.cluster('prod'), name: 'prod', region },
  [strategyField(0)]: provider('blue-in-aws'),
};
const base: ECSServiceSpec = { clusterRef: { name: 'prod' }, taskDefinition: 'web:1', desiredCount: 2 };
const onBlue: ECSServiceSpec = {
  capacityProviderStrategy: [
    { capacityProviderRef: { name: 'blue' }, weight: 1 },
    { capacityProvider: 'green', base: 1 },
  ],
};
const blueAndGreen = [
  { capacityProvider: 'blue-in-aws', weight: 1 },
  { capacityProvider: 'green', base: 1 },
];

function web(spec: ECSServiceSpec = onBlue, status: ECSServiceStatus | undefined = undefined): ECSService {
  return ecsService('web', { ...base, ...spec }, { status });
}

function seen(of: ECSService, live: Partial<Service> = {}, more: Partial<ObservedService> = {}): ObservedService {
  return {
    service: liveService(of, live),
    revision: undefined,
    lastDeployment: undefined,
    lastTarget: undefined,
    unassociated: [],
    ...more,
  };
}

function observe(of: ECSService, reads: Partial<AwsReads>) {
  const signal = new AbortController().signal;
  return service.observe({ reads: { ...unusedReads, ...reads }, signal, afterChange: false }, desired(of, references));
}

const clusterWith = (capacityProviders: string[], more: Partial<Cluster> = {}): Partial<AwsReads> => ({
  describeCluster: async () => liveCluster(ecsCluster('prod'), { capacityProviders, ...more }),
});

const NOT_ASSOCIATED =
  'spec.capacityProviderStrategy names blue-in-aws, green, which the cluster prod does not have. Associate the capacity provider with the cluster: add it to capacityProviderRefs or capacityProviders of the ECSCluster.';

describe('what a service refers to', () => {
  test('is its cluster, which has to be Ready first, its task definition, and the providers of its strategy', () => {
    expect(service.references({ ...base, ...onBlue, taskDefinitionRef: { name: 'web' } })).toEqual([
      { field: 'spec.clusterRef', kind: 'ECSCluster', to: { name: 'prod' }, need: 'ready' },
      { field: 'spec.taskDefinitionRef', kind: 'ECSTaskDefinition', to: { name: 'web' } },
      { field: strategyField(0), kind: 'ECSCapacityProvider', to: { name: 'blue' }, need: 'identity' },
    ]);
  });
});

describe('a strategy with providers of ours', () => {
  test('is sent with their names in AWS', () => {
    const [step] = summaries(service.plan(desired(web(), references), absent));
    expect(step).toMatchObject({
      operation: 'CreateService',
      input: { cluster: arns.cluster('prod'), capacityProviderStrategy: blueAndGreen },
    });
  });

  test('is compared by these names, whatever AWS fills in and in whatever order', () => {
    const of = web();
    const capacityProviderStrategy = [
      { capacityProvider: 'green', weight: 0, base: 1 },
      { capacityProvider: 'blue-in-aws', weight: 1, base: 0 },
    ];
    expect(service.plan(desired(of, references), seen(of, { capacityProviderStrategy }))).toEqual([]);
  });

  test('is changed as a whole, with the forced deployment that running tasks need (TF#22823)', () => {
    const of = web();
    const capacityProviderStrategy = [{ capacityProvider: 'green', weight: 1, base: 0 }];
    expect(summaries(service.plan(desired(of, references), seen(of, { capacityProviderStrategy })))).toEqual([
      {
        operation: 'UpdateService',
        input: {
          cluster: arns.cluster('prod'),
          service: 'web',
          capacityProviderStrategy: blueAndGreen,
          forceNewDeployment: true,
        },
        reason: 'capacityProviderStrategy changed',
      },
    ]);
  });

  test('is known again in a deployment that ECS took back', () => {
    const of = web();
    const target: ServiceRevision = {
      taskDefinition: arns.taskDefinition('web:1'),
      capacityProviderStrategy: blueAndGreen,
    };
    const observed = seen(
      of,
      { capacityProviderStrategy: [{ capacityProvider: 'green' }] },
      {
        lastDeployment: { serviceDeploymentArn: 'arn:deployment/1', status: 'ROLLBACK_SUCCESSFUL' },
        lastTarget: target,
      },
    );
    expect(service.plan(desired(of, references), observed)).toEqual([]);
    expect(service.conclude(desired(of, references), observed).progress).toMatchObject({ reason: 'RolledBack' });
  });
});

describe('a provider that the cluster does not have (CPS-03)', () => {
  test.each<[string, Partial<AwsReads>]>([
    ['empty', clusterWith([])],
    ['used by others', { ...clusterWith([], { activeServicesCount: 1 }), describeService: async () => undefined }],
  ])('keeps a service from being made in a cluster that is %s, and says what to do', async (_what, reads) => {
    await expect(observe(web(), reads)).rejects.toMatchObject({
      disposition: 'blocked',
      reason: 'CapacityProviderNotAssociated',
      message: NOT_ASSOCIATED,
    });
  });

  test('keeps nothing from being made once it has it', async () => {
    expect(await observe(web(), clusterWith(['blue-in-aws', 'green']))).toBe(absent);
  });

  test('is no matter to a service without a strategy, or one that is there already', async () => {
    expect(await observe(web({}), clusterWith([]))).toBe(absent);
    const live = liveService(web(), { capacityProviderStrategy: blueAndGreen });
    const reads = { ...clusterWith([], { activeServicesCount: 1 }), describeService: async () => live };
    expect(await observe(web(), reads)).toMatchObject({ service: live, unassociated: [] });
  });

  test('is looked for only when a service is to move to it', async () => {
    const known = { serviceArn: arns.service('prod', 'web') };
    const reads = {
      ...clusterWith(['green']),
      describeService: async () => liveService(web(), { capacityProviderStrategy: [{ capacityProvider: 'green' }] }),
      latestServiceDeployment: async () => undefined,
    };
    expect(await observe(web(onBlue, known), reads)).toMatchObject({ unassociated: ['blue-in-aws'] });
    const rolled = web({ ...onBlue, taskDefinition: 'web:2' }, known);
    const live = liveService(rolled, { capacityProviderStrategy: blueAndGreen });
    const { describeCluster, ...withoutCluster } = reads;
    expect(await observe(rolled, { ...withoutCluster, describeService: async () => live })).toMatchObject({
      unassociated: [],
    });
  });

  test('holds the rollout back as a whole, and nothing else', () => {
    const of = web({ ...onBlue, taskDefinition: 'web:2', desiredCount: 3, tags: [{ key: 'team', value: 'x' }] });
    const observed = seen(
      of,
      { capacityProviderStrategy: [{ capacityProvider: 'old' }] },
      { unassociated: ['blue-in-aws', 'green'] },
    );
    expect(summaries(service.plan(desired(of, references), observed))).toEqual([
      {
        operation: 'UpdateService',
        input: { cluster: arns.cluster('prod'), service: 'web', desiredCount: 3 },
        reason: 'desiredCount 2 -> 3',
      },
      {
        operation: 'TagResource',
        input: { resourceArn: arns.service('prod', 'web'), tags: [{ key: 'team', value: 'x' }] },
        reason: 'tags set: team',
      },
      { wait: 'CapacityProviderNotAssociated', message: NOT_ASSOCIATED },
    ]);
  });
});
