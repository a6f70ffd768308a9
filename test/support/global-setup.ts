import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Installation, installPythonTools } from '../conformance/tools/install.ts';
import { startControlPlane } from '../sandbox/control-plane/index.ts';
import { allowOperator } from '../sandbox/operator-access.ts';

/** What a test file needs to reach the control plane that all of them share. Plain data: it crosses a process boundary. */
export interface SharedControlPlane {
  readonly server: string;
  readonly kubectl: string;
  readonly helm: string | undefined;
  readonly cacheDir: string;
  readonly kubeconfigs: { readonly admin: string; readonly operator: string };
}

declare module 'vitest' {
  interface ProvidedContext {
    controlPlane: SharedControlPlane;
    /** Read it with `pythonTools()`. */
    pythonTools: Installation;
  }
}

const crds = join(import.meta.dirname, '../../crds');

/** Starts one control plane for the run, with the CRDs and the operator's RBAC, and returns how to stop it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const python = installPythonTools();
  const controlPlane = await startControlPlane();
  try {
    project.provide('pythonTools', await python);
    await controlPlane.installCrds(crds);
    await allowOperator(controlPlane);
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
  project.provide('controlPlane', {
    server: controlPlane.server,
    kubectl: controlPlane.binaries.kubectl,
    helm: controlPlane.binaries.helm,
    cacheDir: join(controlPlane.directory, 'kubectl-cache'),
    kubeconfigs: { admin: controlPlane.kubeconfig('admin'), operator: controlPlane.kubeconfig('operator') },
  });
  return () => controlPlane.stop();
}
