import { constraintDialect, type Handlers } from '../service.ts';
import { getParameter, getParameters, getParametersByPath } from './parameters.ts';

export const SSM_HANDLERS: Handlers = {
  GetParameter: getParameter,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
};

export const SSM_DIALECT = constraintDialect('ValidationException', new Map());
