import { AwsError } from '../errors.ts';
import type { World } from '../world.ts';
import { invalidCombination, missingParameter } from './errors.ts';
import type { LaunchTemplateState, LaunchTemplateVersionState } from './state.ts';

export interface TemplateName {
  readonly LaunchTemplateId?: string | undefined;
  readonly LaunchTemplateName?: string | undefined;
}

const idNotFound = (id: string): AwsError =>
  new AwsError(
    'InvalidLaunchTemplateId.NotFound',
    `The specified launch template, with template ID ${id}, does not exist.`,
  );

const nameNotFound = (name: string): AwsError =>
  new AwsError(
    'InvalidLaunchTemplateName.NotFoundException',
    `The specified launch template, with template name ${name}, does not exist.`,
  );

const versionNotFound = (template: LaunchTemplateState, version: string): AwsError =>
  new AwsError(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find the specified version ${version} for the launch template with ID ${template.id}.`,
  );

/** The template that an id or a name means: exactly one of them has to be given. */
export function findTemplate(world: World, name: TemplateName): LaunchTemplateState {
  const { LaunchTemplateId: id, LaunchTemplateName: byName } = name;
  if (id !== undefined && byName !== undefined) {
    throw invalidCombination('Only one of launch template ID and launch template name may be specified.');
  }
  if (id !== undefined) return templateById(world, id);
  if (byName === undefined) throw missingParameter('launch template ID or launch template name');
  const template = templateByName(world, byName);
  if (template === undefined) throw nameNotFound(byName);
  return template;
}

export function templateById(world: World, id: string): LaunchTemplateState {
  if (!/^lt-[0-9a-f]+$/.test(id)) {
    throw new AwsError('InvalidLaunchTemplateId.Malformed', `Invalid id: "${id}" (expecting "lt-...")`);
  }
  const template = world.ec2.launchTemplates.get(id);
  if (template === undefined) throw idNotFound(id);
  return template;
}

export function templateByName(world: World, name: string): LaunchTemplateState | undefined {
  for (const template of world.ec2.launchTemplates.values()) if (template.name === name) return template;
  return undefined;
}

/** The version that a number, `$Latest` or `$Default` means; without one it is the default. */
export function findVersion(template: LaunchTemplateState, version: string | undefined): LaunchTemplateVersionState {
  const found = template.versions.get(versionNumber(template, version ?? '$Default'));
  if (found === undefined) throw versionNotFound(template, version ?? '$Default');
  return found;
}

function versionNumber(template: LaunchTemplateState, version: string): number {
  switch (version) {
    case '$Latest':
      return latestVersion(template);
    case '$Default':
      return template.defaultVersion;
    default:
      return /^\d+$/.test(version) ? Number(version) : Number.NaN;
  }
}

/** The highest number that there still is. */
export function latestVersion(template: LaunchTemplateState): number {
  return Math.max(...template.versions.keys());
}
