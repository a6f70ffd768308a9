import type { Activity } from '@aws-sdk/client-auto-scaling';
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import {
  CONDITION_TYPES,
  concernsActivities,
  groupConditions,
} from '../../../../src/kinds/auto-scaling-group/conditions.ts';
import { containerInstance } from '../../../support/builders-auto-scaling-group.ts';
import { refreshTo, type Situation, situation } from '../../../support/builders-instance-refresh.ts';

const NOW = Date.parse('2026-01-03T00:00:00Z');

function minutesAgo(minutes: number): Date {
  return new Date(NOW - minutes * 60_000);
}

/** A launch that ended; `EndTime: undefined` makes it one under way. */
function launch(id: string | undefined, more: Partial<Activity> = {}): Activity {
  return {
    ActivityId: 'a',
    AutoScalingGroupName: 'nodes',
    Cause: '',
    Description: `Launching a new EC2 instance${id === undefined ? '' : `: ${id}`}`,
    StartTime: minutesAgo(6),
    EndTime: minutesAgo(5),
    StatusCode: 'Successful',
    ...more,
  };
}

function failedLaunch(StatusMessage: string, more: Partial<Activity> = {}): Activity {
  const Description = `Launching a new EC2 instance.  Status Reason: ${StatusMessage}`;
  return launch(undefined, { StatusCode: 'Failed', StatusMessage, Description, ...more });
}

function conditionsOf(given: Situation, annotations: Readonly<Record<string, string>> = {}) {
  const { desired, observed } = situation({ version: '3', ...given });
  const { object } = desired;
  const annotated = { ...desired, object: { ...object, metadata: { ...object.metadata, annotations } } };
  return groupConditions(annotated, observed);
}

function types(given: Situation): readonly string[] {
  return conditionsOf(given).map(({ type }) => type);
}

test('a group in order has no condition', () => {
  const containerInstances = ['i-1', 'i-2'].map((id) => containerInstance(id));
  expect(conditionsOf({ observed: { containerInstances } })).toEqual([]);
});

describe('a launch that failed', () => {
  const lacking = (activities: readonly Activity[]): Situation => ({
    group: { DesiredCapacity: 3 },
    observed: { activities },
  });

  const messages: readonly (readonly [string, 'CapacityUnavailable' | 'LaunchFailed', string])[] = [
    [
      'We currently do not have sufficient m5.large capacity in the Availability Zone you requested (us-east-1a). Our system will be working on provisioning additional capacity. Launching EC2 instance failed.',
      'CapacityUnavailable',
      'InsufficientInstanceCapacity',
    ],
    [
      'Could not launch On-Demand Instances. InsufficientInstanceCapacity - There is no capacity. Launching EC2 instance failed.',
      'CapacityUnavailable',
      'InsufficientInstanceCapacity',
    ],
    [
      'Could not launch On-Demand Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Launching EC2 instance failed.',
      'CapacityUnavailable',
      'InsufficientInstanceCapacity',
    ],
    [
      'Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Launching EC2 instance failed.',
      'CapacityUnavailable',
      'InsufficientSpotCapacity',
    ],
    [
      'There is no Spot capacity available that matches your request. Launching EC2 instance failed.',
      'CapacityUnavailable',
      'InsufficientSpotCapacity',
    ],
    [
      'Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded. Launching EC2 instance failed.',
      'CapacityUnavailable',
      'SpotQuotaReached',
    ],
    [
      'Could not launch Spot Instances. SpotMaxPriceTooLow - Your Spot request price of 0.001 is lower than the minimum required Spot request fulfillment price of 0.0031. Launching EC2 instance failed.',
      'CapacityUnavailable',
      'SpotPriceTooLow',
    ],
    [
      'You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the specified instance type belongs to. Launching EC2 instance failed.',
      'LaunchFailed',
      'QuotaExceeded',
    ],
    ['5 instance(s) are already running. Launching EC2 instance failed.', 'LaunchFailed', 'QuotaExceeded'],
    ['The AMI ID ami-0abc does not exist. Launching EC2 instance failed.', 'LaunchFailed', 'ImageUnavailable'],
    ["The image id '[ami-0abc]' does not exist. Launching EC2 instance failed.", 'LaunchFailed', 'ImageUnavailable'],
    ['Not authorized for images: [ami-0abc]. Launching EC2 instance failed.', 'LaunchFailed', 'ImageUnavailable'],
    [
      'The specified launch template, with template ID lt-1, does not exist. Launching EC2 instance failed.',
      'LaunchFailed',
      'LaunchTemplateMissing',
    ],
    [
      'There are not enough free addresses in subnet subnet-1. Launching EC2 instance failed.',
      'LaunchFailed',
      'SubnetFull',
    ],
    [
      'Value (x) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name. Launching EC2 instance failed.',
      'LaunchFailed',
      'InstanceProfileInvalid',
    ],
    [
      'Your requested instance type (t1.micro) is not supported in your requested Availability Zone (us-east-1e). Launching EC2 instance failed.',
      'LaunchFailed',
      'InstanceTypeUnsupported',
    ],
    [
      'The security group sg-1 does not exist in VPC vpc-1. Launching EC2 instance failed.',
      'LaunchFailed',
      'InvalidConfiguration',
    ],
    [
      "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token 7f1d0000-1111-2222-3333-444455556666 was abandoned: Heartbeat Timeout",
      'LaunchFailed',
      'LaunchAbandoned',
    ],
    [
      'Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.InternalError: Client error on launch',
      'LaunchFailed',
      'NotAuthorized',
    ],
    ['Something that nobody has heard of.', 'LaunchFailed', 'LaunchFailed'],
  ];
  test.each(messages)('%s', (message, type, reason) => {
    const conditions = conditionsOf(lacking([failedLaunch(message)]));
    expect(conditions).toEqual([{ type, reason, message: expect.stringMatching(/\.$/) }]);
    expect(conditions[0]?.message.slice(0, 20)).toBe(message.slice(0, 20));
  });

  test('says the same at each try', () => {
    const encoded = (text: string, token: string) =>
      failedLaunch(
        `You are not authorized to perform this operation. Encoded authorization failure message: ${text} Lifecycle Action with token ${token}`,
      );
    const first = conditionsOf(lacking([encoded('AbC123', '7f1d0000-1111-2222-3333-444455556666')]));
    expect(first).toEqual(conditionsOf(lacking([encoded('dEf456', '00000000-1111-2222-3333-444455556666')])));
  });

  test('is over when a later launch went well', () => {
    expect(types(lacking([launch('i-9'), failedLaunch('no Spot capacity')]))).toEqual([]);
  });

  test('is over when a later launch has an instance already', () => {
    const booting = launch('i-9', { EndTime: undefined, StatusCode: 'InProgress' });
    expect(types(lacking([booting, failedLaunch('no Spot capacity')]))).toEqual([]);
  });

  test('is not over because AWS tries again', () => {
    const trying = launch(undefined, { EndTime: undefined, StatusCode: 'InProgress' });
    expect(types(lacking([trying, failedLaunch('no Spot capacity')]))).toEqual(['CapacityUnavailable']);
  });

  test('is not over because an instance is terminated', () => {
    const terminated = launch(undefined, { Description: 'Terminating EC2 instance: i-1' });
    expect(types(lacking([terminated, failedLaunch('no Spot capacity')]))).toEqual(['CapacityUnavailable']);
  });

  test('is told with its id when it failed after it had one', () => {
    const failed = launch('i-9', { StatusCode: 'Cancelled', StatusMessage: 'Lifecycle Action was abandoned' });
    expect(types(lacking([failed]))).toEqual(['LaunchFailed']);
  });

  test('matters to nobody when the group has what it is to have', () => {
    expect(types({ observed: { activities: [failedLaunch('no Spot capacity')] } })).toEqual([]);
  });

  test('matters to a refresh that launches before it terminates', () => {
    const observed = { activities: [failedLaunch('no Spot capacity')], refresh: refreshTo('3') };
    expect(types({ observed })).toEqual(['CapacityUnavailable']);
  });

  test('that the user took back is none', () => {
    expect(types(lacking([launch(undefined, { StatusCode: 'Cancelled' })]))).toEqual([]);
  });
});

describe('an agent that is not heard of', () => {
  const disconnected = (more: Partial<ContainerInstance> = {}) =>
    containerInstance('i-1', { agentConnected: false, registeredAt: minutesAgo(30), ...more });
  const registered = (...containerInstances: readonly ContainerInstance[]): Situation => ({
    instances: ['3'],
    observed: { containerInstances },
  });

  test('is a condition that names the instance', () => {
    expect(conditionsOf(registered(disconnected()))).toEqual([
      {
        type: 'AgentDisconnected',
        reason: 'AgentDisconnected',
        message:
          'The container agent is not connected to ECS on i-1: no task can be placed or stopped there. Check its network path to the ECS ' +
          'endpoints and the logs of its agent; if the instance itself is gone, deregister it.',
      },
    ]);
  });

  test('is none in the minutes in which it connects', () => {
    expect(types(registered(disconnected({ registeredAt: minutesAgo(1) })))).toEqual([]);
  });

  test.each(['DRAINING', 'REGISTERING', 'DEREGISTERING'])('is none of an instance that is %s', (status) => {
    expect(types(registered(disconnected({ status })))).not.toContain('AgentDisconnected');
  });
});

describe('an instance that ECS does not know', () => {
  const launched = (endedMinutesAgo: number): Activity[] => [
    launch('i-2', { StartTime: minutesAgo(endedMinutesAgo + 2), EndTime: minutesAgo(endedMinutesAgo) }),
  ];
  const known: Situation = { observed: { containerInstances: [containerInstance('i-1')] } };
  const withActivities = (activities: readonly Activity[]): Situation => ({
    observed: { ...known.observed, activities },
  });

  test('is a condition after ten minutes, with what to look at (AG-02, AG-03)', () => {
    expect(conditionsOf(withActivities(launched(11)))).toEqual([
      {
        type: 'RegistrationFailed',
        reason: 'RegistrationFailed',
        message:
          '1 instance in service for more than 10 minutes and unknown to the cluster prod: i-2. Check that the image has the ECS agent, that the ' +
          "user data names this cluster, that the instance profile's role allows what AmazonEC2ContainerServiceforEC2Role does, and that the " +
          'subnets reach ECS (public address, NAT or VPC endpoints).',
      },
    ]);
  });

  test.each([
    ['it has not had ten minutes yet', launched(9)],
    ['its launch has not ended', [launch('i-2', { EndTime: undefined })]],
    ['its launch is not known and all that are known are young', [launch('i-8', { StartTime: minutesAgo(3) })]],
  ])('is none while %s', (_name, activities) => {
    expect(types(withActivities(activities))).toEqual([]);
  });

  test.each([
    ['its launch is older than all that are known', [launch('i-8'), launch('i-9', { StartTime: minutesAgo(11) })]],
    ['nothing has happened in the group for as long as AWS remembers', []],
  ])('is a condition when %s', (_name, activities) => {
    expect(types(withActivities(activities))).toEqual(['RegistrationFailed']);
  });

  test('is none when it is not known which cluster it should join', () => {
    expect(types({ observed: { containerInstances: undefined } })).toEqual([]);
  });

  test('is none before it is in service', () => {
    const { observed } = situation({ version: '3' });
    const Instances = observed.group.Instances?.map((each) => ({ ...each, LifecycleState: 'Pending:Wait' as const }));
    expect(types({ ...known, group: { Instances, DesiredCapacity: 0 } })).toEqual([]);
  });

  test('makes the activities worth reading', () => {
    const concerns = (given: Situation) => concernsActivities(situation({ version: '3', ...given }).observed);
    const both = { containerInstances: ['i-1', 'i-2'].map((id) => containerInstance(id)) };
    expect(concerns({ observed: both })).toBe(false);
    expect(concerns(known)).toBe(true);
    expect(concerns({ observed: both, group: { DesiredCapacity: 3 } })).toBe(true);
    expect(concerns({ observed: { ...both, refresh: refreshTo('3') } })).toBe(true);
    expect(concerns({ observed: { ...both, refresh: refreshTo('3', { Status: 'Successful' }) } })).toBe(false);
  });
});

test('an instance that ECS could not register is told with the reason', () => {
  const failed = (id: string, statusReason?: string) =>
    containerInstance(id, { status: 'REGISTRATION_FAILED', statusReason });
  const containerInstances = [failed('i-2', 'ENI trunking failed'), failed('i-1', 'ENI trunking failed')];
  expect(conditionsOf({ observed: { containerInstances } })).toEqual([
    {
      type: 'RegistrationFailed',
      reason: 'RegistrationFailed',
      message:
        'ECS could not register i-1 (ENI trunking failed), i-2 (ENI trunking failed). Remove the cause, then terminate or deregister the instance.',
    },
  ]);
});

describe('draining that the annotation asks for', () => {
  const drain = (value: string) => ({ 'ecs-operator.dev/drain': value });
  const instances = (...states: readonly Partial<ContainerInstance>[]): Situation => ({
    observed: { containerInstances: states.map((state, index) => containerInstance(`i-${index + 1}`, state)) },
  });
  const idle = { status: 'DRAINING' };
  const busy = { status: 'DRAINING', runningTasksCount: 1 };

  test('is a condition when nothing runs there any more', () => {
    expect(conditionsOf(instances(idle, busy), drain('i-1, i-7'))).toEqual([
      { type: 'Drained', reason: 'Drained', message: 'Nothing runs on i-1 any more. ECS does not know i-7.' },
    ]);
  });

  test('is none while tasks run there', () => {
    expect(conditionsOf(instances(idle, busy), drain('all'))).toEqual([]);
  });

  test('is none without the annotation', () => {
    expect(conditionsOf(instances(idle, idle))).toEqual([]);
  });

  test('is none when it is not known which cluster the instances join', () => {
    const { desired, observed } = situation({ version: '3', spec: { launchTemplateRef: undefined } });
    const metadata = { ...desired.object.metadata, annotations: drain('all') };
    expect(groupConditions({ ...desired, object: { ...desired.object, metadata } }, observed)).toEqual([]);
  });

  test('is done in a group without instances', () => {
    expect(conditionsOf({ instances: [] }, drain('all'))).toEqual([
      { type: 'Drained', reason: 'Drained', message: 'The group has no instances to drain.' },
    ]);
  });
});

test('every condition is one of the types that the engine is told of', () => {
  const given: Situation = {
    group: { DesiredCapacity: 5 },
    observed: {
      activities: [failedLaunch('no Spot capacity')],
      containerInstances: [
        containerInstance('i-1', { agentConnected: false }),
        containerInstance('i-2', { status: 'REGISTRATION_FAILED' }),
      ],
    },
  };
  const told = conditionsOf(given).map(({ type }) => type);
  expect(told).toEqual(['CapacityUnavailable', 'AgentDisconnected', 'RegistrationFailed']);
  expect(CONDITION_TYPES).toEqual(expect.arrayContaining(told));
});
