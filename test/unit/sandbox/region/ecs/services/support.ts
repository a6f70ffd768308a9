import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  type ECSClient,
  type LoadBalancer,
  RegisterTaskDefinitionCommand,
  type Service,
  type ServiceDeployment,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { describe1, type Fixture } from '../../support.ts';

export const MINUTE_MS = 60_000;
const ELB = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012';
export const BLUE = `${ELB}:targetgroup/blue/1111111111111111`;
export const GREEN = `${ELB}:targetgroup/green/2222222222222222`;

/** A load balancer that can shift traffic between two target groups. */
export const SHIFTING: LoadBalancer = {
  targetGroupArn: BLUE,
  containerName: 'app',
  containerPort: 80,
  advancedConfiguration: {
    alternateTargetGroupArn: GREEN,
    productionListenerRule: `${ELB}:listener-rule/app/lb/1/2/3`,
    testListenerRule: `${ELB}:listener-rule/app/lb/1/2/4`,
    roleArn: 'arn:aws:iam::123456789012:role/elb',
  },
};
export const BALANCER: LoadBalancer = { targetGroupArn: BLUE, containerName: 'app', containerPort: 80 };

export const messages = (service: Service): string[] => service.events?.map((event) => event.message ?? '') ?? [];

/** A task definition whose containers have a health check. */
export async function registerChecked(ecs: ECSClient, family: string, image: string): Promise<void> {
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        {
          name: 'app',
          image,
          portMappings: [{ containerPort: 80 }],
          healthCheck: { command: ['CMD', 'true'], interval: 10, retries: 2 },
        },
      ],
    }),
  );
}

export async function update(ecs: ECSClient, input: Partial<UpdateServiceCommandInput>): Promise<Service> {
  const { service } = await ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', ...input }));
  return service ?? {};
}

/** The newest service deployment of `web`. */
export async function deployment(ecs: ECSClient): Promise<ServiceDeployment> {
  const { currentServiceDeployment = '' } = await describe1(ecs);
  const { serviceDeployments } = await ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [currentServiceDeployment] }),
  );
  return serviceDeployments?.[0] ?? {};
}

/** Moves time in small steps until the newest service deployment is as asked for. */
export async function deploymentUntil(
  { ecs, region }: Fixture,
  done: (seen: ServiceDeployment) => boolean,
  look: (seen: ServiceDeployment) => void = () => {},
  stepMs = 500,
): Promise<ServiceDeployment> {
  for (let step = 0; step < 400; step += 1) {
    const seen = await deployment(ecs);
    look(seen);
    if (done(seen)) return seen;
    region.advance(stepMs);
  }
  throw new Error(`not reached: ${JSON.stringify(await deployment(ecs), null, 1)}`);
}

export const isFinished = ({ finishedAt }: ServiceDeployment): boolean => finishedAt !== undefined;

export async function answerHook(ecs: ECSClient, action: 'CONTINUE' | 'ROLLBACK'): Promise<void> {
  const { serviceDeploymentArn, lifecycleHookDetails } = await deployment(ecs);
  const hookId = lifecycleHookDetails?.[0]?.hookId;
  await ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, action }));
}

export async function servicesOf(ecs: ECSClient, ...services: string[]): Promise<Service[]> {
  return (await ecs.send(new DescribeServicesCommand({ cluster: 'main', services }))).services ?? [];
}
