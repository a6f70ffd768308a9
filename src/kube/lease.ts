import { KubeError } from './errors.ts';
import { withoutManagedFields } from './freeze.ts';
import { fieldManager } from './objects.ts';
import { pathOf } from './paths.ts';
import type { Transport } from './transport.ts';

/** Who holds a Lease and since when, as client-go's LeaderElectionRecord. */
export interface LeaseRecord {
  /** Empty: nobody, it was given back. */
  readonly holder: string;
  /** How long the holder asks to be waited for after the last sign of life. The API knows whole seconds. */
  readonly durationSeconds: number;
  /** Both are the holder's wall clock, for people to read. Nobody reckons with them: two machines' clocks differ. */
  readonly acquireTime: string | undefined;
  readonly renewTime: string | undefined;
  /** How often the holder has changed. */
  readonly transitions: number;
}

/** What we write into a Lease. */
export interface LeaseContent {
  readonly record: LeaseRecord;
  /** Who asks the holder to hand it over; see `leader-balance.ts`. */
  readonly claimant: string | undefined;
  /** Among how many shards the objects are split; see `leader-layout.ts`. Left as it is when not given. */
  readonly layout?: string | undefined;
}

/** One version of a Lease. */
export interface Lease extends LeaseContent {
  readonly name: string;
  /** The object as it was read: an update must not take away labels, owners or fields that others have put there. */
  readonly object: LeaseObject;
}

interface LeaseObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number | null;
    readonly acquireTime?: string | null | undefined;
    readonly renewTime?: string | null | undefined;
    readonly leaseTransitions?: number | null;
  };
}

/** How one call is made. */
export interface LeaseCall {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  /** Called right before the request is sent, after any waiting: a lease is valid from then, not from when it was asked for. */
  readonly onSend?: () => void;
}

/** The three verbs that leader election needs, on single Leases: no list and no watch, so that RBAC can name them. */
export interface LeaseAccess {
  /** A consistent read; undefined when there is no such Lease. */
  get(name: string, call: LeaseCall): Promise<Lease | undefined>;
  /** Refused with 409 when it exists. */
  create(name: string, content: LeaseContent, call: LeaseCall): Promise<Lease>;
  /** Refused with 409 when it is not the given version any more. */
  update(lease: Lease, content: LeaseContent, call: LeaseCall): Promise<Lease>;
}

const resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };
const claimAnnotation = 'ecs-operator.dev/claimed-by';
const layoutAnnotation = 'ecs-operator.dev/shards';
/**
 * Renewals wait for nobody else's Retry-After, and for their own no longer than the usual period between two attempts: after a blip the
 * server would renew, and a leader that waited for half a minute would have lost his Lease.
 */
const flow = { flow: 'leases', longestHoldMs: 2_000 };

/** Leases of one namespace. */
export class LeaseClient implements LeaseAccess {
  readonly #transport: Transport;
  readonly #namespace: string;

  constructor(transport: Transport, namespace: string) {
    this.#transport = transport;
    this.#namespace = namespace;
  }

  async get(name: string, { signal, deadlineMs, onSend }: LeaseCall): Promise<Lease | undefined> {
    const path = pathOf(resource, this.#namespace, name);
    try {
      return read(
        await this.#transport.request<LeaseObject>({ ...flow, method: 'GET', path, signal, deadlineMs, gate: onSend }),
      );
    } catch (error) {
      if (error instanceof KubeError && error.disposition === 'absent') return undefined;
      throw error;
    }
  }

  async create(name: string, content: LeaseContent, call: LeaseCall): Promise<Lease> {
    const empty = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name } };
    return this.#write('POST', pathOf(resource, this.#namespace), withContent(empty, content), call);
  }

  async update(lease: Lease, content: LeaseContent, call: LeaseCall): Promise<Lease> {
    const path = pathOf(resource, this.#namespace, lease.name);
    return this.#write('PUT', path, withContent(lease.object, content), call);
  }

  async #write(method: 'POST' | 'PUT', path: string, body: LeaseObject, call: LeaseCall): Promise<Lease> {
    const { signal, deadlineMs, onSend } = call;
    const query = { fieldManager };
    return read(
      await this.#transport.request<LeaseObject>({
        ...flow,
        method,
        path,
        query,
        body,
        signal,
        deadlineMs,
        gate: onSend,
      }),
    );
  }
}

/** Somebody has written or deleted it in between: read before writing again. */
export function isOutdated(error: unknown): boolean {
  return error instanceof KubeError && (error.status === 409 || error.status === 404);
}

function read(answer: LeaseObject): Lease {
  const object = withoutManagedFields(answer);
  const { spec = {}, metadata } = object;
  return {
    name: metadata.name,
    object,
    record: {
      holder: spec.holderIdentity ?? '',
      durationSeconds: spec.leaseDurationSeconds ?? 0,
      acquireTime: spec.acquireTime ?? undefined,
      renewTime: spec.renewTime ?? undefined,
      transitions: spec.leaseTransitions ?? 0,
    },
    claimant: metadata.annotations?.[claimAnnotation],
    layout: metadata.annotations?.[layoutAnnotation],
  };
}

function withContent(object: LeaseObject, { record, claimant, layout }: LeaseContent): LeaseObject {
  const { [claimAnnotation]: _, ...kept } = object.metadata.annotations ?? {};
  const annotations = {
    ...kept,
    ...(claimant === undefined ? {} : { [claimAnnotation]: claimant }),
    ...(layout === undefined ? {} : { [layoutAnnotation]: layout }),
  };
  return {
    ...object,
    metadata: { ...object.metadata, annotations },
    spec: {
      ...object.spec,
      holderIdentity: record.holder,
      leaseDurationSeconds: record.durationSeconds,
      acquireTime: record.acquireTime,
      renewTime: record.renewTime,
      leaseTransitions: record.transitions,
    },
  };
}
