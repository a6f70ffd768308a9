import { DEFAULT_ACCOUNT, DEFAULT_REGION } from './wire/caller.ts';
import type { World } from './world.ts';
import type { WorldSource } from './worlds.ts';

/** An account and region; those of `region.env` if left out. */
export interface Whereabouts {
  readonly account?: string;
  readonly region?: string;
}

export const worldAt = (worlds: WorldSource, { account, region }: Whereabouts = {}): World =>
  worlds.at(account ?? DEFAULT_ACCOUNT, region ?? DEFAULT_REGION);

/** Those that the body of a control request names. */
export function whereaboutsFrom({ account, region }: Readonly<Record<string, unknown>>): Whereabouts {
  return {
    ...(typeof account === 'string' ? { account } : {}),
    ...(typeof region === 'string' ? { region } : {}),
  };
}
