import type { Condition, ObjectMeta } from '../../src/kube/types.ts';
import { type Kubectl, must } from '../support/kubectl.ts';

interface Deployment {
  readonly status?: string;
  readonly taskDefinition?: string;
  readonly desiredCount?: number;
  readonly runningCount?: number;
  readonly failedTasks?: number;
  readonly rolloutState?: string;
}

/** What the demo reads of any of our objects. */
export interface EcsObject {
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly revision?: number;
    readonly taskDefinitionRevision?: string;
    readonly runningCount?: number;
    readonly desiredCount?: number;
    readonly deployments?: readonly Deployment[];
    readonly defaultVersionNumber?: number;
    readonly instances?: { readonly inService: number; readonly outdated: number };
    readonly desiredCapacity?: number;
    readonly instanceRefresh?: { readonly status: string; readonly percentageComplete?: number };
    readonly containerInstances?: { readonly registered: number };
  };
}

/** Every object of the operator in the namespace, as `kubectl get ecs` finds them. */
export async function listObjects(kubectl: Kubectl): Promise<readonly EcsObject[]> {
  const list: { readonly items: readonly EcsObject[] } = JSON.parse(await must(kubectl, ['get', 'ecs', '-o', 'json']));
  return list.items;
}

export function conditionOf(object: EcsObject, type: string): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

/** Ready, and about the spec as it is now: a condition from before the last change says nothing. */
export function isLive(object: EcsObject): boolean {
  const ready = conditionOf(object, 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === object.metadata.generation;
}

export const tableHeader = ['OBJECT', 'READY', 'RECONCILING', 'STALLED', 'REASON', 'DETAILS'];

export function tableRow(object: EcsObject): readonly string[] {
  const ready = conditionOf(object, 'Ready');
  return [
    `${object.kind.toLowerCase()}/${object.metadata.name}`,
    ready?.status ?? '',
    conditionOf(object, 'Reconciling')?.status ?? '',
    conditionOf(object, 'Stalled')?.status ?? '',
    ready?.reason ?? '',
    details(object),
  ];
}

function details({ metadata, status }: EcsObject): string {
  if (metadata.deletionTimestamp !== undefined) return 'being deleted';
  if (status?.revision !== undefined) return `revision ${status.revision}`;
  if (status?.defaultVersionNumber !== undefined) return `version ${status.defaultVersionNumber}`;
  if (status?.instances !== undefined) return groupText(status.instances, status);
  if (status?.containerInstances !== undefined) return `${status.containerInstances.registered} container instances`;
  return (status?.deployments ?? []).map(deploymentText).join(', ');
}

/** Such as `3/5 instances, refresh InProgress 40 %`. */
function groupText(
  { inService }: { readonly inService: number },
  { desiredCapacity = 0, instanceRefresh }: NonNullable<EcsObject['status']>,
): string {
  const counts = `${inService}/${desiredCapacity} instances`;
  if (instanceRefresh === undefined) return counts;
  return `${counts}, refresh ${instanceRefresh.status} ${instanceRefresh.percentageComplete ?? 0} %`;
}

/** Such as `quickstart:2 1/2 IN_PROGRESS`: revision, tasks running of those wanted, rollout state. */
function deploymentText(deployment: Deployment): string {
  const revision = deployment.taskDefinition?.split('/').at(-1) ?? '?';
  const failed = (deployment.failedTasks ?? 0) > 0 ? ` (${deployment.failedTasks} failed)` : '';
  const counts = `${deployment.runningCount ?? 0}/${deployment.desiredCount ?? 0}`;
  return `${revision} ${counts} ${deployment.rolloutState ?? deployment.status ?? ''}${failed}`;
}
