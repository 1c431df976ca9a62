import * as v from 'valibot';
import { LANGUAGES, MINIPROGRAM_STATES } from '../../sends/send-port.ts';
import { MESSAGE_STATES, outcomeSchema } from '../../sends/send-record.ts';
import { MAX_PAGE_LENGTH, normalisePage } from '../../templates/page-path.ts';
import { fittedValue } from '../../templates/template.ts';
import { pageOf } from '../paging.ts';
import { problemSchema } from '../problem.ts';
import { alias, count, device, instant, named, openid, rfc3339, templateId, timezone } from './common.ts';
import { ERROR_MESSAGES } from './error-messages.ts';

/** The version of the mini program that the card opens. */
export const miniprogramState = v.picklist(MINIPROGRAM_STATES);

/** The language of the card's own words. */
export const lang = v.picklist(LANGUAGES);

/** Data of any kind, so that all that is wrong with it is answered at once, as `invalid-data`. */
export const anyData = v.pipe(v.unknown(), v.metadata({ $ref: '#/components/schemas/TemplateData' }));

/** One text for each field of a template. */
export const templateTexts = v.pipe(
  v.record(v.string(), v.string()),
  v.description('One text for each field of the template, by its key: thing1.'),
);

const idempotencyKey = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{1,255}$/, ERROR_MESSAGES.visibleAscii(255)),
  v.description(
    'The same key with the same body answers the same message, for seven days, whatever the order of its members or the form of its data.',
  ),
);

/** Headers of a request that makes a message. */
export const idempotencyHeaders = v.object({ 'idempotency-key': v.exactOptional(idempotencyKey) });

/** A page of the mini program, in the form in which WeChat takes it. */
export const page = v.pipe(
  v.string(),
  v.description(
    'The page that the card opens, with its query. A leading slash is taken off; what is not ASCII in the query is percent-encoded, what is encoded stays. Without it the card opens nothing.',
  ),
  v.metadata({ minLength: 1, maxLength: MAX_PAGE_LENGTH }),
  v.check((text) => normalisePage(text) !== undefined, ERROR_MESSAGES.page),
  v.transform((text) => normalisePage(text) ?? text),
);

/** What a caller sees of a template's peculiarities. */
export const templateWarning = v.object({ code: v.string(), en: v.string(), zh: v.string() });

/** A value that is taken although WeChat may refuse it, or a page that may open nothing. */
export const messageWarning = v.object({
  path: v.pipe(v.string(), v.description('data.<key>, or page.')),
  code: v.string(),
  en: v.string(),
  zh: v.string(),
});

const collapseKey = v.pipe(
  v.string(),
  v.regex(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,64}$/u, ERROR_MESSAGES.collapseKey),
  v.description(
    'The message takes the place and the grant of those that wait for the same user under the same template and key. They end as canceled, with the reason collapsed.',
  ),
);

const messageFields = {
  to: openid,
  templateId,
  device: v.exactOptional(
    v.pipe(named(device), v.description('Of a device template, and required there: the device it is about.')),
  ),
  data: anyData,
  page: v.exactOptional(page),
  miniprogramState: v.optional(miniprogramState, 'formal'),
  lang: v.optional(lang, 'zh_CN'),
  sendAt: v.exactOptional(
    instant('When it shall leave, with any offset. Absent: now. Past by up to a day: now.'),
  ),
  expiresAt: v.exactOptional(
    instant(
      'What has not left by then is not sent any more: it ends as failed, with the reason expired, and its grant comes back. After sendAt.',
    ),
  ),
  collapseKey: v.exactOptional(collapseKey),
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
    v.minLength(1, ERROR_MESSAGES.oneMessage),
    v.maxLength(MAX_BATCH, ERROR_MESSAGES.maxMessages(MAX_BATCH)),
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

const { atMs, ...outcomeEntries } = outcomeSchema.entries;

/** How a message ended. */
export const outcome = v.object({ at: rfc3339, ...outcomeEntries });

const [, ...ENDED] = MESSAGE_STATES;

/** Where a message stands; docs/en/errors.md says the same in both languages. */
export const messageStatus = v.pipe(
  v.picklist(['scheduled', 'queued', 'sending', ...ENDED]),
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
      'canceled: before it was sent, and its grant came back, or went to the message that collapsedInto names.',
    ].join(' '),
  ),
);

/** One subscribe message to one user, as callers see it. */
export const message = v.object({
  id: v.string(),
  to: openid,
  templateId,
  templateAlias: v.exactOptional(alias),
  device: v.exactOptional(device),
  data: templateTexts,
  page: v.exactOptional(v.string()),
  miniprogramState,
  lang,
  status: messageStatus,
  sendAt: rfc3339,
  expiresAt: v.exactOptional(rfc3339),
  collapseKey: v.exactOptional(v.string()),
  collapsedInto: v.exactOptional(
    v.pipe(v.string(), v.description('The id of the message that took its place.')),
  ),
  createdAt: rfc3339,
  updatedAt: rfc3339,
  attempts: count,
  campaignId: v.exactOptional(v.string()),
  fitted: v.exactOptional(v.array(fittedValue)),
  warnings: v.exactOptional(v.array(messageWarning)),
  outcome: v.exactOptional(outcome),
  deliveredAt: v.exactOptional(rfc3339),
});

/** A page of messages. */
export const messagePage = pageOf(message);

/** An entry of a batch that was accepted. */
export const acceptedEntry = v.object({ index: count, message });

/** An entry of a batch that was not accepted. */
export const refusedEntry = v.object({ index: count, problem: problemSchema });

/** What became of each entry of a batch. */
export const batchResult = v.object({ items: v.array(v.union([acceptedEntry, refusedEntry])) });
