import { alarmState } from '../../cloudwatch/alarms.ts';
import type { World } from '../../world.ts';
import { groupChanged } from '../group-changed.ts';
import type { RefreshState } from '../state.ts';
import { isRefreshing } from './facts.ts';

/** The first alarm in ALARM of those that are to end a refresh. */
export function raisedAlarm(world: World, refresh: RefreshState): string | undefined {
  return watched(refresh).find((name) => alarmState(world, name) === 'ALARM');
}

/** Groups whose refresh watches the alarm look at once. */
export function refreshAlarmChanged(world: World, name: string): void {
  for (const group of world.autoScaling.groups.values()) {
    const [refresh] = group.refreshes;
    if (isRefreshing(refresh) && watched(refresh).includes(name)) groupChanged(world, group);
  }
}

const watched = ({ preferences }: RefreshState): readonly string[] => preferences.AlarmSpecification?.Alarms ?? [];
