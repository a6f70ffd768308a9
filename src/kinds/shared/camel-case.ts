/**
 * Auto Scaling's and EC2's structures in the case of letters that Kubernetes and ECS use: `MinSize` becomes `minSize`, and
 * `VPCZoneIdentifier`, the only name of theirs that begins with an abbreviation, `vpcZoneIdentifier`. Times are RFC 3339.
 */
export type CamelCase<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly CamelCase<Item>[]
    : T extends object
      ? { readonly [Key in keyof T as Key extends string ? LowerFirst<Key> : never]: CamelCase<T[Key]> }
      : T;

type LowerFirst<Key extends string> = Key extends `VPC${infer Rest}` ? `vpc${Rest}` : Uncapitalize<Key>;

/** `MinSize` to `minSize`; a name that begins with a small letter stays. */
export function lowerFirst(name: string): string {
  return name.startsWith('VPC') ? `vpc${name.slice(3)}` : name.charAt(0).toLowerCase() + name.slice(1);
}

function upperFirst(name: string): string {
  return name.startsWith('vpc') ? `VPC${name.slice(3)}` : name.charAt(0).toUpperCase() + name.slice(1);
}

/** What AWS answered, as a spec would say it. */
export function camelCase<T>(value: T): CamelCase<T>;
export function camelCase(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  return renamed(value, lowerFirst, camelCase);
}

/** The members of a launch template that are times: the SDK takes no text for them. */
const times: ReadonlySet<string> = new Set(['ValidUntil']);

/** What a spec says, as the SDK takes it. */
export function pascalCase<T>(value: CamelCase<T>): T;
export function pascalCase(value: unknown): unknown {
  return renamed(value, upperFirst, pascalCase);
}

function renamed(value: unknown, rename: (name: string) => string, inner: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(inner);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const renamedTo = rename(name);
      const isTime = times.has(renamedTo) && typeof member === 'string';
      return [renamedTo, isTime ? new Date(member) : inner(member)];
    }),
  );
}
