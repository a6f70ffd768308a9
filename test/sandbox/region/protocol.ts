import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AwsError, serializationException } from './errors.ts';
import { type AwsService, operationOf, runOperation, SERVICES } from './services.ts';
import { callerIdentity, STS_NAMESPACE, stsOperation } from './sts.ts';
import { type Caller, callerOf } from './wire/caller.ts';
import { encode } from './wire/encode.ts';
import { queryAnswer, queryError } from './wire/query.ts';
import type { Worlds } from './worlds.ts';

/** A request after its envelope has been read and before its input has been judged. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  readonly caller: Caller;
  /** Runs it against the world; throws an `AwsError`. */
  run(worlds: Worlds): Answer;
  /** The same error in this call's protocol. */
  refuse(error: AwsError): Answer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const ECS_TARGET = 'AmazonEC2ContainerServiceV20141113.';
const ECS = serviceNamed('ecs');
const NOBODY: Caller = { accessKey: '', account: '', region: '', service: '' };

/** Finds out which operation of which service is called. A request that names none becomes a call that can only be refused. */
export function readCall(headers: IncomingHttpHeaders, body: string): Call {
  const target = headers['x-amz-target'];
  const caller = callerOf(headers.authorization);
  if (typeof target === 'string') return readJson(target, body, caller);
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return readQuery(body, caller);
  return refused('unknown', 'unknown', undefined, caller, unknownOperation('The request names no operation.'));
}

function readJson(target: string, body: string, caller: Caller | undefined): Call {
  const operation = target.slice(target.lastIndexOf('.') + 1);
  if (!target.startsWith(ECS_TARGET)) {
    return refused(
      'unknown',
      operation,
      undefined,
      caller,
      unknownOperation(`The simulated region has no target ${target}.`),
    );
  }
  let input: unknown;
  try {
    input = JSON.parse(body === '' ? '{}' : body);
  } catch {
    return refused('ecs', operation, undefined, caller, serializationException('The request body is not JSON.'));
  }
  if (caller === undefined) return refused('ecs', operation, input, caller, missingToken());
  return {
    service: 'ecs',
    operation,
    input,
    caller,
    run: (worlds) => {
      const schema = operationOf(ECS, operation);
      const output = runOperation(ECS, schema, worlds.at(caller.account, caller.region), input, caller);
      return jsonAnswer(200, encode(schema.output, output));
    },
    refuse: jsonError,
  };
}

function readQuery(body: string, caller: Caller | undefined): Call {
  const input = Object.fromEntries(new URLSearchParams(body));
  const operation = input.Action ?? 'unknown';
  const refuse = (error: AwsError): Answer => xmlAnswer(error.status, (id) => queryError(error, STS_NAMESPACE, id));
  return {
    service: 'sts',
    operation,
    input,
    caller: caller ?? NOBODY,
    run: () => {
      if (caller === undefined) throw missingToken();
      stsOperation(operation, input);
      return xmlAnswer(200, (id) => queryAnswer(operation, STS_NAMESPACE, callerIdentity(caller), id));
    },
    refuse,
  };
}

function refused(
  service: string,
  operation: string,
  input: unknown,
  caller: Caller | undefined,
  error: AwsError,
): Call {
  return {
    service,
    operation,
    input,
    caller: caller ?? NOBODY,
    run: () => {
      throw error;
    },
    refuse: jsonError,
  };
}

const unknownOperation = (message: string): AwsError => new AwsError('UnknownOperationException', message);

const missingToken = (): AwsError =>
  new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');

function jsonError(error: AwsError): Answer {
  return jsonAnswer(error.status, { __type: error.code, message: error.message });
}

function jsonAnswer(status: number, body: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(body),
  };
}

function xmlAnswer(status: number, body: (requestId: string) => string): Answer {
  const requestId = randomUUID();
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body: body(requestId) };
}

function serviceNamed(name: string): AwsService {
  const found = SERVICES.find((service) => service.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}
