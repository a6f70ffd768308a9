import type { Service, ServiceRevision, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { withStrategyDefaults } from '../shared/capacity-provider-strategy.ts';
import { covers, isEmpty } from '../shared/compare.ts';
import { wasRemoved } from '../shared/fields.ts';
import { nameOfArn } from '../shared/owner.ts';
import { isLeftToCodeDeploy } from './code-deploy.ts';
import { type DesiredService, runs, strategyOf, taskDefinitionOf } from './desired.ts';
import { withPlacementNames } from './placement.ts';
import { withoutRemoved } from './removals.ts';

/** What a live service is compared with: DescribeServices leaves some fields out, and its newest revision has them. */
export interface LiveService {
  readonly service: Service;
  readonly revision: ServiceRevision | undefined;
}

/** One field to change, as UpdateService takes it. */
export interface Change {
  readonly field: string;
  readonly input: Partial<UpdateServiceCommandInput>;
  /** True when ECS starts a new deployment for it, which the circuit breaker may roll back. */
  readonly rollsOut: boolean;
  readonly reason: string;
}

const LATEST = 'LATEST';

interface Rule {
  readonly rollsOut: boolean;
  /** The live value; `undefined` where AWS has nothing. */
  readonly have: (live: LiveService) => unknown;
  /** What takes the field away again once it has left the spec; absent where ECS cannot, or where its default may not be guessed. */
  readonly reset?: unknown;
  /** Brings both sides to one form before they are compared. */
  readonly normalise?: (value: unknown) => unknown;
}

/**
 * The fields that UpdateService changes in place, apart from taskDefinition and desiredCount, which have rules of their own.
 * Service Connect, volumes, Lattice, gateway connectors and monitoring are compared with the service revision, because
 * DescribeServices does not return them (feature-bar section 6).
 */
const RULES = {
  availabilityZoneRebalancing: { rollsOut: false, have: ({ service }) => service.availabilityZoneRebalancing },
  capacityProviderStrategy: {
    rollsOut: true,
    have: ({ service }) => service.capacityProviderStrategy,
    reset: [],
    normalise: withStrategyDefaults,
  },
  deploymentConfiguration: { rollsOut: false, have: ({ service }) => service.deploymentConfiguration },
  // DescribeServices leaves out a controller that is plain ECS (feature-bar section 6).
  deploymentController: {
    rollsOut: false,
    have: ({ service }) => service.deploymentController ?? { type: 'ECS' },
    reset: { type: 'ECS' },
  },
  enableECSManagedTags: { rollsOut: false, have: ({ service }) => service.enableECSManagedTags ?? false, reset: false },
  enableExecuteCommand: { rollsOut: false, have: ({ service }) => service.enableExecuteCommand ?? false, reset: false },
  gatewayConnectors: { rollsOut: true, have: ({ revision }) => revision?.gatewayConnectors, reset: [] },
  healthCheckGracePeriodSeconds: {
    rollsOut: false,
    have: ({ service }) => service.healthCheckGracePeriodSeconds ?? 0,
    reset: 0,
  },
  loadBalancers: { rollsOut: true, have: ({ service }) => service.loadBalancers, reset: [] },
  monitoring: { rollsOut: true, have: ({ revision }) => revision?.monitoring },
  networkConfiguration: { rollsOut: true, have: ({ service }) => service.networkConfiguration },
  placementConstraints: { rollsOut: false, have: ({ service }) => service.placementConstraints, reset: [] },
  placementStrategy: {
    rollsOut: false,
    have: ({ service }) => service.placementStrategy,
    reset: [],
    normalise: withPlacementNames,
  },
  // The service itself goes on saying LATEST (ecs-guide-3 L49245); its deployments and revisions say what that was.
  platformVersion: {
    rollsOut: true,
    have: ({ service }) => service.platformVersion ?? LATEST,
    reset: LATEST,
  },
  propagateTags: { rollsOut: false, have: ({ service }) => service.propagateTags ?? 'NONE', reset: 'NONE' },
  serviceConnectConfiguration: {
    rollsOut: true,
    // AWS does not show one that is disabled (hashicorp/terraform-provider-aws#43871).
    have: ({ revision }) => revision?.serviceConnectConfiguration ?? { enabled: false },
    reset: { enabled: false },
  },
  serviceRegistries: { rollsOut: true, have: ({ service }) => service.serviceRegistries, reset: [] },
  volumeConfigurations: { rollsOut: true, have: ({ revision }) => revision?.volumeConfigurations, reset: [] },
  vpcLatticeConfigurations: { rollsOut: true, have: ({ revision }) => revision?.vpcLatticeConfigurations, reset: [] },
} as const satisfies Partial<Record<keyof UpdateServiceCommandInput, Rule>>;

type RuledField = keyof typeof RULES;

/** Fields that only the service revision shows. */
export const REVISION_FIELDS = [
  'gatewayConnectors',
  'monitoring',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
] as const satisfies readonly RuledField[];

const onlyInRevision: ReadonlySet<string> = new Set(REVISION_FIELDS);

/** Everything in which the live service differs from the spec. Fields that the user never set are never compared. */
export function serviceChanges(desired: DesiredService, live: LiveService): readonly Change[] {
  return differences(desired, live).filter(({ field }) => !isLeftToCodeDeploy(desired, live.service, field));
}

/** The fields that differ and that the operator leaves to CodeDeploy. */
export function leftToCodeDeploy(desired: DesiredService, live: LiveService): readonly Change[] {
  if (live.service.deploymentController?.type !== 'CODE_DEPLOY') return [];
  return differences(desired, live).filter(({ field }) => isLeftToCodeDeploy(desired, live.service, field));
}

function differences(desired: DesiredService, live: LiveService): readonly Change[] {
  const ruled = Object.keys(RULES).flatMap((field) => (isRuled(field) ? ruledChange(desired, live, field) : []));
  return [
    ...taskDefinitionChange(desired, live.service.taskDefinition),
    ...desiredCountChange(desired, live),
    ...ruled,
  ];
}

/** True when a revision is what this spec would have rolled out: used to tell whose attempt a failed deployment was. */
export function isAttemptOf(desired: DesiredService, revision: ServiceRevision): boolean {
  const attempted: Service = {
    taskDefinition: revision.taskDefinition,
    capacityProviderStrategy: revision.capacityProviderStrategy,
    loadBalancers: revision.loadBalancers,
    networkConfiguration: revision.networkConfiguration,
    // What LATEST resolved to when the tasks were started is no difference.
    platformVersion: (desired.spec.platformVersion ?? LATEST) === LATEST ? LATEST : revision.platformVersion,
    serviceRegistries: revision.serviceRegistries,
  };
  const live = { service: attempted, revision };
  const differing = [
    ...taskDefinitionChange(desired, revision.taskDefinition),
    ...Object.keys(RULES).flatMap((field) => (isRuled(field) ? ruledChange(desired, live, field) : [])),
  ];
  return differing.every(({ rollsOut }) => !rollsOut);
}

function isRuled(field: string): field is RuledField {
  return Object.hasOwn(RULES, field);
}

function taskDefinitionChange(desired: DesiredService, have: string | undefined): readonly Change[] {
  const wanted = taskDefinitionOf(desired);
  if (wanted === undefined || runs(have, wanted)) return [];
  const reason = `taskDefinition ${have === undefined ? 'none' : nameOfArn(have)} -> ${nameOfArn(wanted)}`;
  return [{ field: 'taskDefinition', input: { taskDefinition: wanted }, rollsOut: true, reason }];
}

/** `desiredCount` left out means that somebody else, an autoscaler for instance, owns it. ECS owns a DAEMON's. */
function desiredCountChange(desired: DesiredService, { service }: LiveService): readonly Change[] {
  const wanted = desired.spec.desiredCount;
  if (wanted === undefined || service.schedulingStrategy === 'DAEMON' || wanted === service.desiredCount) return [];
  const reason = `desiredCount ${service.desiredCount ?? 0} -> ${wanted}`;
  return [{ field: 'desiredCount', input: { desiredCount: wanted }, rollsOut: false, reason }];
}

function ruledChange(desired: DesiredService, live: LiveService, field: RuledField): readonly Change[] {
  // What could not be read is not known to differ.
  if (onlyInRevision.has(field) && live.revision === undefined) return [];
  const rule: Rule = RULES[field];
  const normalise = rule.normalise ?? ((value: unknown) => value);
  const have = normalise(rule.have(live));
  const wanted = wantedOf(desired, field);
  const without = withoutRemoved(desired, live.service, field, have, wanted);
  if (wanted !== undefined) {
    const agrees = without === undefined && covers(have, normalise(wanted), field);
    return agrees ? [] : [change(field, without ?? wanted, rule, 'changed')];
  }
  // Only of this field AWS takes parts: an update keeps what it leaves out.
  if (field === 'deploymentConfiguration' && without !== undefined) return [change(field, without, rule, 'removed')];
  if (rule.reset === undefined || !wasRemoved(desired, field)) return [];
  const gone = isEmpty(have) || covers(have, normalise(rule.reset), field);
  return gone ? [] : [change(field, rule.reset, rule, 'removed')];
}

function wantedOf(desired: DesiredService, field: RuledField): unknown {
  if (field !== 'capacityProviderStrategy') return desired.spec[field];
  // A launch type is no strategy: an adopted service may have one, and an empty strategy brings its launch type back (CPS-09).
  return strategyOf(desired) ?? (desired.spec.launchType === undefined ? undefined : []);
}

function change(field: RuledField, value: unknown, rule: Rule, verb: string): Change {
  // ECS refuses a new strategy for running tasks without a forced deployment (TF#22823).
  const force = field === 'capacityProviderStrategy' ? { forceNewDeployment: true } : {};
  return { field, input: { [field]: value, ...force }, rollsOut: rule.rollsOut, reason: `${field} ${verb}` };
}
