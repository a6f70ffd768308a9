import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from './errors.ts';
import { callerOf, validity } from './iam.ts';
import { type AwsService, SERVICES } from './services.ts';
import { type Caller, type Credential, credentialOf } from './wire/caller.ts';
import { decode } from './wire/decode.ts';
import { json } from './wire/json.ts';
import { query } from './wire/query.ts';
import type { Operation } from './wire/shape.ts';
import { type Answer, type Refusals, unsupported, type WireProtocol } from './wire/wire-protocol.ts';
import type { WorldSource, Worlds } from './worlds.ts';

/** A request after its envelope has been read and before its input has been judged. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  readonly caller: Caller;
  /** False for a service that the region does not model. */
  readonly modelled: boolean;
  /** The errors of this call's protocol. */
  readonly refusals: Refusals;
  /** Runs it against worlds, which may be those of the past; throws an `AwsError`. */
  run(worlds: WorldSource): Answer;
  /** The same error in this call's protocol. */
  refuse(error: AwsError): Answer;
}

export interface ReadContext {
  /** The worlds as they are now: they say who the caller is. */
  readonly worlds: Worlds;
  readonly strict: boolean;
}

/** Where to another endpoint is told that serves what this region does not. */
export const FALLBACK_VARIABLE = 'AWS_FALLBACK_ENDPOINT';

const NOBODY: Caller = { accessKey: '', account: '', region: '', service: '', arn: '', userId: '' };

const BY_TARGET = new Map(SERVICES.map((service) => [service.target, service]));
const BY_NAME = new Map(SERVICES.map((service) => [service.name, service]));
const BY_VERSION = new Map(SERVICES.map((service) => [service.version, service]));

/** Finds out which operation of which service is called. */
export function readCall(context: ReadContext, headers: IncomingHttpHeaders, body: string): Call {
  const token = headers['x-amz-security-token'];
  const credential = credentialOf(headers.authorization, typeof token === 'string' ? token : undefined);
  const form = isForm(headers);
  const named = form ? namedByForm(credential, body) : namedByTarget(credential, headers['x-amz-target']);
  return named.service === undefined
    ? foreignCall(context, credential, named, form ? FOREIGN_FORM : json)
    : modelledCall(context, credential, named.service, named.operation, body);
}

interface Named {
  readonly service: AwsService | undefined;
  readonly name: string;
  readonly operation: string;
}

const isForm = (headers: IncomingHttpHeaders): boolean =>
  headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;

function namedByTarget(credential: Credential | undefined, header: string | string[] | undefined): Named {
  const target = String(header ?? '');
  const dot = target.lastIndexOf('.');
  const prefix = target.slice(0, Math.max(0, dot));
  return {
    service: BY_TARGET.get(prefix),
    name: credential?.service ?? (prefix === '' ? 'unknown' : prefix),
    operation: target === '' ? 'unknown' : target.slice(dot + 1),
  };
}

function namedByForm(credential: Credential | undefined, body: string): Named {
  const form = new URLSearchParams(body);
  const service =
    credential === undefined ? BY_VERSION.get(form.get('Version') ?? '') : BY_NAME.get(credential.service);
  return { service, name: credential?.service ?? 'unknown', operation: form.get('Action') ?? 'unknown' };
}

function modelledCall(
  context: ReadContext,
  credential: Credential | undefined,
  service: AwsService,
  name: string,
  body: string,
): Call {
  const { protocol } = service;
  const { refusals } = protocol;
  const operation = service.operations.get(name);
  const { input, problem } = readInput(service, operation, body, context.strict);
  const caller = credential === undefined ? NOBODY : callerOf(context.worlds.iam, credential);
  return {
    service: service.name,
    operation: name,
    input,
    caller,
    modelled: true,
    refusals,
    run(worlds) {
      checkCredential(context.worlds, credential, refusals);
      if (operation === undefined) throw refusals.unknownOperation(name);
      const handler = service.handlers[name];
      if (handler === undefined) throw unsupported(service.name, name);
      if (problem !== undefined) throw problem;
      const checked = decode(operation.input, input, { dialect: service.dialect, strict: context.strict });
      // `decode` has checked the input against the schema of this very operation, which is the handler's input type.
      const output = handler(worlds.at(caller.account, caller.region), checked as never, caller);
      return protocol.answer(operation, output, randomUUID());
    },
    refuse: (error) => protocol.refuse(error, randomUUID()),
  };
}

function readInput(
  { protocol }: AwsService,
  operation: Operation | undefined,
  body: string,
  strict: boolean,
): { readonly input: unknown; readonly problem?: AwsError } {
  if (operation === undefined) return { input: protocol.raw(body) };
  try {
    return { input: protocol.read(operation, body, strict) };
  } catch (problem) {
    if (!(problem instanceof AwsError)) throw problem;
    return { input: protocol.raw(body), problem };
  }
}

function checkCredential(worlds: Worlds, credential: Credential | undefined, refusals: Refusals): void {
  if (credential === undefined) throw refusals.unsigned();
  switch (validity(worlds.iam, credential, worlds.now)) {
    case 'valid':
      return;
    case 'invalid':
      throw refusals.invalidToken();
    case 'expired':
      throw refusals.expiredToken();
  }
}

/** The protocol of most services that take a form and are not modelled, such as IAM and Elastic Load Balancing. */
const FOREIGN_FORM = query({ version: 'unknown', namespace: 'https://aws.amazon.com/' });

/** Its protocol is a guess. */
function foreignCall(
  context: ReadContext,
  credential: Credential | undefined,
  { name, operation }: Named,
  protocol: WireProtocol,
): Call {
  return {
    service: name,
    operation,
    input: undefined,
    caller: credential === undefined ? NOBODY : callerOf(context.worlds.iam, credential),
    modelled: false,
    refusals: protocol.refusals,
    run: () => {
      throw new AwsError(
        'UnknownOperationException',
        `The simulated region does not model the service ${name} (${operation}); ` +
          `${FALLBACK_VARIABLE} may name an endpoint that does.`,
      );
    },
    refuse: (error) => protocol.refuse(error, randomUUID()),
  };
}
