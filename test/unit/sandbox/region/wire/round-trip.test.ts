import { Readable } from 'node:stream';
import * as applicationAutoScaling from '@aws-sdk/client-application-auto-scaling';
import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AwsService, SERVICES } from '../../../../sandbox/region/services.ts';
import { decode } from '../../../../sandbox/region/wire/decode.ts';
import type { Operation } from '../../../../sandbox/region/wire/shape.ts';
import type { Answer } from '../../../../sandbox/region/wire/wire-protocol.ts';
import { type Limits, valuesOf } from './arbitrary-shape.ts';

interface Package {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly client: new (options: object) => Client;
  /** What the service's form cannot say. */
  readonly limits: Omit<Limits, 'depth'>;
}

interface Client {
  send(command: object): Promise<object>;
  readonly config: { readonly protocolSettings: Readonly<Record<string, unknown>> };
}

const JSON_LIMITS = { emptyStructures: true, emptyLists: true };
const QUERY_LIMITS = { emptyStructures: false, emptyLists: true };
const EC2_LIMITS = { emptyStructures: false, emptyLists: false };

const PACKAGES: Readonly<Record<string, Package>> = {
  ecs: { exports: ecs, client: ecs.ECSClient, limits: JSON_LIMITS },
  autoscaling: { exports: autoScaling, client: autoScaling.AutoScalingClient, limits: QUERY_LIMITS },
  ec2: { exports: ec2, client: ec2.EC2Client, limits: EC2_LIMITS },
  'application-autoscaling': {
    exports: applicationAutoScaling,
    client: applicationAutoScaling.ApplicationAutoScalingClient,
    limits: JSON_LIMITS,
  },
  ssm: { exports: ssm, client: ssm.SSMClient, limits: JSON_LIMITS },
  sts: { exports: sts, client: sts.STSClient, limits: QUERY_LIMITS },
};

/** The client's middleware adds a presigned URL to its input. */
const CHANGED_BY_THE_CLIENT = ['CopySnapshot'];

describe.each(SERVICES)('$name', (service) => {
  const sdk = PACKAGES[service.name];
  if (sdk === undefined) throw new Error(`no SDK client of ${service.name}`);
  // EC2 and Systems Manager have hundreds of operations, all read and written by the same code.
  const numRuns = service.operations.size > 100 ? 3 : 20;

  it('is addressed as the SDK addresses it', () => {
    const { config } = new sdk.client({ region: 'eu-central-1' });
    const { serviceTarget, version } = config.protocolSettings;
    expect(service.version).toBe(version);
    if (service.target !== undefined) expect(service.target).toBe(serviceTarget);
  });

  const operations = [...service.operations.values()].filter(({ name }) => !CHANGED_BY_THE_CLIENT.includes(name));
  it.each(operations)('reads and answers $name as the SDK client writes and reads it', async (operation) => {
    const inputs = valuesOf(operation.input, { ...sdk.limits, depth: 6 }) ?? fc.constant({});
    const outputs = valuesOf(operation.output, { ...JSON_LIMITS, depth: 6 }) ?? fc.constant({});
    await fc.assert(
      fc.asyncProperty(inputs, outputs, async (input, output) => {
        const seen = await exchange(service, sdk, operation, Object(input), Object(output));
        expect(seen.input).toEqual(input);
        expect(seen.output).toEqual(output);
      }),
      { numRuns },
    );
  });
});

/** Sends `input` with the real client, whose connection is this codec, which answers `output`. */
async function exchange(service: AwsService, sdk: Package, operation: Operation, input: object, output: object) {
  let read: unknown;
  const client = new sdk.client({
    endpoint: 'http://127.0.0.1',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
    requestHandler: {
      handle: (request: { readonly body: string }) => {
        read = inputOf(service, operation, request.body);
        return Promise.resolve({ response: responseOf(service.protocol.answer(operation, output, 'request')) });
      },
    },
  });
  const Command = sdk.exports[`${operation.name}Command`];
  if (typeof Command !== 'function') throw new Error(`no command ${operation.name}`);
  const { $metadata, ...received } = Object(await client.send(Reflect.construct(Command, [input])));
  expect($metadata).toMatchObject({ httpStatusCode: 200, requestId: 'request' });
  return { input: withoutTokens(read, input), output: received };
}

function inputOf({ protocol, dialect }: AwsService, operation: Operation, body: string): unknown {
  const strict = true;
  const value = protocol.read(operation, body, strict);
  return decode(operation.input, value, { dialect: { ...dialect, enums: new Map() }, strict });
}

function responseOf({ status, headers, body }: Answer): object {
  return { statusCode: status, headers: { ...headers }, body: Readable.from([Buffer.from(body)]) };
}

/** Without the idempotency tokens that the client has added at the top of an input. */
function withoutTokens(read: unknown, sent: object): unknown {
  const added = Object.entries(Object(read)).filter(
    ([name, value]) => !Object.hasOwn(sent, name) && typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value),
  );
  return Object.fromEntries(Object.entries(Object(read)).filter(([name]) => !added.some(([other]) => other === name)));
}
