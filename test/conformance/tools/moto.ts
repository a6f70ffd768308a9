import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ECSClient } from '@aws-sdk/client-ecs';
import { freePort } from '../../sandbox/ports.ts';
import { type Supervised, supervise } from '../../sandbox/supervised.ts';
import { awsFree, type PythonTools } from './python.ts';

/** A moto server. It keeps everything in memory, for all accounts and regions. */
export interface Moto {
  readonly endpoint: string;
  /** The environment for a child process or an SDK client that is to use it. */
  readonly env: Readonly<Record<string, string>>;
  /** Forgets everything. */
  reset(): Promise<void>;
  /** The end of its log, for an error message. */
  logTail(): Promise<string>;
  stop(): Promise<void>;
}

const readyDeadlineMs = 60_000;

/** Starts moto on a free port. `env` holds settings such as `MOTO_ECS_SERVICE_RUNNING`; the server has them for its whole life. */
export async function startMoto(tools: PythonTools, env: Readonly<Record<string, string>> = {}): Promise<Moto> {
  for (let attempt = 1; ; attempt++) {
    const directory = await mkdtemp(join(tmpdir(), 'ecs-operator-moto-'));
    const port = await freePort();
    const server = await supervise({
      command: tools.python,
      args: ['-m', 'moto.server', '--host', '127.0.0.1', '--port', String(port)],
      // moto itself makes boto3 clients here and there; these keys lead nowhere.
      env: { ...awsFree(), AWS_ACCESS_KEY_ID: 'moto', AWS_SECRET_ACCESS_KEY: 'moto', ...env },
      logFile: join(directory, 'moto.log'),
      removeOnOrphan: directory,
    });
    const moto = motoOn(port, server, directory);
    const problem = await ready(moto, server);
    if (problem === undefined) return moto;
    const log = await moto.logTail();
    await moto.stop();
    const portTaken = /address already in use/i.test(log);
    if (attempt === 3 || !portTaken) throw new Error(`moto ${problem}. Its log ends with:\n${log}`);
  }
}

/** An ECS client of moto, which does not look at the keys. */
export function motoClient(moto: Pick<Moto, 'endpoint'>, region = 'us-east-1'): ECSClient {
  return new ECSClient({
    endpoint: moto.endpoint,
    region,
    credentials: { accessKeyId: 'moto', secretAccessKey: 'moto' },
    maxAttempts: 1,
  });
}

function motoOn(port: number, server: Supervised, directory: string): Moto {
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'moto',
      AWS_SECRET_ACCESS_KEY: 'moto',
    },
    async reset() {
      const url = `${endpoint}/moto-api/reset`;
      const answer = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(10_000) });
      if (!answer.ok) throw new Error(`moto's reset answered ${answer.status}: ${await answer.text()}`);
    },
    async logTail() {
      return (await readFile(server.logFile, 'utf8')).trimEnd().split('\n').slice(-30).join('\n');
    },
    async stop() {
      await server.stop(1_000);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Waits until it answers; else says what is wrong. */
async function ready(moto: Moto, server: Supervised): Promise<string | undefined> {
  const deadline = performance.now() + readyDeadlineMs;
  while (server.exitCode() === undefined && performance.now() < deadline) {
    const answers = await moto.reset().then(
      () => true,
      () => false,
    );
    if (answers) return undefined;
    await delay(50);
  }
  const code = server.exitCode();
  return code === undefined ? `did not answer in ${readyDeadlineMs / 1000} s` : `exited with ${code}`;
}
