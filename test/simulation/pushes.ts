import type { SubscribeEvent } from '../../lib/events/event-job.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Queue } from './queue.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** What WeChat's pushes are built on. */
export interface PushOptions {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly faults: () => Faults;
  readonly queue: () => Pick<Queue, 'put'>;
  readonly trace: Trace;
}

/** Pushes events onto the queue behind their route: now and then late or twice, in any order, or not at all. */
export function createPushes({ scheduler, chance, faults, queue, trace }: PushOptions) {
  return (event: SubscribeEvent): void => {
    const { lostEvent, lateDelivery, duplicateDelivery } = faults();
    if (lostEvent > 0 && chance.happens(lostEvent)) {
      trace('wechat', `event lost: ${event.type}`);
      return;
    }
    const copies = duplicateDelivery > 0 && chance.happens(duplicateDelivery) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const late = lateDelivery > 0 && chance.happens(lateDelivery);
      scheduler.after(chance.between(5, late ? 120_000 : 400), () => {
        trace('wechat', `tells ${JSON.stringify(event)}`);
        queue().put({ type: 'subscribe', event }, 0);
      });
    }
  };
}
