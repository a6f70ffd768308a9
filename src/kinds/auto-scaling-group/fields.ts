import { fieldsOf } from '../shared/fields.ts';
import type { AutoScalingGroupSpec } from './api.ts';
import { hookFields } from './hooks.ts';
import { policyFields } from './mixed-instances.ts';

/** What the spec sets, down to what AWS keeps when an update does not name it: hooks one by one, and members of the mixed instances policy. */
export function groupFields(spec: AutoScalingGroupSpec): readonly string[] {
  return [...fieldsOf(spec), ...hookFields(spec), ...policyFields(spec)];
}
