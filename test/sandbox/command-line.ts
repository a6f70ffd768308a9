/** Ctrl-C, a service manager's stop and a closed terminal: all end a sandbox, and all must leave nothing behind. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  /** Aborted when a signal arrives. */
  readonly signal: AbortSignal;
  /** Resolves with the signal's name. */
  readonly received: Promise<NodeJS.Signals>;
}

/** npm passes on the Ctrl-C that the terminal has sent to us already, and `timeout` signals twice as well. */
const echoMs = 1_000;

/** Takes over the process's signals. A second one does not wait for the clean end: the children die with us in any case. */
export function untilSignal(): Interruption {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const received = new Promise<NodeJS.Signals>((resolve) => {
    for (const name of signals) {
      process.on(name, () => {
        if (firstAt !== undefined && performance.now() - firstAt > echoMs) process.exit(130);
        firstAt ??= performance.now();
        controller.abort(new Error(`interrupted by ${name}`));
        resolve(name);
      });
    }
  });
  return { signal: controller.signal, received };
}

/** The value of `--speed`. */
export function speedOf(text: string): number {
  const speed = Number(text);
  if (!(speed > 0)) throw new Error(`--speed takes a number above 0, not ${text}.`);
  return speed;
}
