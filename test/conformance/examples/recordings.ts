import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RecordedCall, recordedCalls } from './rst.ts';

export const RECORDED_SERVICES = ['application-autoscaling', 'autoscaling', 'ecs'] as const;

/** Every call recorded in the examples of the installed AWS CLI, of the services that the region models. */
export function recordings(examples: string): { readonly files: number; readonly calls: readonly RecordedCall[] } {
  const files = RECORDED_SERVICES.flatMap((service) =>
    readdirSync(join(examples, service), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.rst'))
      .sort()
      .map((file) => `${service}/${file}`),
  );
  const calls = files.flatMap((file) =>
    recordedCalls(file.slice(0, -'.rst'.length), readFileSync(join(examples, file), 'utf8')),
  );
  return { files: files.length, calls };
}
