/** Enough to find one's way, and not so many that a condition becomes a list of a whole fleet. */
const SHOWN = 10;

/** `a, b and 3 more`, in the order that was given. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}

/** AWS lists in any order; a text that changed with it would be a status write each time. */
export function listedInOrder(names: readonly string[]): string {
  return listed(names.toSorted());
}

/** `1 task`, `2 tasks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
