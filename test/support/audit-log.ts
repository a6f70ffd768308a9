import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { asUser } from '../sandbox/control-plane/as-user.ts';
import { eventually } from './eventually.ts';

/** One request of a service account, as the API server judged and answered it. */
export interface AuditEntry {
  /** RBAC's: get, list, watch, create, update, patch, delete. */
  readonly verb: string;
  readonly user: string;
  readonly userAgent: string;
  readonly apiGroup: string;
  /** With its subresource, as RBAC writes it: `ecsservices/status`. Empty for what is no resource, such as `/version`. */
  readonly resource: string;
  /** Undefined for what has none, and for a list or watch of all. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly uri: string;
  readonly code: number | undefined;
  /** RBAC's answer. Admission says no with the same 403, which is another matter. */
  readonly allowed: boolean;
}

/** A place in the log. */
export type AuditMark = number;

/** The part of an `audit.k8s.io/v1` Event that is read. */
interface AuditEvent {
  readonly verb: string;
  readonly user?: { readonly username?: string };
  readonly userAgent?: string;
  readonly requestURI: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly annotations?: Readonly<Record<string, string>>;
}

const serviceAccounts = 'system:serviceaccount:';

/** What service accounts asked an API server for. A watch is in it twice: when it begins and when it ends. */
export class AuditLog {
  readonly #path: string;
  readonly #admin: string;

  /** `admin` is the path of his kubeconfig. */
  constructor(path: string, admin: string) {
    this.#path = path;
    this.#admin = admin;
  }

  /** The place behind everything that has been answered until now. */
  async mark(): Promise<AuditMark> {
    const from = (await stat(this.#path)).size;
    const id = randomUUID();
    // An entry is written after the answer, and so may come a moment later than what the answer led to.
    await asUser(this.#admin, { method: 'GET', path: '/version', query: { mark: id } });
    return eventually(`mark ${id} in the audit log`, async () => {
      const tail = await this.#tail(from);
      const at = tail.indexOf(id);
      const end = at < 0 ? -1 : tail.indexOf('\n', at);
      return { value: from + end + 1, done: end >= 0 };
    });
  }

  /** What this user asked and was answered between a mark and now. */
  async since(mark: AuditMark, user: string): Promise<readonly AuditEntry[]> {
    const entries = await this.#read(mark, (line) => line.includes(user));
    return entries.filter((entry) => entry.user === user);
  }

  /** What RBAC has refused to any service account since the log began, as sentences; each once. */
  async refusals(): Promise<readonly string[]> {
    const entries = await this.#read(0, (line) => line.includes('"forbid"') && line.includes(serviceAccounts));
    return told(entries.filter(({ allowed, user }) => !allowed && user.startsWith(serviceAccounts)));
  }

  /** Line by line, and most of them unparsed: the log of a whole run does not fit into one string. */
  async #read(from: AuditMark, mayCount: (line: string) => boolean): Promise<readonly AuditEntry[]> {
    const end = await this.mark();
    const found: AuditEntry[] = [];
    const lines = createInterface({ input: createReadStream(this.#path, { start: from, end: end - 1 }) });
    for await (const line of lines) {
      if (!mayCount(line)) continue;
      const event: AuditEvent = JSON.parse(line);
      found.push(entryOf(event));
    }
    return found;
  }

  async #tail(from: number): Promise<Buffer> {
    const file = await open(this.#path);
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }
}

function told(entries: readonly AuditEntry[]): readonly string[] {
  return [...new Set(entries.map((entry) => `${requestOf(entry)} by ${entry.user} (${entry.userAgent})`))];
}

/** `patch ecs-operator.dev/ecsservices/status in namespace x`. */
export function requestOf({ verb, apiGroup, resource, namespace, uri }: AuditEntry): string {
  if (resource === '') return `${verb} ${uri}`;
  const where = namespace === undefined ? 'in all namespaces' : `in namespace ${namespace}`;
  return `${verb} ${apiGroup === '' ? 'core' : apiGroup}/${resource} ${where}`;
}

function entryOf({
  verb,
  user,
  userAgent,
  requestURI,
  objectRef = {},
  responseStatus,
  annotations,
}: AuditEvent): AuditEntry {
  const { apiGroup = '', resource = '', subresource, namespace, name } = objectRef;
  return {
    verb,
    user: user?.username ?? '',
    userAgent: userAgent ?? '',
    apiGroup,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace,
    name,
    uri: requestURI,
    code: responseStatus?.code,
    allowed: annotations?.['authorization.k8s.io/decision'] !== 'forbid',
  };
}
