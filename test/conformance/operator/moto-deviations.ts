import type { Call, Correction, Reply } from './aws-frontage.ts';
import { ec2Deviations } from './moto-ec2-deviations.ts';
import { records } from './records.ts';

/** Something that moto 5.2.5 does otherwise than AWS, and that the operator's scenarios meet. */
export interface Deviation {
  readonly id: string;
  readonly operation: string;
  readonly moto: string;
  readonly aws: string;
  /** Where AWS says so. */
  readonly source: string;
  readonly handling: Handling;
}

/**
 * What is done about it. The scenarios themselves are never changed: the answer is corrected on its way to the operator, or
 * moto is started with a setting of its own, or a scenario is not played.
 */
export type Handling =
  | { readonly kind: 'corrected'; readonly correct: Correction }
  | { readonly kind: 'setting'; readonly env: Readonly<Record<string, string>> }
  | { readonly kind: 'skipped'; readonly scenarios: readonly string[] };

type Ask = (call: Call) => Promise<Reply>;

export const deviations: readonly Deviation[] = [
  {
    id: 'clusters-count-no-services',
    operation: 'DescribeClusters',
    moto: 'activeServicesCount is always 0.',
    aws: 'activeServicesCount is the number of services in an ACTIVE state.',
    source: 'API reference, Cluster.activeServicesCount; ListServices and DescribeServices count them',
    handling: {
      kind: 'corrected',
      async correct(call, ask) {
        const reply = await ask(call);
        const clusters = await Promise.all(
          records(reply.output.clusters).map(async (cluster) => ({
            ...cluster,
            activeServicesCount: (await liveServices(cluster.clusterArn, ask)).length,
          })),
        );
        return reply.status === 200 ? { ...reply, output: { ...reply.output, clusters } } : reply;
      },
    },
  },
  {
    id: 'inactive-services-listed',
    operation: 'ListServices',
    moto: 'Services that have been deleted stay in the list.',
    aws: 'A service leaves the list as soon as it is DRAINING; it can be described for a while longer.',
    source: 'ecs-guide-2 SV-10',
    handling: {
      kind: 'corrected',
      async correct(call, ask) {
        const reply = await ask(call);
        if (reply.status !== 200) return reply;
        const serviceArns = await liveServices(call.input.cluster, ask);
        return { ...reply, output: { ...reply.output, serviceArns } };
      },
    },
  },
  {
    id: 'families-without-status',
    operation: 'ListTaskDefinitionFamilies',
    moto: 'The parameter status is ignored: families that have only INACTIVE revisions are listed as ACTIVE.',
    aws: 'With status ACTIVE only families that have an ACTIVE revision are listed.',
    source: 'API reference, ListTaskDefinitionFamilies, request parameter status',
    handling: {
      kind: 'corrected',
      async correct(call, ask) {
        const reply = await ask(call);
        if (call.input.status !== 'ACTIVE' || !Array.isArray(reply.output.families)) return reply;
        const active = await Promise.all(
          reply.output.families.map(async (family) => ({ family, newest: await newestActive(family, ask) })),
        );
        const families = active.filter(({ newest }) => newest !== undefined).map(({ family }) => family);
        return { ...reply, output: { ...reply.output, families } };
      },
    },
  },
  {
    id: 'no-service-deployments',
    operation: 'ListServiceDeployments',
    moto: 'The operation does not exist.',
    aws: "A service's deployments are listed.",
    source: 'API reference, ListServiceDeployments',
    handling: {
      kind: 'corrected',
      // Nothing is ever rolled back in moto, so no deployment has anything to tell.
      correct: async () => ({ status: 200, output: { serviceDeployments: [] } }),
    },
  },
  {
    id: 'update-starts-no-deployment',
    operation: 'DescribeServices',
    moto: 'UpdateService with another task definition leaves the deployment with the old one and its counts as they were.',
    aws: 'UpdateService with another task definition starts a deployment of it, which becomes PRIMARY.',
    source: 'API reference, UpdateService; Deployment.taskDefinition',
    handling: {
      kind: 'corrected',
      async correct(call, ask) {
        const reply = await ask(call);
        const services = records(reply.output.services).map((service) => ({
          ...service,
          deployments: records(service.deployments).map((deployment) => ({
            ...deployment,
            taskDefinition: service.taskDefinition,
            desiredCount: service.desiredCount,
            runningCount: service.runningCount,
            pendingCount: service.pendingCount,
          })),
        }));
        return reply.status === 200 ? { ...reply, output: { ...reply.output, services } } : reply;
      },
    },
  },
  {
    id: 'services-start-no-tasks',
    operation: 'CreateService',
    moto: 'No task is ever started for a service. A new service runs as many as MOTO_ECS_SERVICE_RUNNING says, whatever its desiredCount.',
    aws: 'The scheduler starts desiredCount tasks.',
    source: 'API reference, CreateService, request parameter desiredCount',
    handling: { kind: 'setting', env: { MOTO_ECS_SERVICE_RUNNING: '2' } },
  },
  {
    id: 'tasks-never-fail',
    operation: 'UpdateService',
    moto: 'There is no task that could fail, no circuit breaker and no rollback.',
    aws: 'The deployment circuit breaker takes a deployment back whose tasks do not start.',
    source: 'ECS developer guide, deployment circuit breaker',
    handling: {
      kind: 'skipped',
      scenarios: ['a rollout whose tasks fail is rolled back by ECS, told, and not tried again'],
    },
  },
  ...ec2Deviations,
];

/** The corrections by operation; `onUse` is told of each one that made a difference. Only reads can have one: they are asked twice. */
export function correctionsOf(onUse: (id: string) => void): ReadonlyMap<string, readonly Correction[]> {
  const corrections = new Map<string, Correction[]>();
  for (const { id, operation, handling } of deviations) {
    if (handling.kind !== 'corrected') continue;
    const layers = corrections.get(operation) ?? [];
    layers.push(async (call, ask) => {
      const corrected = await handling.correct(call, ask);
      const plain = await ask(call);
      if (JSON.stringify(plain) !== JSON.stringify(corrected)) onUse(id);
      return corrected;
    });
    corrections.set(operation, layers);
  }
  return corrections;
}

/** The environment that moto is started with. */
export function settings(): Readonly<Record<string, string>> {
  const envs = deviations.map(({ handling }) => (handling.kind === 'setting' ? handling.env : {}));
  return Object.assign({}, ...envs);
}

/** Why a scenario is not played in moto. */
export function skipReason(scenario: string): string | undefined {
  const found = deviations.find(({ handling }) => handling.kind === 'skipped' && handling.scenarios.includes(scenario));
  return found === undefined ? undefined : `${found.id}: ${found.moto}`;
}

/** ARNs of the services that are not INACTIVE; moto's are never DRAINING. */
async function liveServices(cluster: unknown, ask: Ask): Promise<readonly unknown[]> {
  const listed = await ask({ operation: 'ListServices', input: { cluster } });
  const services = listed.output.serviceArns;
  if (!Array.isArray(services) || services.length === 0) return [];
  const described = await ask({ operation: 'DescribeServices', input: { cluster, services } });
  const live = records(described.output.services).filter(({ status }) => status === 'ACTIVE');
  return live.map(({ serviceArn }) => serviceArn);
}

async function newestActive(family: unknown, ask: Ask): Promise<string | undefined> {
  const listed = await ask({ operation: 'ListTaskDefinitions', input: { familyPrefix: family, status: 'ACTIVE' } });
  const arns = listed.output.taskDefinitionArns;
  return Array.isArray(arns) && arns.length > 0 ? String(arns.at(-1)) : undefined;
}
