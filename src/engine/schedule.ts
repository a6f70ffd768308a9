import { contentHash } from '../canonical.ts';

const FIRST_POLL_MS = 150;
const LONGEST_POLL_MS = 15_000;
const FIRST_RECHECK_MS = 25;
const LONGEST_RECHECK_MS = 1_000;

/**
 * When to look again at something AWS is working on: soon after a change, then less and less often. Times fall on a
 * grid, so that objects which changed at about the same time are read in the same batch.
 */
export function nextPollAt(polls: number, now: number): number {
  const delay = Math.min(LONGEST_POLL_MS, FIRST_POLL_MS * 1.6 ** Math.min(polls, 20));
  const grid = Math.max(50, delay / 4);
  return Math.ceil((now + delay) / grid) * grid;
}

/**
 * When to look again whether the store shows our own last write: first after about as long as a watch event takes to arrive. That event
 * wakes the key by itself, so that a watch which lags far behind is not slowed down by those who wait for it.
 */
export function nextRecheckAt(rechecks: number, now: number): number {
  return now + Math.min(LONGEST_RECHECK_MS, FIRST_RECHECK_MS * 2 ** Math.min(rechecks, 20));
}

/**
 * When a settled object is compared with AWS again. The whole group comes due at one moment, so that ten services
 * share one DescribeServices; groups are spread over the period by their hash, so that the account does not see waves.
 */
export function nextResyncAt(group: string, periodMs: number, now: number): number {
  const offset = (Number.parseInt(contentHash(group).slice(0, 8), 16) / 0xffff_ffff) * periodMs;
  const periods = Math.ceil((now - offset) / periodMs);
  const next = periods * periodMs + offset;
  // Something that has just settled need not be looked at again at once.
  return next - now < periodMs / 2 ? next + periodMs : next;
}
