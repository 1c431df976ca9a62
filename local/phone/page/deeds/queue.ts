import * as v from 'valibot';
import { cardCodeOf } from '../../../../miniprogram/src/card-code.ts';
import { remedyIn } from '../backend.ts';
import type { Deeds, Surroundings } from './deeds.ts';

/** A restaurant's queue (WeChat contract §8.2b). */
const QUEUE_CARD = 1005;
/** The number that the user draws. */
export const OWN_NUMBER = 'A121';
/** What the restaurant calls, with the wait that is left in seconds; state 1 is waiting, state 2 is soon called. */
export const TURNS = [
  { status: 1, current: 'A101', wait: [600, 900] },
  { status: 1, current: 'A112', wait: [300, 480] },
  { status: 2, current: 'A118', wait: undefined },
  { status: 2, current: 'A120', wait: undefined },
] as const;

const created = v.object({ id: v.string() });

/** The page on which a number is drawn: its service card follows the queue. */
export function queueDeeds(s: Surroundings): Pick<Deeds, 'takeNumber' | 'callNext'> {
  const { store, wechat, openid, backend, begin } = s;
  return {
    takeNumber() {
      store.set({ notice: undefined, problem: undefined });
      const request = { 'open-type': 'liveActivity', 'activity-type': String(QUEUE_CARD) };
      const ended = begin({ way: 'onPhone', name: '<button open-type="liveActivity">', request });
      void wechat
        .cardCode(openid, QUEUE_CARD)
        .then(
          (code) => ({ detail: { code, errMsg: 'createliveactivity:ok' } }),
          () => ({ detail: { errMsg: 'createliveactivity:fail' } }),
        )
        .then(async (event) => {
          const { code, error } = cardCodeOf(event);
          ended({ ok: error === undefined, end: event.detail.errMsg.split(':')[1] ?? '', answer: event });
          if (error) return store.set({ problem: error.tell });
          const card = { to: openid, notifyType: QUEUE_CARD, code, content: contentOf(0) };
          const answer = await backend('POST', '/v1/cards', card);
          const parsed = v.safeParse(created, answer.body);
          if (!answer.ok || !parsed.success) return store.set({ problem: remedyIn(answer) });
          return store.set({ queue: { cardId: parsed.output.id, turn: 0 }, notice: 'numberTaken' });
        });
    },
    callNext() {
      const { queue } = store.get();
      if (!queue || queue.turn + 1 >= TURNS.length) return;
      const turn = queue.turn + 1;
      store.set({ queue: { ...queue, turn }, notice: undefined, problem: undefined });
      void backend('PATCH', `/v1/cards/${queue.cardId}`, { content: contentOf(turn) }).then((answer) =>
        store.set(answer.ok ? { notice: 'called' } : { problem: remedyIn(answer) }),
      );
    },
  };
}

function contentOf(turn: number): object {
  const { status, current, wait } = TURNS[turn] ?? TURNS[0];
  return {
    cur_status: status,
    queue_number: OWN_NUMBER,
    current_number: current,
    ...(wait && { min_wait_time: wait[0], max_wait_time: wait[1] }),
    table_type: '大桌',
    wxa_path_query: 'pages/queue/index',
  };
}
