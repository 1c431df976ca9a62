import type { Advice, SubscribeOutcome } from '../../../../miniprogram/src/index.ts';
import { type AfterOutcome, createSubscribeAfter } from '../../../../miniprogram/src/subscribe-after.ts';
import { HOW_TO_WRITE, issueMessage } from '../../click-rules.ts';
import { templateOf } from '../state.ts';
import type { Deeds, Place, Surroundings } from './deeds.ts';

const HEALTH = { url: '/api/v1/health', method: 'GET', data: {}, header: {}, timeout: 10_000 } as const;

/** The page on which the same call is made in time and too late. */
export function tapDeeds(s: Surroundings): Pick<Deeds, 'askFrom' | 'choosePlatform'> {
  const { store, qingniao, wx, clicks } = s;
  const subscribeAfter = createSubscribeAfter({ wx, qingniao });

  function told(outcome: SubscribeOutcome | AfterOutcome): void {
    if (outcome.guide) store.set({ guide: outcome.guide, notice: undefined });
    else if (outcome.type === 'failed') store.set({ problem: problemOf(outcome.error), notice: undefined });
    else if (outcome.type === 'answered')
      store.set({ notice: outcome.accepted.length > 0 ? 'inTime' : 'refused' });
  }

  return {
    choosePlatform: (platform) => store.set({ platform, notice: undefined, problem: undefined }),
    askFrom(place) {
      const template = templateOf('tap', store.get().templates);
      if (!template) return;
      const ids = [template.templateId];
      const ask = () => void qingniao.subscribe(ids).then(told);
      const from: Readonly<Record<Place, () => void>> = {
        tap: () => clicks.tap(ask),
        request: () =>
          clicks.tap(
            () => void subscribeAfter('request', { ...HEALTH, success() {}, fail() {} }, ids).then(told),
          ),
        promise: () => clicks.tap(() => void Promise.resolve().then(ask)),
        timer: () => clicks.tap(() => void setTimeout(() => clicks.run('timer', ask), 0)),
        login: () => clicks.tap(() => wx.login({ success: ask, fail: ask })),
        onShow: ask,
      };
      store.set({ notice: undefined, problem: undefined });
      from[place]();
    },
  };
}

/** The rule that was broken and how to write it, where the failure names one. */
function problemOf({ message, tell }: { readonly message: string; readonly tell: Advice }): Advice {
  const rule = issueMessage(message);
  if (!rule) return tell;
  const { zh, en } = HOW_TO_WRITE[rule];
  return { zh: `没有弹窗（${rule}）。${zh}`, en: `No popup (${rule}). ${en}` };
}
