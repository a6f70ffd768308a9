import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateResult,
  DeleteLaunchTemplateRequest,
  DeleteLaunchTemplateResult,
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplatesResult,
  LaunchTemplate,
  ModifyLaunchTemplateRequest,
  ModifyLaunchTemplateResult,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../errors.ts';
import { paged } from '../paged.ts';
import type { Caller } from '../wire/caller.ts';
import type { World } from '../world.ts';
import { madeBefore, remember } from './client-tokens.ts';
import { invalidValue } from './errors.ts';
import { matches } from './filters.ts';
import { findTemplate, findVersion, latestVersion, templateById, templateByName } from './find-template.ts';
import { ec2Id } from './ids.ts';
import type { LaunchTemplateState } from './state.ts';
import { tagList, tagsFor } from './tag-rules.ts';
import { checkTemplateData, checkTemplateName, MAX_TEMPLATES, mergedData, warningOf } from './template-rules.ts';

export function createLaunchTemplate(
  world: World,
  input: CreateLaunchTemplateRequest,
  caller?: Caller,
): CreateLaunchTemplateResult {
  const made = world.ec2.launchTemplates.get(madeBefore(world, 'CreateLaunchTemplate', input) ?? '');
  if (made !== undefined) return { LaunchTemplate: templateView(made) };
  const name = input.LaunchTemplateName ?? '';
  checkTemplateName(name);
  if (templateByName(world, name) !== undefined) {
    throw new AwsError('InvalidLaunchTemplateName.AlreadyExistsException', 'Launch template name already in use.');
  }
  if (world.ec2.launchTemplates.size >= MAX_TEMPLATES) {
    throw new AwsError('LaunchTemplateLimitExceeded', 'You have reached the maximum number of launch templates.');
  }
  const data = mergedData({}, input.LaunchTemplateData ?? {});
  checkTemplateData(data);
  const tags = tagsFor(input.TagSpecifications, 'launch-template');
  const template: LaunchTemplateState = {
    id: ec2Id('lt'),
    name,
    createTime: world.agenda.date,
    createdBy: createdBy(world, caller),
    tags,
    versions: new Map(),
    lastNumber: 1,
    defaultVersion: 1,
  };
  template.versions.set(1, {
    number: 1,
    description: input.VersionDescription,
    createTime: world.agenda.date,
    createdBy: template.createdBy,
    data,
  });
  world.ec2.launchTemplates.set(template.id, template);
  remember(world, 'CreateLaunchTemplate', input, template.id);
  return { LaunchTemplate: templateView(template), Warning: warningOf(data) };
}

export const createdBy = (world: World, caller: Caller | undefined): string =>
  `arn:aws:iam::${caller?.account ?? world.account}:user/simulated`;

/** Sets the default version. */
export function modifyLaunchTemplate(world: World, input: ModifyLaunchTemplateRequest): ModifyLaunchTemplateResult {
  const template = findTemplate(world, input);
  if (input.DefaultVersion !== undefined) {
    template.defaultVersion = findVersion(template, input.DefaultVersion).number;
  }
  return { LaunchTemplate: templateView(template) };
}

/** Groups that use it keep their instances; they can launch no more. */
export function deleteLaunchTemplate(world: World, input: DeleteLaunchTemplateRequest): DeleteLaunchTemplateResult {
  const template = findTemplate(world, input);
  world.ec2.launchTemplates.delete(template.id);
  return { LaunchTemplate: templateView(template) };
}

export function describeLaunchTemplates(
  world: World,
  input: DescribeLaunchTemplatesRequest,
): DescribeLaunchTemplatesResult {
  const found = named(world, input).filter((template) =>
    matches(
      input.Filters,
      {
        'create-time': () => [template.createTime.toISOString()],
        'launch-template-name': () => [template.name],
      },
      template.tags,
    ),
  );
  const { items, nextToken } = paged(found, ({ id }) => id, {
    token: input.NextToken,
    size: pageSize(input.MaxResults),
    invalidToken: () => invalidValue('The token is invalid.'),
  });
  return { LaunchTemplates: items.map(templateView), NextToken: nextToken };
}

function named(world: World, input: DescribeLaunchTemplatesRequest): readonly LaunchTemplateState[] {
  if (input.LaunchTemplateIds !== undefined) return input.LaunchTemplateIds.map((id) => templateById(world, id));
  if (input.LaunchTemplateNames === undefined) return [...world.ec2.launchTemplates.values()];
  return input.LaunchTemplateNames.map((name) => {
    const template = templateByName(world, name);
    if (template !== undefined) return template;
    throw new AwsError(
      'InvalidLaunchTemplateName.NotFoundException',
      'At least one of the launch templates specified in the request does not exist.',
    );
  });
}

export function pageSize(given: number | undefined): number {
  if (given !== undefined && (given < 1 || given > 200)) {
    throw invalidValue(`Value ( ${given} ) for parameter maxResults is invalid. Expecting a value between 1 and 200.`);
  }
  return given ?? 200;
}

function templateView(template: LaunchTemplateState): LaunchTemplate {
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    CreateTime: template.createTime,
    CreatedBy: template.createdBy,
    DefaultVersionNumber: template.defaultVersion,
    LatestVersionNumber: latestVersion(template),
    Tags: tagList(template.tags),
  };
}
