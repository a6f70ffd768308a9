import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Processes that run tests side by side would otherwise give out the same one before either has used it. */
const SLICES = 4;
const SLICE = Number(process.env.VITEST_POOL_ID ?? 0) % SLICES;
const FIRST = 15_000;
const LAST = 32_000;
const WIDTH = Math.floor((LAST - FIRST) / SLICES);

const given = new Set<number>();

/**
 * A free port below the range from which Linux (32768) and macOS (49152) give out ports to outgoing connections. A server that
 * restarts on its port would otherwise find it taken by one of its own clients, or a client would connect to itself meanwhile.
 * Somebody else may still take it before it is used: callers try again.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = FIRST + SLICE * WIDTH + randomInt(WIDTH);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`found no free port on 127.0.0.1 between ${FIRST} and ${LAST}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
