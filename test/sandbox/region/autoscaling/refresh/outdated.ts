import { AwsError } from '../../errors.ts';
import type { World } from '../../world.ts';
import { stamp } from '../activities.ts';
import { activeMembers, warmedMembers } from '../find.ts';
import { retire } from '../members.ts';
import { candidatesOf } from '../source.ts';
import type { GroupState, LaunchSource, MemberState } from '../state.ts';

/** Members that are not what the source would launch now: another version of the template, or another instance type. */
export function outdatedMembers(world: World, group: GroupState, source: LaunchSource): readonly MemberState[] {
  return unlike(world, activeMembers(group), source);
}

/** A warm pool serves nobody: those of its instances that are outdated go at once, and it fills up again. */
export function replaceWarmed(world: World, group: GroupState, source: LaunchSource): void {
  const cause = `At ${stamp(world.agenda.date)} an instance was taken out of the warm pool in response to an instance refresh.`;
  for (const member of unlike(world, warmedMembers(group), source)) retire(world, member, cause);
}

function unlike(world: World, members: readonly MemberState[], source: LaunchSource): readonly MemberState[] {
  const current = new Set(candidates(world, source));
  return members.filter(
    ({ template, instance }) => !current.has(key(template?.id, template?.version, instance.instanceType)),
  );
}

function candidates(world: World, source: LaunchSource): readonly string[] {
  try {
    return candidatesOf(world, source).map(({ template, data }) =>
      key(template.id, template.version, data.InstanceType),
    );
  } catch (error) {
    // The template is gone: nothing can match it.
    if (error instanceof AwsError) return [];
    throw error;
  }
}

const key = (id: string | undefined, version: string | undefined, type: string | undefined): string =>
  `${id}/${version}/${type}`;
