import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { World } from '../../../world.ts';
import type { ServiceState } from '../state.ts';
import { failDeployment } from './failure.ts';
import { recordOf } from './record.ts';

/** The alarms of a deployment that are in ALARM now. */
export function alarmsInAlarm(world: World, configuration: DeploymentConfiguration): readonly string[] {
  if (!configuration.alarms?.enable) return [];
  return (configuration.alarms.alarmNames ?? []).filter((name) => world.cloudWatch.alarms.get(name) === 'ALARM');
}

/** Looks at the alarms of the deployment that is under way (AL-01). Whenever one of them changes, the service is looked at again. */
export function watchAlarms(world: World, service: ServiceState): void {
  const record = recordOf(service);
  if (record?.status !== 'IN_PROGRESS' || record.alarms.status !== 'MONITORING') return;
  const triggered = alarmsInAlarm(world, record.configuration).filter((name) => !record.alarms.ignored.includes(name));
  if (triggered.length === 0) return;
  record.alarms.triggered = triggered;
  failDeployment(world, service, 'alarm', record.configuration.alarms?.rollback === true);
}
