import type {
  DescribeInstancesRequest,
  DescribeInstancesResult,
  Instance,
  InstanceStateChange,
  InstanceState as SdkInstanceState,
  StartInstancesRequest,
  StartInstancesResult,
  StopInstancesRequest,
  StopInstancesResult,
  TerminateInstancesRequest,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../errors.ts';
import { paged } from '../paged.ts';
import type { World } from '../world.ts';
import { invalidCombination, invalidValue } from './errors.ts';
import { matches } from './filters.ts';
import { startInstance, stopInstance, terminateInstance } from './instance-life.ts';
import { instanceType, requireInstanceType } from './instance-types.ts';
import { VPC_ID } from './network.ts';
import type { InstanceState, InstanceStateName } from './state.ts';
import { tagList } from './tag-rules.ts';

const STATE_CODES: Readonly<Record<InstanceStateName, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export function describeInstances(world: World, input: DescribeInstancesRequest): DescribeInstancesResult {
  if (input.InstanceIds !== undefined && input.MaxResults !== undefined) {
    throw invalidCombination('The parameter instancesSet cannot be used with the parameter maxResults');
  }
  if (input.MaxResults !== undefined && (input.MaxResults < 5 || input.MaxResults > 1_000)) {
    throw invalidValue(
      `Value ( ${input.MaxResults} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.`,
    );
  }
  const all =
    input.InstanceIds === undefined ? [...world.ec2.instances.values()] : findInstances(world, input.InstanceIds);
  const found = all.filter((instance) => matches(input.Filters, filterValues(instance), instance.tags));
  const { items, nextToken } = paged(found, ({ id }) => id, {
    token: input.NextToken,
    size: input.MaxResults ?? 1_000,
    invalidToken: () => invalidValue('The token is invalid.'),
  });
  return { Reservations: reservationsOf(world, items), NextToken: nextToken };
}

function reservationsOf(world: World, instances: readonly InstanceState[]): DescribeInstancesResult['Reservations'] {
  const byReservation = Map.groupBy(instances, ({ reservationId }) => reservationId);
  return [...byReservation].map(([id, members]) => ({
    ReservationId: id,
    OwnerId: world.account,
    Groups: [],
    Instances: members.map((instance) => instanceView(world, instance)),
  }));
}

function filterValues(instance: InstanceState): Record<string, () => readonly (string | undefined)[]> {
  return {
    'instance-id': () => [instance.id],
    'instance-state-name': () => [instance.state],
    'instance-state-code': () => [String(STATE_CODES[instance.state])],
    'instance-type': () => [instance.instanceType],
    'instance-lifecycle': () => (instance.lifecycle === 'spot' ? ['spot'] : []),
    'image-id': () => [instance.imageId],
    'availability-zone': () => [instance.availabilityZone],
    'subnet-id': () => [instance.subnetId],
    'vpc-id': () => [VPC_ID],
    'private-ip-address': () => [instance.privateIp],
    'key-name': () => [instance.keyName],
    'reservation-id': () => [instance.reservationId],
  };
}

export function terminateInstances(world: World, input: TerminateInstancesRequest): TerminateInstancesResult {
  const instances = findInstances(world, input.InstanceIds ?? []);
  return { TerminatingInstances: instances.map((each) => changed(each, () => terminateInstance(world, each))) };
}

export function stopInstances(world: World, input: StopInstancesRequest): StopInstancesResult {
  const instances = findInstances(world, input.InstanceIds ?? []);
  for (const each of instances) {
    if (each.lifecycle === 'spot') {
      throw new AwsError(
        'UnsupportedOperation',
        `You can't stop the Spot Instance '${each.id}' of a one-time request.`,
      );
    }
    if (!['running', 'stopping', 'stopped'].includes(each.state)) throw incorrectState(each, 'stopped');
  }
  return {
    StoppingInstances: instances.map((each) =>
      changed(each, () => {
        if (each.state === 'running') stopInstance(world, each);
      }),
    ),
  };
}

export function startInstances(world: World, input: StartInstancesRequest): StartInstancesResult {
  const instances = findInstances(world, input.InstanceIds ?? []);
  for (const each of instances) {
    if (!['running', 'pending', 'stopped'].includes(each.state)) throw incorrectState(each, 'started');
  }
  return {
    StartingInstances: instances.map((each) =>
      changed(each, () => {
        if (each.state === 'stopped') startInstance(world, each);
      }),
    ),
  };
}

const incorrectState = ({ id, state }: InstanceState, verb: string): AwsError =>
  new AwsError(
    'IncorrectInstanceState',
    `The instance '${id}' is not in a state from which it can be ${verb}. It is ${state}.`,
  );

function findInstances(world: World, ids: readonly string[]): readonly InstanceState[] {
  for (const id of ids) {
    if (/^i-[0-9a-f]{8,17}$/.test(id)) continue;
    throw new AwsError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`);
  }
  const missing = ids.filter((id) => !world.ec2.instances.has(id));
  if (missing.length > 0) {
    const text = missing.length === 1 ? `ID '${missing[0]}' does` : `IDs '${missing.join(', ')}' do`;
    throw new AwsError('InvalidInstanceID.NotFound', `The instance ${text} not exist`);
  }
  return [...new Set(ids)].flatMap((id) => world.ec2.instances.get(id) ?? []);
}

function changed(instance: InstanceState, act: () => void): InstanceStateChange {
  const previous = stateView(instance.state);
  act();
  return { InstanceId: instance.id, PreviousState: previous, CurrentState: stateView(instance.state) };
}

const stateView = (state: InstanceStateName): SdkInstanceState => ({ Code: STATE_CODES[state], Name: state });

export function instanceView(world: World, instance: InstanceState): Instance {
  const address = instance.state === 'terminated' ? undefined : instance.privateIp;
  return {
    InstanceId: instance.id,
    ImageId: instance.imageId,
    InstanceType: instance.instanceType as Instance['InstanceType'], // The SDK lists every type there is; ours are among them.
    State: stateView(instance.state),
    StateTransitionReason:
      instance.stateReason?.code === 'Client.UserInitiatedShutdown'
        ? `User initiated (${instance.stateChangedAt.toISOString().slice(0, 19).replace('T', ' ')} GMT)`
        : '',
    StateReason:
      instance.stateReason === undefined
        ? undefined
        : { Code: instance.stateReason.code, Message: instance.stateReason.message },
    Architecture: requireInstanceType(instance.instanceType).architecture,
    InstanceLifecycle: instance.lifecycle === 'spot' ? 'spot' : undefined,
    LaunchTime: instance.launchTime,
    AmiLaunchIndex: 0,
    KeyName: instance.keyName,
    IamInstanceProfile:
      instance.iamInstanceProfile === undefined ? undefined : { Arn: instance.iamInstanceProfile, Id: 'AIPASIMULATED' },
    Monitoring: { State: 'disabled' },
    Placement: { AvailabilityZone: instance.availabilityZone, Tenancy: 'default', GroupName: '' },
    PrivateIpAddress: address,
    PrivateDnsName: address === undefined ? '' : `ip-${address.replaceAll('.', '-')}.${world.region}.compute.internal`,
    PublicDnsName: '',
    SubnetId: address === undefined ? undefined : instance.subnetId,
    VpcId: address === undefined ? undefined : VPC_ID,
    SecurityGroups: instance.securityGroupIds.map((GroupId) => ({ GroupId, GroupName: GroupId })),
    RootDeviceType: 'ebs',
    RootDeviceName: '/dev/xvda',
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: instanceType(instance.instanceType)?.name.startsWith('t2.') !== true,
    Tags: tagList(instance.tags),
  };
}
