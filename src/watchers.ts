import type { Logger } from 'pino';
import type { CallRecord } from './aws/cloud.ts';
import { isPassIdentity } from './engine/pass.ts';
import type { MetricsHooks } from './metrics/metrics.ts';

/** What somebody who watches the operator may hear of. */
export type Watcher = Partial<MetricsHooks>;

type PassRecord = Parameters<MetricsHooks['onPass']>[0];

/** Tells all watchers of everything. One that throws is logged: no reconcile may fail because somebody looked on. */
export function joinWatchers(watchers: readonly Watcher[], log: Logger): MetricsHooks {
  const tell = (what: (watcher: Watcher) => void): void => {
    for (const watcher of watchers) {
      try {
        what(watcher);
      } catch (error) {
        log.error({ err: error }, 'a watcher threw');
      }
    }
  };
  return {
    onPass: (pass) => tell((watcher) => watcher.onPass?.(pass)),
    onEvent: (event) => tell((watcher) => watcher.onEvent?.(event)),
    onCall: (call) => tell((watcher) => watcher.onCall?.(call)),
    onBudgetWait: (wait) => tell((watcher) => watcher.onBudgetWait?.(wait)),
    onRequest: (request) => tell((watcher) => watcher.onRequest?.(request)),
  };
}

/** Writes a debug line for each reconcile, and for each call of AWS under the reconcile that first asked for it. */
export function debugLog(log: Logger): Watcher {
  return {
    onPass(pass) {
      if (log.isLevelEnabled('debug')) log.debug(loggedPass(pass), 'reconciled');
    },
    onCall(call) {
      if (log.isLevelEnabled('debug')) log.debug(loggedCall(call), 'called AWS');
    },
  };
}

function loggedPass({ kind, key, priority, result, durationMs, waitedMs, identity }: PassRecord): object {
  const reason = 'reason' in result ? result.reason : undefined;
  const { reconcileId } = identity;
  return { kind, object: key, reconcileId, priority, outcome: result.kind, reason, waitedMs, durationMs };
}

function loggedCall({ cause, requestId, outcome, ...call }: CallRecord): object {
  const pass = isPassIdentity(cause)
    ? { kind: cause.kind, object: cause.key, reconcileId: cause.reconcileId }
    : undefined;
  return { ...pass, ...call, disposition: outcome, awsRequestId: requestId };
}
