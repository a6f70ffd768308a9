import type { Deviation } from './moto-deviations.ts';
import { records } from './records.ts';

/** Those of EC2 and Auto Scaling. */
export const ec2Deviations: readonly Deviation[] = [
  {
    id: 'template-tags-in-its-version',
    operation: 'DescribeLaunchTemplateVersions',
    moto: "The tags that CreateLaunchTemplate gives to the template are among its first version's data too.",
    aws: 'The tag specifications of the request are for the template, those of the data for what is launched.',
    source: 'EC2 API reference, CreateLaunchTemplate, request parameter TagSpecification.N',
    handling: {
      kind: 'corrected',
      async correct(call, ask) {
        const reply = await ask(call);
        if (reply.status !== 200) return reply;
        const LaunchTemplateVersions = records(reply.output.LaunchTemplateVersions).map((version) => {
          const [data = {}] = records([version.LaunchTemplateData]);
          const tags = records(data.TagSpecifications).filter(({ ResourceType }) => ResourceType !== 'launch-template');
          const { TagSpecifications: _, ...rest } = data;
          return {
            ...version,
            LaunchTemplateData: tags.length === 0 ? rest : { ...rest, TagSpecifications: tags },
          };
        });
        return { ...reply, output: { ...reply.output, LaunchTemplateVersions } };
      },
    },
  },
  {
    id: 'template-tags-fixed',
    operation: 'DescribeLaunchTemplates',
    moto: 'The answer has the tags that the template was made with, whatever CreateTags and DeleteTags have done.',
    aws: 'It has the tags of the template.',
    source: 'EC2 API reference, LaunchTemplate.tagSet; DescribeTags has them, in moto too',
    handling: {
      kind: 'corrected',
      async correct(call, ask) {
        const reply = await ask(call);
        if (reply.status !== 200) return reply;
        const LaunchTemplates = await Promise.all(
          records(reply.output.LaunchTemplates).map(async (template) => {
            const Filters = [{ Name: 'resource-id', Values: [template.LaunchTemplateId] }];
            const { output } = await ask({ operation: 'DescribeTags', input: { Filters } });
            return { ...template, Tags: records(output.Tags).map(({ Key, Value }) => ({ Key, Value })) };
          }),
        );
        return { ...reply, output: { ...reply.output, LaunchTemplates } };
      },
    },
  },
  {
    id: 'no-deletion-of-versions',
    operation: 'DeleteLaunchTemplateVersions',
    moto: 'The operation does not exist.',
    aws: 'The versions named are deleted.',
    source: 'EC2 API reference, DeleteLaunchTemplateVersions',
    handling: { kind: 'skipped', scenarios: ['versions beyond the limit of the history are deleted'] },
  },
  {
    id: 'no-instance-refreshes',
    operation: 'DescribeInstanceRefreshes',
    moto: 'The operation does not exist.',
    aws: 'The refreshes of the group are described, none if there was none.',
    source: 'Auto Scaling API reference, DescribeInstanceRefreshes',
    handling: {
      kind: 'corrected',
      correct: async () => ({ status: 200, output: { InstanceRefreshes: [] } }),
    },
  },
  {
    id: 'no-instance-refresh',
    operation: 'StartInstanceRefresh',
    moto: 'The operation does not exist.',
    aws: 'Instances are replaced one after the other.',
    source: 'Auto Scaling API reference, StartInstanceRefresh',
    handling: {
      kind: 'skipped',
      scenarios: ['instances are replaced by an instance refresh when their launch template changes'],
    },
  },
  {
    id: 'hooks-notify-a-made-up-queue',
    operation: 'DescribeLifecycleHooks',
    moto: 'Every hook has the same notification target and role.',
    aws: 'A hook has what it was given, and neither if it was given none.',
    source: 'Auto Scaling API reference, LifecycleHook.NotificationTargetARN',
    handling: {
      kind: 'corrected',
      async correct(call, ask) {
        const reply = await ask(call);
        if (reply.status !== 200) return reply;
        const LifecycleHooks = records(reply.output.LifecycleHooks).map(
          ({ NotificationTargetARN: _target, RoleARN: _role, ...hook }) => hook,
        );
        return { ...reply, output: { ...reply.output, LifecycleHooks } };
      },
    },
  },
];
