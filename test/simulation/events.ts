import type { EventResult } from '../../lib/events/apply-event.ts';
import type { SubscribeEvent } from '../../lib/events/event-job.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { End } from './processes.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** WeChat's pushes and the queue behind their route: at least once, late and in any order, or lost on the way. */
export interface Events {
  tell(event: SubscribeEvent): void;
}

/** What the pushes are built on, and the function that takes them in. */
export interface EventOptions {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly faults: () => Faults;
  readonly take: (event: SubscribeEvent, ended: (end: End<EventResult>) => void) => void;
  readonly trace: Trace;
}

const VISIBILITY_TIMEOUT_MS = 180_000;

/** Pushes that are lost, doubled and late, as the faults have it. */
export function createEvents({ scheduler, chance, faults, take, trace }: EventOptions): Events {
  function deliver(event: SubscribeEvent): void {
    take(event, (end) => {
      if (end.type !== 'returned') scheduler.after(VISIBILITY_TIMEOUT_MS, () => deliver(event));
      else if (end.value.type === 'later') scheduler.after(end.value.delayMs, () => deliver(event));
    });
  }

  return {
    tell(event) {
      const { lostEvent, lateDelivery, duplicateDelivery } = faults();
      if (lostEvent > 0 && chance.happens(lostEvent)) return trace('wechat', `event lost: ${event.type}`);
      const copies = duplicateDelivery > 0 && chance.happens(duplicateDelivery) ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) {
        const late = lateDelivery > 0 && chance.happens(lateDelivery);
        scheduler.after(chance.between(5, late ? 120_000 : 400), () => deliver(event));
      }
    },
  };
}
