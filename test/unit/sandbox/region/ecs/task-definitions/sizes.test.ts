import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuUnits, isFargateSize, mebibytes } from '../../../../../sandbox/region/ecs/task-definitions/sizes.ts';

describe('sizes', () => {
  it.each([
    ['1024', '1024'],
    ['1 vCPU', '1024'],
    ['.25 vcpu', '256'],
    ['0.5vCPU', '512'],
    ['lots', 'lots'],
    ['', ''],
  ])('of cpu %s are %s units (TD-1)', (text, units) => {
    expect(cpuUnits(text)).toBe(units);
  });

  it.each([
    ['512', '512'],
    ['1GB', '1024'],
    ['.5 gb', '512'],
    ['30 GB', '30720'],
    ['1 MB', '1 MB'],
  ])('of memory %s are %s MiB (TD-2)', (text, mib) => {
    expect(mebibytes(text)).toBe(mib);
  });

  it.each([
    ['256', '512', true],
    ['256', '1536', false],
    ['256', '2048', true],
    ['512', '512', false],
    ['512', '4096', true],
    ['1024', '9216', false],
    ['2048', '4096', true],
    ['4096', '31744', false],
    ['4096', '30720', true],
    ['8192', '18432', false],
    ['8192', '20480', true],
    ['16384', '122880', true],
    ['16384', '36864', false],
    ['32768', '65536', false],
    ['100', '512', false],
  ])('%s with %s MiB is one of Fargate: %s (G4 13)', (cpu, memory, is) => {
    expect(isFargateSize(cpu, memory)).toBe(is);
  });

  it('of Windows are a part of those of Linux, from 1 to 4 vCPU (SIZE-01)', () => {
    const cpu = fc.constantFrom('256', '512', '1024', '2048', '4096', '8192', '16384');
    const memory = fc.integer({ min: 1, max: 120 }).map((gib) => String(gib * 1_024));
    fc.assert(
      fc.property(cpu, memory, (units, mib) => {
        const large = Number(units) >= 1_024 && Number(units) <= 4_096;
        expect(isFargateSize(units, mib, true)).toBe(large && isFargateSize(units, mib));
      }),
    );
  });
});
