import type { ResourceNames } from '../kube/types.ts';

/** The part of OpenAPI v3 that a structural CRD schema may use, as far as we use it. */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly format?: 'int32' | 'int64' | 'double' | 'date-time';
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  /** Only of `status`: what a spec leaves out is nobody's to fill in (design.md section 2). */
  readonly default?: object;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic';
  readonly 'x-kubernetes-validations'?: readonly Rule[];
}

/** One CEL rule. The message names the field and what to do about it. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
}

/**
 * What is laid over the schema that the types give, by TypeScript type name (`Tag`) or member (`Tag.key`).
 * `Object`, `Spec` and `Status` stand for the kind's own root, spec and status. A name that matches nothing is an error.
 */
export type Overlays = Readonly<Record<string, Schema>>;

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  /** 1 shows it with `-o wide` only. */
  readonly priority?: 1;
}

export interface Scale {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
}

/** What a kind's `rules.ts` exports as `rules`: everything about its CRD that its types cannot say. */
export interface KindRules {
  readonly names: ResourceNames;
  readonly description: string;
  /** Exported types of the kind's `api.ts`. */
  readonly spec: string;
  readonly status: string;
  /** The SDK input that the spec is built from, if it is from one. */
  readonly request?: {
    /** Its leading required members are required in the spec. */
    readonly type: string;
    /** The member that holds the AWS name, as the spec calls it. Never required: `metadata.name` is the default. */
    readonly nameField: string;
  };
  readonly overlays: Overlays;
  readonly columns: readonly Column[];
  readonly scale?: Scale;
}
