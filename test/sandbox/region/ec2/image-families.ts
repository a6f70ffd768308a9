/** A line of ECS-optimized images that Systems Manager publishes parameters for (INS-04, INS-09, WA-03). */
export interface ImageFamily {
  /** Begins the names of the parameters of the recommended image. */
  readonly path: string;
  /** Where the parameters of each single image are, by its `edition`; older ones are found there too. */
  readonly editions?: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly platform: 'amazon-linux' | 'bottlerocket' | 'windows';
  readonly os: string;
  /** The name of an image that came out on that day, `20260131`. */
  readonly nameOn: (day: string) => string;
  /** Those there are from the beginning, oldest first. */
  readonly images: readonly (readonly [id: string, day: string])[];
}

type Architecture = ImageFamily['architecture'];

export const IMAGE_FAMILIES: readonly ImageFamily[] = [
  // Two of each, so that one can be newer than the other.
  al2023('', 'x86_64', ['a1', '20260101'], ['a2', '20260201']),
  al2023('/arm64', 'arm64', ['b1', '20260101'], ['b2', '20260201']),
  al2023('/gpu', 'x86_64', ['11', '20260101']),
  // The guide says inf (INS-04); AWS publishes neuron, as moto's record of these parameters shows.
  al2023('/neuron', 'x86_64', ['12', '20260101']),
  al2('', 'x86_64', 'c1'),
  al2('/arm64', 'arm64', 'd1'),
  al2('/gpu', 'x86_64', 'e1'),
  al2('/inf', 'x86_64', '13'),
  al2('/kernel-5.10', 'x86_64', '14'),
  al2('/kernel-5.10/arm64', 'arm64', '15'),
  bottlerocket('aws-ecs-2', 'x86_64', 'f1'),
  bottlerocket('aws-ecs-2', 'arm64', '16'),
  bottlerocket('aws-ecs-2-nvidia', 'x86_64', '17'),
  bottlerocket('aws-ecs-2-nvidia', 'arm64', '18'),
  bottlerocket('aws-ecs-1', 'x86_64', '19'),
  bottlerocket('aws-ecs-1', 'arm64', '1a'),
  bottlerocket('aws-ecs-1-nvidia', 'x86_64', '1b'),
  bottlerocket('aws-ecs-1-nvidia', 'arm64', '1c'),
  windows('2022', 'Core', '1d'),
  windows('2022', 'Full', '1e'),
  windows('2019', 'Core', '1f'),
  windows('2019', 'Full', '20'),
  windows('2016', 'Full', '21'),
];

function optimized(path: string): string {
  return `/aws/service/ecs/optimized-ami/${path}`;
}

function idOf(suffix: string): string {
  return `ami-0ec5a1000000000${suffix}`;
}

function al2023(variant: string, architecture: Architecture, ...images: readonly [string, string][]): ImageFamily {
  const special = variant === '/gpu' || variant === '/neuron' ? `${variant.slice(1)}-` : '';
  return {
    path: optimized(`amazon-linux-2023${variant}/recommended`),
    editions: optimized(`amazon-linux-2023${variant}`),
    architecture,
    platform: 'amazon-linux',
    os: 'Amazon Linux 2023',
    nameOn: (day) => `al2023-ami-ecs-${special}hvm-2023.0.${day}-kernel-6.1-${architecture}-ebs`,
    images: images.map(([suffix, day]) => [idOf(suffix), day]),
  };
}

function al2(variant: string, architecture: Architecture, suffix: string): ImageFamily {
  const special = variant === '/gpu' || variant === '/inf' ? `${variant.slice(1)}-` : '';
  const kernel = variant.startsWith('/kernel-5.10') ? 'kernel-5.10-' : '';
  return {
    path: optimized(`amazon-linux-2${variant}/recommended`),
    editions: optimized(`amazon-linux-2${variant}`),
    architecture,
    platform: 'amazon-linux',
    os: 'Amazon Linux 2',
    nameOn: (day) => `amzn2-ami-ecs-${special}${kernel}hvm-2.0.${day}-${architecture}-ebs`,
    images: [[idOf(suffix), '20260101']],
  };
}

function bottlerocket(variant: string, architecture: Architecture, suffix: string): ImageFamily {
  const directory = `/aws/service/bottlerocket/${variant}/${architecture}`;
  return {
    path: `${directory}/latest`,
    editions: directory,
    architecture,
    platform: 'bottlerocket',
    os: 'Bottlerocket',
    nameOn: (day) => `bottlerocket-${variant}-${architecture}-v1.50.${day}`,
    images: [[idOf(suffix), '20260101']],
  };
}

/** Windows on Arm there is none. */
function windows(year: string, edition: 'Core' | 'Full', suffix: string): ImageFamily {
  const name = `Windows_Server-${year}-English-${edition}-ECS_Optimized`;
  return {
    path: `/aws/service/ami-windows-latest/${name}`,
    architecture: 'x86_64',
    platform: 'windows',
    os: `Windows Server ${year} ${edition}`,
    nameOn: (day) => `${name}-${day.slice(0, 4)}.${day.slice(4, 6)}.${day.slice(6)}`,
    images: [[idOf(suffix), '20260101']],
  };
}
