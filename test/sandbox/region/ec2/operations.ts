import { AwsError } from '../errors.ts';
import type { Dialect, Handlers } from '../service.ts';

export const EC2_HANDLERS: Handlers = {};

export const EC2_DIALECT: Dialect = {
  enums: new Map(),
  missing: (_structure, member) => new AwsError('ValidationError', `${member} is required.`),
};
