import { ownershipOf, tagValue } from '../../aws/ownership.ts';
import type { EcsReads, TaskDefinitionAnswer } from '../../aws/reads.ts';
import type { Desired, ObserveContext } from '../../engine/kind.ts';
import { OperatorError } from '../../errors.ts';
import { claimOf, ownerOf } from '../shared/owner.ts';
import type { ECSTaskDefinitionSpec, ECSTaskDefinitionStatus } from './api.ts';
import { contentOf, hashOf } from './content.ts';
import { contentHashTag, desiredContent } from './desired.ts';
import type { ObservedTaskDefinition } from './kind.ts';

type DesiredTaskDefinition = Desired<ECSTaskDefinitionSpec, ECSTaskDefinitionStatus>;

/** How many of the family's newest revisions are looked through for one of ours that the status does not know. */
const REVISIONS_SEARCHED = 10;

/**
 * Finds the ACTIVE revision that has the content of the spec: first where the status says, then the newest of the family,
 * then the few before it. The search matters after a crash between RegisterTaskDefinition and the status write:
 * registering has no client token, so only looking first prevents a second revision.
 */
export async function findRevisions(
  { reads, afterChange }: ObserveContext<EcsReads>,
  desired: DesiredTaskDefinition,
): Promise<ObservedTaskDefinition | undefined> {
  const { content, hash } = desiredContent(desired);
  const known = desired.status?.revisions ?? [];
  const candidate = known.find(({ contentHash }) => contentHash === hash);
  if (candidate !== undefined) {
    const live = await reads.describeTaskDefinition(candidate.taskDefinitionArn);
    if (live?.taskDefinition.status === 'ACTIVE') return { live, newest: undefined, own: ownArns(known) };
  }
  if (!afterChange && !(await reads.activeFamilyExists(content.family))) return undefined;
  const newest = await reads.describeTaskDefinition(content.family);
  if (newest === undefined) return undefined;
  if (matches(newest, hash, desired)) return { live: newest, newest, own: ownArns(known) };
  return search(reads, desired, hash, newest);
}

async function search(
  reads: EcsReads,
  desired: DesiredTaskDefinition,
  hash: string,
  newest: TaskDefinitionAnswer,
): Promise<ObservedTaskDefinition> {
  const { content } = desiredContent(desired);
  const arns = await reads.listTaskDefinitions(content.family, { status: 'ACTIVE' });
  const others = arns.slice(0, REVISIONS_SEARCHED).filter((arn) => arn !== newest.taskDefinition.taskDefinitionArn);
  const answers = await Promise.all(others.map((arn) => reads.describeTaskDefinition(arn)));
  const own = new Set(ownArns(desired.status?.revisions ?? []));
  let live: TaskDefinitionAnswer | undefined;
  for (const answer of [newest, ...answers]) {
    const arn = answer?.taskDefinition.taskDefinitionArn;
    if (answer === undefined || arn === undefined) continue;
    if (ownershipOf(answer.tags, ownerOf(desired)) === 'ours') own.add(arn);
    if (live === undefined && matches(answer, hash, desired)) live = answer;
  }
  return { live, newest, own: [...own] };
}

/**
 * Our own revision is known by its tag; one that may be adopted is compared by content. What an earlier object of the same name left is
 * of no use to one that has settled: it has revisions of its own.
 */
function matches(answer: TaskDefinitionAnswer, hash: string, desired: DesiredTaskDefinition): boolean {
  const claim = claimOf(desired);
  const ownership = ownershipOf(answer.tags, claim);
  if (ownership === 'ours') return tagValue(answer.tags, contentHashTag) === hash;
  const adoptable = ownership === 'unowned' || (ownership === 'ours-recreated' && !claim.hasSettled);
  return adoptable && claim.adoptionPolicy === 'Adopt' && hashOf(contentOf(answer.taskDefinition)) === hash;
}

/**
 * ACTIVE revisions of the family that carry our tag, and none that CI or anybody else registered: first those that the status knows, then as
 * many as one look finds. Throws while the family has not been looked through; nothing found means that nothing is left.
 */
export async function findRevisionsToRetire(
  reads: EcsReads,
  desired: DesiredTaskDefinition,
): Promise<ObservedTaskDefinition> {
  const { family } = desiredContent(desired).content;
  const { uid } = ownerOf(desired);
  const arns = await reads.listTaskDefinitions(family, { status: 'ACTIVE' });
  const known = ownArns(desired.status?.revisions ?? []).filter((arn) => arns.includes(arn));
  // These are read anew each time: one that was adopted a moment ago may not have shown our tag yet.
  const answers = await Promise.all(known.map((arn) => reads.describeTaskDefinition(arn)));
  const ours = known.filter((_, index) => ownershipOf(answers[index]?.tags, ownerOf(desired)) === 'ours');
  if (ours.length > 0) return { live: undefined, newest: undefined, own: ours };
  const { own, open } = await reads.findOwnRevisions(uid, arns);
  if (own.length === 0 && open > 0) {
    throw new OperatorError(
      'progressing',
      'Deleting',
      `Looking for revisions of this object among the ${arns.length} that are ACTIVE in the family "${family}"; ${open} are left.`,
    );
  }
  return { live: undefined, newest: undefined, own };
}

function ownArns(revisions: readonly { readonly taskDefinitionArn: string }[]): readonly string[] {
  return revisions.map(({ taskDefinitionArn }) => taskDefinitionArn);
}
