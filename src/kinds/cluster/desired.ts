import type { Desired } from '../../engine/kind.ts';
import type { ECSClusterSpec, ECSClusterStatus } from './api.ts';

export type DesiredCluster = Desired<ECSClusterSpec, ECSClusterStatus>;

export function clusterName(desired: DesiredCluster): string {
  return desired.spec.clusterName ?? desired.object.metadata.name;
}
