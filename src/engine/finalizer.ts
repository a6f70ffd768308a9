import type { KubeObject } from '../kube/types.ts';

/**
 * Stored before anything is created in AWS, taken away only after AWS says that nothing of ours is left, or with
 * `deletionPolicy: Retain`. The same rule in karpenter, Flux and Cluster API: everything else leaks.
 */
export const FINALIZER = 'ecs-operator.dev/finalizer';

export function hasFinalizer(object: KubeObject): boolean {
  return object.metadata.finalizers?.includes(FINALIZER) ?? false;
}

export function withFinalizer(object: KubeObject): readonly string[] {
  return [...(object.metadata.finalizers ?? []), FINALIZER];
}

export function withoutFinalizer(object: KubeObject): readonly string[] {
  return (object.metadata.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
}
