import type { Disposition } from '../errors.ts';

/** One row of a table: the first whose code, message and operation all match decides. `advice` tells the user what to do. */
export interface Rule {
  /** The error's code without the suffix `Exception` or `Fault`. */
  readonly code: RegExp;
  readonly message?: RegExp;
  readonly operation?: RegExp;
  readonly disposition: Disposition;
  readonly reason: string;
  readonly advice: string;
  /** Of a refusal: what is missing is often made at the same time, and takes minutes. */
  readonly heals?: boolean;
}

/** ECS and Auto Scaling answer these for nearly everything: only the message tells a typing error from a role that is not there yet. */
export const vague = /^(InvalidParameter|Client|Validation|ValidationError)$/;
