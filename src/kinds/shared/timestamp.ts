import { rfc3339 } from '../../clock.ts';

/** A time of AWS's as a status holds it. */
export function timestamp(date: Date | undefined): string | undefined {
  return date === undefined ? undefined : rfc3339(date);
}
