import {
  DeleteAccountSettingCommand,
  ListAccountSettingsCommand,
  type ListAccountSettingsCommandInput,
  PutAccountSettingCommand,
  type PutAccountSettingCommandInput,
  PutAccountSettingDefaultCommand,
  type Setting,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { expectError, type Fixture, startFixture } from '../../support.ts';

const USER = 'arn:aws:iam::123456789012:user/somebody';
const ROOT = 'arn:aws:iam::123456789012:root';

const list = async ({ ecs }: Fixture, input: ListAccountSettingsCommandInput = {}): Promise<Setting[]> =>
  (await ecs.send(new ListAccountSettingsCommand(input))).settings ?? [];

const put = async ({ ecs }: Fixture, input: PutAccountSettingCommandInput) =>
  ecs.send(new PutAccountSettingCommand(input));

describe('account settings', () => {
  it('are those of a present-day account, where nobody has set any', async () => {
    const fixture = await startFixture();
    expect(await list(fixture)).toEqual([]);
    const settings = await list(fixture, { effectiveSettings: true, maxResults: 100 });
    expect(Object.fromEntries(settings.map(({ name, value }) => [name, value]))).toEqual({
      serviceLongArnFormat: 'enabled',
      taskLongArnFormat: 'enabled',
      containerInstanceLongArnFormat: 'enabled',
      awsvpcTrunking: 'disabled',
      containerInsights: 'disabled',
      dualStackIPv6: 'enabled',
      fargateFIPSMode: 'disabled',
      tagResourceAuthorization: 'on',
      fargateTaskRetirementWaitPeriod: '7',
      fargateEventWindows: 'disabled',
      guardDutyActivate: 'off',
      defaultLogDriverMode: 'non-blocking',
    });
    expect(new Set(settings.map(({ principalArn }) => principalArn))).toEqual(new Set([ROOT]));
    expect(settings.find(({ name }) => name === 'guardDutyActivate')?.type).toBe('aws_managed');
  });

  it('of a principal go before the default, and go back to it (ACS-10, ACS-15)', async () => {
    const fixture = await startFixture();
    const effective = async (principalArn: string) =>
      (await list(fixture, { name: 'containerInsights', effectiveSettings: true, principalArn }))[0];
    await fixture.ecs.send(new PutAccountSettingDefaultCommand({ name: 'containerInsights', value: 'enabled' }));
    expect(await effective(USER)).toMatchObject({ value: 'enabled', principalArn: ROOT });
    await put(fixture, { name: 'containerInsights', value: 'enhanced', principalArn: USER });
    expect(await effective(USER)).toMatchObject({ value: 'enhanced', principalArn: USER });
    expect(await list(fixture, { principalArn: USER })).toHaveLength(1);
    expect(await effective(`${USER}2`)).toMatchObject({ value: 'enabled', principalArn: ROOT });
    const { setting } = await fixture.ecs.send(
      new DeleteAccountSettingCommand({ name: 'containerInsights', principalArn: USER }),
    );
    expect(setting?.value).toBe('enabled');
    expect(await effective(USER)).toMatchObject({ value: 'enabled', principalArn: ROOT });
  });

  it('without a principal are those of the caller', async () => {
    const fixture = await startFixture();
    const { setting } = await put(fixture, { name: 'awsvpcTrunking', value: 'enabled' });
    expect(setting?.principalArn).toMatch(/^arn:aws:iam::123456789012:/);
    expect(await list(fixture)).toEqual([setting]);
  });

  it('can be found by name and value', async () => {
    const fixture = await startFixture();
    const found = await list(fixture, { effectiveSettings: true, name: 'awsvpcTrunking', value: 'disabled' });
    expect(found).toHaveLength(1);
    expect(await list(fixture, { effectiveSettings: true, name: 'awsvpcTrunking', value: 'enabled' })).toEqual([]);
    await expectError(list(fixture, { value: 'enabled' }), 'InvalidParameterException');
  });

  it('come in pages of ten', async () => {
    const { ecs } = await startFixture();
    const first = await ecs.send(new ListAccountSettingsCommand({ effectiveSettings: true }));
    expect(first.settings).toHaveLength(10);
    const second = await ecs.send(
      new ListAccountSettingsCommand({ effectiveSettings: true, nextToken: first.nextToken }),
    );
    expect(second.settings).toHaveLength(2);
    expect(second.nextToken).toBeUndefined();
  });

  it.each<[string, PutAccountSettingCommandInput, RegExp]>([
    [
      'a value of another setting (ACS-14)',
      { name: 'awsvpcTrunking', value: 'on' },
      /Valid values are: enabled, disabled/,
    ],
    ['the short ARNs of the past (ACS-01)', { name: 'taskLongArnFormat', value: 'disabled' }, /no longer/],
    ['tags without authorization (ACS-06)', { name: 'tagResourceAuthorization', value: 'off' }, /no longer/],
    ['what GuardDuty sets (ACS-08)', { name: 'guardDutyActivate', value: 'on' }, /read-only/],
    ['five days (ACS-07)', { name: 'fargateTaskRetirementWaitPeriod', value: '5' }, /0, 7, 14/],
    [
      'a wait of one user (ACS-07)',
      { name: 'fargateTaskRetirementWaitPeriod', value: '14', principalArn: USER },
      /for the account only/,
    ],
    [
      'a principal of another account',
      { name: 'awsvpcTrunking', value: 'enabled', principalArn: ROOT.replace('1', '2') },
      /principal/,
    ],
    // What no SDK would send.
    ['a name that does not exist', { name: 'x' as 'awsvpcTrunking', value: 'enabled' }, /x/],
  ])('are not set to %s', async (_, input, message) => {
    const fixture = await startFixture();
    await expectError(put(fixture, input), 'InvalidParameterException', message);
    expect(await list(fixture, { principalArn: USER })).toEqual([]);
  });

  it('let the root user set the wait of the account', async () => {
    const fixture = await startFixture();
    await put(fixture, { name: 'fargateTaskRetirementWaitPeriod', value: '14', principalArn: ROOT });
    const name = 'fargateTaskRetirementWaitPeriod';
    expect((await list(fixture, { name, effectiveSettings: true }))[0]?.value).toBe('14');
  });
});
