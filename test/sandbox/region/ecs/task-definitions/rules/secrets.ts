import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { clientException } from '../../../errors.ts';

const MAX_ENVIRONMENT_FILES = 10;

/** What the agent fetches with the execution role (SEC-08, REGY-02, ENV-02). */
export function checkSecrets(input: RegisterTaskDefinitionRequest, containers: readonly ContainerDefinition[]): void {
  for (const container of containers) {
    const needed = input.executionRoleArn === undefined ? needsRole(container) : undefined;
    if (needed !== undefined) {
      throw clientException(`When you are specifying ${needed}, you must also specify a value for 'executionRoleArn'.`);
    }
    checkNames(container);
  }
  const files = containers.flatMap(({ environmentFiles = [] }) => environmentFiles);
  for (const { value = '' } of files) {
    if (!value.endsWith('.env')) throw clientException(`Environment file '${value}' must end with .env.`);
  }
  if (files.length > MAX_ENVIRONMENT_FILES) {
    throw clientException(`A task definition can have at most ${MAX_ENVIRONMENT_FILES} environment files.`);
  }
}

function needsRole(container: ContainerDefinition): string | undefined {
  if ((container.secrets ?? []).length > 0) return 'container secrets';
  if ((container.logConfiguration?.secretOptions ?? []).length > 0) return 'log driver secrets';
  return container.repositoryCredentials === undefined ? undefined : 'repository credentials';
}

/** A variable has one source. */
function checkNames({ secrets = [], environment = [] }: ContainerDefinition): void {
  const names = new Set(environment.map(({ name }) => name));
  for (const { name } of secrets) {
    if (names.has(name)) {
      throw clientException(
        'The secret name must be unique and not shared with any new or existing environment variables set on the ' +
          `container, such as '${name}'.`,
      );
    }
    names.add(name);
  }
}
