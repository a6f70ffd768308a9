import { clientException, invalidParameter } from '../errors.ts';
import { constraintDialect, type Dialect, type Handlers } from '../service.ts';
import { ACCOUNT_OPERATIONS } from './account/operations.ts';
import { CAPACITY_OPERATIONS } from './capacity/operations.ts';
import { CLUSTER_OPERATIONS } from './clusters/operations.ts';
import { ENUMS } from './enums.ts';
import { SERVICE_OPERATIONS } from './services/operations.ts';
import { TASK_DEFINITION_OPERATIONS } from './task-definitions/operations.ts';
import { TASK_OPERATIONS } from './tasks/operations.ts';

export const ECS_HANDLERS: Handlers = {
  ...CLUSTER_OPERATIONS,
  ...CAPACITY_OPERATIONS,
  ...TASK_DEFINITION_OPERATIONS,
  ...SERVICE_OPERATIONS,
  ...TASK_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
};

/** ECS has no one word for a missing member: RegisterTaskDefinition says ClientException, the others InvalidParameterException. */
export const ECS_DIALECT: Dialect = {
  ...constraintDialect('InvalidParameterException', ENUMS),
  missing: (structure, member) =>
    structure === 'RegisterTaskDefinitionRequest'
      ? clientException(`${capitalized(member)} should not be null or empty.`)
      : invalidParameter(`${capitalized(member)} can not be blank.`),
};

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
