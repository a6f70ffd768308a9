import type { AnsweredCommand, Caller } from './command.ts';
import type { Region } from './region.ts';

/** Sends one command of one service and returns AWS's answer. */
export type Ask = <Output>(command: AnsweredCommand<Output>) => Promise<Output>;

/** Every request takes its own token of the budget. */
export function paying(region: Region, service: string, caller: Caller): Ask {
  return (command) => region.call(service, command, caller);
}

/** The batch has paid for its first request; each further page pays for itself. */
export function prepaid(region: Region, service: string, caller: Caller): Ask {
  let paid = true;
  return (command) => {
    const first = paid;
    paid = false;
    return first ? region.send(service, command, caller) : region.call(service, command, caller);
  };
}

/** Part of an answer, and the token that asks for the next one. */
export interface Page<Item> {
  readonly items: readonly Item[] | undefined;
  readonly next: string | undefined;
}

/** The items of all pages, or of the first `maxPages`. A page may be empty and have a successor. */
export async function allPages<Item>(
  page: (token: string | undefined) => Promise<Page<Item>>,
  maxPages = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  for (let count = 0; count < maxPages; count += 1) {
    const { items, next } = await page(token);
    all.push(...(items ?? []));
    // The Query protocol may answer with an empty element where there is no next page.
    if (next === undefined || next === '') break;
    token = next;
  }
  return all;
}
