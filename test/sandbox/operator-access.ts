import { join } from 'node:path';
import { must } from '../support/kubectl.ts';
import type { ControlPlane } from './control-plane/index.ts';

/** Gives the `operator` user of this control plane the operator's namespace and role. */
export async function allowOperator(controlPlane: ControlPlane): Promise<void> {
  await must(controlPlane.kubectl, ['apply', '--server-side', '-f', join(import.meta.dirname, 'operator-access.yaml')]);
}
