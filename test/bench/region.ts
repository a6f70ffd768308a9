import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DEFAULT_ACCOUNT, DEFAULT_REGION } from '../sandbox/region/wire/caller.ts';
import { usageOf } from './process-usage.ts';

const SERVICES = 5_000;
const SERVICES_A_CALL = 10;
const CONNECTIONS = 16;
const SECONDS = 5;

interface Server {
  readonly endpoint: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** How many DescribeServices calls a second the simulated region answers on one core. Returns lines of a name and a figure. */
export async function regionThroughput(): Promise<readonly (readonly [string, string])[]> {
  const server = await startServer();
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const call = caller(server.endpoint, agent);
  try {
    await populate(call);
    // The first calls compile the codec.
    await load(call, 1);
    const before = await usageOf(server.pid);
    const { calls, bytes, seconds } = await load(call, SECONDS);
    const after = await usageOf(server.pid);
    const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
    return [
      ['calls a second of wall time', (calls / seconds).toFixed(0)],
      ['calls a second of CPU time of the region', (calls / cpuSeconds).toFixed(0)],
      ['answer', `${(bytes / calls / 1_024).toFixed(1)} KiB for ${SERVICES_A_CALL} of ${SERVICES} services`],
      ['region', `${after.rssMb.toFixed(0)} MB RSS`],
    ];
  } finally {
    agent.destroy();
    await server.stop();
  }
}

async function startServer(): Promise<Server> {
  const main = fileURLToPath(new URL('../sandbox/region/main.ts', import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, main, '--port', '0', '--timings', 'instant'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const endpoint = /AWS_ENDPOINT_URL=(\S+)/.exec(line)?.[1];
    if (endpoint === undefined || child.pid === undefined) continue;
    return {
      endpoint,
      pid: child.pid,
      async stop() {
        child.kill('SIGTERM');
        await exited;
      },
    };
  }
  throw new Error('the region did not start');
}

/** Sends one call and returns the length of its answer. */
type Call = (operation: string, body: string) => Promise<number>;

/** As cheap as can be, for both ends may share the machine: no SDK, and the answer is not parsed. */
function caller(endpoint: string, agent: Agent): Call {
  const scope = `${DEFAULT_ACCOUNT}/20260101/${DEFAULT_REGION}/ecs/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=x`;
  return (operation, body) =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization,
        'content-type': 'application/x-amz-json-1.1',
        'content-length': Buffer.byteLength(body),
        'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
      };
      request(endpoint, { method: 'POST', agent, headers })
        .on('error', reject)
        .on('response', (response) => {
          let length = 0;
          response.on('data', (chunk: Buffer) => {
            length += chunk.length;
          });
          response.on('error', reject);
          response.on('end', () =>
            response.statusCode === 200 ? resolve(length) : reject(new Error(`${operation}: ${response.statusCode}`)),
          );
        })
        .end(body);
    });
}

const nameOf = (index: number): string => `service-${index}`;

async function populate(call: Call): Promise<void> {
  await call('CreateCluster', JSON.stringify({ clusterName: 'bench' }));
  await call(
    'RegisterTaskDefinition',
    JSON.stringify({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'nginx' }],
    }),
  );
  await inParallel(SERVICES, (index) =>
    call(
      'CreateService',
      JSON.stringify({
        cluster: 'bench',
        serviceName: nameOf(index),
        taskDefinition: 'web',
        desiredCount: 1,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
        tags: [{ key: 'owner', value: nameOf(index) }],
      }),
    ),
  );
}

async function inParallel(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}

interface Load {
  readonly calls: number;
  readonly bytes: number;
  readonly seconds: number;
}

async function load(call: Call, seconds: number): Promise<Load> {
  const bodies = Array.from({ length: SERVICES / SERVICES_A_CALL }, (_, page) =>
    JSON.stringify({
      cluster: 'bench',
      services: Array.from({ length: SERVICES_A_CALL }, (_, index) => nameOf(page * SERVICES_A_CALL + index)),
      include: ['TAGS'],
    }),
  );
  const start = performance.now();
  const deadline = start + seconds * 1_000;
  let calls = 0;
  let bytes = 0;
  const worker = async (first: number): Promise<void> => {
    for (let page = first; performance.now() < deadline; page += 1) {
      const length = await call('DescribeServices', bodies[page % bodies.length] ?? '{}');
      bytes += length;
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => worker(index * 31)));
  return { calls, bytes, seconds: (performance.now() - start) / 1_000 };
}
