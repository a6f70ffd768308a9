import { DeleteLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { assertMayManage, assertOwned } from '../../aws/ownership.ts';
import { absent } from '../../engine/kind.ts';
import type { AwsKind } from '../kind.ts';
import { fieldsOf } from '../shared/fields.ts';
import { claimOf, ownerOf } from '../shared/owner.ts';
import { ec2, step } from '../shared/step.ts';
import type { LaunchTemplateSpec, LaunchTemplateStatus } from './api.ts';
import { CLUSTER_REF, templateName } from './desired.ts';
import { groupsWait } from './groups.ts';
import { launchTemplateNames } from './names.ts';
import { type ObservedTemplate, observeTemplate } from './observe.ts';
import { createTemplate, versionSteps } from './plan.ts';
import { templateStatus } from './status.ts';
import { tagSteps, tagsOf } from './tags.ts';

export const launchTemplate: AwsKind<LaunchTemplateSpec, LaunchTemplateStatus, ObservedTemplate> = {
  names: launchTemplateNames,

  references({ ecs }) {
    return ecs?.clusterRef === undefined ? [] : [{ field: CLUSTER_REF, kind: 'ECSCluster', to: ecs.clusterRef }];
  },

  identity({ status }) {
    const { launchTemplateId, launchTemplateName = '', region = '', defaultVersionNumber, cluster } = status ?? {};
    if (launchTemplateId === undefined || defaultVersionNumber === undefined) return undefined;
    const details = { version: String(defaultVersionNumber), ...(cluster === undefined ? {} : { cluster }) };
    return { arn: launchTemplateId, name: launchTemplateName, region, details };
  },

  async observe(context, desired) {
    return (await observeTemplate(context, desired)) ?? absent;
  },

  plan(desired, observed) {
    if (observed === absent) return createTemplate(desired);
    const { template, image } = observed;
    if (template === undefined) return createTemplate(desired, image);
    assertMayManage(claimOf(desired), tagsOf(template), `launch template "${templateName(desired)}"`);
    // Tags first: a template that is being taken over is ours before anything else of it changes.
    return [...tagSteps(desired, template), ...versionSteps(desired, observed)];
  },

  retire(desired, { template, groups }) {
    if (template === undefined) return [];
    const name = templateName(desired);
    assertOwned(ownerOf(desired), tagsOf(template), `launch template "${name}"`);
    if (groups.length > 0) return groupsWait(groups);
    const command = new DeleteLaunchTemplateCommand({ LaunchTemplateId: template.LaunchTemplateId });
    return [step(ec2, command, `launch template ${name} deleted`)];
  },

  conclude(desired, observed) {
    return { status: templateStatus(desired, observed), progress: { kind: 'live' } };
  },

  fields: fieldsOf,

  /** How exactly the schedule of `spec.imageSelector` is kept. Two hundred templates share one call. */
  resyncMs: 60_000,

  batchGroup: ({ region }) => region,
};
