import * as v from 'valibot';
import { CARD_STATES } from '../../cards/card.ts';
import { pageOf } from '../paging.ts';
import { count, instant, openid, rfc3339, wholeNumber } from './common.ts';
import { ERROR_MESSAGES } from './error-messages.ts';
import { messageWarning, outcome } from './messages.ts';

/** Ten of them, which no order of states exceeds, fit one item of the table. */
const MAX_JSON_BYTES = 30_000;

/** An object that goes to WeChat as it is. */
function weChatObject(description: string) {
  return v.pipe(
    v.record(v.string(), v.unknown()),
    v.description(description),
    v.check(
      (value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_JSON_BYTES,
      ERROR_MESSAGES.maxJson(MAX_JSON_BYTES),
    ),
  );
}

const CONTENT =
  'The state of the card (`cur_status`) and the members of that state, named and written as the page of this kind of card says. It goes to WeChat as it is.';
const EXT = 'Further facts, as `ext_json` has them. They go to WeChat as they are, once the card is active.';

const notifyType = v.pipe(
  wholeNumber(1),
  v.maxValue(1_000_000, ERROR_MESSAGES.max(1_000_000)),
  v.description('The kind of card: 2001 to 2011 for a pay order, 1001 to 1005 for a button.'),
);

/** The facts by which WeChat checks a pay order. */
export const payCheck = v.pipe(
  v.strictObject({
    payAmount: v.pipe(wholeNumber(0), v.description('In fen: the price of the order, or what was paid.')),
    payTime: instant('When it was paid, with any offset.'),
    payChannel: v.exactOptional(
      v.pipe(wholeNumber(0), v.description('0 WeChat Pay, which is the default; 1001 pay score.')),
    ),
  }),
  v.description('For a pay order: what WeChat checks it by.'),
);

/** The body of a request for a card. */
export const cardBody = v.strictObject({
  to: openid,
  notifyType,
  code: v.pipe(
    v.string(),
    v.regex(/^[\x21-\x7e]{1,512}$/, ERROR_MESSAGES.visibleAscii(512)),
    v.description('The number of the pay order (transaction_id), or `event.detail.code` of the button.'),
  ),
  content: weChatObject(CONTENT),
  check: v.exactOptional(payCheck),
  ext: v.exactOptional(weChatObject(EXT)),
});

/** The body of a request to move a card on. */
export const cardChangeBody = v.pipe(
  v.strictObject({
    content: v.exactOptional(weChatObject(CONTENT)),
    ext: v.exactOptional(weChatObject(EXT)),
  }),
  v.check(({ content, ext }) => content !== undefined || ext !== undefined, ERROR_MESSAGES.someChange),
);

/** Where a card stands; docs/en/cards.md says the same in both languages. */
export const cardStatus = v.pipe(
  v.picklist(CARD_STATES),
  v.description(
    [
      'activating: WeChat has not taken it yet.',
      'active: WeChat took it, and the last change that was sent.',
      'refused: the user refuses it.',
      'failed: WeChat refused the last change, or could not notify of it; outcome tells why. What it took before stays.',
      'expired: the time of its code is over.',
      'unknown: WeChat may or may not have the last change, and it is not sent again by itself.',
    ].join(' '),
  ),
);

/** A service card as callers see it. */
export const card = v.object({
  id: v.string(),
  to: openid,
  notifyType: count,
  content: v.pipe(v.record(v.string(), v.unknown()), v.description('What it is wanted to show.')),
  ext: v.exactOptional(v.record(v.string(), v.unknown())),
  status: cardStatus,
  changing: v.pipe(v.boolean(), v.description('Whether a change waits or is under way.')),
  attempts: count,
  outcome: v.exactOptional(outcome),
  warnings: v.exactOptional(v.array(messageWarning)),
  expiresAt: v.pipe(rfc3339, v.description('The end of the time of its code.')),
  createdAt: rfc3339,
  updatedAt: rfc3339,
});

/** A page of cards. */
export const cardPage = pageOf(card);
