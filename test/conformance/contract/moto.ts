import { EC2 } from '@aws-sdk/client-ec2';
import { startMoto } from '../tools/moto.ts';
import { pythonTools } from '../tools/python.ts';
import type { Backend } from './aws.ts';
import { must } from './expect.ts';

/** moto, which has no clock: what it models is done at once. */
export async function motoBackend(): Promise<Backend> {
  const moto = await startMoto(pythonTools());
  const credentials = { accessKeyId: 'moto', secretAccessKey: 'moto' };
  const ec2 = new EC2({ endpoint: moto.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  // moto starts with a default VPC and a few images; groups and Fargate tasks must be in subnets that it knows.
  const { Subnets } = await ec2.describeSubnets({});
  const { SecurityGroups } = await ec2.describeSecurityGroups({ GroupNames: ['default'] });
  const { Images } = await ec2.describeImages({ Owners: ['amazon'] });
  ec2.destroy();
  return {
    endpoint: moto.endpoint,
    accessKeyId: 'moto',
    subnets: [must(Subnets?.[0]?.SubnetId), must(Subnets?.[1]?.SubnetId)],
    securityGroup: must(SecurityGroups?.[0]?.GroupId),
    imageId: must(Images?.[0]?.ImageId),
    settle: async () => {},
    // Nothing of ECS looks at alarms there.
    setAlarm: async () => {},
    async registerInstances(aws, cluster, count) {
      const { Instances } = await aws.ec2.runInstances({ ImageId: aws.imageId, MinCount: count, MaxCount: count });
      for (const { InstanceId } of must(Instances)) {
        const instanceIdentityDocument = JSON.stringify({ instanceId: InstanceId });
        await aws.ecs.registerContainerInstance({ cluster, instanceIdentityDocument });
      }
    },
    stop: () => moto.stop(),
  };
}
