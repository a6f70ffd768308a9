import { OperatorError } from '../../../errors.ts';

/** Variables of the container agent in an order of their own: that of a map means nothing, and must not make a new version. */
export function agentVariables(agentConfig: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const variables = Object.entries(agentConfig).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, value] of variables) assertOneLine(value, `spec.ecs.agentConfig.${name}`);
  return variables;
}

/** The agent reads a variable a line, so a line break would begin another one, or end the text that holds them. */
export function assertOneLine(value: string, field: string): void {
  if (!/[\r\n\0]/.test(value)) return;
  throw new OperatorError(
    'terminal',
    'InvalidUserData',
    `${field} has a line break, which the container agent's configuration cannot hold: write it on one line.`,
  );
}
