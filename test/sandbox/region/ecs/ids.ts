import { randomBytes, randomInt } from 'node:crypto';

export const taskId = (): string => randomBytes(16).toString('hex');

/** Nineteen digits, as in `ecs-svc/4980306466373577095`. */
export function revisionNumber(): string {
  return `${randomInt(100_000_000, 999_999_999)}${randomInt(1_000_000_000, 9_999_999_999)}`;
}

/** As in `service-deployment/cluster/service/NhGvuQ_uYAXY0SbTz2SYk`. */
export const serviceDeploymentId = (): string => randomBytes(16).toString('base64url').slice(0, 21);
