import type { TaskDefinitionState } from '../task-definitions/state.ts';

/** What the containers of a task do, chosen by their images. */
export type Behaviour =
  | { readonly kind: 'runs' }
  | { readonly kind: 'exits'; readonly code: number }
  | { readonly kind: 'cannotPull'; readonly image: string }
  | { readonly kind: 'slow'; readonly pullingMs: number };

const SIMULATED = /(?:^|\/)sim\/(exit|cannot-pull|slow)(?::([^@]*))?/;

/** The worst container decides: one that cannot be pulled, else an essential one that exits, else the slowest. */
export function behaviourOf(taskDefinition: TaskDefinitionState): Behaviour {
  let result: Behaviour = { kind: 'runs' };
  for (const container of taskDefinition.definition.containerDefinitions ?? []) {
    const behaviour = imageBehaviour(container.image ?? '');
    if (behaviour.kind === 'exits' && container.essential === false) continue;
    if (severity(behaviour) > severity(result)) result = behaviour;
  }
  return result;
}

export function imageBehaviour(image: string): Behaviour {
  const match = SIMULATED.exec(image);
  switch (match?.[1]) {
    case 'exit':
      return { kind: 'exits', code: Number.parseInt(match[2] ?? '1', 10) || 0 };
    case 'cannot-pull':
      return { kind: 'cannotPull', image };
    case 'slow':
      return { kind: 'slow', pullingMs: durationMs(match[2] ?? '30s') };
    default:
      return { kind: 'runs' };
  }
}

function severity(behaviour: Behaviour): number {
  switch (behaviour.kind) {
    case 'runs':
      return 0;
    case 'slow':
      return 1 + behaviour.pullingMs / Number.MAX_SAFE_INTEGER;
    case 'exits':
      return 3;
    case 'cannotPull':
      return 4;
  }
}

function durationMs(text: string): number {
  const match = /^(\d+)(ms|s|m)?$/.exec(text);
  const factor = { ms: 1, s: 1_000, m: 60_000 }[match?.[2] ?? 's'] ?? 1_000;
  return Number(match?.[1] ?? 30) * factor;
}
