import type { RecipientOutcome } from '../../lib/campaigns/runs/read-run.ts';
import { type RecipientState, runStartsAtMs } from '../../lib/campaigns/runs/run.ts';
import { type Happening, MEANINGS, type Standing, wechatsWords } from './story.ts';

const TROUBLED: ReadonlySet<RecipientState> = new Set(['refused', 'failed', 'unknown']);

/** What the table tells of one recipient of a run. */
export function recipientStory(runId: string, recipient: RecipientOutcome): readonly Happening[] {
  const { state, attempts, outcome, problems = [], notBeforeMs } = recipient;
  const at = (moment: number, en: string, zh: string, isTrouble = false): Happening => ({
    atMs: moment,
    source: 'table',
    says: { en, zh },
    ...(isTrouble && { isTrouble }),
  });
  const words = [outcome?.reason, ...wechatsWords(outcome ?? {}), ...problems].join(', ');
  const ended: readonly [string, string] =
    state === 'pending'
      ? [
          `attempt ${attempts} did not get through and is repeated: ${words}`,
          `第 ${attempts} 次尝试未成功，将重试：${words}`,
        ]
      : [`${state} after ${attempts} request(s): ${words}`, `${state}，共 ${attempts} 次请求：${words}`];
  return [
    at(runStartsAtMs(runId), 'the run began, or was due', '群发开始（或预定开始）'),
    ...(outcome ? [at(outcome.atMs, ...ended, TROUBLED.has(state) || state === 'pending')] : []),
    ...(state === 'pending' && notBeforeMs !== undefined
      ? [at(notBeforeMs, 'the next attempt', '下一次尝试')]
      : []),
  ];
}

/** Where a recipient stands, and what can be done about it. */
export function recipientStanding({ state, outcome }: RecipientOutcome): Standing {
  if (state === 'pending') return { status: state, says: outcome ? TRIED : WAITS };
  return { status: state, says: state === 'skipped' || state === 'failed' ? ENDS[state] : MEANINGS[state] };
}

const WAITS = {
  en: 'Its turn has not come, a sender is at it, or the run is paused or was stopped: GET /v1/campaigns/{id}/runs/{runId} tells.',
  zh: '尚未轮到、正在发送，或群发已暂停、已停止，请看 GET /v1/campaigns/{id}/runs/{runId}。',
};
const TRIED = { en: 'It is tried again. Nothing need be done.', zh: '会自动重试，无需处理。' };
const ENDS = {
  skipped: {
    en: 'The grant was gone before its turn came. Ask for a new one with wx.requestSubscribeMessage.',
    zh: '轮到之前授权已用完，请再次用 wx.requestSubscribeMessage 请求。',
  },
  failed: {
    en: 'It did not arrive. Mend the cause, then POST …/runs/{runId}/resend-failed sends to all who failed.',
    zh: '未送达。排除原因后，用 POST …/runs/{runId}/resend-failed 重发给所有失败的收件人。',
  },
} as const;
