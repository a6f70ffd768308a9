import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { clientException } from '../../../errors.ts';
import { checkContainer } from './container.ts';
import { checkDependencies } from './dependencies.ts';
import { checkEnums } from './enums.ts';
import { checkFargate } from './fargate.ts';
import { checkLogging } from './logging.ts';
import { checkNetwork } from './network.ts';
import { checkSecrets } from './secrets.ts';
import { checkTask } from './task.ts';
import { checkVolumes } from './volumes.ts';

const MAX_CONTAINERS = 10;
/** 64 KiB, of the JSON as it is sent (guide 4, 23). */
const MAX_SIZE = 65_536;

/**
 * What RegisterTaskDefinition refuses; always a ClientException. The first mistake found is the one told. Where AWS's text is not known
 * the text is this region's own, and a caller should not match on it.
 */
export function checkTaskDefinition(input: RegisterTaskDefinitionRequest): void {
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(input.family ?? '')) throw clientException('Family contains invalid characters.');
  if (Buffer.byteLength(JSON.stringify(input)) > MAX_SIZE) {
    throw clientException('Actual length of the task definition exceeds the maximum of 64KiB.');
  }
  checkEnums(input);
  const containers = input.containerDefinitions ?? [];
  if (containers.length === 0) throw clientException('Container list cannot be empty.');
  if (containers.length > MAX_CONTAINERS) {
    throw clientException(`Task definition cannot have more than ${MAX_CONTAINERS} containers.`);
  }
  const names = new Set<string>();
  for (const container of containers) {
    checkContainer(container, input.memory !== undefined);
    const name = container.name ?? '';
    if (names.has(name)) throw clientException(`Container.name contains duplicates: ${name}`);
    names.add(name);
  }
  if (containers.every(({ essential }) => essential === false)) {
    throw clientException('At least one container in a task definition must be marked essential.');
  }
  checkTask(input, containers);
  checkNetwork(input, containers);
  checkDependencies(containers);
  checkVolumes(input, containers);
  checkSecrets(input, containers);
  checkLogging(containers);
  if (input.requiresCompatibilities?.includes('FARGATE')) checkFargate(input, containers);
  if (input.requiresCompatibilities?.includes('EXTERNAL')) checkExternal(input);
}

/** Guide 2, section 3; EFS-06. */
function checkExternal({ networkMode, volumes = [] }: RegisterTaskDefinitionRequest): void {
  if (networkMode === 'awsvpc') throw clientException('The EXTERNAL launch type does not support network mode awsvpc.');
  if (volumes.some(({ efsVolumeConfiguration }) => efsVolumeConfiguration !== undefined)) {
    throw clientException('The EXTERNAL launch type does not support EFS volumes.');
  }
}
