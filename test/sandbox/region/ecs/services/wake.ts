import type { World } from '../../world.ts';
import type { ServiceState } from './state.ts';

/** Puts one look of the scheduler on the agenda, however many changes ask for it. */
export function wake(world: World, service: ServiceState, delayMs = world.timings.scheduler): void {
  service.view = undefined;
  const due = world.agenda.now + Math.max(0, delayMs);
  if (service.awaitedAt !== undefined && service.awaitedAt <= due) return;
  service.awaitedAt = due;
  world.agenda.after(delayMs, () => {
    if (service.awaitedAt !== due) return;
    service.awaitedAt = undefined;
    world.on.service(world, service);
  });
}

/** Every look asks anew for all the times that it waits for, so only the next of them is ever on the agenda. */
export function wakeAt(world: World, service: ServiceState, time: number): void {
  wake(world, service, time - world.agenda.now);
}
