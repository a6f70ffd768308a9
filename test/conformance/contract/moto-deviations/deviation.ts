/** Something that moto 5.2.5 does otherwise than AWS, and that rows of the contract meet. What the operator's scenarios meet is in `../../operator/moto-deviations.ts`. */
export interface Deviation {
  readonly id: string;
  readonly operation: string;
  readonly motoDoes: string;
  readonly awsDoes: string;
  /** Where AWS says so. */
  readonly source: string;
  /** The ids of the rows that fail on moto because of it, with spaces between, by what their failure says. */
  readonly rows: Readonly<Record<string, string>>;
}

export const GUIDE = 'the guide digests, by the ids of the rows';
export const REFERENCE = 'API reference of the operation';
export const RECORDED = 'go-to-k/cdk-real-drift, its recorded answers of live services';
