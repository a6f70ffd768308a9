import type { AwsReads } from '../aws/reads.ts';
import type { CommonSpec, CommonStatus, Kind } from '../engine/kind.ts';

/** A kind whose `observe` reads AWS. */
export type AwsKind<Spec extends CommonSpec, Status extends CommonStatus, Observed> = Kind<
  Spec,
  Status,
  Observed,
  AwsReads
>;
