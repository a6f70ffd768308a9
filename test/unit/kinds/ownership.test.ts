import { describe, expect, test } from 'vitest';
import type { CommonStatus } from '../../../src/engine/kind.ts';
import { autoScalingGroup as groupKind } from '../../../src/kinds/auto-scaling-group/kind.ts';
import { capacityProvider } from '../../../src/kinds/capacity-provider/kind.ts';
import { cluster } from '../../../src/kinds/cluster/kind.ts';
import { kinds } from '../../../src/kinds/index.ts';
import { launchTemplate as templateKind } from '../../../src/kinds/launch-template/kind.ts';
import { service } from '../../../src/kinds/service/kind.ts';
import { taskDefinition } from '../../../src/kinds/task-definition/kind.ts';
import {
  arns,
  desired,
  ecsCluster,
  ecsService,
  ecsTaskDefinition,
  liveCluster,
  liveService,
  ownTags,
  type StepSummary,
  smallTaskDefinition,
  summaries,
} from '../../support/builders.ts';
import {
  autoScalingGroup,
  liveGroup,
  observedGroup,
  template,
  templateField,
} from '../../support/builders-auto-scaling-group.ts';
import { ecsCapacityProvider, groupArn, liveCapacityProvider } from '../../support/builders-capacity-provider.ts';
import { observedCluster } from '../../support/builders-cluster.ts';
import {
  launchTemplate as ecsLaunchTemplate,
  liveTemplate,
  ownVersion,
  smallTemplate,
} from '../../support/builders-launch-template.ts';

const adoptionPolicy = 'Adopt';
const inOtherCluster = { metadata: { uid: 'uid-in-another-cluster' } };

/** What an object plans that adopts, and whose resource has the tags of one of the same name in another Kubernetes cluster. */
const plans: Readonly<Record<string, (status?: CommonStatus) => readonly StepSummary[]>> = {
  ECSCluster(status) {
    const of = ecsCluster('web', { adoptionPolicy }, { status });
    const { tags } = liveCluster(ecsCluster('web', {}, inOtherCluster));
    return summaries(cluster.plan(desired(of), observedCluster(of, { tags })));
  },
  ECSService(status) {
    const spec = { cluster: 'prod', taskDefinition: arns.taskDefinition('web:1'), desiredCount: 2 };
    const of = ecsService('web', { ...spec, adoptionPolicy }, { status });
    const live = liveService(ecsService('web', spec, inOtherCluster));
    const observed = { revision: undefined, lastDeployment: undefined, lastTarget: undefined, unassociated: [] };
    return summaries(service.plan(desired(of), { service: live, ...observed }));
  },
  ECSTaskDefinition(status) {
    const of = ecsTaskDefinition('web', { ...smallTaskDefinition, adoptionPolicy }, { status });
    const tags = ownTags(ecsTaskDefinition('web', smallTaskDefinition, inOtherCluster));
    const live = { taskDefinition: { taskDefinitionArn: arns.taskDefinition('web:1') }, tags };
    return summaries(taskDefinition.plan(desired(of), { live, newest: undefined, own: [] }));
  },
  ECSCapacityProvider(status) {
    const spec = { autoScalingGroupProvider: { autoScalingGroupArn: groupArn('nodes') } };
    const of = ecsCapacityProvider('web', { ...spec, adoptionPolicy }, { status });
    const provider = liveCapacityProvider(ecsCapacityProvider('web', spec, inOtherCluster));
    return summaries(capacityProvider.plan(desired(of), { provider, group: undefined }));
  },
  AutoScalingGroup(status) {
    const of = autoScalingGroup('web', { adoptionPolicy }, { status });
    const live = liveGroup(autoScalingGroup('web', {}, inOtherCluster));
    return summaries(groupKind.plan(desired(of, { [templateField]: template() }), observedGroup(live)));
  },
  LaunchTemplate(status) {
    const of = ecsLaunchTemplate('web', { ...smallTemplate, adoptionPolicy }, { status });
    const live = liveTemplate(ecsLaunchTemplate('web', smallTemplate, inOtherCluster));
    const observed = { template: live, versions: [ownVersion(of, 1)], image: undefined, groups: [] };
    return summaries(templateKind.plan(desired(of), observed));
  },
};

describe.each(Object.entries(plans))(
  'a resource of %s that carries the uid of an object of the same name',
  (_, plan) => {
    test('is taken over with Adopt by one that has never settled: that one was made again', () => {
      expect(plan()).toMatchObject([{ operation: expect.stringMatching(/Tag/) }]);
    });

    test('is left to the other by one that has settled: the other took it', () => {
      expect(() => plan({ settledHash: 'h' })).toThrow(
        expect.objectContaining({
          disposition: 'terminal',
          reason: 'NotOwned',
          message: expect.stringContaining('has been taken over by another'),
        }),
      );
    });
  },
);

test('two Kubernetes clusters with the same manifest do not take a resource from each other for ever', () => {
  const objects = ['uid-here', 'uid-there'].map((uid) => ecsCluster('web', { adoptionPolicy }, { metadata: { uid } }));
  const statuses = new Map<string, CommonStatus>();
  let owner = 'uid-here';
  const takenBy: string[] = [];
  for (let pass = 0; pass < 6; pass += 1) {
    for (const of of objects) {
      const { uid } = of.metadata;
      const { tags } = liveCluster(ecsCluster('web', {}, { metadata: { uid: owner } }));
      const object = { ...of, status: statuses.get(uid) ?? {} };
      const steps = attempt(() => cluster.plan(desired(object), observedCluster(of, { tags })));
      if (steps === undefined) continue;
      if (steps.length > 0) takenBy.push(uid);
      owner = uid;
      statuses.set(uid, { settledHash: 'h' });
    }
  }
  expect([takenBy, owner]).toEqual([['uid-there'], 'uid-there']);
});

function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

test('every kind that makes something in AWS is among these', () => {
  const made = kinds.filter(({ account }) => account === undefined).map(({ names }) => names.kind);
  expect(Object.keys(plans).toSorted()).toEqual(made.toSorted());
});
