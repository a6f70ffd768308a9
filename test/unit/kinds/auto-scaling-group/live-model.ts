import type {
  LifecycleHook,
  AutoScalingGroup as LiveGroup,
  MixedInstancesPolicy,
  TagDescription,
  TrafficSourceIdentifier,
  WarmPoolConfiguration,
} from '@aws-sdk/client-auto-scaling';
import type { CallStep } from '../../../../src/engine/kind.ts';
import type { ObservedGroup } from '../../../../src/kinds/auto-scaling-group/observed.ts';
import { observedGroup } from '../../../support/builders-auto-scaling-group.ts';

type Input = Readonly<Record<string, unknown>>;

/** A group in AWS as far as its settings go: it keeps what a call does not name, fills in defaults and forgets what is cleared. */
export class LiveModel {
  #group: LiveGroup | undefined;
  readonly #hooks = new Map<string, LifecycleHook>();
  #warmPool: WarmPoolConfiguration | undefined;

  observed(): ObservedGroup | undefined {
    if (this.#group === undefined) return undefined;
    return observedGroup(this.#group, { hooks: [...this.#hooks.values()], warmPool: this.#warmPool });
  }

  /** What others have done to the group: ECS made a hook and a tag of its own. */
  meddle(): void {
    this.#tag({ Key: 'AmazonECSManaged', Value: '', PropagateAtLaunch: true });
    this.#hooks.set('ecs', { LifecycleHookName: 'ecs', LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' });
  }

  apply({ operation, command }: CallStep): void {
    const input: Input = { ...command.input };
    switch (operation) {
      case 'CreateAutoScalingGroup':
        this.#create(input);
        return;
      case 'UpdateAutoScalingGroup':
        this.#update(input);
        return;
      case 'CreateOrUpdateTags':
        for (const tag of list<TagDescription>(input, 'Tags')) this.#tag(tag);
        return;
      case 'DeleteTags':
        for (const { Key } of list<TagDescription>(input, 'Tags')) this.#untag(Key);
        return;
      case 'PutLifecycleHook':
        this.#putHook(input);
        return;
      case 'DeleteLifecycleHook':
        this.#hooks.delete(String(input.LifecycleHookName));
        return;
      case 'PutWarmPool':
        this.#warmPool = { MinSize: 0, PoolState: 'Stopped', ...this.#warmPool, ...without(input) };
        return;
      case 'DeleteWarmPool':
        this.#warmPool = undefined;
        return;
      default:
        this.#traffic(operation, input);
    }
  }

  #create({ Tags, LifecycleHookSpecificationList: hooks, ...fields }: Input): void {
    this.#group = {
      AutoScalingGroupName: String(fields.AutoScalingGroupName),
      MinSize: 0,
      MaxSize: 0,
      DesiredCapacity: Number(fields.DesiredCapacity ?? fields.MinSize),
      DefaultCooldown: 300,
      AvailabilityZones: ['us-east-1a'],
      HealthCheckType: 'EC2',
      HealthCheckGracePeriod: 0,
      CreatedTime: new Date(0),
      TerminationPolicies: ['Default'],
      NewInstancesProtectedFromScaleIn: false,
      Tags: [],
    };
    for (const tag of list<TagDescription>({ Tags }, 'Tags')) this.#tag(tag);
    for (const hook of list<Input>({ hooks: hooks ?? [] }, 'hooks')) this.#putHook(hook);
    this.#update(fields);
  }

  #update({ MixedInstancesPolicy: policy, LaunchTemplate, ...fields }: Input): void {
    const group = this.#live();
    Object.assign(group, without(fields));
    if (policy !== undefined) {
      group.MixedInstancesPolicy = merged(group.MixedInstancesPolicy, policy as MixedInstancesPolicy);
      group.LaunchTemplate = undefined;
    }
    if (LaunchTemplate !== undefined) {
      Object.assign(group, { LaunchTemplate, MixedInstancesPolicy: undefined });
    }
    if (fields.HealthCheckType === 'EC2,ELB') group.HealthCheckType = 'ELB';
    // Desired moves with its bounds.
    if (fields.DesiredCapacity === undefined) {
      group.DesiredCapacity = Math.max(group.MinSize ?? 0, Math.min(group.MaxSize ?? 0, group.DesiredCapacity ?? 0));
    }
  }

  #tag(tag: TagDescription): void {
    this.#untag(tag.Key);
    this.#live().Tags?.push(tag);
  }

  #untag(key: string | undefined): void {
    const group = this.#live();
    group.Tags = group.Tags?.filter(({ Key }) => Key !== key);
  }

  #putHook(input: Input): void {
    const name = String(input.LifecycleHookName);
    const defaults = { HeartbeatTimeout: 3_600, DefaultResult: 'ABANDON' };
    const hook: LifecycleHook = { ...defaults, ...this.#hooks.get(name), ...without(input) };
    this.#hooks.set(name, hook);
  }

  #traffic(operation: string, input: Input): void {
    const group = this.#live();
    const sources = group.TrafficSources ?? [];
    switch (operation) {
      case 'AttachLoadBalancerTargetGroups':
        group.TargetGroupARNs = [...(group.TargetGroupARNs ?? []), ...list<string>(input, 'TargetGroupARNs')];
        return;
      case 'DetachLoadBalancerTargetGroups':
        group.TargetGroupARNs = group.TargetGroupARNs?.filter((arn) => !list(input, 'TargetGroupARNs').includes(arn));
        return;
      case 'AttachTrafficSources':
        group.TrafficSources = [...sources, ...list<TrafficSourceIdentifier>(input, 'TrafficSources')];
        return;
      case 'DetachTrafficSources': {
        const gone = list<TrafficSourceIdentifier>(input, 'TrafficSources').map(({ Identifier }) => Identifier);
        group.TrafficSources = sources.filter(({ Identifier }) => !gone.includes(Identifier));
        return;
      }
      default:
        throw new Error(`${operation} is not expected`);
    }
  }

  #live(): LiveGroup {
    if (this.#group === undefined) throw new Error('the group does not exist');
    return this.#group;
  }
}

/** Members that a policy does not name stay, unless the group had none. */
function merged(have: MixedInstancesPolicy | undefined, change: MixedInstancesPolicy): MixedInstancesPolicy {
  const distribution = { ...have?.InstancesDistribution, ...change.InstancesDistribution };
  if (distribution.SpotMaxPrice === '') delete distribution.SpotMaxPrice;
  return {
    LaunchTemplate: { ...have?.LaunchTemplate, ...change.LaunchTemplate },
    InstancesDistribution: { OnDemandBaseCapacity: 0, SpotAllocationStrategy: 'lowest-price', ...distribution },
  };
}

/** What AWS does not show when it is cleared. */
function without({ AutoScalingGroupName, ...fields }: Input): Input {
  const isCleared = (value: unknown): boolean =>
    value === '' || value === -1 || JSON.stringify(value) === '{"MinHealthyPercentage":-1,"MaxHealthyPercentage":-1}';
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isCleared(value) ? undefined : value]),
  );
}

function list<Item>(input: Input, name: string): readonly Item[] {
  const value = input[name];
  if (!Array.isArray(value)) throw new Error(`${name} is not a list`);
  return value;
}
