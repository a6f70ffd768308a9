import { TerminateInstanceInAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  DeleteAttributesCommand,
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  ListAttributesCommand,
  ListContainerInstancesCommand,
  PutAccountSettingDefaultCommand,
  PutAttributesCommand,
  RegisterContainerInstanceCommand,
  RunTaskCommand,
  UpdateContainerAgentCommand,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { expectError } from '../../support.ts';
import {
  attributeOf,
  type CapacityFixture,
  createGroup,
  instancesOf,
  MINUTE,
  resourceOf,
  SECOND,
  startCapacity,
  tasksIn,
  userData,
} from './support.ts';

/** Launches EC2 instances from the template `nodes` and lets them register; returns the first one's id. */
async function launch({ ec2, region }: CapacityFixture, count = 1): Promise<string> {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ LaunchTemplate: { LaunchTemplateName: 'nodes' }, MinCount: count, MaxCount: count }),
  );
  region.advance(MINUTE);
  return Instances?.[0]?.InstanceId ?? '';
}

describe('a container instance', () => {
  it('ME-01, PL-14: registers with less memory than its type has, and with the attributes of its agent', async () => {
    const fixture = await startCapacity({
      userData: userData(
        [
          'cat <<EOF >> /etc/ecs/ecs.config',
          'ECS_CLUSTER=main',
          'ECS_INSTANCE_ATTRIBUTES={"stack":"prod"}',
          'ECS_CONTAINER_INSTANCE_TAGS={"team":"a"}',
          'ECS_RESERVED_MEMORY=100',
          'EOF',
        ].join('\n'),
      ),
    });
    const ec2InstanceId = await launch(fixture);
    const [instance] = await instancesOf(fixture.ecs);
    expect(instance).toMatchObject({
      ec2InstanceId,
      status: 'ACTIVE',
      agentConnected: true,
      runningTasksCount: 0,
      tags: [{ key: 'team', value: 'a' }],
    });
    expect(instance?.containerInstanceArn).toMatch(/:container-instance\/main\/[0-9a-f]{32}$/);
    expect(resourceOf(instance, 'CPU', 'registered')).toBe(2048);
    expect(resourceOf(instance, 'MEMORY', 'registered')).toBe(7985 - 100);
    expect(resourceOf(instance, 'PORTS', 'registered')).toContain('22');
    expect(attributeOf(instance, 'ecs.instance-type')).toBe('m5.large');
    expect(attributeOf(instance, 'ecs.os-type')).toBe('linux');
    expect(attributeOf(instance, 'ecs.availability-zone')).toMatch(/^eu-central-1[abc]$/);
    expect(attributeOf(instance, 'stack')).toBe('prod');
    expect(instance?.attributes).toContainEqual({ name: 'ecs.capability.task-eni' });
  });

  it('INS-03: waits for a cluster that does not exist yet', async () => {
    const fixture = await startCapacity({ userData: userData('echo ECS_CLUSTER=later >> /etc/ecs/ecs.config') });
    await launch(fixture);
    await fixture.ecs.send(new CreateClusterCommand({ clusterName: 'later' }));
    expect(await instancesOf(fixture.ecs, 'later')).toEqual([]);
    fixture.region.advance(MINUTE);
    expect(await instancesOf(fixture.ecs, 'later')).toHaveLength(1);
    expect(await instancesOf(fixture.ecs)).toEqual([]);
  });

  it('is none where the user data names no cluster', async () => {
    const fixture = await startCapacity({ userData: userData('#!/bin/bash\nyum install -y nginx') });
    await launch(fixture);
    expect(await instancesOf(fixture.ecs)).toEqual([]);
  });

  it('stays ACTIVE without an agent while its host is stopped, and gets its agent back', async () => {
    const fixture = await startCapacity();
    const { ecs, ec2, region } = fixture;
    const id = await launch(fixture);
    await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }));
    region.advance(MINUTE);
    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    region.advance(MINUTE);
    expect((await instancesOf(ecs))[0]).toMatchObject({
      status: 'ACTIVE',
      agentConnected: false,
      runningTasksCount: 0,
    });
    expect((await tasksIn(ecs, 'STOPPED'))[0]?.stoppedReason).toBe(`Host EC2 (instance ${id}) stopped.`);
    await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    region.advance(MINUTE);
    expect(await instancesOf(ecs)).toMatchObject([{ status: 'ACTIVE', agentConnected: true }]);
  });

  it('DE-01: goes with its EC2 instance if its agent is connected; INACTIVE ones are described for an hour', async () => {
    const fixture = await startCapacity();
    const { ecs, ec2, region } = fixture;
    const id = await launch(fixture);
    const [instance] = await instancesOf(ecs);
    await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }));
    region.advance(MINUTE);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    region.advance(MINUTE);
    expect(await instancesOf(ecs)).toEqual([]);
    expect((await tasksIn(ecs, 'STOPPED'))[0]).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TerminationNotice',
      stoppedReason: `Host EC2 (instance ${id}) terminated.`,
    });
    const describe1 = new DescribeContainerInstancesCommand({
      cluster: 'main',
      containerInstances: [instance?.containerInstanceArn ?? ''],
    });
    expect((await ecs.send(describe1)).containerInstances?.[0]?.status).toBe('INACTIVE');
    region.advance(61 * MINUTE);
    expect((await ecs.send(describe1)).failures).toEqual([{ arn: instance?.containerInstanceArn, reason: 'MISSING' }]);
  });

  it('DE-01: stays behind if its agent was disconnected when the host went', async () => {
    const fixture = await startCapacity();
    const { ecs, ec2, region } = fixture;
    const id = await launch(fixture);
    expect(region.setAgent(id, false)).toBe(true);
    expect(region.setAgent('i-none', false)).toBe(false);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    region.advance(10 * MINUTE);
    const left = await instancesOf(ecs);
    expect(left).toMatchObject([{ status: 'ACTIVE', agentConnected: false }]);
    const containerInstance = left[0]?.containerInstanceArn ?? '';
    await ecs.send(new DeregisterContainerInstanceCommand({ cluster: 'main', containerInstance }));
    expect(await instancesOf(ecs)).toEqual([]);
  });

  it('DE-03: with tasks is deregistered by force only, and its tasks stop', async () => {
    const fixture = await startCapacity();
    const { ecs, region } = fixture;
    await launch(fixture);
    await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }));
    region.advance(MINUTE);
    const containerInstance = (await instancesOf(ecs))[0]?.containerInstanceArn;
    const input = { cluster: 'main', containerInstance };
    await expectError(
      ecs.send(new DeregisterContainerInstanceCommand(input)),
      'InvalidParameterException',
      'Found running tasks on the instance.',
    );
    const forced = await ecs.send(new DeregisterContainerInstanceCommand({ ...input, force: true }));
    expect(forced.containerInstance?.status).toBe('INACTIVE');
    region.advance(MINUTE);
    expect(await tasksIn(ecs)).toEqual([]);
    await expectError(
      ecs.send(new DeregisterContainerInstanceCommand({ ...input, force: true })),
      'InvalidParameterException',
    );
  });

  it('TR-01: with ENI trunking is REGISTERING for a while and takes more awsvpc tasks', async () => {
    const fixture = await startCapacity();
    const { ecs, region } = fixture;
    await ecs.send(new PutAccountSettingDefaultCommand({ name: 'awsvpcTrunking', value: 'enabled' }));
    await fixture.ec2.send(
      new RunInstancesCommand({ LaunchTemplate: { LaunchTemplateName: 'nodes' }, MinCount: 1, MaxCount: 1 }),
    );
    region.advance(14 * SECOND);
    expect(await instancesOf(ecs)).toMatchObject([{ status: 'REGISTERING' }]);
    region.advance(10 * SECOND);
    const instances = await instancesOf(ecs);
    expect(instances).toMatchObject([{ status: 'ACTIVE' }]);
    expect(attributeOf(instances[0], 'ecs.awsvpc-trunk-id')).toMatch(/^trunk-/);
  });

  it('TR-05: fails to register with ENI trunking in a shared subnet, and says why', async () => {
    const fixture = await startCapacity();
    const { ecs, region } = fixture;
    await ecs.send(new PutAccountSettingDefaultCommand({ name: 'awsvpcTrunking', value: 'enabled' }));
    await createGroup(fixture, { DesiredCapacity: 1, VPCZoneIdentifier: 'subnet-shared-1' });
    region.advance(MINUTE);
    const [instance] = await instancesOf(ecs);
    expect(instance).toMatchObject({
      status: 'REGISTRATION_FAILED',
      statusReason: 'ENI trunking is not supported in shared subnets.',
    });
    const { containerInstance } = await ecs.send(
      new DeregisterContainerInstanceCommand({ cluster: 'main', containerInstance: instance?.containerInstanceArn }),
    );
    expect(containerInstance?.status).toBe('DEREGISTERING');
    region.advance(MINUTE);
    expect(await instancesOf(ecs)).toEqual([]);
  });

  it('registers again after its group has replaced it', async () => {
    const fixture = await startCapacity();
    await createGroup(fixture, { DesiredCapacity: 1 });
    const [first] = await instancesOf(fixture.ecs);
    await fixture.autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: first?.ec2InstanceId ?? '',
        ShouldDecrementDesiredCapacity: false,
      }),
    );
    fixture.region.advance(2 * MINUTE);
    const [second] = await instancesOf(fixture.ecs);
    expect(second?.status).toBe('ACTIVE');
    expect(second?.ec2InstanceId).not.toBe(first?.ec2InstanceId);
  });
});

describe('lists and states of container instances', () => {
  it('PL-20: are filtered by an expression and by status', async () => {
    const fixture = await startCapacity();
    const { ecs, region } = fixture;
    await launch(fixture, 2);
    const [first, second] = await instancesOf(ecs);
    const arns = [first?.containerInstanceArn ?? '', second?.containerInstanceArn ?? ''];
    await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web', group: 'databases' }));
    region.advance(MINUTE);
    const busy = await ecs.send(
      new ListContainerInstancesCommand({ cluster: 'main', filter: 'task:group == databases' }),
    );
    expect(busy.containerInstanceArns).toHaveLength(1);
    const idle = await ecs.send(
      new ListContainerInstancesCommand({ cluster: 'main', filter: 'runningTasksCount == 0' }),
    );
    expect([...(busy.containerInstanceArns ?? []), ...(idle.containerInstanceArns ?? [])].sort()).toEqual(arns.sort());
    await ecs.send(
      new UpdateContainerInstancesStateCommand({
        cluster: 'main',
        containerInstances: [arns[0] ?? ''],
        status: 'DRAINING',
      }),
    );
    const draining = new ListContainerInstancesCommand({ cluster: 'main', status: 'DRAINING' });
    expect((await ecs.send(draining)).containerInstanceArns).toEqual([arns[0]]);
    await expectError(
      ecs.send(new ListContainerInstancesCommand({ cluster: 'main', filter: 'colour == red' })),
      'InvalidParameterException',
      /colour is not a subject at position 6/,
    );
  });

  it('DR-06: change to DRAINING and back, ten at a time, and name those that are missing', async () => {
    const fixture = await startCapacity();
    const { ecs } = fixture;
    await launch(fixture);
    const containerInstance = (await instancesOf(ecs))[0]?.containerInstanceArn ?? '';
    const update = (status: 'ACTIVE' | 'DRAINING' | 'REGISTERING', containerInstances: string[]) =>
      ecs.send(new UpdateContainerInstancesStateCommand({ cluster: 'main', containerInstances, status }));
    const drained = await update('DRAINING', [containerInstance, 'none']);
    expect(drained.containerInstances).toMatchObject([{ status: 'DRAINING' }]);
    expect(drained.failures).toMatchObject([{ reason: 'MISSING' }]);
    expect((await update('ACTIVE', [containerInstance])).containerInstances).toMatchObject([{ status: 'ACTIVE' }]);
    await expectError(update('REGISTERING', [containerInstance]), 'InvalidParameterException');
    await expectError(update('DRAINING', Array(11).fill(containerInstance)), 'InvalidParameterException', /10/);
  });
});

describe('attributes', () => {
  it('PL-16, PL-17: are put, listed and deleted, but not those of ECS', async () => {
    const fixture = await startCapacity();
    const { ecs } = fixture;
    await launch(fixture);
    const targetId = (await instancesOf(ecs))[0]?.containerInstanceArn ?? '';
    const put = (name: string, value?: string) =>
      ecs.send(new PutAttributesCommand({ cluster: 'main', attributes: [{ name, value, targetId }] }));
    expect((await put('stack', 'prod')).attributes).toEqual([{ name: 'stack', value: 'prod', targetId }]);
    await put('bare');
    const list = (attributeName: string, attributeValue?: string) =>
      ecs.send(
        new ListAttributesCommand({ cluster: 'main', targetType: 'container-instance', attributeName, attributeValue }),
      );
    expect((await list('stack', 'prod')).attributes).toEqual([{ name: 'stack', value: 'prod', targetId }]);
    expect((await list('stack', 'test')).attributes).toEqual([]);
    expect((await list('bare')).attributes).toEqual([{ name: 'bare', targetId }]);
    const remove = (name: string) =>
      ecs.send(new DeleteAttributesCommand({ cluster: 'main', attributes: [{ name, targetId }] }));
    await remove('stack');
    expect((await list('stack')).attributes).toEqual([]);
    await expectError(remove('ecs.os-type'), 'InvalidParameterException');
    await expectError(put('ecs.os-type', 'windows'), 'InvalidParameterException');
    await expectError(put('a b', 'x'), 'InvalidParameterException', /attribute name/);
    await expectError(put('a', ' x'), 'InvalidParameterException', /attribute value/);
    await expectError(
      ecs.send(new PutAttributesCommand({ cluster: 'main', attributes: [{ name: 'a', targetId: 'none' }] })),
      'TargetNotFoundException',
    );
    for (let index = 0; index < 9; index += 1) await put(`a${index}`);
    await expectError(put('eleventh'), 'AttributeLimitExceededException');
  });
});

describe('an agent', () => {
  const TOTAL = [
    { name: 'CPU', type: 'INTEGER', integerValue: 1024 },
    { name: 'MEMORY', type: 'INTEGER', integerValue: 2048 },
  ];

  it('registers an external instance by itself', async () => {
    const { ecs } = await startCapacity();
    const registered = await ecs.send(
      new RegisterContainerInstanceCommand({
        cluster: 'main',
        totalResources: TOTAL,
        tags: [{ key: 'k', value: 'v' }],
      }),
    );
    expect(registered.containerInstance).toMatchObject({ status: 'ACTIVE', tags: [{ key: 'k', value: 'v' }] });
    expect(registered.containerInstance?.ec2InstanceId).toMatch(/^mi-/);
    expect((await instancesOf(ecs))[0]?.attributes?.map(({ name }) => name)).toContain('ecs.capability.external');
    // CPS-12: nothing but launch type EXTERNAL goes there.
    await expectError(
      ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' })),
      'InvalidParameterException',
      'No Container Instances were found in your cluster.',
    );
  });

  it('AU-04, AU-05: is updated step by step, once', async () => {
    const { ecs, region } = await startCapacity();
    const document = JSON.stringify({ instanceId: 'i-0123456789abcdef0' });
    const register = (agentVersion: string | undefined, instanceIdentityDocument: string) =>
      ecs.send(
        new RegisterContainerInstanceCommand({
          cluster: 'main',
          instanceIdentityDocument,
          totalResources: TOTAL,
          versionInfo: agentVersion === undefined ? undefined : { agentVersion },
        }),
      );
    const old = (await register('1.60.0', document)).containerInstance?.containerInstanceArn ?? '';
    const update = (containerInstance: string) =>
      ecs.send(new UpdateContainerAgentCommand({ cluster: 'main', containerInstance }));
    expect((await update(old)).containerInstance?.agentUpdateStatus).toBe('PENDING');
    await expectError(update(old), 'UpdateInProgressException');
    region.advance(MINUTE);
    const [updated] = await instancesOf(ecs);
    expect(updated?.agentUpdateStatus).toBe('UPDATED');
    expect(updated?.versionInfo?.agentVersion).not.toBe('1.60.0');
    await expectError(update(old), 'NoUpdateAvailableException');
    const nameless = await register(undefined, JSON.stringify({ instanceId: 'i-0123456789abcdef1' }));
    await expectError(update(nameless.containerInstance?.containerInstanceArn ?? ''), 'MissingVersionException');
  });
});
