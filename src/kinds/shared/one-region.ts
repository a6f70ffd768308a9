import type { CommonSpec, CommonStatus, Desired } from '../../engine/kind.ts';
import { OperatorError } from '../../errors.ts';

/** A reference into another region cannot work, and AWS's own message would not say why. `what` is this object, such as `service`. */
export function assertOneRegion(desired: Desired<CommonSpec, CommonStatus>, what: string): void {
  for (const [field, identity] of desired.references) {
    if (identity.region === desired.region) continue;
    throw new OperatorError(
      'terminal',
      'RegionMismatch',
      `${field} is in ${identity.region} but this ${what} is in ${desired.region}. Set spec.region to ${identity.region}, or refer to an object in ${desired.region}.`,
    );
  }
}
