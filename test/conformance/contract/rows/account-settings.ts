import { expect } from 'vitest';
import type { Aws } from '../aws.ts';
import { createCluster, describeCluster } from '../builders.ts';
import { only, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

async function effective(aws: Aws, name: 'awsvpcTrunking' | 'containerInsights'): Promise<string | undefined> {
  return only((await aws.ecs.listAccountSettings({ name, effectiveSettings: true })).settings).value;
}

export const accountSettings: readonly Row[] = [
  row('ACS-01', 'long ARNs are on', async (aws) => {
    const { settings } = await aws.ecs.listAccountSettings({ name: 'serviceLongArnFormat', effectiveSettings: true });
    expect(only(settings)).toMatchObject({ name: 'serviceLongArnFormat', value: 'enabled' });
  }),
  row('ACS-02', 'awsvpcTrunking is disabled until it is put', async (aws) => {
    const there = aws.elsewhere('eu-north-1');
    expect(await effective(there, 'awsvpcTrunking')).toBe('disabled');
    await there.ecs.putAccountSetting({ name: 'awsvpcTrunking', value: 'enabled' });
    expect(await effective(there, 'awsvpcTrunking')).toBe('enabled');
  }),
  row('ACS-03', 'containerInsights of the account is the default of new clusters', async (aws) => {
    const there = aws.elsewhere('eu-west-1');
    await there.ecs.putAccountSettingDefault({ name: 'containerInsights', value: 'enabled' });
    const { clusterName } = await createCluster(there);
    expect((await describeCluster(there, clusterName)).settings).toEqual([
      { name: 'containerInsights', value: 'enabled' },
    ]);
  }),
  row('ACS-09', 'a listed setting tells whose it is', async (aws) => {
    const there = aws.elsewhere('eu-west-2');
    await there.ecs.putAccountSetting({ name: 'awsvpcTrunking', value: 'enabled' });
    const { settings } = await there.ecs.listAccountSettings({ name: 'awsvpcTrunking' });
    expect(only(settings).principalArn).toMatch(/^arn:aws:iam::\d{12}:/);
  }),
  row('ACS-12', 'settings are of one region', async (aws) => {
    await aws.elsewhere('ap-south-1').ecs.putAccountSetting({ name: 'awsvpcTrunking', value: 'enabled' });
    expect(await effective(aws.elsewhere('ap-northeast-2'), 'awsvpcTrunking')).toBe('disabled');
  }),
  row('ACS-14', 'the values of a setting are its own', async (aws) => {
    await refused(
      aws.elsewhere('ap-northeast-1').ecs.putAccountSetting({ name: 'awsvpcTrunking', value: 'maybe' }),
      'InvalidParameterException',
    );
  }),
  row('ACS-15', 'a deleted setting goes back to the default', async (aws) => {
    const there = aws.elsewhere('ap-southeast-1');
    await there.ecs.putAccountSetting({ name: 'awsvpcTrunking', value: 'enabled' });
    await there.ecs.deleteAccountSetting({ name: 'awsvpcTrunking' });
    expect(await effective(there, 'awsvpcTrunking')).toBe('disabled');
  }),
  row('API.PutAccountSetting', 'a setting that does not exist is refused', async (aws) => {
    const there = aws.elsewhere('ap-southeast-2');
    // The wrong name is the point of the row.
    const name = 'coffee' as 'awsvpcTrunking';
    await refused(there.ecs.putAccountSetting({ name, value: 'enabled' }), 'InvalidParameterException');
  }),
];
