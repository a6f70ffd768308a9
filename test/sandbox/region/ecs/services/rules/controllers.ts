import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs';
import { type AwsError, invalidParameter } from '../../../errors.ts';
import type { Controller } from '../state.ts';

type Member = keyof UpdateServiceRequest;

/** Where AWS says what it is that cannot be updated. */
const CODE_DEPLOY_WORDS: readonly (readonly [Member, string])[] = [
  ['taskDefinition', 'task definition'],
  ['networkConfiguration', 'network parameters'],
  ['platformVersion', 'platform version'],
  ['loadBalancers', 'load balancers'],
  ['serviceRegistries', 'service registries'],
  ['capacityProviderStrategy', 'capacity provider strategy'],
  ['serviceConnectConfiguration', 'service connect configuration'],
  ['volumeConfigurations', 'volume configurations'],
  ['vpcLatticeConfigurations', 'VPC Lattice configurations'],
];

/** What belongs to the task sets of an external deployment (XD-04). */
const TASK_SET_MEMBERS = [
  'taskDefinition',
  'networkConfiguration',
  'platformVersion',
  'loadBalancers',
  'serviceRegistries',
  'capacityProviderStrategy',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
] as const satisfies readonly (keyof CreateServiceRequest & Member)[];

/** XD-02: an external service has no template of its own. */
export function checkExternalService(input: CreateServiceRequest): void {
  const given = TASK_SET_MEMBERS.find((member) => isGiven(input[member]));
  if (given !== undefined) throw belongsToTaskSets(given);
}

/**
 * What UpdateService refuses where something else deploys (XD-03, BG-07). The guide allows an external service only its desired count and
 * grace period; the SDK, which is newer, also its placement and tag settings.
 */
export function checkControllerUpdate(controller: Controller, input: UpdateServiceRequest): void {
  switch (controller) {
    case 'ECS':
      return;
    case 'CODE_DEPLOY':
      for (const [member, words] of CODE_DEPLOY_WORDS) {
        if (isGiven(input[member])) {
          throw invalidParameter(
            `Unable to update ${words} on services with a CODE_DEPLOY deployment controller. ` +
              'Use AWS CodeDeploy to trigger a new deployment.',
          );
        }
      }
      if (input.forceNewDeployment) {
        throw invalidParameter(
          'Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. ' +
            'Use AWS CodeDeploy to trigger a new deployment.',
        );
      }
      return;
    case 'EXTERNAL': {
      const given = TASK_SET_MEMBERS.find((member) => isGiven(input[member]));
      if (given !== undefined) throw belongsToTaskSets(given);
      if (input.forceNewDeployment) {
        throw invalidParameter('Cannot force a new deployment on services with an EXTERNAL deployment controller.');
      }
    }
  }
}

const belongsToTaskSets = (member: string): AwsError =>
  invalidParameter(
    `${member} cannot be specified for services with an EXTERNAL deployment controller. Specify it for the task set.`,
  );

const isGiven = (value: unknown): boolean => value !== undefined && !(Array.isArray(value) && value.length === 0);
