import type { IncomingHttpHeaders } from 'node:http';
import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as ec2 from '@aws-sdk/client-ec2';
import { AwsError } from '../../sandbox/region/errors.ts';
import { type AwsService, SERVICES } from '../../sandbox/region/services.ts';
import { credentialOf } from '../../sandbox/region/wire/caller.ts';
import { decode } from '../../sandbox/region/wire/decode.ts';
import type { Answer } from '../../sandbox/region/wire/wire-protocol.ts';
import type { AwsEndpoint } from '../../support/operator-bed.ts';
import type { Call, Reply } from './aws-frontage.ts';

interface Client {
  send(command: object): Promise<object>;
  destroy(): void;
}

interface Sdk {
  readonly client: new (options: object) => Client;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** The services that the operator calls with forms, and the SDK with which a correction asks them. */
const SDKS: ReadonlyMap<string, Sdk> = new Map([
  ['autoscaling', { client: autoScaling.AutoScalingClient, exports: autoScaling }],
  ['ec2', { client: ec2.EC2Client, exports: ec2 }],
]);

/** A request of EC2 or Auto Scaling. */
export interface FormCall {
  readonly service: AwsService;
  readonly region: string;
  readonly operation: string;
}

/** `undefined` for requests of any other service. */
export function formCallOf(headers: IncomingHttpHeaders, body: string): FormCall | undefined {
  const credential = credentialOf(headers.authorization, undefined);
  const service = SERVICES.find(({ name }) => name === credential?.service);
  if (credential === undefined || service === undefined || !SDKS.has(service.name)) return undefined;
  return { service, region: credential.region, operation: new URLSearchParams(body).get('Action') ?? '' };
}

/** Answers in the service's own XML what `reply` makes of the call; `ask` in it is the SDK, asking upstream. */
export async function answerForm(
  { service, region, operation: name }: FormCall,
  body: string,
  upstream: AwsEndpoint,
  reply: (call: Call, ask: (call: Call) => Promise<Reply>) => Promise<Reply>,
): Promise<Answer> {
  const operation = service.operations.get(name);
  if (operation === undefined) throw new Error(`${service.name} has no operation ${name}`);
  const raw = service.protocol.read(operation, body, false);
  const input = decode(operation.input, raw, { dialect: service.dialect, strict: false });
  const { status, output } = await reply({ operation: name, input }, (call) => ask(service, region, upstream, call));
  if (status === 200) return service.protocol.answer(operation, output, 'corrected');
  return service.protocol.refuse(new AwsError(String(output.code), String(output.message), status), 'corrected');
}

async function ask(service: AwsService, region: string, { endpoint }: AwsEndpoint, call: Call): Promise<Reply> {
  const sdk = SDKS.get(service.name);
  const command = sdk?.exports[`${call.operation}Command`];
  if (sdk === undefined || typeof command !== 'function') throw new Error(`no command ${call.operation}`);
  const credentials = { accessKeyId: 'frontage', secretAccessKey: 'frontage' };
  const client = new sdk.client({ endpoint, region, credentials, maxAttempts: 1 });
  try {
    const { $metadata: _, ...output }: { $metadata?: unknown } = await client.send(
      Reflect.construct(command, [call.input]),
    );
    return { status: 200, output };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { status: 400, output: { code: error.name, message: error.message } };
  } finally {
    client.destroy();
  }
}
