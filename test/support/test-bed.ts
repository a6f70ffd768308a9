import { type Region, type RegionOptions, startRegion } from '../sandbox/region/index.ts';
import { type OperatorBed, type OperatorBedOptions, operatorBed } from './operator-bed.ts';

export { condition, isReady, type Managed, type Manifest, namesOf } from './namespace-bed.ts';
export { awsRegion } from './operator-bed.ts';

/** An operator in a namespace of its own, and a simulated region that only it uses. */
export interface TestBed extends OperatorBed {
  readonly region: Region;
  /** Operations of the mutations that the region has received after `mark`, oldest first. */
  mutations(mark: number): readonly string[];
}

export interface TestBedOptions extends OperatorBedOptions {
  readonly region?: RegionOptions;
}

export async function testBed({ region: regionOptions, ...options }: TestBedOptions = {}): Promise<TestBed> {
  const region = await startRegion({ timings: 'instant', ...regionOptions });
  const bed = await operatorBed(region, options);
  return {
    ...bed,
    region,
    mutations: (mark) => region.journal.mutations(mark).map(({ operation }) => operation),
    async stop() {
      await bed.stop();
      await region.stop();
    },
  };
}
