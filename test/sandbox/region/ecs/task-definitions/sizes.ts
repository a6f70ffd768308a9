/** `1 vCPU` and `.25 vcpu` become units (TD-1). */
export const cpuUnits = (text: string): string => normalized(text, /^\s*(\d*\.?\d+)\s*(vcpu)?\s*$/i);

/** `1GB` and `.5 gb` become MiB (TD-2). */
export const mebibytes = (text: string): string => normalized(text, /^\s*(\d*\.?\d+)\s*(gb)?\s*$/i);

/** Memory in MiB that Fargate gives to each CPU size (guide 1, 11.1), in even steps. */
const FARGATE_SIZES: ReadonlyMap<string, { readonly from: number; readonly to: number; readonly step: number }> =
  new Map([
    ['256', { from: 512, to: 2_048, step: 512 }],
    ['512', { from: 1_024, to: 4_096, step: 1_024 }],
    ['1024', { from: 2_048, to: 8_192, step: 1_024 }],
    ['2048', { from: 4_096, to: 16_384, step: 1_024 }],
    ['4096', { from: 8_192, to: 30_720, step: 1_024 }],
    ['8192', { from: 16_384, to: 61_440, step: 4_096 }],
    ['16384', { from: 32_768, to: 122_880, step: 8_192 }],
  ]);

const WINDOWS_CPU: ReadonlySet<string> = new Set(['1024', '2048', '4096']);

export function isFargateSize(cpu: string | undefined, memory: string | undefined, windows = false): boolean {
  const range = FARGATE_SIZES.get(cpu ?? '');
  const size = Number(memory);
  if (range === undefined || !(size >= range.from && size <= range.to)) return false;
  // 256 units take 512, 1024 or 2048 MiB, not 1536.
  if (cpu === '256' && size === 1_536) return false;
  // SIZE-01.
  if (windows && !WINDOWS_CPU.has(cpu ?? '')) return false;
  return (size - range.from) % range.step === 0;
}

function normalized(text: string, form: RegExp): string {
  const match = form.exec(text);
  if (match === null) return text;
  return String(Math.round(Number(match[1]) * (match[2] === undefined ? 1 : 1_024)));
}
