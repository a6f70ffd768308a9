import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { contentHash } from '../../canonical.ts';
import { pascalCase } from '../shared/camel-case.ts';
import { nameOfArn } from '../shared/owner.ts';
import type { LaunchTemplateSpec, ResolvedImage } from './api.ts';
import { clusterOf, type DesiredTemplate } from './desired.ts';
import { renderUserData } from './user-data/render.ts';

/** What a version is made from. Versions cannot be changed, so equal content is one version. */
export interface Content {
  readonly data: RequestLaunchTemplateData;
  /** With the mark by which the version is found again. */
  readonly description: string;
  readonly hash: string;
}

/** Carries the hash of the content, at the end of a version's description: versions have no tags. */
const MARK = 'ecs-operator.dev/content=';
const DESCRIPTION_LENGTH = 255;

export function contentOf(desired: DesiredTemplate, image: ResolvedImage | undefined): Content {
  const { versionDescription = '' } = desired.spec;
  const data = dataOf(desired, image);
  const hash = contentHash({ data, versionDescription });
  const mark = `${MARK}${hash}`;
  const text = versionDescription.slice(0, DESCRIPTION_LENGTH - mark.length - 1);
  return { data, description: `${text} ${mark}`.trimStart(), hash };
}

/** The hash that a version of ours carries. */
export function markedHash(description: string | undefined): string | undefined {
  return /(?:^| )ecs-operator\.dev\/content=([0-9a-f]{32})$/.exec(description ?? '')?.[1];
}

function dataOf(desired: DesiredTemplate, image: ResolvedImage | undefined): RequestLaunchTemplateData {
  const { launchTemplateData, ecs } = desired.spec;
  const cluster = clusterOf(desired);
  const rendered: LaunchTemplateSpec['launchTemplateData'] = {
    ...launchTemplateData,
    ...(image === undefined ? {} : { imageId: image.imageId }),
    ...(ecs === undefined || cluster === undefined ? {} : { userData: renderUserData(ecs, nameOfArn(cluster)) }),
  };
  // The SDK's list of instance types is as old as the SDK; EC2 is asked whether it has the type (instance-type.ts).
  return pascalCase(rendered) as RequestLaunchTemplateData;
}
