import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { batcherOf, type ManyRead } from './batchreads.ts';
import type { Caller } from './command.ts';
import type { SsmReads } from './reads.ts';
import type { Region } from './region.ts';

const parameters: ManyRead<string | undefined> = {
  service: 'ssm',
  operation: 'GetParameters',
  maxKeys: 10,
  absent: undefined,
  fetch: async (ask, _, names) => {
    const answer = await ask(new GetParametersCommand({ Names: [...names] }));
    const answers = new Map<string, { readonly value: string | undefined }>();
    // AWS names what does not exist; of what it says nothing the batcher makes an error.
    for (const name of answer.InvalidParameters ?? []) answers.set(name, { value: undefined });
    for (const { Name, ARN, Selector = '', Value } of answer.Parameters ?? []) {
      // Asked for by `name:version`, it is answered as name and selector.
      for (const name of [Name, ARN]) if (name !== undefined) answers.set(`${name}${Selector}`, { value: Value });
    }
    return answers;
  },
};

/** The Systems Manager batches of one region. */
export function sharedSsmReads(region: Region, windowMs: number): (caller: Caller) => SsmReads {
  const shared = batcherOf(region, windowMs, parameters);
  return (caller) => ({ getParameter: (name) => shared.load('', name, caller) });
}
