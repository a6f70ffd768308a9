import {
  DescribeInstanceTypesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  type InstanceTypeInfo,
  type LaunchTemplate,
  type LaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
import { batcherOf, filtering, orAbsent } from './batchreads.ts';
import type { Caller } from './command.ts';
import { type Ask, allPages, paying } from './pages.ts';
import type { Ec2Reads } from './reads.ts';
import type { Region } from './region.ts';

/** Asked for by filter: by name, one that does not exist would fail the call for all. */
const launchTemplates = filtering<LaunchTemplate>({
  service: 'ec2',
  operation: 'DescribeLaunchTemplates',
  maxKeys: 200,
  page: async (ask, Values, NextToken) => {
    const Filters = [{ Name: 'launch-template-name', Values }];
    const page = await ask(new DescribeLaunchTemplatesCommand({ Filters, MaxResults: 200, NextToken }));
    return { items: page.LaunchTemplates, next: page.NextToken };
  },
  nameOf: ({ LaunchTemplateName }) => LaunchTemplateName,
});

/** Asked for by filter, for the same reason. */
const instanceTypes = filtering<InstanceTypeInfo>({
  service: 'ec2',
  operation: 'DescribeInstanceTypes',
  maxKeys: 100,
  page: async (ask, Values, NextToken) => {
    const Filters = [{ Name: 'instance-type', Values }];
    const page = await ask(new DescribeInstanceTypesCommand({ Filters, MaxResults: 100, NextToken }));
    return { items: page.InstanceTypes, next: page.NextToken };
  },
  nameOf: ({ InstanceType }) => InstanceType,
});

/** The EC2 batches of one region. */
export function sharedEc2Reads(region: Region, windowMs: number): (caller: Caller) => Ec2Reads {
  const templates = batcherOf(region, windowMs, launchTemplates);
  const types = batcherOf(region, windowMs, instanceTypes);
  return (caller) => {
    const ask = paying(region, 'ec2', caller);
    return {
      describeLaunchTemplate: (name) => templates.load('', name, caller),
      describeLaunchTemplateVersions: (id) => orAbsent(versionsNewestFirst(ask, id), []),
      describeInstanceType: (name) => types.load('', name, caller),
    };
  };
}

async function versionsNewestFirst(ask: Ask, LaunchTemplateId: string): Promise<readonly LaunchTemplateVersion[]> {
  const versions = await allPages(async (NextToken) => {
    const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, MaxResults: 200, NextToken });
    const page = await ask(command);
    return { items: page.LaunchTemplateVersions, next: page.NextToken };
  });
  return versions.toSorted((a, b) => (b.VersionNumber ?? 0) - (a.VersionNumber ?? 0));
}
