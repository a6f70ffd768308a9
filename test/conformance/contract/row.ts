import type { Aws } from './aws.ts';

/**
 * One documented rule of AWS and a short proof of it that runs against any backend.
 *
 * The id names the rule: `SV-10` is that rule of guide digests 1 and 2, `G4.SV-10` the rule of digest 4 (which numbers its own), `G4.18` a
 * section of digest 4, `FB.6` section 6 of the feature bar, `API` what only the API reference or the thread in the comment says.
 * A letter tells rows of the same rule apart.
 */
export interface Row {
  readonly id: string;
  /** What we believe of AWS, as a sentence. */
  readonly belief: string;
  readonly run: (aws: Aws) => Promise<void>;
}

export function row(id: string, belief: string, run: Row['run']): Row {
  return { id, belief, run };
}
