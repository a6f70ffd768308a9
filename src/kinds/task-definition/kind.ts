import { DeregisterTaskDefinitionCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { assertMayManage } from '../../aws/ownership.ts';
import type { TaskDefinitionAnswer } from '../../aws/reads.ts';
import { absent, type Desired, type Step } from '../../engine/kind.ts';
import type { AwsKind } from '../kind.ts';
import { fieldsOf } from '../shared/fields.ts';
import { claimOf, nameOfArn, regionOfArn } from '../shared/owner.ts';
import { ecs, step } from '../shared/step.ts';
import { desiredTags, tagSteps } from '../shared/tags.ts';
import type { ECSTaskDefinitionSpec, ECSTaskDefinitionStatus, OwnRevision } from './api.ts';
import { contentTag, desiredContent } from './desired.ts';
import { taskDefinitionNames } from './names.ts';
import { findRevisions, findRevisionsToRetire } from './observe.ts';

export interface ObservedTaskDefinition {
  /** The ACTIVE revision that has the content of the spec, if there is one. */
  readonly live: TaskDefinitionAnswer | undefined;
  /** The newest ACTIVE revision of the family, when `live` was looked for and not found. */
  readonly newest: TaskDefinitionAnswer | undefined;
  /** ARNs of our own ACTIVE revisions, as far as they are known. While the object is being deleted there are none only when none is left. */
  readonly own: readonly string[];
}

type DesiredTaskDefinition = Desired<ECSTaskDefinitionSpec, ECSTaskDefinitionStatus>;

/** How many revisions the status remembers, for a revert to find the one it had before. */
const REVISIONS_KEPT = 10;

export const taskDefinition: AwsKind<ECSTaskDefinitionSpec, ECSTaskDefinitionStatus, ObservedTaskDefinition> = {
  names: taskDefinitionNames,

  references: () => [],

  /** Only the revision of this very generation: a service must not roll to the revision before. */
  identity({ metadata, status }) {
    const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
    const arn = status?.taskDefinitionArn;
    const current = ready?.status === 'True' && ready.observedGeneration === metadata.generation;
    // While the object is being deleted its generation has moved on, but its revision is still what its users run.
    if (arn === undefined || (!current && metadata.deletionTimestamp === undefined)) return undefined;
    return { arn, name: nameOfArn(arn), region: regionOfArn(arn) };
  },

  async observe(context, desired) {
    const observed = desired.deleting
      ? await findRevisionsToRetire(context.reads, desired)
      : await findRevisions(context, desired);
    return observed ?? absent;
  },

  plan(desired, observed) {
    if (observed === absent) return [register(desired)];
    const { live, newest, own } = observed;
    if (live === undefined) {
      // Revisions that CI adds to a family of ours are no reason to stop; a family in which we own nothing is.
      const family = `task definition family "${desiredContent(desired).content.family}"`;
      if (newest !== undefined && own.length === 0) assertMayManage(claimOf(desired), newest.tags, family);
      return [register(desired)];
    }
    const arn = live.taskDefinition.taskDefinitionArn ?? '';
    assertMayManage(claimOf(desired), live.tags, `task definition "${nameOfArn(arn)}"`);
    return tagSteps(desired, arn, live.tags, [contentTag(desired)]);
  },

  retire(_desired, { own }) {
    return own.map((arn) =>
      step(
        ecs,
        new DeregisterTaskDefinitionCommand({ taskDefinition: arn }),
        `revision ${nameOfArn(arn)} deregistered`,
      ),
    );
  },

  conclude(desired, { live }) {
    const arn = live?.taskDefinition.taskDefinitionArn;
    const known = desired.status?.revisions ?? [];
    if (live === undefined || arn === undefined) {
      const { taskDefinitionArn, family, revision, contentHash, status } = desired.status ?? {};
      return {
        status: { taskDefinitionArn, family, revision, contentHash, status, revisions: known },
        progress: { kind: 'progressing', reason: 'Registering', message: 'The revision is not registered yet.' },
      };
    }
    const { hash } = desiredContent(desired);
    return {
      status: {
        taskDefinitionArn: arn,
        family: live.taskDefinition.family,
        revision: live.taskDefinition.revision,
        contentHash: hash,
        revisions: remember(known, { taskDefinitionArn: arn, contentHash: hash }),
        status: live.taskDefinition.status,
      },
      progress: { kind: 'live' },
    };
  },

  fields: fieldsOf,

  batchGroup: ({ region }) => region,
};

function register(desired: DesiredTaskDefinition): Step {
  const { content } = desiredContent(desired);
  const command = new RegisterTaskDefinitionCommand({ ...content, tags: desiredTags(desired, [contentTag(desired)]) });
  return step(ecs, command, `revision of ${content.family} registered`);
}

function remember(known: readonly OwnRevision[], revision: OwnRevision): readonly OwnRevision[] {
  const others = known.filter(({ taskDefinitionArn }) => taskDefinitionArn !== revision.taskDefinitionArn);
  return [revision, ...others].slice(0, REVISIONS_KEPT);
}
