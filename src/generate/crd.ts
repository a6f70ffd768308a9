import { unseen } from '../engine/status.ts';
import { lowerFirst } from '../kinds/shared/camel-case.ts';
import type { Column, KindRules, Overlays, Schema } from './contract.ts';
import { type Sdk, sdkOf } from './sdk.ts';
import { leadingColumns, sharedOverlays, trailingColumns } from './shared.ts';
import { structural } from './structural.ts';
import type { TypeSchemas } from './types.ts';

/** A CustomResourceDefinition, as far as we fill it. */
export interface Crd {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames: readonly string[];
      readonly categories: readonly string[];
    };
    readonly scope: 'Namespaced' | 'Cluster';
    readonly versions: readonly CrdVersion[];
  };
}

export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly additionalPrinterColumns: readonly Column[];
  readonly subresources: { readonly status: object; readonly scale?: object };
  readonly schema: { readonly openAPIV3Schema: Schema };
}

/** The kind's root schema. `used` collects the names of the shared overlays that were laid on. */
export function rootSchema(rules: KindRules, read: (type: string) => TypeSchemas, used: Set<string>): Schema {
  const overlays: Overlays = { ...sharedOverlays, ...rules.overlays };
  const { sdk, required } = requested(rules);
  const specRoot = { type: rules.spec, alias: 'Spec', required, sdk } as const;
  const spec = structural(read(rules.spec), specRoot, overlays, used);
  const statusRoot = { type: rules.status, alias: 'Status', required: [], sdk } as const;
  const status = structural(read(rules.status), statusRoot, overlays, used);
  used.add('Object');
  const unused = Object.keys(rules.overlays).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`${rules.names.kind}: no such type or member: ${unused.join(', ')}`);
  return {
    description: rules.description,
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec,
      status: { ...status, default: unseen },
    },
    ...overlays.Object,
  };
}

export function crd(rules: KindRules, schema: Schema): Crd {
  const { group, version, kind, plural, singular, shortNames, scope = 'Namespaced' } = rules.names;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames, categories: ['ecs'] },
      scope,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          additionalPrinterColumns: [...leadingColumns, ...rules.columns, ...trailingColumns],
          subresources: { status: {}, ...(rules.scale === undefined ? {} : { scale: rules.scale }) },
          schema: { openAPIV3Schema: schema },
        },
      ],
    },
  };
}

/** Where the structures of a kind come from, and what its request demands. Without a request all is as the types say. */
function requested({ names, request }: KindRules): { readonly sdk: Sdk; readonly required: readonly string[] } {
  if (request === undefined) return { sdk: () => undefined, required: [] };
  const sdk = sdkOf(request.type);
  const structure = sdk?.(request.type);
  if (sdk === undefined || structure === undefined) throw new Error(`${names.kind}: the SDK has no ${request.type}`);
  if (!structure.members.map(lowerFirst).includes(request.nameField)) {
    throw new Error(`${names.kind}: ${request.type} has no member ${request.nameField}`);
  }
  return { sdk, required: structure.required.map(lowerFirst).filter((member) => member !== request.nameField) };
}
