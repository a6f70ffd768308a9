import type { Row } from './row.ts';
import { accountSettings } from './rows/account-settings.ts';
import { autoScalingGroups } from './rows/auto-scaling-groups.ts';
import { capacityProviders } from './rows/capacity-providers.ts';
import { clusters } from './rows/clusters.ts';
import { containerInstances } from './rows/container-instances.ts';
import { deployments } from './rows/deployments.ts';
import { launchTemplates } from './rows/launch-templates.ts';
import { parameters } from './rows/parameters.ts';
import { protocol } from './rows/protocol.ts';
import { scalableTargets } from './rows/scalable-targets.ts';
import { serviceAnswers } from './rows/service-answers.ts';
import { serviceRefusals } from './rows/service-refusals.ts';
import { serviceUpdates } from './rows/service-updates.ts';
import { services } from './rows/services.ts';
import { tags } from './rows/tags.ts';
import { taskDefinitionAnswers } from './rows/task-definition-answers.ts';
import { taskDefinitionRefusals } from './rows/task-definition-refusals.ts';
import { taskDefinitions } from './rows/task-definitions.ts';
import { taskSets } from './rows/task-sets.ts';
import { tasks } from './rows/tasks.ts';
import { trafficShifts } from './rows/traffic-shifts.ts';
import { trafficSources } from './rows/traffic-sources.ts';

/** Every rule we hold AWS to have, by area. */
export const TABLE: Readonly<Record<string, readonly Row[]>> = {
  clusters,
  'task definitions': taskDefinitions,
  'refused task definitions': taskDefinitionRefusals,
  'task definitions read back': taskDefinitionAnswers,
  services,
  'refused services': serviceRefusals,
  'services read back': serviceAnswers,
  'service updates': serviceUpdates,
  deployments,
  'traffic shifts, hooks and alarms': trafficShifts,
  'task sets': taskSets,
  tasks,
  tags,
  'account settings': accountSettings,
  'container instances': containerInstances,
  'capacity providers': capacityProviders,
  'Auto Scaling groups': autoScalingGroups,
  'traffic sources of groups': trafficSources,
  'launch templates': launchTemplates,
  parameters,
  'scalable targets': scalableTargets,
  'protocol and errors': protocol,
};

export const ROWS: readonly Row[] = Object.values(TABLE).flat();
