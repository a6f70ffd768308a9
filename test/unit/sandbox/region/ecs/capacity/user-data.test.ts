import { describe, expect, it } from 'vitest';
import { agentConfig } from '../../../../../sandbox/region/ecs/capacity/instances/user-data.ts';

const parse = (text: string) => agentConfig(Buffer.from(text).toString('base64'));

describe('user data', () => {
  it.each([
    ['#!/bin/bash\necho ECS_CLUSTER=main >> /etc/ecs/ecs.config', 'main'],
    ['#!/bin/bash\necho "ECS_CLUSTER=main" >> /etc/ecs/ecs.config', 'main'],
    ["#!/bin/bash\necho 'ECS_CLUSTER=main' | sudo tee -a /etc/ecs/ecs.config", 'main'],
    ["#!/bin/bash\ncat <<'EOF' >> /etc/ecs/ecs.config\nECS_CLUSTER=main\nECS_LOGLEVEL=debug\nEOF", 'main'],
    ['#!/bin/bash\r\necho -e "ECS_LOGLEVEL=debug\\nECS_CLUSTER=main" > /etc/ecs/ecs.config\r\n', 'main'],
    ['#!/bin/bash\necho ECS_CLUSTER=a > /etc/ecs/ecs.config\necho ECS_CLUSTER=main >> /etc/ecs/ecs.config', 'main'],
    ['#!/bin/bash\necho ECS_LOGLEVEL=debug >> /etc/ecs/ecs.config', 'default'],
    ['[settings.ecs]\ncluster = "main"\n', 'main'],
    ['settings.ecs.cluster = "main"', 'main'],
    ['<powershell>\nInitialize-ECSAgent -Cluster main -EnableTaskIAMRole\n</powershell>', 'main'],
    ["<powershell>\nInitialize-ECSAgent -EnableTaskIAMRole -Cluster 'main'\n</powershell>", 'main'],
    ['<powershell>\nInitialize-ECSAgent\n</powershell>', 'default'],
  ])('INS-03: %j names the cluster %s', (text, cluster) => {
    expect(parse(text)?.cluster).toBe(cluster);
  });

  it.each(['#!/bin/bash\nyum install -y nginx', '[settings.host]\nname = "x"', ''])(
    '%j configures no agent',
    (text) => {
      expect(parse(text)).toBeUndefined();
    },
  );

  it('gives attributes, tags, reserved memory and Spot draining', () => {
    const config = parse(
      [
        "cat <<'EOF' >> /etc/ecs/ecs.config",
        'ECS_CLUSTER=main',
        'ECS_INSTANCE_ATTRIBUTES={"stack": "prod"}',
        'ECS_CONTAINER_INSTANCE_TAGS={"team": "a b"}',
        'ECS_RESERVED_MEMORY=256',
        'ECS_ENABLE_SPOT_INSTANCE_DRAINING=true',
        'ECS_WARM_POOLS_CHECK=true',
        'EOF',
        'echo "ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM=ec2_instance" >> /etc/ecs/ecs.config',
      ].join('\n'),
    );
    expect(config).toEqual({
      cluster: 'main',
      os: 'linux',
      attributes: new Map([['stack', 'prod']]),
      tags: new Map([['team', 'a b']]),
      reservedMemory: 256,
      spotDraining: true,
      instanceTags: true,
      warmPoolsCheck: true,
    });
  });

  it('of Bottlerocket and Windows give attributes too', () => {
    const toml = '[settings.ecs]\ncluster = "a"\n[settings.ecs.instance-attributes]\nstack = "prod"';
    expect(parse(toml)?.attributes).toEqual(new Map([['stack', 'prod']]));
    const powershell =
      '[Environment]::SetEnvironmentVariable("ECS_INSTANCE_ATTRIBUTES", \'{"stack":"prod"}\', "Machine")\n' +
      'Initialize-ECSAgent -Cluster a';
    expect(parse(powershell)).toMatchObject({ os: 'windows', attributes: new Map([['stack', 'prod']]) });
  });
});
