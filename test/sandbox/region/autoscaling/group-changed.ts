import type { World } from '../world.ts';
import type { GroupState } from './state.ts';

/** The group is looked at soon. Many changes before that make one look. */
export function groupChanged(world: World, group: GroupState): void {
  if (group.reconcileDue) return;
  group.reconcileDue = true;
  world.agenda.after(world.timings.group, () => {
    group.reconcileDue = false;
    world.on.group(world, group);
  });
}

/** The group is looked at again at that time, or earlier if something happens. */
export function lookAgainAt(world: World, group: GroupState, at: number): void {
  const planned = group.nextLook?.getTime() ?? 0;
  if (planned > world.agenda.now && planned <= at) return;
  group.nextLook = new Date(at);
  world.agenda.after(at - world.agenda.now, () => groupChanged(world, group));
}
