import {
  LeaderElection,
  type LeaderElectionOptions,
  type LeaseHolding,
  type ShardWork,
} from '../kube/leader-election.ts';
import type { ObjectKey } from '../kube/types.ts';
import { shardOf } from './shard.ts';

export type { LeaseHolding, ShardWork } from '../kube/leader-election.ts';

/** Which objects this process may act on. Metrics and health look at it as well. */
export interface Leadership {
  /** Among how many Leases the objects are split; undefined when this process acts alone. */
  readonly shards: number | undefined;
  /** Every Lease that there is; none when this process acts alone. */
  leases(): readonly LeaseHolding[];
  /** Names of the Leases that are ours at this moment. */
  held(): readonly string[];
  /** Throws `NotLeader` when this process may not write for this object now. Called immediately before every write. */
  gate(kind: string, key: ObjectKey): void;
  /** Begins to ask for Leases; `work` is called for each that comes and goes. */
  start(work: ShardWork): void;
  /** Takes no more Leases, and goes on renewing those that are held. */
  retire(): void;
  /** Gives back what is held. Nothing may be at work any more. */
  giveBack(): Promise<void>;
}

/** Without leader election: everything is ours. */
export const alone: Leadership = {
  shards: undefined,
  leases: () => [],
  held: () => [],
  gate: () => {},
  start: () => {},
  retire: () => {},
  giveBack: async () => {},
};

/** One Lease for each shard; a process acts on the objects of those that it holds. */
export function elected(options: LeaderElectionOptions): Leadership {
  const { shards } = options;
  const election = new LeaderElection(options);
  return {
    shards,
    leases: () => election.leases,
    held: () => election.leases.filter(({ held }) => held).map(({ name }) => name),
    gate: (kind, key) => election.assertHeld(shardOf(kind, key, shards)),
    start: (work) => election.start(work),
    retire: () => election.retire(),
    giveBack: () => election.giveBack(),
  };
}
