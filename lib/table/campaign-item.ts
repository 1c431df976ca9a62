import * as v from 'valibot';
import { LANGUAGES, MINIPROGRAM_STATES } from '../messages/message.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const instant = v.pipe(v.number(), v.integer());

/** A campaign as it is stored. */
export const campaignItem = v.object({
  id: v.string(),
  name: v.string(),
  templateId: v.string(),
  data: v.record(v.string(), v.string()),
  page: v.exactOptional(v.string()),
  miniprogramState: v.picklist(MINIPROGRAM_STATES),
  lang: v.picklist(LANGUAGES),
  fit: v.boolean(),
  audience: v.variant('type', [
    v.object({ type: v.literal('grantees') }),
    v.object({ type: v.literal('recipients'), count, pages: count }),
  ]),
  schedule: v.exactOptional(
    v.object({ expression: v.string(), timezone: v.string(), startsAtMs: v.exactOptional(instant) }),
  ),
  maxPerSecond: v.exactOptional(v.pipe(v.number(), v.minValue(1))),
  quietHours: v.exactOptional(v.object({ from: v.string(), to: v.string(), timezone: v.string() })),
  status: v.picklist(['active', 'paused', 'ended']),
  createdAtMs: instant,
  updatedAtMs: instant,
  upload: v.exactOptional(v.object({ id: v.string(), untilMs: instant })),
  lastUpload: v.exactOptional(v.string()),
  deletedAtMs: v.exactOptional(instant),
});

/** A page of recipients as it is stored: one JSON text takes a third of the CPU of as many attributes. */
export const recipientsItem = v.object({
  recipients: v.pipe(
    v.string(),
    v.parseJson(),
    v.array(v.object({ openid: v.string(), variables: v.exactOptional(v.record(v.string(), v.string())) })),
  ),
});
