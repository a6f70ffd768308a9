import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Installation, installPythonTools } from '../conformance/tools/install.ts';
import { ensureGitopsHealth } from '../sandbox/gitops/index.ts';
import { ensurePrometheus } from '../sandbox/prometheus/binaries.ts';
import { buildImage, type Image } from './helm-image.ts';
import { makeReadOnly } from './helm-pod.ts';
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
    /** What the Dockerfile makes of the repository as it is now. Read-only. */
    image: Image;
    /** Read it with `pythonTools()`. */
    pythonTools: Installation;
  }
}

/** Starts one control plane for the run and returns how to stop it; the run fails there when an operator was refused anything. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'ecs-operator-image-'));
  const removeImage = (): Promise<void> => rm(directory, { recursive: true, force: true, maxRetries: 3 });
  const [python, image] = [installPythonTools(), imageIn(directory)];
  const cluster = await startOperatorCluster();
  const stop = async (): Promise<void> => {
    await removeImage();
    await cluster.stop();
  };
  try {
    project.provide('pythonTools', await python);
    project.provide('image', await image);
    // Now, and not beside other tests, which a build of minutes would make slow. What is wrong with one is told by those that need it.
    await ensurePrometheus().catch(() => undefined);
    await ensureGitopsHealth().catch(() => undefined);
  } catch (error) {
    await stop();
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
  return stop;
}

async function imageIn(directory: string): Promise<Image> {
  await chmod(directory, 0o755);
  const image = await buildImage(directory);
  await makeReadOnly(image.root);
  return image;
}
