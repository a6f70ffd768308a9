import type { ContainerDefinition, LogConfiguration } from '@aws-sdk/client-ecs';
import { clientException } from '../../../errors.ts';

/** Log drivers and their router (LOG-05, LOG-11, LOG-17). */
export function checkLogging(containers: readonly ContainerDefinition[]): void {
  const routers = containers.filter(({ firelensConfiguration }) => firelensConfiguration !== undefined);
  if (routers.length > 1) throw clientException('Only one container can have a firelensConfiguration.');
  for (const { logConfiguration, firelensConfiguration } of containers) {
    checkRouterOptions(firelensConfiguration?.options ?? {});
    if (logConfiguration === undefined) continue;
    checkOptions(logConfiguration);
    if (logConfiguration.logDriver === 'awsfirelens' && routers.length === 0) {
      throw clientException('The log driver awsfirelens needs a container with a firelensConfiguration.');
    }
  }
}

function checkOptions({ logDriver, options = {} }: LogConfiguration): void {
  if (logDriver === 'awslogs') {
    if ('awslogs-datetime-format' in options && 'awslogs-multiline-pattern' in options) {
      throw clientException('awslogs-datetime-format and awslogs-multiline-pattern cannot be used together.');
    }
  }
  const limit = options['log-driver-buffer-limit'];
  if (logDriver === 'awsfirelens' && limit !== undefined && !(Number(limit) >= 0 && Number(limit) <= 536_870_912)) {
    throw clientException('log-driver-buffer-limit must be between 0 and 536870912.');
  }
}

/** ECS writes these files itself (LOG-16). */
function checkRouterOptions(options: Readonly<Record<string, string>>): void {
  const value = options['config-file-value'] ?? '';
  if (value === '/fluent-bit/etc/fluent-bit.conf' || value === '/fluentd/etc/fluent.conf') {
    throw clientException(`config-file-value cannot be ${value}.`);
  }
}
