import { mkdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const heartbeatMs = 2_000;
const staleMs = 20_000;

/**
 * Runs `work` while no other process holds the lock file. The holder touches the file; one that has not been touched for a while
 * belongs to a process that died (a process id would say less: they are reused, and differ between containers that share a cache).
 * It saves time and is not what correctness rests on: two takers of a stale lock may both build, and the last rename wins nothing.
 */
export async function withLock<T>(
  lockFile: string,
  onWait: () => void,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  await mkdir(dirname(lockFile), { recursive: true });
  for (let told = false; !(await tryLock(lockFile)); told = true) {
    if (!told) onWait();
    await delay(500, undefined, signal === undefined ? {} : { signal });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(lockFile, now, now).catch(() => {});
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(lockFile, { force: true });
  }
}

async function tryLock(lockFile: string): Promise<boolean> {
  try {
    await writeFile(lockFile, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const held = await stat(lockFile).catch(() => undefined);
  if (held !== undefined && Date.now() - held.mtimeMs > staleMs) await rm(lockFile, { force: true });
  return false;
}
