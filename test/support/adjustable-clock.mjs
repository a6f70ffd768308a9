// Loaded into the operator's process before its own code (`node --import`): lets a test move its monotonic clock forward. Each connection to
// the socket beside this file sends a number of milliseconds, and is closed when the clock has jumped.
import { createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const now = performance.now.bind(performance);
let jumpedMs = 0;
Object.defineProperty(performance, 'now', { value: () => now() + jumpedMs });

const server = createServer({ allowHalfOpen: true }, async (socket) => {
  jumpedMs += Number(await text(socket));
  socket.end();
});
server.listen(fileURLToPath(new URL('clock.sock', import.meta.url)));
server.unref();
