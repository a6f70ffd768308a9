import { AwsError } from '../errors.ts';
import type { Dialect, Handlers } from '../service.ts';

export const APPLICATION_AUTO_SCALING_HANDLERS: Handlers = {};

export const APPLICATION_AUTO_SCALING_DIALECT: Dialect = {
  enums: new Map(),
  missing: (_structure, member) => new AwsError('ValidationError', `${member} is required.`),
};
