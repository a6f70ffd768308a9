import {
  CreateLaunchTemplateCommand,
  type CreateLaunchTemplateCommandInput,
  EC2Client,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { onTestFinished } from 'vitest';
import { connection, type RegionOptions } from '../../../../sandbox/region/index.ts';
import { type Fixture, startFixture } from '../support.ts';

export interface Ec2Fixture extends Fixture {
  readonly ec2: EC2Client;
}

export async function startEc2(options?: RegionOptions): Promise<Ec2Fixture> {
  const fixture = await startFixture(options);
  const ec2 = new EC2Client(connection(fixture.region));
  onTestFinished(() => ec2.destroy());
  return { ...fixture, ec2 };
}

export const IMAGE = 'ami-0ec5a1000000000a1';
export const DATA: RequestLaunchTemplateData = { ImageId: IMAGE, InstanceType: 'm5.large' };

/** Makes a launch template and returns its id. */
export async function createTemplate(
  ec2: EC2Client,
  input: Partial<CreateLaunchTemplateCommandInput> = {},
): Promise<string> {
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData: DATA, ...input }),
  );
  return LaunchTemplate?.LaunchTemplateId ?? '';
}
