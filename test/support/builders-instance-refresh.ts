import type { InstanceRefresh, AutoScalingGroup as LiveGroup } from '@aws-sdk/client-auto-scaling';
import type {
  AutoScalingGroup,
  AutoScalingGroupSpec,
  InstanceRefreshPolicy,
  InstanceRefreshStatus,
} from '../../src/kinds/auto-scaling-group/api.ts';
import type { DesiredGroup, ObservedGroup } from '../../src/kinds/auto-scaling-group/observed.ts';
import { refreshSteps } from '../../src/kinds/auto-scaling-group/refresh.ts';
import { wantedTemplate } from '../../src/kinds/auto-scaling-group/template.ts';
import { desired, summaries } from './builders.ts';
import {
  autoScalingGroup,
  instance,
  liveGroup,
  observedGroup,
  template,
  templateField,
} from './builders-auto-scaling-group.ts';

/** A refresh of the template `lt-1` to a version, as DescribeInstanceRefreshes shows it. */
export function refreshTo(version: string, more: Partial<InstanceRefresh> = {}): InstanceRefresh {
  return {
    InstanceRefreshId: 'refresh-1',
    AutoScalingGroupName: 'nodes',
    Status: 'InProgress',
    StartTime: new Date('2026-01-02T23:00:00Z'),
    PercentageComplete: 40,
    InstancesToUpdate: 3,
    DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: version } },
    Preferences: { MinHealthyPercentage: 90, SkipMatching: true, ScaleInProtectedInstances: 'Wait' },
    ...more,
  };
}

/** What the status remembers of that refresh. */
export function remembered(more: Partial<InstanceRefreshStatus> = {}): InstanceRefreshStatus {
  return { id: 'refresh-1', status: 'InProgress', generation: 1, version: '4', ...more };
}

export interface Situation {
  readonly instanceRefresh?: InstanceRefreshPolicy | undefined;
  readonly spec?: Partial<AutoScalingGroupSpec>;
  /** Of the LaunchTemplate object. */
  readonly version?: string;
  /** Versions of the instances in service; the group itself has version 3. */
  readonly instances?: readonly string[];
  readonly group?: Partial<LiveGroup> | undefined;
  readonly observed?: Partial<ObservedGroup>;
  readonly remembered?: InstanceRefreshStatus | undefined;
  readonly generation?: number;
  readonly now?: string;
}

/** The group `nodes`, what its spec says and what AWS shows of it. */
export function situation(given: Situation = {}): { readonly desired: DesiredGroup; readonly observed: ObservedGroup } {
  const { instances = ['3', '3'], version = '4', now } = given;
  const instanceRefresh = 'instanceRefresh' in given ? given.instanceRefresh : {};
  const of = groupObject({ ...given.spec, ...(instanceRefresh === undefined ? {} : { instanceRefresh }) }, given);
  const wish = desired(of, of.spec.launchTemplateRef === undefined ? {} : { [templateField]: template(version) });
  const group = liveGroup(of, {
    DesiredCapacity: instances.length,
    Instances: instances.map((each, index) => ofVersion(`i-${index + 1}`, each)),
    ...given.group,
  });
  return {
    desired: now === undefined ? wish : { ...wish, now: Date.parse(now) },
    observed: observedGroup(group, given.observed),
  };
}

export function ofVersion(id: string, version: string, more: Parameters<typeof instance>[1] = {}) {
  return instance(id, {
    LaunchTemplate: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'nodes', Version: version },
    ...more,
  });
}

function groupObject(
  spec: Partial<AutoScalingGroupSpec>,
  { generation = 1, remembered: known }: Situation,
): AutoScalingGroup {
  return autoScalingGroup('nodes', spec, {
    metadata: { generation },
    ...(known === undefined ? {} : { status: { instanceRefresh: known } }),
  });
}

export interface Said {
  readonly does: readonly string[];
  readonly appliesTemplate: boolean;
}

/** The refresh's part of the plan. */
export function decided(given: Situation) {
  const { desired, observed } = situation(given);
  const { steps, appliesTemplate } = refreshSteps(desired, observed, wantedTemplate(desired));
  return { steps: summaries(steps), appliesTemplate };
}

/** What is done, in one word each. */
export function said(given: Situation): Said {
  const { steps, appliesTemplate } = decided(given);
  return { does: steps.map((step) => ('wait' in step ? step.wait : step.operation)), appliesTemplate };
}

/** Usual outcomes. */
export const started: Said = { does: ['StartInstanceRefresh'], appliesTemplate: true };
export const cancelled: Said = { does: ['CancelInstanceRefresh'], appliesTemplate: true };
export const left: Said = { does: [], appliesTemplate: true };
export const updatedDirectly: Said = { does: [], appliesTemplate: false };
