import {
  CreateClusterCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { createService, expectError, type Fixture, NETWORK, startPopulated } from '../../support.ts';
import { update } from './support.ts';

const INCOMPATIBLE = 'PlatformTaskDefinitionIncompatibilityException';
const DEFINITIONS: Readonly<Record<string, Partial<RegisterTaskDefinitionCommandInput>>> = {
  windows: { cpu: '1024', memory: '2048', runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } },
  arm: { runtimePlatform: { cpuArchitecture: 'ARM64' } },
  large: { cpu: '8192', memory: '16384' },
  efs: { volumes: [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-12345678' } }] },
  disk: { ephemeralStorage: { sizeInGiB: 100 } },
};

async function startWith(...families: string[]): Promise<Fixture> {
  const fixture = await startPopulated();
  for (const family of families) {
    await fixture.ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'app', image: 'nginx' }],
        ...DEFINITIONS[family],
      }),
    );
  }
  return fixture;
}

describe('the platform that Fargate gives', () => {
  it('is 1.0.0 and the family of the definition on Windows, for services and tasks alike (PV-01, PV-11)', async () => {
    const { ecs } = await startWith('windows');
    const service = await createService(ecs, { taskDefinition: 'windows' });
    expect(service).toMatchObject({ platformVersion: 'LATEST', platformFamily: 'Windows_Server_2022_Core' });
    expect(service.deployments?.[0]).toMatchObject({
      platformVersion: '1.0.0',
      platformFamily: 'Windows_Server_2022_Core',
    });
    const run = { cluster: 'main', taskDefinition: 'windows', networkConfiguration: NETWORK };
    const { tasks } = await ecs.send(new RunTaskCommand({ ...run, launchType: 'FARGATE' }));
    expect(tasks?.[0]).toMatchObject({ platformVersion: '1.0.0', platformFamily: 'Windows_Server_2022_Core' });
  });

  it.each(['1.2.0', '9.9.9'])('is never %s, which is retired or was never there (PV-05)', async (platformVersion) => {
    const { ecs } = await startPopulated();
    await expectError(createService(ecs, { platformVersion }), 'PlatformUnknownException');
  });

  it.each(['1.4.0', '1.3.0'])('is not %s of Linux on Windows (PV-02)', async (platformVersion) => {
    const { ecs } = await startWith('windows');
    await expectError(createService(ecs, { taskDefinition: 'windows', platformVersion }), INCOMPATIBLE);
    await expectError(createService(ecs, { platformVersion: '1.0.0' }), INCOMPATIBLE);
  });

  it.each(['arm', 'large', 'efs', 'disk'])('is 1.4.0 for what needs it: %s (PV-07, PV-14)', async (family) => {
    const { ecs } = await startWith(family);
    const platformVersion = '1.3.0';
    await expectError(createService(ecs, { taskDefinition: family, platformVersion }), INCOMPATIBLE);
    await createService(ecs, { taskDefinition: family, platformVersion: '1.4.0' });
    await createService(ecs, { serviceName: 'plain', platformVersion });
    await expectError(update(ecs, { service: 'plain', taskDefinition: family }), INCOMPATIBLE);
  });

  it('stays with its operating system (SU-07)', async () => {
    const { ecs } = await startWith('windows');
    await createService(ecs);
    await expectError(update(ecs, { taskDefinition: 'windows' }), INCOMPATIBLE);
  });

  it('has no Windows on Spot (SPT-01)', async () => {
    const { ecs } = await startWith('windows', 'arm');
    await ecs.send(new CreateClusterCommand({ clusterName: 'spot', capacityProviders: ['FARGATE_SPOT'] }));
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    const spot = { cluster: 'spot', launchType: undefined, capacityProviderStrategy };
    await expectError(createService(ecs, { ...spot, taskDefinition: 'windows' }), INCOMPATIBLE);
    await createService(ecs, { ...spot, taskDefinition: 'arm' });
  });
});
