import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('../../../sandbox/region/', import.meta.url).pathname;

/** `world.ts`: what a service of the region may know of the others; the other way goes through `world.on`. */
const MAY_IMPORT = {
  cloudwatch: [],
  ec2: [],
  autoscaling: ['ec2', 'cloudwatch'],
  ecs: ['autoscaling', 'ec2', 'cloudwatch'],
  'application-autoscaling': ['ecs', 'cloudwatch'],
  ssm: ['ec2'],
} as const;

function imports(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/from '(\.[^']+)'/g)].map(([, path = '']) =>
    relative(root, join(root, dirname(file), path)),
  );
}

test.each(Object.entries(MAY_IMPORT))(
  '%s knows no service of the region but %j',
  (service, allowed: readonly string[]) => {
    const files = readdirSync(join(root, service), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    expect(files.length).toBeGreaterThan(0);
    const others = Object.keys(MAY_IMPORT).filter((other) => other !== service && !allowed.includes(other));
    const wrong = files.flatMap((file) =>
      imports(`${service}/${file}`)
        .filter((path) => others.some((other) => path.startsWith(`${other}/`)))
        .map((path) => `${service}/${file} imports ${path}`),
    );
    expect(wrong).toEqual([]);
  },
);
