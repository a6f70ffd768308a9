import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { checkTaskDefinition } from '../../../../../sandbox/region/ecs/task-definitions/rules/index.ts';

export type Overrides = Partial<RegisterTaskDefinitionRequest>;

export const APP: ContainerDefinition = { name: 'app', image: 'nginx', memory: 128 };
export const ROLE = 'arn:aws:iam::123456789012:role/execution';
export const AWSLOGS = { 'awslogs-group': 'g', 'awslogs-region': 'r', 'awslogs-stream-prefix': 'p' };
export const CHECK = { command: ['CMD', 'true'] };

export const ec2 = (overrides: Overrides = {}): RegisterTaskDefinitionRequest => ({
  family: 'it',
  containerDefinitions: [APP],
  ...overrides,
});

export const fargate = (overrides: Overrides = {}): RegisterTaskDefinitionRequest => ({
  family: 'it',
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '1024',
  memory: '2048',
  containerDefinitions: [{ name: 'app', image: 'nginx' }],
  ...overrides,
});

export const app = (...containers: Partial<ContainerDefinition>[]): Overrides => ({
  containerDefinitions: containers.map((container, index) => ({
    ...APP,
    name: index === 0 ? 'app' : `c${index}`,
    ...container,
  })),
});

export const ports = (...portMappings: NonNullable<ContainerDefinition['portMappings']>): Overrides =>
  app({ portMappings });

export const check = (input: RegisterTaskDefinitionRequest) => () => checkTaskDefinition(input);
