import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateVersionsCommand,
  ModifyLaunchTemplateCommand,
} from '@aws-sdk/client-ec2';
import { clientToken } from '../../aws/token.ts';
import type { CallStep, Step } from '../../engine/kind.ts';
import { ec2, step, wait } from '../shared/step.ts';
import type { ResolvedImage } from './api.ts';
import { type Content, contentOf } from './data.ts';
import { type DesiredTemplate, templateName } from './desired.ts';
import { pinnedImage } from './image.ts';
import type { ObservedTemplate } from './observe.ts';
import { wantedTags } from './tags.ts';
import { latestNumber, liveVersion, oldVersions } from './versions.ts';

/** `DeleteLaunchTemplateVersions` takes no more (its API reference). */
const VERSIONS_A_CALL = 200;

/**
 * The template with its first version. The image is pinned in the status before anything is made with it, so that after a crash the same is
 * made again; `resolved` is one that is not pinned yet.
 */
export function createTemplate(desired: DesiredTemplate, resolved?: ResolvedImage): readonly Step[] {
  const image = pinnedImage(desired);
  if (resolved !== undefined || (desired.spec.imageSelector !== undefined && image === undefined)) {
    const what = resolved?.imageId ?? 'the image of spec.imageSelector';
    return [wait('ResolvingImage', `The launch template is made as soon as status.image has ${what}.`)];
  }
  const { data, description } = contentOf(desired, image);
  const name = templateName(desired);
  const input = {
    LaunchTemplateName: name,
    VersionDescription: description,
    LaunchTemplateData: data,
    TagSpecifications: [{ ResourceType: 'launch-template' as const, Tags: wantedTags(desired) }],
  };
  const ClientToken = clientToken({
    uid: desired.object.metadata.uid,
    operation: 'CreateLaunchTemplate',
    // The one before, if it was deleted, had the same content: its token would bring back its id.
    input: { ...input, after: desired.status?.launchTemplateId },
    epoch: 0,
  });
  return [step(ec2, new CreateLaunchTemplateCommand({ ...input, ClientToken }), `launch template ${name} created`)];
}

/** Makes the version that has the content of the spec, makes it the default, and deletes what is too old. */
export function versionSteps(desired: DesiredTemplate, observed: ObservedTemplate): readonly CallStep[] {
  const { template, versions, image, groups } = observed;
  if (template === undefined || versions === undefined) return [];
  const content = contentOf(desired, image);
  const live = liveVersion(desired, template, versions, content)?.VersionNumber;
  const id = template.LaunchTemplateId ?? '';
  const steps =
    live === undefined
      ? [createVersion(desired, observed, content)]
      : [
          ...setDefault(id, template.DefaultVersionNumber, live),
          ...deleteVersions(id, oldVersions(desired, template, versions, { live, groups })),
        ];
  return isScheduled(desired, observed, content) ? steps.map((each) => ({ ...each, scheduled: true })) : steps;
}

/** AWS has what it agreed to, and only the image is another one by now. */
function isScheduled({ status, hash }: DesiredTemplate, { template }: ObservedTemplate, content: Content): boolean {
  return (
    status?.settledHash === hash &&
    status.contentHash !== content.hash &&
    status.defaultVersionNumber === template?.DefaultVersionNumber
  );
}

function createVersion(desired: DesiredTemplate, { template, versions, image }: ObservedTemplate, content: Content) {
  const input = {
    LaunchTemplateId: template?.LaunchTemplateId,
    VersionDescription: content.description,
    LaunchTemplateData: content.data,
  };
  const ClientToken = clientToken({
    uid: desired.object.metadata.uid,
    operation: 'CreateLaunchTemplateVersion',
    // A version of this content that has been deleted since was made for an earlier spec, or when fewer versions were there. What the list
    // does not show yet must not count.
    input: { ...input, generation: desired.object.metadata.generation },
    epoch: Math.max(latestNumber(versions ?? []), desired.status?.latestVersionNumber ?? 0),
  });
  const old = desired.status?.image?.imageId;
  const isNewer = image !== undefined && old !== undefined && image.imageId !== old;
  const why = isNewer ? `image ${old} -> ${image.imageId}` : 'content changed';
  return step(ec2, new CreateLaunchTemplateVersionCommand({ ...input, ClientToken }), `version created: ${why}`);
}

function setDefault(id: string, have: number | undefined, want: number | undefined): readonly CallStep[] {
  if (have === want) return [];
  const command = new ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion: String(want) });
  return [step(ec2, command, `default version ${have} -> ${want}`)];
}

function deleteVersions(id: string, numbers: readonly number[]): readonly CallStep[] {
  const steps: CallStep[] = [];
  for (let start = 0; start < numbers.length; start += VERSIONS_A_CALL) {
    const some = numbers.slice(start, start + VERSIONS_A_CALL);
    const command = new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: some.map(String) });
    steps.push(step(ec2, command, `old versions deleted: ${some.join(', ')}`));
  }
  return steps;
}
