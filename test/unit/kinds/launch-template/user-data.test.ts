import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EcsHost } from '../../../../src/kinds/launch-template/api.ts';
import { renderUserData } from '../../../../src/kinds/launch-template/user-data/render.ts';
import { agentConfig } from '../../../sandbox/region/ecs/capacity/instances/user-data.ts';

const text = (host: EcsHost, cluster = 'prod') => Buffer.from(renderUserData(host, cluster), 'base64').toString('utf8');
/** What the container agent of the simulated region makes of it. */
const understood = (host: EcsHost, cluster = 'prod') => agentConfig(renderUserData(host, cluster));

/** A change of one of these texts replaces the instances of every group whose template has `spec.ecs`. */
describe('the rendered text', () => {
  test('of Linux writes the configuration of the agent, sorted, and then runs the script', () => {
    const host: EcsHost = {
      agentConfig: { ECS_RESERVED_MEMORY: '256', ECS_INSTANCE_ATTRIBUTES: '{"stack":"it\'s $HOME `id`"}' },
      linux: { script: 'yum install -y htop\n' },
    };
    expect(text(host)).toBe(
      [
        '#!/bin/bash',
        "cat <<'ECS_CONFIG' >> /etc/ecs/ecs.config",
        'ECS_CLUSTER=prod',
        'ECS_INSTANCE_ATTRIBUTES={"stack":"it\'s $HOME `id`"}',
        'ECS_RESERVED_MEMORY=256',
        'ECS_CONFIG',
        'yum install -y htop',
        '',
      ].join('\n'),
    );
  });

  test('of Linux is what there is when no system is named', () => {
    expect(text({})).toBe("#!/bin/bash\ncat <<'ECS_CONFIG' >> /etc/ecs/ecs.config\nECS_CLUSTER=prod\nECS_CONFIG\n");
    expect(text({})).toBe(text({ linux: {} }));
  });

  test('AG-01: of Linux never starts anything', () => {
    expect(text({ agentConfig: { ECS_LOGLEVEL: 'debug' }, linux: {} })).not.toMatch(/systemctl|service|start/);
  });

  test('of Bottlerocket is a table of its own after the settings of the user', () => {
    expect(text({ bottlerocket: {} })).toBe('[settings.ecs]\ncluster = "prod"\n');
    expect(
      text({ bottlerocket: { settings: 'settings.motd = "x"\n\n[settings.host-containers.admin]\nenabled = true\n' } }),
    ).toBe(
      'settings.motd = "x"\n\n[settings.host-containers.admin]\nenabled = true\n\n[settings.ecs]\ncluster = "prod"\n',
    );
  });

  test('of Bottlerocket puts the cluster into the table that the user has, which TOML takes only once', () => {
    const settings =
      '[settings.ecs] # ours\nreserved-memory = 256\n\n[settings.ecs.instance-attributes]\ncluster = "blue"';
    expect(text({ bottlerocket: { settings } })).toBe(
      '[settings.ecs] # ours\ncluster = "prod"\nreserved-memory = 256\n\n[settings.ecs.instance-attributes]\ncluster = "blue"\n',
    );
  });

  test('WI-07: of Windows sets the machine up, runs the script, and then starts the agent', () => {
    const host: EcsHost = {
      agentConfig: { ECS_ENABLE_SPOT_INSTANCE_DRAINING: 'true', ECS_INSTANCE_ATTRIBUTES: '{"owner":"it\'s ‘us’"}' },
      windows: {
        script: 'Write-Host hello',
        enableTaskIAMRole: true,
        enableTaskENI: true,
        awsvpcBlockIMDS: true,
        awsvpcAdditionalLocalRoutes: ['169.254.169.254/32'],
        loggingDrivers: ['json-file', 'awslogs'],
      },
    };
    expect(text(host)).toBe(
      [
        '<powershell>',
        'Import-Module ECSTools',
        "[Environment]::SetEnvironmentVariable('ECS_ENABLE_SPOT_INSTANCE_DRAINING', 'true', 'Machine')",
        "[Environment]::SetEnvironmentVariable('ECS_INSTANCE_ATTRIBUTES', '{\"owner\":\"it''s ‘‘us’’\"}', 'Machine')",
        'Write-Host hello',
        `Initialize-ECSAgent -Cluster 'prod' -EnableTaskIAMRole -EnableTaskENI -AwsvpcBlockIMDS -AwsvpcAdditionalLocalRoutes '["169.254.169.254/32"]' -LoggingDrivers '["json-file","awslogs"]'`,
        '</powershell>',
        '',
      ].join('\n'),
    );
  });

  test('of Windows has no switch that was not asked for', () => {
    expect(text({ windows: { enableTaskENI: false, loggingDrivers: [] } })).toBe(
      "<powershell>\nImport-Module ECSTools\nInitialize-ECSAgent -Cluster 'prod'\n</powershell>\n",
    );
  });
});

describe('the agent of the simulated region understands', () => {
  test('Linux', () => {
    const host: EcsHost = {
      agentConfig: {
        ECS_INSTANCE_ATTRIBUTES: '{"stack": "prod"}',
        ECS_CONTAINER_INSTANCE_TAGS: '{"team": "a b"}',
        ECS_RESERVED_MEMORY: '256',
        ECS_ENABLE_SPOT_INSTANCE_DRAINING: 'true',
        ECS_WARM_POOLS_CHECK: 'true',
      },
      linux: { script: 'echo hello' },
    };
    expect(understood(host)).toMatchObject({
      cluster: 'prod',
      os: 'linux',
      attributes: new Map([['stack', 'prod']]),
      tags: new Map([['team', 'a b']]),
      reservedMemory: 256,
      spotDraining: true,
      warmPoolsCheck: true,
    });
  });

  test('Bottlerocket', () => {
    const settings =
      '[settings.ecs]\nenable-spot-instance-draining = true\n[settings.ecs.instance-attributes]\nstack = "prod"';
    expect(understood({ bottlerocket: { settings } })).toMatchObject({
      cluster: 'prod',
      spotDraining: true,
      attributes: new Map([['stack', 'prod']]),
    });
    expect(understood({ bottlerocket: { settings: '[settings.host]\nx = "y"' } })?.cluster).toBe('prod');
  });

  test('Windows', () => {
    const host: EcsHost = {
      agentConfig: { ECS_INSTANCE_ATTRIBUTES: '{"stack":"prod"}' },
      windows: { enableTaskIAMRole: true },
    };
    expect(understood(host)).toMatchObject({
      cluster: 'prod',
      os: 'windows',
      attributes: new Map([['stack', 'prod']]),
    });
  });

  test('every value that fits on a line, on Linux', () => {
    const values = fc
      .string({ unit: 'grapheme', maxLength: 60 })
      .filter((value) => !/[\r\n\0\u2028\u2029]/.test(value));
    fc.assert(
      fc.property(values, (value) => {
        const host: EcsHost = { agentConfig: { ECS_INSTANCE_ATTRIBUTES: JSON.stringify({ value }) } };
        expect(text(host).split('\n')).toHaveLength(6);
        expect(understood({ agentConfig: { ...host.agentConfig, ECS_RESERVED_MEMORY: '64' } })).toMatchObject({
          cluster: 'prod',
          reservedMemory: 64,
        });
      }),
    );
  });
});

describe('what would break the text is refused, naming the field', () => {
  test.each<[string, EcsHost, string]>([
    [
      'a line break in a value',
      { agentConfig: { ECS_LOGLEVEL: 'a\nECS_CONFIG\nreboot' } },
      'spec.ecs.agentConfig.ECS_LOGLEVEL',
    ],
    ['a line break in one for Windows', { agentConfig: { A: 'a\r\nb' }, windows: {} }, 'spec.ecs.agentConfig.A'],
    [
      'a cluster in the settings of Bottlerocket',
      { bottlerocket: { settings: '[settings.ecs]\n"cluster" = "x"' } },
      'spec.ecs.bottlerocket.settings sets the cluster',
    ],
    [
      'keys that begin with settings.ecs',
      { bottlerocket: { settings: 'settings.ecs.reserved-memory = 1' } },
      'write them in a table [settings.ecs]',
    ],
  ])('%s', (_what, host, message) => {
    expect(() => text(host)).toThrow(
      expect.objectContaining({
        disposition: 'terminal',
        reason: 'InvalidUserData',
        message: expect.stringContaining(message),
      }),
    );
  });

  test('a cluster of two lines', () => {
    expect(() => text({}, 'a\nb')).toThrow(/spec\.ecs\.cluster has a line break/);
  });
});
