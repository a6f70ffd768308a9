import type { AwsError } from '../errors.ts';
import type { List, MapShape, Member, Scalar, Shape, Structure, Traits } from './shape.ts';

/** What tells the two protocols apart that send their input as a form. */
export interface FormRules {
  /** What a member of a structure is called in the form. */
  key(member: string, traits: Traits): string;
  /** EC2 counts the items of a list right after its name; the others have `member` in between, or the item's own name. */
  readonly flatLists: boolean;
  unknownParameter(path: string): AwsError;
  malformed(path: string, value: string, wanted: string): AwsError;
}

/** The form as a tree: `A.B.1=x` is the value of the child `1` of the child `B` of `A`. */
interface Node {
  readonly path: string;
  readonly children: Map<string, Node>;
  value: string | undefined;
}

interface Reader {
  readonly rules: FormRules;
  readonly strict: boolean;
}

/** Parameters that say which operation is called, and are no part of its input. */
const ENVELOPE = ['Action', 'Version'];

/** Reads a form into the value that JSON would have for the same input: epoch seconds, base64. */
export function readForm(
  shape: Structure,
  form: URLSearchParams,
  rules: FormRules,
  strict: boolean,
): Record<string, unknown> {
  return readStructure(shape, treeOf(form), { rules, strict });
}

function treeOf(form: URLSearchParams): Node {
  const root: Node = { path: '', children: new Map(), value: undefined };
  for (const [key, value] of form) {
    if (ENVELOPE.includes(key)) continue;
    let node = root;
    for (const part of key.split('.')) node = childOf(node, part);
    node.value = value;
  }
  return root;
}

function childOf(parent: Node, name: string): Node {
  let child = parent.children.get(name);
  if (child === undefined) {
    child = { path: parent.path === '' ? name : `${parent.path}.${name}`, children: new Map(), value: undefined };
    parent.children.set(name, child);
  }
  return child;
}

function readValue(shape: Shape, node: Node, reader: Reader): unknown {
  switch (shape.kind) {
    case 'structure':
      return readStructure(shape, node, reader);
    case 'list':
      return readList(shape, node, reader);
    case 'map':
      return readMap(shape, node, reader);
    default:
      return readScalar(shape.kind, node, reader);
  }
}

function readStructure(shape: Structure, node: Node, reader: Reader): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [name, member] of shape.members) {
    const key = reader.rules.key(name, member.traits);
    known.add(key);
    const child = node.children.get(key);
    if (child !== undefined) value[name] = readValue(member.shape(), child, reader);
  }
  refuseOthers(node, known, reader);
  return value;
}

function readList({ item }: List, node: Node, reader: Reader): unknown[] {
  if (reader.rules.flatLists) return items(item, node, reader);
  // `List=` is an empty list.
  const name = item.traits.xmlName ?? 'member';
  refuseOthers(node, new Set([name]), reader);
  const inner = node.children.get(name);
  return inner === undefined ? [] : items(item, inner, reader);
}

function items(item: Member, node: Node, reader: Reader): unknown[] {
  return numbered(node, reader).map((child) => readValue(item.shape(), child, reader));
}

function readMap({ key, value }: MapShape, node: Node, reader: Reader): Record<string, unknown> {
  const entries = node.children.get('entry');
  refuseOthers(node, new Set(['entry']), reader);
  if (entries === undefined) return {};
  const keyName = key.traits.xmlName ?? 'key';
  const valueName = value.traits.xmlName ?? 'value';
  return Object.fromEntries(
    numbered(entries, reader).map((entry) => {
      refuseOthers(entry, new Set([keyName, valueName]), reader);
      const name = String(readScalar('string', childOf(entry, keyName), reader));
      return [name, readValue(value.shape(), childOf(entry, valueName), reader)];
    }),
  );
}

/** The children in the order of their numbers, which need not be that of the form. */
function numbered(node: Node, reader: Reader): readonly Node[] {
  const numbers = [...node.children.keys()].filter((name) => /^[1-9]\d*$/.test(name));
  refuseOthers(node, new Set(numbers), reader);
  return numbers.sort((a, b) => Number(a) - Number(b)).map((name) => childOf(node, name));
}

function refuseOthers(node: Node, known: ReadonlySet<string>, { rules, strict }: Reader): void {
  if (!strict) return;
  for (const [name, child] of node.children) if (!known.has(name)) throw rules.unknownParameter(child.path);
}

function readScalar(kind: Scalar['kind'], node: Node, reader: Reader): unknown {
  refuseOthers(node, new Set(), reader);
  const value = node.value ?? '';
  const wrong = (wanted: string): AwsError => reader.rules.malformed(node.path, value, wanted);
  switch (kind) {
    case 'string':
    case 'blob':
    case 'document':
      return value;
    case 'number':
      if (value.trim() === '' || Number.isNaN(Number(value))) throw wrong('a number');
      return Number(value);
    case 'boolean':
      if (!/^(true|false)$/i.test(value)) throw wrong('a boolean');
      return value.toLowerCase() === 'true';
    case 'timestamp': {
      const ms = Date.parse(value);
      if (Number.isNaN(ms)) throw wrong('a timestamp');
      return ms / 1_000;
    }
  }
}
