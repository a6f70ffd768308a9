import type { Conclusion } from '../../engine/kind.ts';
import { templateOf } from '../shared/auto-scaling-group.ts';
import type { AutoScalingGroupStatus } from './api.ts';
import { clusterOf } from './desired.ts';
import { drainReport, drainRequest } from './drain.ts';
import { instanceCounts } from './instances.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';
import { refreshStatus } from './refresh-record.ts';
import { templateLabel } from './refresh-target.ts';
import { scaledByProvider } from './scaled-by-provider.ts';
import { wantedTemplate } from './template.ts';

export function groupStatus(
  desired: DesiredGroup,
  observed: ObservedGroup,
): Conclusion<AutoScalingGroupStatus>['status'] {
  const { group } = observed;
  const wanted = wantedTemplate(desired);
  return {
    autoScalingGroupArn: group.AutoScalingGroupARN,
    autoScalingGroupName: group.AutoScalingGroupName,
    minSize: group.MinSize,
    maxSize: group.MaxSize,
    desiredCapacity: group.DesiredCapacity,
    scaledByCapacityProvider: scaledByProvider(desired, observed),
    newInstancesProtectedFromScaleIn: group.NewInstancesProtectedFromScaleIn,
    launchTemplate: templateLabel(templateOf(group)),
    instances: instanceCounts(group, wanted),
    instanceRefresh: refreshStatus(desired, observed, wanted),
    drain: drainReport(desired, observed),
    drainRequest: drainRequest(desired),
    cluster: clusterOf(desired),
  };
}
