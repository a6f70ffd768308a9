import type { EcsReads } from '../aws/reads.ts';
import type { CommonSpec, CommonStatus, Kind } from '../engine/kind.ts';

/** A kind whose `observe` reads ECS. */
export type EcsKind<Spec extends CommonSpec, Status extends CommonStatus, Observed> = Kind<
  Spec,
  Status,
  Observed,
  EcsReads
>;
