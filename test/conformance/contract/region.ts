import { startRegion } from '../../sandbox/region/index.ts';
import type { Aws, Backend } from './aws.ts';

/** Boot time of an instance and more. */
const BOOT_SECONDS = 600;

/** The simulated region. Its clock stands still but for `settle`. */
export async function regionBackend(): Promise<Backend> {
  const region = await startRegion({ speed: 0 });
  return {
    endpoint: region.endpoint,
    accessKeyId: '123456789012',
    subnets: ['subnet-00000000000000001', 'subnet-00000000000000002'],
    securityGroup: 'sg-00000000000000001',
    imageId: 'ami-0ec5a1000000000a2',
    settle: async (seconds) => region.advance(seconds * 1_000),
    setAlarm: async (at, name, state) => region.setAlarm(name, state, { region: at }),
    async registerInstances(aws, cluster, count) {
      await launchGroup(aws, cluster, count);
      region.advance(BOOT_SECONDS * 1_000);
    },
    stop: () => region.stop(),
  };
}

/** In AWS an instance joins the cluster that its user data names. */
async function launchGroup(aws: Aws, cluster: string, count: number): Promise<void> {
  const LaunchTemplateName = aws.name('template');
  const UserData = Buffer.from(`#!/bin/bash\necho ECS_CLUSTER=${cluster} >> /etc/ecs/ecs.config\n`).toString('base64');
  await aws.ec2.createLaunchTemplate({
    LaunchTemplateName,
    LaunchTemplateData: { ImageId: aws.imageId, InstanceType: 't3.medium', UserData },
  });
  await aws.autoScaling.createAutoScalingGroup({
    AutoScalingGroupName: aws.name('group'),
    LaunchTemplate: { LaunchTemplateName, Version: '$Latest' },
    MinSize: count,
    MaxSize: count,
    VPCZoneIdentifier: aws.subnets[0],
  });
}
