import { type Deviation, GUIDE } from './deviation.ts';

export const PARAMETERS: readonly Deviation[] = [
  {
    id: 'public-parameters-owned',
    operation: 'GetParameter',
    motoDoes: "A public parameter has the caller's account in its ARN.",
    awsDoes: 'It has no account.',
    source: 'AWS Systems Manager user guide, public parameters',
    rows: { "to be 'arn:aws:ssm:us-east-1::parameter": 'INS-04' },
  },
  {
    id: 'image-parameters-in-python',
    operation: 'GetParameters',
    motoDoes: 'All members of an image together are text of Python.',
    awsDoes: 'They are JSON.',
    source: GUIDE,
    rows: { "Expected property name or '}' in JSON": 'INS-05' },
  },
  {
    id: 'only-linux-images',
    operation: 'GetParameters',
    motoDoes: 'There are no parameters of Bottlerocket, nor of Windows.',
    awsDoes: 'There are.',
    source: GUIDE,
    rows: { 'expected +0 to be 2': 'INS-09', 'one element was expected, and there are 0': 'WA-03' },
  },
];
