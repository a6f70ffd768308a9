import { awsAccountNames } from '../../../../src/kinds/aws-account/names.ts';
import { change, type RuleCase, type SchemaCase } from './shared.ts';

const account = (fields: object = {}): object => ({ accountId: '111122223333', ...fields });
const role = (id: string, path = 'ecs'): string => `arn:aws:iam::${id}:role/${path}`;

export const awsAccountCases: readonly RuleCase[] = [
  {
    names: awsAccountNames,
    says: 'spec.accountId is immutable',
    accepted: [change(account, {}, { region: 'eu-west-1', roleArn: role('111122223333') })],
    refused: [change(account, {}, { accountId: '444455556666' })],
  },
  {
    names: awsAccountNames,
    says: 'spec.roleArn is a role of another account',
    accepted: [
      { spec: account() },
      { spec: account({ roleArn: role('111122223333', 'teams/ecs.operator@web') }) },
      { spec: account({ roleArn: 'arn:aws-us-gov:iam::111122223333:role/ecs' }) },
    ],
    refused: [
      { spec: account({ roleArn: role('444455556666') }) },
      { spec: account({ roleArn: role('444455556666', '111122223333') }) },
    ],
  },
  {
    names: awsAccountNames,
    says: 'spec.externalId is for the role',
    accepted: [{ spec: account({ roleArn: role('111122223333'), externalId: 'shop:1/a=b' }) }],
    refused: [{ spec: account({ externalId: 'shop' }) }],
  },
];

export const awsAccountSchemaCases: readonly SchemaCase[] = [
  { names: awsAccountNames, spec: {}, says: 'spec.accountId: Required' },
  { names: awsAccountNames, spec: account({ accountId: '11112222333' }), says: 'spec.accountId' },
  { names: awsAccountNames, spec: account({ accountId: 'my-account-1' }), says: 'spec.accountId' },
  { names: awsAccountNames, spec: account({ roleArn: 'ecs' }), says: 'spec.roleArn' },
  { names: awsAccountNames, spec: account({ roleArn: 'arn:aws:iam::111122223333:user/u' }), says: 'spec.roleArn' },
  {
    names: awsAccountNames,
    spec: account({ roleArn: role('111122223333'), externalId: 'x' }),
    says: 'spec.externalId',
  },
  { names: awsAccountNames, spec: account({ region: 'Ireland' }), says: 'spec.region' },
  { names: awsAccountNames, spec: account({ allowedNamespaces: ['Shop'] }), says: 'spec.allowedNamespaces[0]' },
  { names: awsAccountNames, spec: account({ allowedNamespaces: ['a', 'a'] }), says: 'Duplicate value' },
  { names: awsAccountNames, spec: account({ deletionPolicy: 'Retain' }), says: 'unknown field "spec.deletionPolicy"' },
];
