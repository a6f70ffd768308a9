import type { LinuxHost } from '../api.ts';
import { agentVariables, assertOneLine } from './agent-config.ts';

/** Ends the here-document. No line of a variable can be this word, as each has an equals sign. */
const END = 'ECS_CONFIG';

/**
 * A script for ECS-optimized Amazon Linux. It only writes the agent's configuration (INS-03) and never starts the agent: systemd
 * starts it when cloud-init has finished, and cloud-init waits for this script, so that a start from here would never end (AG-01).
 */
export function linuxUserData(
  cluster: string,
  agentConfig: Readonly<Record<string, string>>,
  { script = '' }: LinuxHost,
): string {
  assertOneLine(cluster, 'spec.ecs.cluster');
  const variables = [['ECS_CLUSTER', cluster] as const, ...agentVariables(agentConfig)];
  const lines = [
    '#!/bin/bash',
    // The quotes keep the shell from reading anything in the values.
    `cat <<'${END}' >> /etc/ecs/ecs.config`,
    ...variables.map(([name, value]) => `${name}=${value}`),
    END,
  ];
  return `${[...lines, ...(script === '' ? [] : [script.trimEnd()])].join('\n')}\n`;
}
