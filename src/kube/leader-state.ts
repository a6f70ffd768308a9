import { microTime } from '../clock.ts';
import type { Lease, LeaseContent, LeaseRecord } from './lease.ts';

/** The three times of leader election. The lease is longer than the renew deadline, which is longer than the retry period. */
export interface ElectionTiming {
  /** A holder that shows no sign of life for this long is replaced. */
  readonly leaseDurationMs: number;
  /** A holder that has not renewed for this long stops acting. */
  readonly renewDeadlineMs: number;
  /** Between two attempts to take or to renew. */
  readonly retryPeriodMs: number;
}

/** A Lease as we last saw it. All times are our own monotonic clock; the holder's clock is never compared with ours. */
export interface Sighting {
  /** The version to write on; undefined when the Lease does not exist. */
  readonly lease: Lease | undefined;
  /** What it said. It outlives the Lease: one whose Lease somebody deletes acts on until he notices. */
  readonly record: LeaseRecord | undefined;
  /** When we first saw this record, at least as late as it was written. */
  readonly changedAt: number;
}

export type LeaderState =
  /** Somebody else holds it, or nobody does, or we do not know yet. */
  | { readonly kind: 'following'; readonly seen: Sighting | undefined }
  /** We hold it and may act until `validUntil`. Without a lease it has to be read before the next renewal. */
  | { readonly kind: 'leading'; readonly lease: Lease | undefined; readonly validUntil: number }
  /** We act no more, and the Lease has still to be given back. */
  | { readonly kind: 'resigned'; readonly lease: Lease | undefined }
  /** We held it and did not give it up. Nothing leads out of here: the process ends. */
  | { readonly kind: 'lost'; readonly reason: string };

export type LeaderInput =
  | { readonly kind: 'read'; readonly lease: Lease | undefined; readonly at: number }
  /** Our write was accepted. `sentAt`: when it was sent; `at`: when the answer came. */
  | { readonly kind: 'written'; readonly lease: Lease; readonly sentAt: number; readonly at: number }
  /** Our write was refused because somebody else has written meanwhile. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'time'; readonly at: number }
  | { readonly kind: 'resign' };

export const initialLeaderState: LeaderState = { kind: 'following', seen: undefined };

/** One candidate for one Lease as a pure function. */
export function transition(state: LeaderState, input: LeaderInput, me: string, renewDeadlineMs: number): LeaderState {
  switch (state.kind) {
    case 'following':
      return follow(state, input, me, renewDeadlineMs);
    case 'leading':
      return lead(state, input, me, renewDeadlineMs);
    case 'resigned':
      return handBack(state, input, me);
    case 'lost':
      return state;
    default:
      return state satisfies never;
  }
}

type In<Kind extends LeaderState['kind']> = Extract<LeaderState, { readonly kind: Kind }>;

function follow(state: In<'following'>, input: LeaderInput, me: string, renewDeadlineMs: number): LeaderState {
  if (input.kind === 'read') return { kind: 'following', seen: sight(state.seen, input.lease, input.at) };
  if (input.kind !== 'written') return state;
  const { lease, sentAt, at } = input;
  const validUntil = sentAt + renewDeadlineMs;
  // A claim on another's Lease; or we slept between sending and hearing: what we took may be somebody else's by now.
  if (lease.record.holder !== me || at >= validUntil) return { kind: 'following', seen: sight(state.seen, lease, at) };
  return { kind: 'leading', lease, validUntil };
}

function lead(state: In<'leading'>, input: LeaderInput, me: string, renewDeadlineMs: number): LeaderState {
  switch (input.kind) {
    case 'written':
      return expire({ ...state, lease: input.lease, validUntil: input.sentAt + renewDeadlineMs }, input.at);
    case 'read': {
      const holder = input.lease?.record.holder;
      if (holder === me) return expire({ ...state, lease: input.lease }, input.at);
      return { kind: 'lost', reason: whereItWent(holder) };
    }
    case 'conflict':
      return { ...state, lease: undefined };
    case 'time':
      return expire(state, input.at);
    case 'resign':
      return { kind: 'resigned', lease: state.lease };
    default:
      return input satisfies never;
  }
}

function handBack(state: In<'resigned'>, input: LeaderInput, me: string): LeaderState {
  if (input.kind === 'conflict') return { kind: 'resigned', lease: undefined };
  if (input.kind !== 'read' && input.kind !== 'written') return state;
  // An answer to a renewal that was under way when we resigned says only which version to write on.
  if (input.lease?.record.holder === me) return { kind: 'resigned', lease: input.lease };
  return { kind: 'following', seen: sight(undefined, input.lease, input.at) };
}

function expire(state: In<'leading'>, at: number): LeaderState {
  return at < state.validUntil ? state : { kind: 'lost', reason: 'it could not be renewed in time' };
}

function whereItWent(holder: string | undefined): string {
  if (holder === undefined) return 'somebody deleted it';
  return holder === '' ? 'somebody emptied it' : `${holder} has taken it`;
}

/** What we know of a Lease after another look at it. */
export function sight(before: Sighting | undefined, lease: Lease | undefined, at: number): Sighting {
  if (lease === undefined) {
    if (before === undefined) return { lease, record: undefined, changedAt: at };
    return { ...before, lease };
  }
  const same = before?.record !== undefined && isSameRecord(before.record, lease.record);
  return { lease, record: lease.record, changedAt: same ? before.changedAt : at };
}

/** Not by version: what others write into the object, such as a claim, is no sign of life of the holder. */
function isSameRecord(a: LeaseRecord, b: LeaseRecord): boolean {
  return (
    a.holder === b.holder &&
    a.renewTime === b.renewTime &&
    a.acquireTime === b.acquireTime &&
    a.transitions === b.transitions &&
    a.durationSeconds === b.durationSeconds
  );
}

/** From when on, by our monotonic clock, anybody may take the Lease. */
export function freeFrom({ record, changedAt }: Sighting): number {
  if (record === undefined || record.holder === '') return changedAt;
  return changedAt + record.durationSeconds * 1_000;
}

/** Who holds it, as far as we can tell; undefined when nobody does. */
export function holderOf(seen: Sighting | undefined, now: number): string | undefined {
  return seen?.record === undefined || now >= freeFrom(seen) ? undefined : seen.record.holder;
}

/** A Lease that becomes ours, or stays so. */
export function heldBy(
  me: string,
  before: LeaseRecord | undefined,
  timing: ElectionTiming,
  wallMs: number,
): LeaseRecord {
  const now = microTime(wallMs);
  const isOurs = before?.holder === me;
  return {
    holder: me,
    // Rounded up: others wait rather longer than shorter.
    durationSeconds: Math.ceil(timing.leaseDurationMs / 1_000),
    acquireTime: isOurs ? before.acquireTime : now,
    renewTime: now,
    // The first holder is no change of holder.
    transitions: before?.acquireTime === undefined ? 0 : before.transitions + (isOurs ? 0 : 1),
  };
}

/** A Lease given back: nobody's, and short, as client-go writes it, so that an observer who takes it for held does not wait long. */
export function givenBack(lease: Lease, wallMs: number): LeaseContent {
  const now = microTime(wallMs);
  const record = { ...lease.record, holder: '', durationSeconds: 1, acquireTime: now, renewTime: now };
  return { record, claimant: lease.claimant };
}
