import type { IncomingMessage } from 'node:http';

/** The whole body of a message. */
export function readBytes(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    message.on('error', reject);
    // A message that is cut off ends without `end`.
    message.on('close', () => {
      if (!message.complete) reject(new Error('the message was cut off'));
    });
  });
}
