import * as v from 'valibot';
import { MAX_PAGE_LENGTH, normalisePage } from '../../templates/page-path.ts';
import { bilingual, instant, rfc3339, timezone } from './common.ts';
import { alias, openid, templateId } from './ids.ts';
import { RULES } from './rules.ts';

const miniprogramState = v.picklist(['developer', 'trial', 'formal']);
const lang = v.picklist(['zh_CN', 'en_US', 'zh_HK', 'zh_TW']);

const idempotencyKey = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{1,255}$/, RULES.visibleAscii(255)),
  v.description(
    'The same key with the same body answers the same message, for seven days, whatever the order of its members or the form of its data.',
  ),
);

/** Headers of a request that makes a message. */
export const idempotencyHeaders = v.object({ 'idempotency-key': v.exactOptional(idempotencyKey) });

/** A page of the mini program, in the form in which WeChat takes it. */
export const page = v.pipe(
  v.string(),
  v.metadata({ minLength: 1, maxLength: MAX_PAGE_LENGTH }),
  v.check((text) => normalisePage(text) !== undefined, RULES.page),
  v.transform((text) => normalisePage(text) ?? text),
  v.description(
    'The page that the card opens, with its query. A leading slash is taken off; what is not ASCII in the query is percent-encoded, what is encoded stays. Without it the card opens nothing.',
  ),
);

/** What a caller sees of a template's peculiarities. */
export const templateWarning = v.object({ code: v.string(), en: v.string(), zh: v.string() });

/** What a caller sees of a value that is taken although WeChat may refuse it, or of a page that may open nothing. */
export const messageWarning = v.object({
  path: v.pipe(v.string(), v.description('data.<key>, or page.')),
  code: v.string(),
  en: v.string(),
  zh: v.string(),
});

/** Values that fitting changed. */
export const fittedValues = v.array(v.object({ key: v.string(), from: v.string(), to: v.string() }));

const messageFields = {
  to: openid,
  templateId,
  data: v.pipe(
    v.unknown(),
    v.description(
      'One text for each field of the template: {"thing1": "text"} or {"thing1": {"value": "text"}}.',
    ),
    v.metadata({ type: 'object' }),
  ),
  page: v.exactOptional(page),
  miniprogramState: v.optional(miniprogramState, 'formal'),
  lang: v.optional(lang, 'zh_CN'),
  sendAt: v.exactOptional(
    v.pipe(
      instant,
      v.description('When it shall leave, with any offset. Absent: now. Past by up to a day: now.'),
    ),
  ),
  hold: v.optional(
    v.pipe(v.boolean(), v.description('Set a grant aside at once; false takes one when the message is due.')),
    true,
  ),
  fit: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'Shorten and reformat values that can be fitted without changing their meaning. Moments with an offset are told in `timezone` (Asia/Shanghai unless given).',
      ),
    ),
    false,
  ),
  timezone: v.exactOptional(timezone),
};

/** The body of a request for one message. */
export const messageBody = v.strictObject(messageFields);

/** One entry of a batch. */
export const batchEntry = v.strictObject({
  ...messageFields,
  idempotencyKey: v.exactOptional(idempotencyKey),
});

const MAX_BATCH = 500;

/** The body of a batch. Its entries are checked one by one, so that a bad one does not refuse the others. */
export const batchBody = v.strictObject({
  messages: v.pipe(
    v.array(v.pipe(v.unknown(), v.metadata({ $ref: '#/components/schemas/BatchEntry' }))),
    v.minLength(1, RULES.oneMessage),
    v.maxLength(MAX_BATCH, RULES.mostMessages(MAX_BATCH)),
    v.description('Messages as for POST /v1/messages, each with an optional idempotencyKey.'),
  ),
});

/** The body of a request to settle a message by hand. */
export const settlement = v.strictObject({
  status: v.pipe(
    v.picklist(['sent', 'failed']),
    v.description('What became of it: WeChat accepted it, or it did not.'),
  ),
});

const outcome = v.object({
  at: rfc3339,
  errcode: v.exactOptional(v.number()),
  errmsg: v.exactOptional(v.string()),
  rid: v.exactOptional(v.string()),
  msgid: v.exactOptional(v.string()),
  reason: v.string(),
  remedy: v.exactOptional(bilingual),
});

/** Where a message stands; docs/errors.md says the same in both languages. */
const messageStatus = v.pipe(
  v.picklist([
    'scheduled',
    'queued',
    'sending',
    'sent',
    'delivered',
    'refused',
    'failed',
    'unknown',
    'canceled',
  ]),
  v.description(
    [
      'scheduled: it waits for its time.',
      'queued: it is due and waits for its turn or its next attempt.',
      'sending: a request is under way.',
      'sent: WeChat took it.',
      'delivered: WeChat said that it arrived.',
      'refused: the user has no usable subscription.',
      'failed: it ended for another reason, which outcome.reason tells.',
      'unknown: WeChat may or may not have taken it, and it is not sent again.',
      'canceled: before it was sent, and its grant came back.',
    ].join(' '),
  ),
);

/** One subscribe message to one user, as callers see it. */
export const message = v.object({
  id: v.string(),
  to: openid,
  templateId,
  templateAlias: v.exactOptional(alias),
  data: v.record(v.string(), v.string()),
  page: v.exactOptional(v.string()),
  miniprogramState,
  lang,
  status: messageStatus,
  sendAt: rfc3339,
  createdAt: rfc3339,
  updatedAt: rfc3339,
  attempts: v.number(),
  campaignId: v.exactOptional(v.string()),
  fitted: v.exactOptional(fittedValues),
  warnings: v.exactOptional(v.array(messageWarning)),
  outcome: v.exactOptional(outcome),
  deliveredAt: v.exactOptional(rfc3339),
});
