import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Runs `"$@"` and kills it when the lifeline (fd 3) closes. The kernel closes it however our process ends, SIGKILL included,
 * which no exit handler survives; Linux's parent-death signal would do too, but Node cannot set it and macOS has none.
 * Then the directory in $1 goes as well.
 */
const supervisor = `
dir=$1; shift
"$@" 3<&- 4>&- </dev/null &
child=$!
echo "$child" >&4
exec 4>&-
{
  read -r _ <&3
  trap '' TERM
  kill -s KILL "$child"
  [ -z "$dir" ] || rm -rf "$dir"
} >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$child"
status=$?
kill -s TERM "$watcher" 2>/dev/null
exit "$status"
`;

export interface SuperviseOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Runs as this user and group, which takes root. */
  readonly uid?: number;
  readonly gid?: number;
  /** Removed when our own process dies without having stopped the child. */
  readonly removeOnOrphan?: string;
}

/** A child process that cannot outlive us. */
export interface Supervised {
  /** The child's own process id, not the supervisor's. */
  readonly pid: number;
  readonly logFile: string;
  /** Exit status once it has ended, `undefined` while it runs. A signal n reads as 128 + n. */
  exitCode(): number | undefined;
  /** Resolves with the exit status. */
  readonly exited: Promise<number>;
  kill(signal: 'TERM' | 'KILL' | 'STOP' | 'CONT'): void;
  /** SIGTERM, then SIGKILL when it has not ended after `graceMs`. */
  stop(graceMs: number): Promise<number>;
}

/** Starts a child whose output goes to `logFile` (appended) and which dies with us. */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const log = openSync(options.logFile, 'a');
  const shell = spawn(
    '/bin/sh',
    ['-c', supervisor, 'supervisor', options.removeOnOrphan ?? '', options.command, ...options.args],
    {
      // A group of its own: Ctrl-C in the terminal reaches us alone, and we stop the children in order.
      detached: true,
      stdio: ['ignore', log, log, 'pipe', 'pipe'],
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    },
  );
  closeSync(log);
  let status: number | undefined;
  const exited = new Promise<number>((resolve) => {
    shell.once('exit', (code, signal) => {
      status = code ?? (signal === null ? 1 : 128);
      resolve(status);
    });
  });
  const pid = await readPid(shell);
  const kill: Supervised['kill'] = (signal) => {
    if (status !== undefined) return;
    try {
      process.kill(pid, `SIG${signal}`);
    } catch (error) {
      // It ended a moment ago and the supervisor has not told us yet.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  };
  return {
    pid,
    logFile: options.logFile,
    exitCode: () => status,
    exited,
    kill,
    async stop(graceMs) {
      kill('TERM');
      const grace = new AbortController();
      const late = delay(graceMs, undefined, { signal: grace.signal }).then(
        () => kill('KILL'),
        () => undefined,
      );
      const code = await exited;
      grace.abort();
      await late;
      return code;
    },
  };
}

async function readPid(shell: ChildProcess): Promise<number> {
  if (shell.pid === undefined) {
    const [error] = await once(shell, 'error');
    throw new Error('could not run /bin/sh', { cause: error });
  }
  const pidPipe = shell.stdio[4];
  if (pidPipe == null || !('read' in pidPipe)) throw new Error('the supervisor has no pipe for the process id');
  let text = '';
  for await (const chunk of pidPipe) text += String(chunk);
  const pid = Number(text.trim());
  if (!Number.isInteger(pid) || pid <= 0)
    throw new Error(`the supervisor reported no process id: ${JSON.stringify(text)}`);
  return pid;
}
