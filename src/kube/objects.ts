import { KubeError } from './errors.ts';
import { received } from './freeze.ts';
import { pathOf } from './paths.ts';
import type { Transport } from './transport.ts';
import { apiVersionOf, type KubeObject, type ResourceNames } from './types.ts';

/** Field manager of everything we write; the same word as the user agent, so that audit log and managedFields agree. */
export const fieldManager = 'ecs-operator';

/** One version of one life of an object; an object's `metadata` is one. */
export interface ObjectVersion {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

export type ObjectName = Pick<ObjectVersion, 'namespace' | 'name'>;

/** Two edits by others between our read and our write are rare enough; after that the next pass tries. */
const statusAttempts = 3;

export interface ObjectWriterOptions {
  readonly transport: Transport;
  readonly names: ResourceNames;
  /** Throws when this process may not write (it is not, or no longer, the leader). Called right before each write is sent. */
  readonly gate: (object: ObjectName) => void;
}

/** Reads and the two writes that the operator makes on objects of one kind: finalizers and status. It never writes `spec`. */
export class ObjectWriter<T extends KubeObject> {
  readonly #transport: Transport;
  readonly #names: ResourceNames;
  readonly #gate: (object: ObjectName) => void;

  constructor(options: ObjectWriterOptions) {
    this.#transport = options.transport;
    this.#names = options.names;
    this.#gate = options.gate;
  }

  /** A consistent read, past every cache. Throws `absent` when there is no such object. */
  async get(object: ObjectName, signal: AbortSignal): Promise<T> {
    const path = pathOf(this.#names, object.namespace, object.name);
    return received(await this.#transport.request<T>({ method: 'GET', path, signal }));
  }

  /**
   * Makes `finalizers` the object's list. Refused with Conflict when the object is not exactly the version given, because a merge patch
   * replaces the whole list and could otherwise erase another controller's entry.
   */
  async patchFinalizers(object: T, finalizers: readonly string[], signal: AbortSignal, cause?: object): Promise<T> {
    const { namespace, name, uid, resourceVersion } = object.metadata;
    const patched = await this.#transport.request<T>({
      method: 'PATCH',
      path: pathOf(this.#names, namespace, name),
      query: { fieldManager },
      contentType: 'application/merge-patch+json',
      body: { metadata: { uid, resourceVersion, finalizers } },
      gate: () => this.#gate(object.metadata),
      signal,
      cause,
    });
    return received(patched);
  }

  /**
   * Writes the whole status by server-side apply: what was in our last one and is not in this one is removed, what others wrote stays.
   * Refused with Conflict when the object has been deleted and created again in the meantime.
   *
   * Measured on 1.36: `/status` of a custom resource takes a wrong `metadata.uid` without a word and writes onto the new object; only
   * `resourceVersion` is checked. So that is the precondition, and when it fails for the same UID (someone edited the object
   * meanwhile, which does not concern our status) the write is made again on the version that is there.
   */
  async applyStatus(object: ObjectVersion, status: unknown, signal: AbortSignal, cause?: object): Promise<T> {
    let { resourceVersion } = object;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#applyStatus({ ...object, resourceVersion }, status, signal, cause);
      } catch (error) {
        const conflict = error instanceof KubeError && error.reason === 'Conflict';
        if (!conflict || attempt === statusAttempts) throw error;
        const { metadata } = await this.get(object, signal);
        if (metadata.uid !== object.uid) throw error;
        resourceVersion = metadata.resourceVersion;
      }
    }
  }

  async #applyStatus(
    object: ObjectVersion,
    status: unknown,
    signal: AbortSignal,
    cause: object | undefined,
  ): Promise<T> {
    const { namespace, name, uid, resourceVersion } = object;
    const applied = await this.#transport.request<T>({
      method: 'PATCH',
      path: pathOf(this.#names, namespace, name, 'status'),
      query: { fieldManager, force: true },
      contentType: 'application/apply-patch+yaml',
      body: {
        apiVersion: apiVersionOf(this.#names),
        kind: this.#names.kind,
        metadata: { ...(namespace === '' ? {} : { namespace }), name, uid, resourceVersion },
        status,
      },
      gate: () => this.#gate(object),
      signal,
      cause,
    });
    return received(applied);
  }
}
