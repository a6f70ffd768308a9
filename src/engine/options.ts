/** The engine's numbers. `config.ts` lets a user change those that depend on the installation. */
export interface EngineOptions {
  /** How often a settled object is compared with AWS, in milliseconds. ACK's ten hours let drift go unnoticed; ten services share a call here. */
  readonly resyncMs: number;
  /** Passes at work at once, for each kind. They mostly wait for AWS, whose own limit is lower. */
  readonly concurrency: number;
  /** A pass that takes longer is aborted and tried again; waiting for request budget has its own, shorter limit. */
  readonly passDeadlineMs: number;
  /** How long passes may take to finish after a signal to stop. */
  readonly drainMs: number;
  /** How long those may then take to end that were aborted. */
  readonly abortMs: number;
  readonly defaultRegion: string;
}

export const defaultEngineOptions: Omit<EngineOptions, 'defaultRegion'> = {
  resyncMs: 5 * 60_000,
  concurrency: 100,
  passDeadlineMs: 60_000,
  drainMs: 10_000,
  abortMs: 5_000,
};
