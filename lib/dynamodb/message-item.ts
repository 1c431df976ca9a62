import * as v from 'valibot';
import { LANGUAGES, MINIPROGRAM_STATES } from '../messages/message.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const instant = v.pipe(v.number(), v.integer());
const bilingual = v.object({ en: v.string(), zh: v.string() });

const outcome = v.object({
  atMs: instant,
  errcode: v.exactOptional(v.number()),
  errmsg: v.exactOptional(v.string()),
  rid: v.exactOptional(v.string()),
  msgid: v.exactOptional(v.string()),
  reason: v.string(),
  remedy: v.exactOptional(bilingual),
});

/** The record of a message. */
export const messageItem = v.object({
  id: v.string(),
  openid: v.string(),
  templateId: v.string(),
  data: v.record(v.string(), v.string()),
  page: v.exactOptional(v.string()),
  miniprogramState: v.picklist(MINIPROGRAM_STATES),
  lang: v.picklist(LANGUAGES),
  state: v.picklist(['pending', 'sent', 'delivered', 'refused', 'failed', 'unknown', 'canceled']),
  sendAtMs: instant,
  dueAtMs: instant,
  heldUntilMs: v.exactOptional(instant),
  dueEntries: v.exactOptional(v.array(instant)),
  hold: v.exactOptional(v.object({ epoch: count })),
  attempts: count,
  retries: v.exactOptional(
    v.object({
      busy: v.exactOptional(count),
      concurrent: v.exactOptional(count),
      rate: v.exactOptional(count),
      quota: v.exactOptional(count),
      connection: v.exactOptional(count),
      gateway: v.exactOptional(count),
    }),
  ),
  createdAtMs: instant,
  updatedAtMs: instant,
  fitted: v.exactOptional(v.array(v.object({ key: v.string(), from: v.string(), to: v.string() }))),
  lastClaim: v.exactOptional(
    v.object({
      claimId: v.string(),
      effect: v.picklist(['spend', 'refund', 'zero', 'keep']),
      epoch: count,
    }),
  ),
  outcome: v.exactOptional(outcome),
  deliveredAtMs: v.exactOptional(instant),
});
