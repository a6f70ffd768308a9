import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { clientException } from '../../../errors.ts';
import { isWindows } from '../../fargate.ts';
import { cpuUnits, mebibytes } from '../sizes.ts';

const MAX_CONSTRAINTS = 10;
/** 0.125 to 192 vCPU: the wider of the two ranges that the guide gives (TD-4). */
const CPU = { min: 128, max: 196_608 } as const;
/** MiB; the instance's memory is the real limit (TD-5). */
const MEMORY = { min: 4, max: Number.MAX_SAFE_INTEGER } as const;

/** What is wrong with the task as a whole, on whatever it is to run. */
export function checkTask(input: RegisterTaskDefinitionRequest, containers: readonly ContainerDefinition[]): void {
  checkSize(input, containers);
  checkConstraints(input);
  checkProxy(input, containers);
  for (const role of [input.taskRoleArn, input.executionRoleArn]) checkRole(role);
  const storage = input.ephemeralStorage?.sizeInGiB;
  if (storage !== undefined && !(Number.isInteger(storage) && storage >= 21 && storage <= 200)) {
    throw clientException('Invalid ephemeral storage size: it must be between 21 and 200 GiB.');
  }
}

function checkSize(input: RegisterTaskDefinitionRequest, containers: readonly ContainerDefinition[]): void {
  const cpu = input.cpu === undefined ? Number.POSITIVE_INFINITY : Number(cpuUnits(input.cpu));
  const memory = input.memory === undefined ? Number.POSITIVE_INFINITY : Number(mebibytes(input.memory));
  if (input.cpu !== undefined && !isWithin(cpu, CPU)) throw invalidSetting('cpu');
  if (input.memory !== undefined && !isWithin(memory, MEMORY)) throw invalidSetting('memory');
  // Windows ignores the task's size (TD-6).
  if (!isWindows(input)) checkSums(cpu, memory, containers);
}

/** Equality is allowed (conflict 27-5). */
function checkSums(cpu: number, memory: number, containers: readonly ContainerDefinition[]): void {
  const total = (of: (container: ContainerDefinition) => number | undefined): number =>
    containers.reduce((sum, container) => sum + (of(container) ?? 0), 0);
  if (total((container) => container.cpu) > cpu) {
    throw clientException("The sum of the containers' 'cpu' is greater than the task's 'cpu'.");
  }
  const above = containers.find((container) => (container.memory ?? 0) > memory);
  if (above !== undefined) {
    throw clientException(
      `Invalid setting for container '${above.name}'. 'memory' is greater than the task's 'memory'.`,
    );
  }
  if (total((container) => container.memoryReservation ?? container.memory) > memory) {
    throw clientException("The sum of the containers' memory is greater than the task's 'memory'.");
  }
}

const isWithin = (value: number, { min, max }: { readonly min: number; readonly max: number }): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

/** `distinctInstance` is for runs and services only (PL-11). */
function checkConstraints({ placementConstraints = [] }: RegisterTaskDefinitionRequest): void {
  if (placementConstraints.length > MAX_CONSTRAINTS) {
    throw clientException(`placementConstraints can have at most ${MAX_CONSTRAINTS} items.`);
  }
  for (const { type, expression } of placementConstraints) {
    if (type !== 'memberOf') throw clientException(`Invalid placement constraint type: ${type}.`);
    if ((expression ?? '') === '') throw clientException('A memberOf placement constraint needs an expression.');
  }
}

/** Guide 4, 20.10. */
function checkProxy(
  { proxyConfiguration: proxy }: RegisterTaskDefinitionRequest,
  containers: readonly ContainerDefinition[],
): void {
  if (proxy === undefined) return;
  if (!containers.some(({ name }) => name === proxy.containerName)) {
    throw clientException(`The proxy container '${proxy.containerName}' does not exist in the task definition.`);
  }
  const keys = new Set(proxy.properties?.map(({ name }) => name));
  if (!keys.has('IgnoredUID') && !keys.has('IgnoredGID')) {
    throw clientException("The proxy configuration needs 'IgnoredUID' or 'IgnoredGID'.");
  }
  for (const key of ['AppPorts', 'ProxyIngressPort', 'ProxyEgressPort']) {
    if (!keys.has(key)) throw clientException(`The proxy configuration needs '${key}'.`);
  }
}

/** A role is named by its ARN, or by its name in the same account. `arn:aws::iam:...` of the guide is neither (TRAP-02). */
function checkRole(role: string | undefined): void {
  if (role === undefined || /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(role)) return;
  if (!role.includes(':') && role !== '') return;
  throw clientException('Role is not valid');
}

const invalidSetting = (member: 'cpu' | 'memory'): Error =>
  clientException(
    `Invalid '${member}' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  );
