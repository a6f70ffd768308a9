import type { Condition, KubeObject } from '../../src/kube/types.ts';

interface Conditioned {
  readonly observedGeneration?: number | undefined;
  readonly conditions?: readonly Condition[] | undefined;
}

/** Any object, as far as tools that know nothing of its kind look at it. */
export type Inspected = Pick<KubeObject<unknown, Conditioned>, 'metadata' | 'status'>;

type Rule = (object: Inspected, find: (type: string) => Condition | undefined) => boolean;

/**
 * What Flux demands of every controller's status, by the names of its own checks (fluxcd/pkg runtime/conditions/check/fail.go;
 * without FAIL0010, which contradicts an observedGeneration written each pass), and what the API conventions demand of a condition.
 */
const RULES: Readonly<Record<string, Rule>> = {
  'FAIL0001 Ready is not True beside Reconciling or Stalled': (_object, find) =>
    !isTrue(find('Ready')) || !(isTrue(find('Reconciling')) || isTrue(find('Stalled'))),
  'FAIL0002 Ready is present': (_object, find) => find('Ready') !== undefined,
  'FAIL0003 Ready is False while Reconciling': (_object, find) =>
    !isTrue(find('Reconciling')) || find('Ready')?.status === 'False',
  'FAIL0004 Ready is False while Stalled': (_object, find) =>
    !isTrue(find('Stalled')) || find('Ready')?.status === 'False',
  'FAIL0005 not Reconciling and Stalled at once': (_object, find) =>
    find('Reconciling') === undefined || find('Stalled') === undefined,
  'FAIL0006 observedGeneration is not ahead of generation': ({ metadata, status }) =>
    (status?.observedGeneration ?? 0) <= metadata.generation,
  'FAIL0007 Ready=True means that this generation was observed': ({ metadata, status }, find) =>
    !isTrue(find('Ready')) || status?.observedGeneration === metadata.generation,
  'FAIL0008 Ready=True means that every condition is of this generation': ({ metadata, status }, find) =>
    !isTrue(find('Ready')) || conditionsOf(status).every((one) => one.observedGeneration >= metadata.generation),
  'FAIL0009 Ready=True means that conditions and status observed the same generation': ({ status }, find) =>
    !isTrue(find('Ready')) ||
    conditionsOf(status).every((one) => one.observedGeneration === status?.observedGeneration),
  'conditions are not ahead of generation': ({ metadata, status }) =>
    conditionsOf(status).every((one) => one.observedGeneration <= metadata.generation),
  'Reconciling and Stalled are there only while True': (_object, find) =>
    [find('Reconciling'), find('Stalled')].every((one) => one === undefined || isTrue(one)),
  'a type appears once': ({ status }) =>
    new Set(conditionsOf(status).map(({ type }) => type)).size === conditionsOf(status).length,
  'reasons are CamelCase words': ({ status }) =>
    conditionsOf(status).every(({ reason }) => /^[A-Z][A-Za-z0-9]*$/.test(reason)),
  'messages fit the API server': ({ status }) => conditionsOf(status).every(({ message }) => message.length <= 32_768),
  'times are RFC 3339 in whole seconds': ({ status }) =>
    conditionsOf(status).every(({ lastTransitionTime }) =>
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(lastTransitionTime),
    ),
};

/** The rules that the object's status breaks. Empty is good: `expect(violations(object)).toEqual([])`. */
export function violations(object: Inspected): readonly string[] {
  const find = (type: string): Condition | undefined => conditionsOf(object.status).find((one) => one.type === type);
  return Object.entries(RULES)
    .filter(([, holds]) => !holds(object, find))
    .map(([name]) => name);
}

export type KStatus = 'Current' | 'InProgress' | 'Failed' | 'Terminating';

/** `kstatus.Compute` for a custom resource (sigs.k8s.io/cli-utils pkg/kstatus/status): what Flux, Argo CD and kpt wait for. */
export function kstatusOf({ metadata, status }: Inspected): KStatus {
  const statusOf = (type: string): string | undefined => conditionsOf(status).find((one) => one.type === type)?.status;
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (status?.observedGeneration !== undefined && status.observedGeneration !== metadata.generation)
    return 'InProgress';
  if (statusOf('Reconciling') === 'True') return 'InProgress';
  if (statusOf('Stalled') === 'True') return 'Failed';
  const ready = statusOf('Ready');
  return ready === undefined || ready === 'True' ? 'Current' : 'InProgress';
}

function conditionsOf(status: Conditioned | undefined): readonly Condition[] {
  return status?.conditions ?? [];
}

function isTrue(condition: Condition | undefined): boolean {
  return condition?.status === 'True';
}
