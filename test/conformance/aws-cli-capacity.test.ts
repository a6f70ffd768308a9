import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Region, startRegion } from '../sandbox/region/index.ts';
import { type AwsCli, awsCli } from './tools/aws-cli.ts';
import { CliSession } from './tools/cli-session.ts';
import { describeWithPython, pythonTools } from './tools/python.ts';

const minutes = 60_000;
const userData = Buffer.from('#!/bin/bash\necho ECS_CLUSTER=fleet >> /etc/ecs/ecs.config\n').toString('base64');
const silence = { exitCode: 0, stdout: '', stderr: '' };

describeWithPython('the AWS CLI, with capacity in the simulated region', () => {
  let region: Region;
  let session: CliSession;
  let aws: AwsCli;
  let subnet: string;
  beforeAll(async () => {
    region = await startRegion({ speed: 0 });
    session = new CliSession(pythonTools(), { ...region.env, AWS_DEFAULT_REGION: 'us-east-1' });
    aws = awsCli((words) => session.run(words));
    subnet = await aws.text('ec2 describe-subnets --query Subnets[0].SubnetId');
  });
  afterAll(async () => {
    session.stop();
    await region.stop();
  });

  it('makes a launch template with two versions and says which is the default', async () => {
    expect(await template('versions', { InstanceType: 'm5.large', UserData: userData })).toMatchObject({
      LaunchTemplate: { LaunchTemplateName: 'versions', DefaultVersionNumber: 1, LatestVersionNumber: 1 },
    });
    const change = JSON.stringify({ InstanceType: 'm5.xlarge' });
    await aws.json(
      'ec2 create-launch-template-version --launch-template-name versions --source-version 1 --launch-template-data',
      change,
    );
    await aws.json('ec2 modify-launch-template --launch-template-name versions --default-version 2');
    const query = 'LaunchTemplateVersions[].[VersionNumber,DefaultVersion,LaunchTemplateData.InstanceType]';
    const versions = await aws.json(
      'ec2 describe-launch-template-versions --launch-template-name versions --query',
      `sort_by(${query}, &[0])`,
    );
    expect(versions).toEqual([
      [1, false, 'm5.large'],
      [2, true, 'm5.xlarge'],
    ]);
  });

  it('makes an Auto Scaling group whose instances join a cluster, and gives it to a capacity provider of that cluster', async () => {
    await aws.json('ecs create-cluster --cluster-name fleet');
    const image = await aws.text('ec2 describe-images --owners amazon --query Images[0].ImageId');
    await template('fleet', { ImageId: image, InstanceType: 'm5.large', UserData: userData });
    const create =
      'autoscaling create-auto-scaling-group --auto-scaling-group-name fleet --launch-template LaunchTemplateName=fleet ' +
      `--min-size 1 --max-size 3 --desired-capacity 2 --vpc-zone-identifier ${subnet} --tags Key=team,Value=blue`;
    expect(await aws.run(create)).toEqual(silence);
    region.advance(5 * minutes);
    const describe = 'autoscaling describe-auto-scaling-groups --auto-scaling-group-names fleet --query';
    const ids = await aws.texts(describe, 'AutoScalingGroups[0].Instances[?LifecycleState==`InService`].InstanceId');
    expect(ids).toHaveLength(2);
    expect(await aws.run('ec2 wait instance-running --instance-ids', ...ids)).toEqual(silence);
    const members = await aws.texts('ecs list-container-instances --cluster fleet --query containerInstanceArns');
    const registered = await aws.texts(
      'ecs describe-container-instances --cluster fleet --query containerInstances[].ec2InstanceId --container-instances',
      ...members,
    );
    expect(registered.toSorted()).toEqual(ids.toSorted());

    const arn = await aws.text(describe, 'AutoScalingGroups[0].AutoScalingGroupARN');
    const created = await aws.json(
      'ecs create-capacity-provider --name fleet --auto-scaling-group-provider',
      `autoScalingGroupArn=${arn},managedScaling={status=ENABLED,targetCapacity=80},managedTerminationProtection=DISABLED`,
    );
    expect(created).toMatchObject({ capacityProvider: { name: 'fleet', status: 'ACTIVE' } });
    await aws.json(
      'ecs put-cluster-capacity-providers --cluster fleet --capacity-providers fleet --default-capacity-provider-strategy capacityProvider=fleet,weight=1',
    );
    region.advance(5 * minutes);
    const cluster = await aws.json('ecs describe-clusters --clusters fleet --include ATTACHMENTS --query clusters[0]');
    expect(cluster).toMatchObject({ capacityProviders: ['fleet'], attachmentsStatus: 'UPDATE_COMPLETE' });
    const tags = await aws.texts(describe, 'AutoScalingGroups[0].Tags[].Key');
    expect(tags.toSorted()).toEqual(['AmazonECSManaged', 'team']);
  });

  it('scales a service between bounds and by a target', async () => {
    await aws.json('ecs create-cluster --cluster-name scaled');
    const containers = JSON.stringify([{ name: 'app', image: 'nginx:1' }]);
    await aws.json(
      'ecs register-task-definition --family scaled --network-mode awsvpc --cpu 256 --memory 512 --requires-compatibilities FARGATE --container-definitions',
      containers,
    );
    await aws.json(
      `ecs create-service --cluster scaled --service-name web --task-definition scaled --desired-count 1 --launch-type FARGATE --network-configuration awsvpcConfiguration={subnets=[${subnet}]}`,
    );
    region.advance(5 * minutes);
    const target =
      '--service-namespace ecs --resource-id service/scaled/web --scalable-dimension ecs:service:DesiredCount';
    await aws.json(`application-autoscaling register-scalable-target ${target} --min-capacity 3 --max-capacity 6`);
    const policy = JSON.stringify({
      TargetValue: 50,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    });
    const put = await aws.json(
      `application-autoscaling put-scaling-policy ${target} --policy-name cpu --policy-type TargetTrackingScaling --target-tracking-scaling-policy-configuration`,
      policy,
    );
    expect(put).toMatchObject({ PolicyARN: expect.stringContaining(':policyName/cpu') });
    region.advance(5 * minutes);
    expect(await aws.run('ecs wait services-stable --cluster scaled --services web')).toEqual(silence);
    const count = 'services[0].[desiredCount,runningCount]';
    expect(await aws.json('ecs describe-services --cluster scaled --services web --query', count)).toEqual([3, 3]);
    const described = await aws.json(
      'application-autoscaling describe-scalable-targets --service-namespace ecs --query ScalableTargets[].[MinCapacity,MaxCapacity]',
    );
    expect(described).toEqual([[3, 6]]);
  });

  it.each([
    [
      'ec2 delete-launch-template --launch-template-name absent',
      'InvalidLaunchTemplateName.NotFoundException',
      'DeleteLaunchTemplate',
    ],
    ['ec2 describe-instances --instance-ids i-0123456789abcdef0', 'InvalidInstanceID.NotFound', 'DescribeInstances'],
    ['ec2 describe-subnets --dry-run', 'DryRunOperation', 'DescribeSubnets'],
    [
      'autoscaling delete-auto-scaling-group --auto-scaling-group-name absent',
      'ValidationError',
      'DeleteAutoScalingGroup',
    ],
    [
      'application-autoscaling deregister-scalable-target --service-namespace ecs --resource-id service/a/b --scalable-dimension ecs:service:DesiredCount',
      'ObjectNotFoundException',
      'DeregisterScalableTarget',
    ],
  ])('shows of "aws %s" the error as it shows AWS\'s: %s', async (command, code, operation) => {
    const { exitCode, stdout, stderr } = await aws.run(command);
    expect({ exitCode, stdout }).toEqual({ exitCode: 255, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`^\nAn error occurred \\(${code}\\) when calling the ${operation} operation: \\S`),
    );
  });

  function template(name: string, data: object): Promise<unknown> {
    return aws.json(
      `ec2 create-launch-template --launch-template-name ${name} --launch-template-data`,
      JSON.stringify(data),
    );
  }
});
