import {
  AttachLoadBalancersCommand,
  AttachLoadBalancerTargetGroupsCommand,
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DescribeAutoScalingGroupsCommand,
  PutLifecycleHookCommand,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  PutWarmPoolCommand,
  StartInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Stage } from './stage.ts';

const MACHINE = { ImageId: 'ami-0123456789abcdef0', InstanceType: 't3.micro' } as const;

/** Makes what the command names, unless it is what the command itself makes. */
export async function prepareAutoScaling(stage: Stage): Promise<void> {
  await launchTemplates(stage);
  await groups(stage);
  await parts(stage);
}

/** Templates that the command refers to by id or name, with as many versions as it needs. */
async function launchTemplates(stage: Stage): Promise<void> {
  const text = [...stage.call.words, ...stage.call.files.values()].join('\n');
  for (const id of new Set(text.match(/\blt-[0-9a-zA-Z]+/g))) {
    stage.replace(id, await createTemplate(stage, `template-for-${id}`));
  }
  for (const [, name = ''] of text.matchAll(/LaunchTemplateName"?\s*[=:]\s*"?([\w-]+)/g)) {
    await createTemplate(stage, name).catch(() => undefined);
  }
}

async function createTemplate({ ec2 }: Stage, name: string): Promise<string | undefined> {
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData: MACHINE }),
  );
  await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName: name, LaunchTemplateData: MACHINE }));
  return LaunchTemplate?.LaunchTemplateId;
}

async function groups(stage: Stage): Promise<void> {
  const { command } = stage;
  if (/^create-/.test(command.name) && command.name !== 'create-or-update-tags') return;
  const named = [
    ...command.values('auto-scaling-group-name'),
    ...command.values('auto-scaling-group-names').flatMap((names) => names.split(',')),
  ];
  for (const name of named.length > 0 ? new Set(named) : ['my-asg']) {
    await createGroup(stage, { name, size: /^delete-auto-scaling-group$/.test(command.name) ? 0 : 1 });
  }
  stage.settle();
  await instances(stage, named[0] ?? 'my-asg');
}

/** Instances that the command names are those of the group, or one of its own where it is to be attached. */
async function instances(stage: Stage, group: string): Promise<void> {
  const { command, autoScaling, ec2 } = stage;
  const [recorded] = stage.call.words.join(' ').match(/\bi-[0-9a-f]{17}\b/) ?? [];
  if (recorded === undefined) return;
  if (command.name === 'attach-instances') {
    const { Instances = [] } = await ec2.send(new RunInstancesCommand({ ...MACHINE, MinCount: 1, MaxCount: 1 }));
    stage.settle();
    return stage.replace(recorded, Instances[0]?.InstanceId);
  }
  const { AutoScalingGroups = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
  );
  stage.replace(recorded, AutoScalingGroups[0]?.Instances?.[0]?.InstanceId);
}

/** A group of its own launch template; returns its ARN. */
export async function createGroup(
  stage: Stage,
  options: { readonly name: string; readonly size?: number; readonly protect?: boolean },
): Promise<string> {
  const { autoScaling } = stage;
  const template = `${options.name}-template`;
  await createTemplate(stage, template);
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: options.name,
      LaunchTemplate: { LaunchTemplateName: template, Version: '1' },
      MinSize: 0,
      MaxSize: 5,
      DesiredCapacity: options.size ?? 0,
      VPCZoneIdentifier: 'subnet-5ea0c127,subnet-6194ea3b',
      NewInstancesProtectedFromScaleIn: options.protect ?? false,
    }),
  );
  const { AutoScalingGroups = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [options.name] }),
  );
  return AutoScalingGroups[0]?.AutoScalingGroupARN ?? '';
}

const TRACKING: Partial<PutScalingPolicyCommandInput> = {
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingConfiguration: {
    PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
    TargetValue: 40,
  },
};

interface Part {
  /** Commands that are about it. */
  readonly of: RegExp;
  make(stage: Stage, group: string): Promise<unknown>;
}

/** What a group has beside its instances. */
const PARTS: readonly Part[] = [
  { of: /^(?!put).*(lifecycle-hooks?|lifecycle-action|action-heartbeat)$/, make: putHooks },
  { of: /^(delete|describe)-polic(y|ies)$/, make: putPolicy },
  { of: /^(delete|describe)-warm-pool$/, make: putWarmPool },
  { of: /^(delete|describe)-tags$/, make: putTags },
  { of: /^(describe|detach)-load-balancer/, make: attachLoadBalancers },
  { of: /^(cancel|rollback|describe)-instance-refresh(es)?$/, make: startRefresh },
];

async function parts(stage: Stage): Promise<void> {
  const { command } = stage;
  const group = command.first('auto-scaling-group-name') ?? command.first('auto-scaling-group-names') ?? 'my-asg';
  for (const part of PARTS) if (part.of.test(command.name)) await part.make(stage, group);
}

async function putHooks({ command, autoScaling }: Stage, group: string): Promise<void> {
  const hooks = command.values('lifecycle-hook-name');
  for (const hook of hooks.length > 0 ? hooks : ['my-launch-hook', 'my-termination-hook']) {
    await autoScaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName: group,
        LifecycleHookName: hook,
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
      }),
    );
  }
}

function putPolicy({ command, autoScaling }: Stage, group: string): Promise<unknown> {
  const name = command.first('policy-name') ?? command.first('policy-names') ?? 'cpu40';
  return autoScaling.send(new PutScalingPolicyCommand({ AutoScalingGroupName: group, PolicyName: name, ...TRACKING }));
}

async function putWarmPool(stage: Stage, group: string): Promise<void> {
  await stage.autoScaling.send(new PutWarmPoolCommand({ AutoScalingGroupName: group, MinSize: 1 }));
  stage.settle();
}

function putTags({ autoScaling }: Stage, group: string): Promise<unknown> {
  const tag = { ResourceId: group, ResourceType: 'auto-scaling-group', PropagateAtLaunch: true };
  const pairs = [
    { Key: 'Dept', Value: 'Research' },
    { Key: 'Role', Value: 'WebServer' },
  ];
  return autoScaling.send(new CreateOrUpdateTagsCommand({ Tags: pairs.map((pair) => ({ ...tag, ...pair })) }));
}

async function attachLoadBalancers({ autoScaling }: Stage, AutoScalingGroupName: string): Promise<void> {
  const LoadBalancerNames = ['my-load-balancer'];
  const TargetGroupARNs = [
    'arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067',
  ];
  await autoScaling.send(new AttachLoadBalancersCommand({ AutoScalingGroupName, LoadBalancerNames }));
  await autoScaling.send(new AttachLoadBalancerTargetGroupsCommand({ AutoScalingGroupName, TargetGroupARNs }));
}

async function startRefresh(stage: Stage, group: string): Promise<void> {
  await stage.autoScaling.send(
    new StartInstanceRefreshCommand({
      AutoScalingGroupName: group,
      DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: `${group}-template`, Version: '2' } },
      Preferences: { MinHealthyPercentage: 90, InstanceWarmup: 300 },
    }),
  );
  stage.region.advance(2_000);
}
