import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { listen } from '../../../src/http-server.ts';

const main = new URL('../../../src/main.ts', import.meta.url).pathname;

test('a process whose port is taken says so and ends with 1', async () => {
  const flag = '--health-probe-bind-address';
  const taken = await listen({ host: '127.0.0.1', port: 0 }, {});
  const address = `127.0.0.1:${taken.port}`;
  const env = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:9', HOME: '/nonexistent' };
  const child = spawn(process.execPath, [main, flag, address, '--leader-elect', 'false', '--log-level', 'silent'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(said).toBe(
    `ecs-operator: ${flag} is ${address}, where this process cannot listen: something else listens there.\n`,
  );
  expect(code).toBe(1);
  await taken.close();
}, 30_000);
