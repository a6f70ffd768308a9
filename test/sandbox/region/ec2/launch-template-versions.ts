import type {
  CreateLaunchTemplateVersionRequest,
  CreateLaunchTemplateVersionResult,
  DeleteLaunchTemplateVersionsRequest,
  DeleteLaunchTemplateVersionsResponseErrorItem,
  DeleteLaunchTemplateVersionsResponseSuccessItem,
  DeleteLaunchTemplateVersionsResult,
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
  LaunchTemplateErrorCode,
  LaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../errors.ts';
import { paged } from '../paged.ts';
import type { Caller } from '../wire/caller.ts';
import type { World } from '../world.ts';
import { madeBefore, remember } from './client-tokens.ts';
import { invalidCombination, invalidValue, missingParameter } from './errors.ts';
import { matches } from './filters.ts';
import { findTemplate, findVersion } from './find-template.ts';
import { createdBy, pageSize } from './launch-templates.ts';
import type { LaunchTemplateState, LaunchTemplateVersionState } from './state.ts';
import { checkTemplateData, MAX_VERSIONS, mergedData, warningOf } from './template-rules.ts';

const MAX_DELETED_AT_ONCE = 200;

/** With `SourceVersion` the new version starts as a copy of that one; without it only what is given counts. */
export function createLaunchTemplateVersion(
  world: World,
  input: CreateLaunchTemplateVersionRequest,
  caller?: Caller,
): CreateLaunchTemplateVersionResult {
  const template = findTemplate(world, input);
  const made = template.versions.get(Number(madeBefore(world, 'CreateLaunchTemplateVersion', input)));
  if (made !== undefined) return { LaunchTemplateVersion: versionView(template, made) };
  const source = input.SourceVersion === undefined ? {} : findVersion(template, input.SourceVersion).data;
  const data = mergedData(source, input.LaunchTemplateData ?? {});
  checkTemplateData(data);
  if (template.versions.size >= MAX_VERSIONS) {
    throw new AwsError('VersionLimitExceeded', 'You have reached the maximum number of versions of a launch template.');
  }
  template.lastNumber += 1;
  const version: LaunchTemplateVersionState = {
    number: template.lastNumber,
    description: input.VersionDescription,
    createTime: world.agenda.date,
    createdBy: createdBy(world, caller),
    data,
  };
  template.versions.set(version.number, version);
  remember(world, 'CreateLaunchTemplateVersion', input, String(version.number));
  return { LaunchTemplateVersion: versionView(template, version), Warning: warningOf(data) };
}

export function describeLaunchTemplateVersions(
  world: World,
  input: DescribeLaunchTemplateVersionsRequest,
): DescribeLaunchTemplateVersionsResult {
  const found = requested(world, input).filter(({ template, version }) =>
    matches(input.Filters, {
      'create-time': () => [version.createTime.toISOString()],
      'image-id': () => [version.data.ImageId],
      'instance-type': () => [version.data.InstanceType],
      'is-default-version': () => [String(version.number === template.defaultVersion)],
    }),
  );
  const { items, nextToken } = paged(found, ({ template, version }) => `${template.id}/${version.number}`, {
    token: input.NextToken,
    size: pageSize(input.MaxResults),
    invalidToken: () => invalidValue('The token is invalid.'),
  });
  return {
    LaunchTemplateVersions: items.map(({ template, version }) => versionView(template, version)),
    NextToken: nextToken,
  };
}

interface Found {
  readonly template: LaunchTemplateState;
  readonly version: LaunchTemplateVersionState;
}

function requested(world: World, input: DescribeLaunchTemplateVersionsRequest): readonly Found[] {
  const versions = input.Versions ?? [];
  if (input.LaunchTemplateId === undefined && input.LaunchTemplateName === undefined) {
    return ofAllTemplates(world, versions);
  }
  const template = findTemplate(world, input);
  if (versions.length > 0 && (input.MinVersion !== undefined || input.MaxVersion !== undefined)) {
    throw invalidCombination('Versions cannot be specified together with MinVersion or MaxVersion.');
  }
  if (versions.length > 0) {
    const found = new Set(versions.map((version) => findVersion(template, version)));
    return [...found].map((version) => ({ template, version }));
  }
  const min = Number(input.MinVersion ?? 1);
  const max = Number(input.MaxVersion ?? Number.POSITIVE_INFINITY);
  if (Number.isNaN(min) || Number.isNaN(max)) throw invalidValue('MinVersion and MaxVersion must be version numbers.');
  return [...template.versions.values()]
    .filter(({ number }) => number >= min && number <= max)
    .sort((a, b) => b.number - a.number)
    .map((version) => ({ template, version }));
}

/** Without a template only `$Latest` and `$Default` can be asked for, of all templates. */
function ofAllTemplates(world: World, versions: readonly string[]): readonly Found[] {
  if (versions.length === 0) throw missingParameter('LaunchTemplateId, LaunchTemplateName or Versions');
  const numbered = versions.find((version) => version !== '$Latest' && version !== '$Default');
  if (numbered !== undefined) {
    throw invalidValue(
      'To describe the launch template data for all your launch templates, specify $Latest, $Default, or both for ' +
        'versions, and no launch template ID, launch template name or version numbers.',
    );
  }
  return [...world.ec2.launchTemplates.values()].flatMap((template) =>
    [...new Set(versions.map((version) => findVersion(template, version)))].map((version) => ({ template, version })),
  );
}

/** Answers for each version. The default one cannot be deleted; the API has no code of its own for that. */
export function deleteLaunchTemplateVersions(
  world: World,
  input: DeleteLaunchTemplateVersionsRequest,
): DeleteLaunchTemplateVersionsResult {
  const template = findTemplate(world, input);
  const given = input.Versions ?? [];
  if (given.length > MAX_DELETED_AT_ONCE) {
    throw invalidValue(`At most ${MAX_DELETED_AT_ONCE} launch template versions can be deleted in one request.`);
  }
  const numbers = given.map((version) => {
    if (!/^[1-9]\d*$/.test(version)) throw invalidValue(`The version ${version} is not a version number.`);
    return Number(version);
  });
  const deleted: DeleteLaunchTemplateVersionsResponseSuccessItem[] = [];
  const failed: DeleteLaunchTemplateVersionsResponseErrorItem[] = [];
  for (const number of numbers) {
    const item = { LaunchTemplateId: template.id, LaunchTemplateName: template.name, VersionNumber: number };
    const refusal = refusalToDelete(template, number);
    if (refusal === undefined) {
      template.versions.delete(number);
      deleted.push(item);
    } else {
      failed.push({ ...item, ResponseError: refusal });
    }
  }
  return { SuccessfullyDeletedLaunchTemplateVersions: deleted, UnsuccessfullyDeletedLaunchTemplateVersions: failed };
}

function refusalToDelete(
  template: LaunchTemplateState,
  number: number,
): { readonly Code: LaunchTemplateErrorCode; readonly Message: string } | undefined {
  if (!template.versions.has(number)) {
    return {
      Code: 'launchTemplateVersionDoesNotExist',
      Message: `The specified launch template version ${number} does not exist for ${template.id}.`,
    };
  }
  if (number === template.defaultVersion) {
    return {
      Code: 'unexpectedError',
      Message: `Cannot delete the default version ${number} of the launch template ${template.id}.`,
    };
  }
  return undefined;
}

function versionView(template: LaunchTemplateState, version: LaunchTemplateVersionState): LaunchTemplateVersion {
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    VersionNumber: version.number,
    VersionDescription: version.description,
    CreateTime: version.createTime,
    CreatedBy: version.createdBy,
    DefaultVersion: version.number === template.defaultVersion,
    LaunchTemplateData: version.data,
  };
}
