import type { WindowsHost } from '../api.ts';
import { agentVariables } from './agent-config.ts';

/**
 * PowerShell for ECS-optimized Windows (WI-07). The agent reads its variables from the machine's environment when
 * `Initialize-ECSAgent` starts it, so they and the user's script come before (WI-08, WI-09).
 */
export function windowsUserData(
  cluster: string,
  agentConfig: Readonly<Record<string, string>>,
  host: WindowsHost,
): string {
  const lines = [
    '<powershell>',
    'Import-Module ECSTools',
    ...agentVariables(agentConfig).map(
      ([name, value]) => `[Environment]::SetEnvironmentVariable(${quoted(name)}, ${quoted(value)}, 'Machine')`,
    ),
    ...(host.script === undefined || host.script === '' ? [] : [host.script.trimEnd()]),
    ['Initialize-ECSAgent', `-Cluster ${quoted(cluster)}`, ...switches(host)].join(' '),
    '</powershell>',
  ];
  return `${lines.join('\n')}\n`;
}

function switches(host: WindowsHost): readonly string[] {
  return [
    ...(host.enableTaskIAMRole === true ? ['-EnableTaskIAMRole'] : []),
    ...(host.enableTaskENI === true ? ['-EnableTaskENI'] : []),
    ...(host.awsvpcBlockIMDS === true ? ['-AwsvpcBlockIMDS'] : []),
    ...list('-AwsvpcAdditionalLocalRoutes', host.awsvpcAdditionalLocalRoutes),
    ...list('-LoggingDrivers', host.loggingDrivers),
  ];
}

/** Lists are given as JSON. */
function list(name: string, items: readonly string[] | undefined): readonly string[] {
  return items === undefined || items.length === 0 ? [] : [`${name} ${quoted(JSON.stringify(items))}`];
}

/** Text that PowerShell takes as it is. It reads typographic quotes as quotes too. */
function quoted(text: string): string {
  return `'${text.replace(/['‘’‚‛]/g, '$&$&')}'`;
}
