import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Installation, installPythonTools } from '../conformance/tools/install.ts';
import { ensurePrometheus } from '../sandbox/prometheus/binaries.ts';
import { startOperatorCluster } from './operator-cluster.ts';

/** What a test file needs to reach the control plane that all of them share. Plain data: it crosses a process boundary. */
export interface SharedControlPlane {
  readonly server: string;
  readonly kubectl: string;
  readonly helm: string | undefined;
  readonly cacheDir: string;
  readonly auditLog: string;
  readonly kubeconfigs: { readonly admin: string; readonly operator: string };
}

declare module 'vitest' {
  interface ProvidedContext {
    controlPlane: SharedControlPlane;
    /** Read it with `pythonTools()`. */
    pythonTools: Installation;
  }
}

/** Starts one control plane for the run and returns how to stop it; the run fails there when the operator was refused anything. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const python = installPythonTools();
  const cluster = await startOperatorCluster();
  try {
    project.provide('pythonTools', await python);
    // Now, and not beside other tests, which a build of minutes would make slow. What is wrong with it is told by those that need it.
    await ensurePrometheus().catch(() => undefined);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  project.provide('controlPlane', {
    server: cluster.server,
    kubectl: cluster.binaries.kubectl,
    helm: cluster.binaries.helm,
    auditLog: cluster.auditLog,
    cacheDir: join(cluster.directory, 'kubectl-cache'),
    kubeconfigs: { admin: cluster.kubeconfig('admin'), operator: cluster.kubeconfig('operator') },
  });
  return () => cluster.stop();
}
