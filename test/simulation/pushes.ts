import type { SubscribeEvent } from '../../lib/wechat-events/event-job.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Queue } from './queue.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';
import type { WeChatRequest } from './wechat.ts';

/** What WeChat's pushes are built on. */
export interface PushOptions {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly faults: () => Faults;
  readonly appId: string;
  readonly queue: () => Pick<Queue, 'put'>;
  readonly trace: Trace;
}

/** No answer has a msgid like these. */
const WRONG_MSGIDS = 1_000_000;

/**
 * Pushes events onto the queue behind their route: now and then late or twice, in any order, or not at all.
 */
export function createPushes({ appId, scheduler, chance, faults, queue, trace }: PushOptions) {
  const toTheSecond = () => Math.floor(scheduler.now() / 1_000) * 1_000;

  function tell(event: SubscribeEvent): void {
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
        queue().put({ type: 'subscribe', event }, appId);
      });
    }
  }

  return {
    /**
     * What became of an accepted send at last, now and then under another msgid than its own, or under none.
     */
    sent(request: WeChatRequest): void {
      const { openid, templateId } = request;
      const { wrongMsgid } = faults();
      const isWrong = wrongMsgid > 0 && chance.happens(wrongMsgid);
      const wrong = chance.happens(0.5) ? undefined : String(WRONG_MSGIDS + Number(request.msgid));
      const msgid = isWrong ? wrong : request.msgid;
      const errcode = chance.happens(0.85) ? 0 : 1;
      const named = msgid !== undefined && { msgid };
      const createdAtMs = toTheSecond();
      request.receipt = { errcode, atMs: createdAtMs, ...named };
      const errorStatus = errcode === 0 ? 'success' : 'fail';
      const items = [{ templateId, errcode, errorStatus, ...named }];
      tell({ type: 'sent', openid, createdAtMs, items });
    },
    /** The user answered the panel. */
    answered(openid: string, results: Readonly<Record<string, string>>): void {
      const items = Object.entries(results)
        .filter(([, status]) => status.startsWith('accept') || status === 'reject')
        .map(([templateId, status]) => ({
          templateId,
          status: status.startsWith('accept') ? 'accept' : status,
        }));
      if (items.length > 0) tell({ type: 'popup', openid, createdAtMs: toTheSecond(), items });
    },
    /** The user turned the template off for good. */
    turnedOff(openid: string, templateId: string): void {
      const items = [{ templateId, status: 'reject' }];
      tell({ type: 'change', openid, createdAtMs: toTheSecond(), items });
    },
  };
}

/** What WeChat tells of by itself. */
export type Pushes = ReturnType<typeof createPushes>;
