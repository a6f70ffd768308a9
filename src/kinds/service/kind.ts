import {
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DeleteServiceCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { assertMayManage, assertOwned } from '../../aws/ownership.ts';
import { clientToken } from '../../aws/token.ts';
import { absent, type Step } from '../../engine/kind.ts';
import type { AwsKind } from '../kind.ts';
import { awsFields, fieldsOf } from '../shared/fields.ts';
import { assertOneRegion } from '../shared/one-region.ts';
import { claimOf, ownerOf, regionOfArn } from '../shared/owner.ts';
import { ecs, step, wait } from '../shared/step.ts';
import { desiredTags, tagSteps } from '../shared/tags.ts';
import type { ECSServiceSpec, ECSServiceStatus } from './api.ts';
import { associationWait } from './association.ts';
import { codeDeployCondition, LEFT_TO_CODE_DEPLOY } from './code-deploy.ts';
import {
  clusterOf,
  type DesiredService,
  serviceName,
  serviceReferences,
  strategyOf,
  taskDefinitionOf,
  wasAlwaysRefused,
} from './desired.ts';
import { type Change, leftToCodeDeploy, serviceChanges } from './diff.ts';
import { assertSameService } from './fixed.ts';
import { serviceNames } from './names.ts';
import { type ObservedService, observeService } from './observe.ts';
import { serviceProgress } from './progress.ts';
import { removableMembers } from './removals.ts';
import { isRollingBack, rollbackOf, supersededRollback } from './rollback.ts';
import { serviceStatus } from './status.ts';

export const service: AwsKind<ECSServiceSpec, ECSServiceStatus, ObservedService> = {
  names: serviceNames,

  conditionTypes: [LEFT_TO_CODE_DEPLOY],

  references: serviceReferences,

  identity({ status }) {
    if (status?.serviceArn === undefined || status.status !== 'ACTIVE') return undefined;
    return { arn: status.serviceArn, name: status.serviceName ?? '', region: regionOfArn(status.serviceArn) };
  },

  async observe(context, desired) {
    if (desired.deleting && wasAlwaysRefused(desired)) return absent;
    if (!desired.deleting) assertOneRegion(desired, 'service');
    return (await observeService(context, desired)) ?? absent;
  },

  plan(desired, observed) {
    if (observed === absent) return [create(desired)];
    const live = observed.service;
    if (live.status === 'DRAINING') {
      return [wait('Draining', 'A service of this name is still draining in ECS; it is created again afterwards.')];
    }
    assertMayManage(claimOf(desired), live.tags, `service "${serviceName(desired)}"`);
    assertSameService(desired, live);
    const isRolledBack = rollbackOf(desired, observed) !== undefined;
    const missing = isRolledBack ? [] : observed.unassociated;
    const staysAsItIs = isRolledBack || missing.length > 0;
    const changes = serviceChanges(desired, observed).filter(({ rollsOut }) => !(rollsOut && staysAsItIs));
    return [
      ...update(desired, changes),
      ...tagSteps(desired, live.serviceArn ?? '', live.tags),
      ...associationWait(desired, missing),
    ];
  },

  retire(desired, { service: live }) {
    assertOwned(ownerOf(desired), live.tags, `service "${serviceName(desired)}"`);
    if (live.status === 'DRAINING') {
      return [wait('Draining', `Waiting for ECS to stop ${live.runningCount ?? 0} running tasks.`)];
    }
    // `force` spares the UpdateService to zero that ECS otherwise asks for; it changes nothing else.
    const command = new DeleteServiceCommand({
      cluster: clusterOf(desired),
      service: serviceName(desired),
      force: true,
    });
    return [step(ecs, command, `service ${serviceName(desired)} deleted`)];
  },

  conclude(desired, observed) {
    const rolledBack = rollbackOf(desired, observed);
    return {
      status: serviceStatus(observed.service, rolledBack ?? supersededRollback(desired)),
      progress: serviceProgress(observed.service, rolledBack, isRollingBack(observed)),
      conditions: codeDeployCondition(leftToCodeDeploy(desired, observed)),
    };
  },

  fields: (spec) => [...fieldsOf(spec), ...removableMembers(spec)],

  batchGroup: (desired) => `${desired.region}/${clusterOf(desired)}`,
};

function create(desired: DesiredService): Step {
  const { clusterRef, taskDefinitionRef, capacityProviderStrategy, ...fields } = awsFields(desired.spec);
  const input: CreateServiceCommandInput = {
    ...fields,
    serviceName: serviceName(desired),
    cluster: clusterOf(desired),
    taskDefinition: taskDefinitionOf(desired),
    capacityProviderStrategy: strategyOf(desired),
    tags: desiredTags(desired),
  };
  // CreateService demands a count for REPLICA. One is what `kubectl create deployment` starts with.
  if (fields.schedulingStrategy !== 'DAEMON') input.desiredCount = fields.desiredCount ?? 1;
  const token = clientToken({
    uid: desired.object.metadata.uid,
    operation: 'CreateService',
    input,
    epoch: Date.parse(desired.status?.createdAt ?? '') || 0,
  });
  const command = new CreateServiceCommand({ ...input, clientToken: token });
  return step(ecs, command, `service ${serviceName(desired)} created`);
}

/** One UpdateService with nothing in it but what differs: sending the rest again can start a deployment of its own (TF#45678). */
function update(desired: DesiredService, changes: readonly Change[]): readonly Step[] {
  if (changes.length === 0) return [];
  const input: UpdateServiceCommandInput = { cluster: clusterOf(desired), service: serviceName(desired) };
  for (const change of changes) Object.assign(input, change.input);
  return [step(ecs, new UpdateServiceCommand(input), changes.map(({ reason }) => reason).join(', '))];
}
